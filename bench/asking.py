"""How many questions a self-check asks until its verdict is settled, against asking all of them."""

from datetime import date
from random import Random

from knowledge.assessing import assess
from knowledge.checklist import Checklist, checklist_of
from knowledge.library import load
from knowledge.traits import Answer

STUDIOS = 2_000  # made up for each programme
CHANCES = (0.7, 0.9, 1.0)  # how likely each answer of a studio is as the requirements want it
OPEN_DAY = date(2024, 1, 15)  # every call is open


def measure_questions() -> list[tuple[str, str, str]]:
    """Mean number of questions asked of studios made up at random, and of those that meet everything."""
    library = load()
    rows = []
    for slug in library.programmes:
        checklist = checklist_of(library, slug)
        random = Random(slug)
        studios = [_studio(checklist, random) for _ in range(STUDIOS)]
        asked = sum(questions_asked(checklist, studio) for studio in studios) / len(studios)
        best = questions_asked(checklist, _best(checklist))
        figure = f"{asked:.1f} / {best} / {len(checklist.traits)}"
        rows.append((f"self-check {slug}: questions asked, of a fit studio, in all", figure, ""))
    return rows


def questions_asked(checklist: Checklist, studio: dict[str, Answer]) -> int:
    """How many questions it takes until the verdict on a studio is settled."""
    told: dict[str, Answer] = {}
    while asked := assess(checklist, told, OPEN_DAY).open_traits:
        told[asked[0]] = studio[asked[0]]
    return len(told)


def _best(checklist: Checklist) -> dict[str, Answer]:
    """A studio that meets every requirement."""
    studio: dict[str, Answer] = {}
    for trait in checklist.traits:
        for value in checklist.values(trait):
            if all(one.test.judge({**studio, trait: value}) is not False for one in checklist.requirements):
                studio[trait] = value
                break
    return studio


def _studio(checklist: Checklist, random: Random) -> dict[str, Answer]:
    best, chance = _best(checklist), random.choice(CHANCES)
    return {
        trait: best[trait] if random.random() < chance else random.choice(checklist.values(trait))
        for trait in checklist.traits
    }
