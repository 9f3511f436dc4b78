"""One programme's answer cells: for each point asked, the facts that settle it or the silence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.finding import Hits, Score
from knowledge.library import Fact, Programme, Silence

SECONDARY = 0.92  # a fact speaks a little less for the aspects it carries beside its first
CLOSE_CALL, CLOSER_CALL = 0.7, 0.85  # share of the best weight from which a runner-up fact, a silence is told too
LIST = 3  # numbered facts that make a list, told in the order of the document
MOST_ALSO = 2
NEAR = 0.5  # share of what the nearest fact has in common with the question that counts for a silence beside it
NOTE = 0.8  # a note on the original stands behind a fact
MOST_UNSAID = 1.5  # a story before the question does not weigh more than this
UNSAID = 0.1  # what a unit loses for each character of matter it does not speak of
WORTH = 0.6  # what a unit must weigh to be looked at
_SEPARATORS = "，、；？。?,;和跟与及还又或"
SECOND_SHARE = 0.55  # a second point must weigh this much of the first
FOCUS = 1.0  # how much more than the rest a fact must weigh to be the one that was asked for


@dataclass(frozen=True)
class Unit:
    """A fact or a silence with the aspect it answers, and how well it fits."""

    aspect: str
    fact: Fact | None
    silence: Silence | None
    weight: float
    places: int


@dataclass(frozen=True)
class Cell:
    """One point of an answer in one programme: its facts, best first, or its silence."""

    programme: Programme
    aspect: str
    facts: tuple[Fact, ...]
    focus: tuple[Fact, ...]
    silence: Silence | None
    weight: float
    strong: tuple[Fact, ...]


def rank(programme: Programme, scores: Mapping[str, Score], hits: Hits, content: int) -> list[Unit]:
    """All units of a programme that the question touches, best first.

    Args:
        programme: whose facts and silences are ranked.
        scores: how well the question fits each aspect.
        hits: how much each fact shares with the question.
        content: the places of the question that carry its matter; a unit loses by what it leaves unsaid.
    """
    units = [unit for fact in programme.facts if (unit := _fact_unit(programme, fact, scores, hits, content))]
    for aspect, score in scores.items():
        silence = programme.silences.get(aspect)
        if silence and (aspect != "slip" or aspect not in programme.by_aspect):
            units.append(_silence_unit(silence, score, hits, content))
    return sorted(units, key=lambda unit: -unit.weight)


def _fact_unit(programme: Programme, fact: Fact, scores: Mapping[str, Score], hits: Hits, content: int) -> Unit | None:
    """The aspect under which a fact fits the question best; nothing where it hardly fits."""
    own = hits.touches(fact)
    if not own and not any(aspect in scores for aspect in fact.aspects):
        return None
    listed = hits.places(fact) if own else 0
    best = Unit(fact.aspects[0], fact, None, (hits.weight(fact) if own else 0.0) - _left(content, listed), listed)
    for place, aspect in enumerate(fact.aspects):
        score = scores.get(aspect)
        if not score or (fact.is_note and aspect in programme.silences and aspect != "slip"):
            continue
        places = score.places | listed
        weight = score.weight * (SECONDARY if place else 1.0) - _left(content, places)
        weight += hits.weight(fact, score.places) if own else 0.0
        if weight > best.weight:
            best = Unit(aspect, fact, None, weight, places)
    if fact.is_note and best.aspect != "slip":
        best = replace(best, weight=best.weight * NOTE)
    return best if best.weight >= WORTH else None


def _silence_unit(silence: Silence, score: Score, hits: Hits, content: int) -> Unit:
    """A silence fits by its aspect, and by what its nearest fact, told with it, shares with the question."""
    near = silence.near
    if near is None or not hits.touches(near):
        return Unit(silence.aspect, None, silence, score.weight - _left(content, score.places), score.places)
    places = score.places | hits.places(near)
    weight = score.weight + NEAR * hits.weight(near, score.places) - _left(content, places)
    return Unit(silence.aspect, None, silence, weight, places)


def _left(content: int, places: int) -> float:
    """What a unit loses for the matter it does not speak of."""
    return min(MOST_UNSAID, UNSAID * (content & ~places).bit_count())


def select(programme: Programme, units: Sequence[Unit], text: str, most: int = 3) -> list[Cell]:
    """The cells of a programme's answer: the best point, then others that stand apart in the question.

    Args:
        programme: the programme that answers.
        units: what the question touches in this programme, best first.
        text: the question; a further point needs words of its own behind a comma or an 和.
        most: how many points at the most.
    """
    cells: list[Cell] = []
    explained = 0
    for unit in units:
        if len(cells) == most or (cells and unit.weight < SECOND_SHARE * cells[0].weight):
            break
        if cells and not (_is_new(unit, cells, explained) and _is_apart(text, explained, unit.places)):
            continue
        cells.append(cell(programme, unit, units))
        explained |= unit.places
    return cells


def runners_up(cells: Sequence[Cell], units: Sequence[Unit]) -> tuple[list[Fact], list[Silence]]:
    """What came close to the best point without being told: a few facts, a silence.

    Args:
        cells: the points the answer tells.
        units: all units, best first.
    """
    floor = CLOSE_CALL * cells[0].weight
    told = {fact for one in cells for fact in one.focus}
    facts = [
        unit.fact
        for unit in units
        if unit.fact and unit.weight >= floor and unit.fact not in told and not unit.fact.is_note
    ]
    silent = [unit.silence for unit in units if unit.silence and unit.weight >= CLOSER_CALL * cells[0].weight]
    return facts[:MOST_ALSO], [one for one in silent if not any(cell.silence is one for cell in cells)][:1]


def _is_new(unit: Unit, cells: Iterable[Cell], explained: int) -> bool:
    fresh = unit.places & ~explained
    if fresh.bit_count() < 2 or any(unit.aspect == one.aspect for one in cells):
        return False
    return unit.fact is None or not any(unit.fact in one.facts for one in cells)


def _is_apart(text: str, one: int, other: int) -> bool:
    """Whether a separator stands between the words of two points."""
    other &= ~one
    if not other:
        return False
    low, high = sorted((one, other), key=lambda places: places & -places)
    return any(mark in text[: other.bit_length()] and _between(text, low, high, mark) for mark in _SEPARATORS)


def _between(text: str, low: int, high: int, mark: str) -> bool:
    start, end = (low & -low).bit_length(), high.bit_length()
    at = text.find(mark, start)
    while 0 <= at < end:
        if low >> at == 0 or (high & ((1 << at) - 1)) == 0:
            return True
        at = text.find(mark, at + 1)
    return False


def cell(programme: Programme, unit: Unit, units: Iterable[Unit] = ()) -> Cell:
    """The cell of one unit: the facts of its aspect, the ones that were asked for in focus."""
    if unit.silence:
        return Cell(programme, unit.aspect, (), (), unit.silence, unit.weight, ())
    weights = {one.fact: one.weight for one in units if one.fact}
    facts = programme.facts_on(unit.aspect)
    if unit.fact and unit.fact not in facts:
        facts = (unit.fact, *facts)
    is_list = sum(fact.item > 0 for fact in facts) >= LIST
    ordered = tuple(sorted(facts, key=lambda fact: (not is_list and fact.aspects[0] != unit.aspect, facts.index(fact))))
    best = max((weights.get(fact, 0.0) for fact in facts), default=0.0)
    others = sorted(weights.get(fact, 0.0) for fact in facts)
    middle = others[len(others) // 2] if len(others) > 1 else 0.0
    strong = tuple(fact for fact in ordered if weights.get(fact, 0.0) >= best - 0.35)
    focus = strong if best - middle >= FOCUS else ()
    return Cell(programme, unit.aspect, ordered, focus, None, unit.weight, strong)
