"""What a self-check remembers between two messages: the answers, keyed by trait, and where it stands."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from knowledge.traits import Answer, Blank


class Phase(StrEnum):
    """Where a self-check stands."""

    NONE = "none"
    PROGRAMME = "programme"  # it was asked for which programme
    ASKING = "asking"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True)
class Check:
    """A self-check.

    Args:
        programmes: those it is held to; all of them where it finds out which fit.
        versions: the rules each programme was begun with.
        answers: by trait.
        blanks: traits that have no answer, and why.
        order: the traits that were asked, in the order of their numbers.
        asked: the trait that is asked now.
        misses: how often in a row its answer was not understood.
        is_choosing: it finds out which programmes fit.
        is_thorough: it asks every condition, even when the verdict is settled.
        is_told_of_change: the person knows that the rules have changed since it began.
    """

    phase: Phase = Phase.NONE
    programmes: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    blanks: Mapping[str, Blank] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    asked: str = ""
    misses: int = 0
    is_choosing: bool = False
    is_thorough: bool = False
    is_told_of_change: bool = False

    @property
    def is_running(self) -> bool:
        """Whether it waits for an answer."""
        return self.phase is Phase.ASKING

    @property
    def is_open(self) -> bool:
        """Whether it can go on."""
        return self.phase in (Phase.ASKING, Phase.PAUSED)

    def with_answer(self, trait: str, answer: Answer | Blank) -> "Check":
        """With the answer, or the reason why there is none, in the place of whatever was there."""
        answers = {name: kept for name, kept in self.answers.items() if name != trait}
        blanks = {name: kept for name, kept in self.blanks.items() if name != trait}
        if isinstance(answer, Blank):
            blanks[trait] = answer
        else:
            answers[trait] = answer
        return replace(self, answers=answers, blanks=blanks, misses=0)

    def numbered(self, trait: str) -> "Check":
        """With a trait in the order of those asked."""
        return self if trait in self.order else replace(self, order=(*self.order, trait))

    def without(self, trait: str) -> "Check":
        """As if a trait had never been asked."""
        return replace(
            self,
            answers={name: kept for name, kept in self.answers.items() if name != trait},
            blanks={name: kept for name, kept in self.blanks.items() if name != trait},
            order=tuple(name for name in self.order if name != trait),
        )

    def dump(self) -> str:
        """As JSON; nothing where there is nothing to remember."""
        return json.dumps(asdict(self), ensure_ascii=False) if self.phase is not Phase.NONE else ""

    @classmethod
    def load(cls, text: str) -> "Check":
        """From JSON; what cannot be read is no self-check."""
        try:
            raw = json.loads(text)
            blanks = {name: Blank(why) for name, why in raw.pop("blanks").items()}
            programmes, order = tuple(raw.pop("programmes")), tuple(raw.pop("order"))
            return cls(phase=Phase(raw.pop("phase")), programmes=programmes, order=order, blanks=blanks, **raw)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()
