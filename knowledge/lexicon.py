"""The lexicon: words, programmes' names, aspects and the cues that ask for them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge.wording import is_han, readings, spelling

LIGHT = 0.5  # weight of a question word (什么时候) against a thing (牌匾)
SINGLE = frozenset("钱款牌匾账章撤奖报交评名表栏岁平税元万")  # characters that tell something by themselves
NUMERIC = 0.5  # weight of a literal figure: 30个 says less of the topic than words do
WEIGHTS = (0.0, 0.4, 1.0, 1.3, 1.6, 1.8)  # by the number of characters of the surface form


@dataclass(frozen=True)
class Aspect:
    """A point somebody can ask about; every programme states it or is silent on it."""

    id: str
    topic: str
    name: str
    cues: tuple[tuple[tuple[str, ...], ...], ...]
    stress: float = 1.0  # how much more its cues weigh: for points that hide behind a nearly equal one


@dataclass(frozen=True)
class Names:
    """What one programme is called; a name in `shared` is another's too and gives way where that one is named."""

    names: tuple[str, ...]
    number: tuple[str, ...]
    places: tuple[str, ...]
    hints: tuple[str, ...]
    kind: tuple[str, ...]
    pinyin: tuple[str, ...]
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matches:
    """The words found in a text: each with its weight and the places it covers (a bit mask)."""

    text: str
    found: Mapping[str, tuple[float, int]]
    known: int  # places covered by any word, filler or name

    def has(self, *words: str) -> bool:
        """Whether any of these words is there (`@concept` or a literal)."""
        return any(word in self.found for word in words)

    def covers(self, word: str) -> int:
        """The places a word covers, 0 where it is absent."""
        return self.found.get(word, (0.0, 0))[1]


