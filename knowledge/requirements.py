"""Requirements of a clause: what they test of a studio's answers, with yes, no or unknown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.traits import Answer
from knowledge.vocabulary import Modality

Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class OnTrait:
    """A test of one trait."""

    trait: str

    def holds(self, answer: Answer) -> bool:
        """Whether this answer is as wanted."""
        raise NotImplementedError

    def judge(self, answers: Answers) -> bool | None:
        """Whether the test holds; none where that is not known."""
        answer = answers.get(self.trait)
        return None if answer is None else self.holds(answer)

    def open_traits(self, answers: Answers) -> Iterator[str]:
        """The unknown traits that can still settle it."""
        if self.trait not in answers:
            yield self.trait

    def leaves(self) -> "Iterator[OnTrait]":
        """The tests of single traits in it."""
        yield self


@dataclass(frozen=True)
class Is(OnTrait):
    """Yes or no is as wanted."""

    wanted: bool

    def holds(self, answer: Answer) -> bool:
        """Whether this answer is as wanted."""
        return answer is self.wanted


@dataclass(frozen=True)
class OneOf(OnTrait):
    """A choice is one of those wanted."""

    wanted: tuple[str, ...]

    def holds(self, answer: Answer) -> bool:
        """Whether this answer is as wanted."""
        return answer in self.wanted


@dataclass(frozen=True)
class AtLeast(OnTrait):
    """A number reaches a bound."""

    bound: float

    def holds(self, answer: Answer) -> bool:
        """Whether this answer is as wanted."""
        return float(answer) >= self.bound


@dataclass(frozen=True)
class AtMost(OnTrait):
    """A number stays within a bound."""

    bound: float

    def holds(self, answer: Answer) -> bool:
        """Whether this answer is as wanted."""
        return float(answer) <= self.bound


@dataclass(frozen=True)
class Joint:
    """Several tests: any of them has to hold, or all."""

    tests: "tuple[Test, ...]"
    is_any: bool

    def judge(self, answers: Answers) -> bool | None:
        """Whether the tests hold together; none where that is not known."""
        found = [test.judge(answers) for test in self.tests]
        if self.is_any in found:
            return self.is_any
        return None if None in found else not self.is_any

    def open_traits(self, answers: Answers) -> Iterator[str]:
        """The unknown traits that can still settle it, in their order."""
        if self.judge(answers) is None:
            for test in self.tests:
                if test.judge(answers) is None:
                    yield from test.open_traits(answers)

    def leaves(self) -> Iterator[OnTrait]:
        """The tests of single traits in it."""
        for test in self.tests:
            yield from test.leaves()


Test = OnTrait | Joint


@dataclass(frozen=True)
class Requirement:
    """One condition of a clause.

    Args:
        says: the condition in our own words.
        remedy: what to change where it is not met.
        is_scope: it tells whom the document is for; who fails it is outside the programme, not short of a condition.
        is_gate: it is asked first, because few know of it and many fail it.
    """

    id: str
    programme: str
    clause: str
    modality: Modality
    says: str
    test: Test
    remedy: str
    is_scope: bool = False
    is_gate: bool = False

    @property
    def is_hard(self) -> bool:
        """Whether falling short of it alone is a failure."""
        return not self.modality.is_soft

    @property
    def traits(self) -> tuple[str, ...]:
        """The traits it looks at, in their order."""
        return tuple(dict.fromkeys(leaf.trait for leaf in self.test.leaves()))


def requirement_of(programme: str, clause: str, table: Mapping[str, Any]) -> Requirement:
    """A requirement out of its table in a clause.

    Raises:
        ValueError, KeyError, TypeError: naming what is wrong with it.
    """
    rest = dict(table)
    return Requirement(
        programme=programme,
        clause=clause,
        modality=Modality(rest.pop("modality")),
        test=test_of(rest.pop("test")),
        is_scope=rest.pop("scope", False),
        is_gate=rest.pop("gate", False),
        **rest,
    )


def table_of(requirement: Requirement) -> dict[str, Any]:
    """The table that `requirement_of` reads."""
    table: dict[str, Any] = {name: getattr(requirement, name) for name in ("id", "says", "remedy")}
    table |= {"modality": str(requirement.modality), "test": _test_table(requirement.test)}
    return table | {"scope": requirement.is_scope, "gate": requirement.is_gate}


def test_of(table: Mapping[str, Any]) -> Test:
    """A test out of its table: one trait with `is`, `one_of`, `at_least` or `at_most`; or `any_of`, `all_of`.

    Raises:
        ValueError: naming what is not understood.
    """
    match dict(table):
        case {"any_of": [*tests], **rest} if not rest:
            return Joint(tuple(map(test_of, tests)), is_any=True)
        case {"all_of": [*tests], **rest} if not rest:
            return Joint(tuple(map(test_of, tests)), is_any=False)
        case {"trait": str(trait), "is": bool(wanted), **rest} if not rest:
            return Is(trait, wanted)
        case {"trait": str(trait), "one_of": [*wanted], **rest} if not rest:
            return OneOf(trait, tuple(wanted))
        case {"trait": str(trait), "at_least": int() | float() as bound, **rest} if not rest:
            return AtLeast(trait, bound)
        case {"trait": str(trait), "at_most": int() | float() as bound, **rest} if not rest:
            return AtMost(trait, bound)
    raise ValueError(f"a test is not understood: {dict(table)}")


def _test_table(test: Test) -> dict[str, Any]:
    match test:
        case Joint(tests, is_any):
            return {"any_of" if is_any else "all_of": [_test_table(one) for one in tests]}
        case Is(trait, wanted):
            return {"trait": trait, "is": wanted}
        case OneOf(trait, choices):
            return {"trait": trait, "one_of": list(choices)}
        case AtLeast(trait, bound):
            return {"trait": trait, "at_least": bound}
        case AtMost(trait, bound):
            return {"trait": trait, "at_most": bound}
    raise TypeError(test)
