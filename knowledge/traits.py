"""What the self-check asks of a studio: traits, their questions and the answers they allow."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from knowledge.lexicon import parse_cue

Answer = bool | float | str  # yes or no, a number in the trait's unit, the id of a choice
Cue = tuple[tuple[str, ...], ...]


class Kind(StrEnum):
    """What kind of answer a question wants."""

    YES = "yes"
    NUMBER = "number"
    CHOICE = "choice"


class Blank(StrEnum):
    """Why a question has no answer; to the requirements all of these are unknown."""

    UNSURE = "unsure"  # 不清楚
    INAPPLICABLE = "inapplicable"  # 不适用
    LATER = "later"  # 稍后再说

    @property
    def chinese(self) -> str:
        """As people say it."""
        return BLANK_NAMES[self]


BLANK_NAMES = {Blank.UNSURE: "不清楚", Blank.INAPPLICABLE: "不适用", Blank.LATER: "稍后再说"}


@dataclass(frozen=True)
class Choice:
    """One of the answers a question offers; `words` are other ways to say it."""

    id: str
    says: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trait:
    """One thing about a studio that is asked.

    Args:
        name: how results call it.
        asks: the question.
        aspect: the point of the lexicon it belongs to.
        unit: what a number counts.
        example: an answer shown to who did not understand.
        figure: the kind of figure in a sentence that answers it.
        heard: rows of words by which it is recognised when nobody asked.
        denies: words that answer no without saying so (另外组的).
    """

    id: str
    kind: Kind
    name: str
    asks: str
    aspect: str
    unit: str = ""
    example: str = ""
    figure: str = ""
    heard: tuple[Cue, ...] = ()
    denies: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()

    def shows(self, answer: Answer) -> str:
        """An answer as people read it."""
        if isinstance(answer, bool):
            return "是" if answer else "否"
        if isinstance(answer, str):
            return next((one.says for one in self.choices if one.id == answer), answer)
        return f"{answer:g}{self.unit}"

    def allows(self, answer: object) -> bool:
        """Whether this is an answer to the question at all."""
        if self.kind is Kind.YES:
            return isinstance(answer, bool)
        if self.kind is Kind.NUMBER:
            return isinstance(answer, int | float) and not isinstance(answer, bool) and 0 <= answer < MOST
        return isinstance(answer, str) and answer in {one.id for one in self.choices}


MOST = 1_000_000  # no number of people or square metres reaches it


@dataclass(frozen=True)
class Ladder:
    """How one programme leads to another, or stands against it (`against`); it rests on a fact."""

    says: str
    programme: str
    fact: str
    against: str = ""


@dataclass(frozen=True)
class Inquiry:
    """All that the self-check can ask, and how the programmes hang together."""

    traits: Mapping[str, Trait]
    ladders: tuple[Ladder, ...] = ()


def read_inquiry(path: Path) -> Inquiry:
    """Read `selfcheck.toml`.

    Raises:
        ValueError, KeyError, TypeError: naming what is wrong.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    traits = {name: trait_of(name, table) for name, table in raw["traits"].items()}
    return Inquiry(traits, tuple(Ladder(**table) for table in raw.get("ladders", ())))


def trait_of(name: str, table: Mapping[str, Any]) -> Trait:
    """A trait out of its table.

    Raises:
        ValueError: the table has a key that is not known, or a question offers no choice.
    """
    rest = dict(table)
    choices = tuple(Choice(one["id"], one["says"], tuple(one.get("words", ()))) for one in rest.pop("choices", ()))
    heard = tuple(parse_cue(row) for row in rest.pop("heard", ()))
    kind = Kind(rest.pop("kind"))
    if (kind is Kind.CHOICE) != bool(choices):
        raise ValueError(f"{name}: choices belong to the kind choice, and it to them")
    try:
        denies = tuple(rest.pop("denies", ()))
        return Trait(id=name, kind=kind, heard=heard, denies=denies, choices=choices, **rest)
    except TypeError as error:
        raise ValueError(f"{name}: {error}") from error