@dataclass(frozen=True)
class Lexicon:
    """How people say it; compiled for one pass over a question."""

    words: Mapping[str, tuple[str, ...]]
    light: frozenset[str]
    smalltalk: Mapping[str, tuple[str, ...]]
    programmes: Mapping[str, Names]
    elsewhere: tuple[str, ...]
    outside: tuple[str, ...]
    speech: Mapping[str, tuple[str, ...]]
    probes: tuple[tuple[str, ...], ...]
    alike: tuple[tuple[str, ...], ...]
    next_aspects: Mapping[str, tuple[str, ...]]
    mended: tuple[str, ...]
    aspects: Mapping[str, Aspect]
    extra: set[str] = field(default_factory=set)  # literals that the facts bring along
    written: set[str] = field(default_factory=set)  # neighbouring characters that facts and phrasings are known to hold

    @cached_property
    def surfaces(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """Surface form -> the words it stands for, with their weights."""
        table: dict[str, dict[str, float]] = {}
        for concept, forms in self.words.items():
            scale = LIGHT if concept in self.light else 1.0
            for form in forms:
                if len(form) == 1 and form not in SINGLE:
                    continue
                table.setdefault(form, {})["@" + concept] = weigh(form) * scale
        for literal in self.literals:
            is_figure = any(one.isdigit() or one in "一二三四五六七八九十百千两" for one in literal)
            table.setdefault(literal, {})[literal] = NUMERIC if is_figure else weigh(literal)
        return {form: tuple(words.items()) for form, words in table.items()}

    @cached_property
    def literals(self) -> set[str]:
        """The words that cues and facts name directly."""
        cued = {
            word
            for aspect in self.aspects.values()
            for cue in aspect.cues
            for slot in cue
            for word in slot
            if not word.startswith("@")
        }
        return cued | self.extra

    @cached_property
    def fillers(self) -> frozenset[str]:
        """Words that carry no topic: they are known, so they raise no doubt."""
        return frozenset(
            {
                *(word for words in self.speech.values() for word in words),
                *(word for words in self.smalltalk.values() for word in words),
            }
        )

    @cached_property
    def longest(self) -> int:
        """Length of the longest known form."""
        return max(len(form) for form in [*self.surfaces, *self.fillers])

    @cached_property
    def common(self) -> frozenset[str]:
        """The forms of all concepts: words that do not point to one programme."""
        return frozenset(form for forms in self.words.values() for form in forms)

    @cached_property
    def names_by_first(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """First character -> the programmes' names, places and numbers that begin with it, with their programme."""
        table: dict[str, list[tuple[str, str]]] = {}
        for slug, names in self.programmes.items():
            numbers = (one + suffix for one in names.number[:1] for suffix in ("文", "文件", "通知", "办法", "意见"))
            for name in (*names.names, *names.places, *numbers):
                table.setdefault(name[0], []).append((name, slug))
        return {first: tuple(rows) for first, rows in table.items()}

    @cached_property
    def by_gap(self) -> Mapping[str, str]:
        """A long form with one character left out -> the form (申材料 -> 申报材料)."""
        table: dict[str, str] = {}
        for form in self.long_forms:
            for at in range(1, len(form)):  # a word without its first character is often another word
                table.setdefault(form[:at] + form[at + 1 :], form)
        return table

    @cached_property
    def long_forms(self) -> list[str]:
        """Forms of four and more Chinese characters, for words with one left out."""
        names = {name for one in self.programmes.values() for name in one.names}
        forms = {form for concept, row in self.words.items() if concept not in self.light for form in row}
        return sorted(form for form in forms | names | self.extra if len(form) >= 4 and all(map(is_han, form)))

    @cached_property
    def by_sound(self) -> dict[tuple[str, ...], str]:
        """Sounds -> form, for the things and names of two to six characters."""
        table: dict[tuple[str, ...], str] = {}
        heavy = [form for concept in self.mended for form in self.words[concept]]
        long = [
            form
            for form in (*self.literals, *(form for forms in self.words.values() for form in forms))
            if len(form) > 2
        ]
        names = [name for one in self.programmes.values() for name in one.names]
        named = frozenset(names)
        for form in [*names, *heavy, *sorted(long)]:
            if 2 <= len(form) <= 6 and all(map(is_han, form)):
                for reading in readings(form) if form in named else readings(form)[:1]:
                    table.setdefault(reading, form)
        return table

    @cached_property
    def by_spelling(self) -> dict[str, str]:
        """Whole pinyin and initials -> form, for words typed in Latin letters."""
        table: dict[str, str] = {}
        for concept, forms in self.words.items():
            if concept in self.light:
                continue
            for form in forms:
                if len(form) >= 2 and all(map(is_han, form)):
                    table.setdefault("".join(map(spelling, form)), form)
                    if len(form) >= 4:
                        table.setdefault("".join(spelling(one)[0] for one in form), form)
        for names in self.programmes.values():
            table.update(dict.fromkeys(names.pinyin, names.names[0]))
        return table

    @cached_property
    def concept_forms(self) -> tuple[Mapping[str, tuple[str, ...]], int]:
        """Surface form -> its concepts, and the length of the longest such form."""
        table = {
            form: concepts
            for form, words in self.surfaces.items()
            if (concepts := tuple(word for word, _ in words if word.startswith("@")))
        }
        return table, max(map(len, table))

    def concepts(self, text: str) -> set[str]:
        """The concepts of a normalised text, their places left aside."""
        forms, longest = self.concept_forms
        length = len(text)
        return {
            concept
            for start in range(length)
            for end in range(start + 1, min(length, start + longest) + 1)
            for concept in forms.get(text[start:end], ())
        }

    def match(self, text: str, least: int = 1) -> Matches:
        """Find every known word of a normalised text in one pass.

        Args:
            text: a normalised text.
            least: the shortest form that counts, in characters.
        """
        found: dict[str, tuple[float, int]] = {}
        known, length, longest = 0, len(text), self.longest
        surfaces, fillers = self.surfaces, self.fillers
        for start in range(length):
            for end in range(min(length, start + longest), start + least - 1, -1):
                form = text[start:end]
                if words := surfaces.get(form):
                    mask = ((1 << (end - start)) - 1) << start
                    known |= mask
                    for word, weight in words:
                        before = found.get(word)
                        found[word] = (max(before[0], weight), before[1] | mask) if before else (weight, mask)
                elif form in fillers:
                    known |= ((1 << (end - start)) - 1) << start
        return Matches(text, found, known)


def weigh(form: str) -> float:
    """How much a surface form tells: more characters, more."""
    return WEIGHTS[min(len(form), len(WEIGHTS) - 1)]


def parse_cue(cue: str) -> tuple[tuple[str, ...], ...]:
    """Split `@grant 多少|几` into its slots of alternatives."""
    return tuple(tuple(slot.split("|")) for slot in cue.split())


def read_lexicon(path: Path) -> Lexicon:
    """Read `lexicon.toml`."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: _row(row) for name, row in {**raw["asking"], **raw["things"], **raw["topics-only"]}.items()}
    return Lexicon(
        words=words,
        light=frozenset(raw["asking"]),
        smalltalk={name: _row(row) for name, row in raw["smalltalk"].items()},
        programmes={slug: _names(table) for slug, table in raw["programmes"].items()},
        elsewhere=(*_row(raw["elsewhere"]["places"]), *_row(raw["elsewhere"]["bodies"])),
        outside=_row(raw["outside"]["subjects"]),
        probes=tuple(_row(group) for group in raw["probes"]["groups"]),
        alike=tuple(_row(group) for group in raw["alike"]["groups"]),
        next_aspects={topic: _row(row) for topic, row in raw["next"].items()},
        mended=_row(raw["mending"]["concepts"]),
        speech={name: _row(row) for name, row in raw["speech"].items()},
        aspects={name: _aspect(name, table) for name, table in raw["aspects"].items()},
    )


def _row(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.lower().split()))


def _names(table: Mapping[str, str]) -> Names:
    return Names(**{name: _row(row) for name, row in table.items()})


def _aspect(name: str, table: Mapping[str, Any]) -> Aspect:
    cues: Iterable[str] = table["cues"]
    return Aspect(
        name,
        table["topic"],
        table["name"],
        tuple(parse_cue(cue.lower()) for cue in cues),
        float(table.get("stress", 1.0)),
    )
