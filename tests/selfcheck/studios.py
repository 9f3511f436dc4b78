"""Studios made up for the self-check: all good, or any mixture of known and unknown."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from random import Random

from knowledge.assessing import Verdict
from knowledge.checklist import Checklist
from knowledge.traits import Answer

Studio = Mapping[str, Answer]
BETTER = {
    Verdict.OUTSIDE: {Verdict.FAILS, Verdict.INSUFFICIENT, Verdict.EXPLAIN, Verdict.CLOSED, Verdict.MEETS},
    Verdict.FAILS: {Verdict.INSUFFICIENT, Verdict.EXPLAIN, Verdict.CLOSED, Verdict.MEETS},
    Verdict.EXPLAIN: {Verdict.INSUFFICIENT, Verdict.MEETS},
}


def good_studio(checklist: Checklist) -> dict[str, Answer]:
    """A studio that meets every requirement."""
    studio: dict[str, Answer] = {}
    for trait in checklist.traits:
        studio[trait] = next(
            value for value in checklist.values(trait) if _breaks_nothing(checklist, studio, trait, value)
        )
    assert all(one.test.judge(studio) for one in checklist.requirements)
    return studio


def _breaks_nothing(checklist: Checklist, studio: Studio, trait: str, value: Answer) -> bool:
    after = {**studio, trait: value}
    return all(one.test.judge(after) is not False for one in checklist.requirements)


def any_studio(checklist: Checklist, random: Random, known: float) -> dict[str, Answer]:
    """A studio of which each trait is known with this chance; mostly good, so that every verdict comes up."""
    good = good_studio(checklist)
    is_good = random.choice((0.5, 0.9, 0.97))
    return {
        trait: good[trait] if random.random() < is_good else random.choice(checklist.values(trait))
        for trait in checklist.traits
        if random.random() < known
    }


def completed(checklist: Checklist, studio: Studio, random: Random) -> dict[str, Answer]:
    """The studio with everything known."""
    good = good_studio(checklist)
    keep = random.random()
    rest = {
        trait: good[trait] if random.random() < keep else random.choice(checklist.values(trait))
        for trait in checklist.traits
    }
    return {**rest, **studio}


def changes_of_size(checklist: Checklist, studio: Studio, size: int) -> Iterator[dict[str, Answer]]:
    """Every way to change so many known answers."""
    for traits in combinations([trait for trait in checklist.traits if trait in studio], size):
        for values in product(*(checklist.values(trait) for trait in traits)):
            yield dict(zip(traits, values, strict=True))
