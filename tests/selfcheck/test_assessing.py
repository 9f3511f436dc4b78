"""A verdict stands on what is known: proofs over the answers that a studio can give."""

from datetime import date
from itertools import product
from random import Random

import pytest

from knowledge.assessing import Outcome, Verdict, assess, flips
from knowledge.checklist import Checklist, checklist_of
from knowledge.library import Library
from knowledge.requirements import Requirement
from knowledge.traits import Answer
from tests.cast import TODAY
from tests.selfcheck.studios import BETTER, any_studio, changes_of_size, completed, good_studio

pytestmark = pytest.mark.no_cover  # so much of the same that measuring it would take most of the time

OPEN_CALL = date(2024, 1, 15)  # every call is open
PROGRAMMES = ("tcwta", "jiaozuo", "changchun", "cccc", "shanghai")
DAYS = (OPEN_CALL, TODAY)


@pytest.fixture(params=PROGRAMMES)
def checklist(request: pytest.FixtureRequest, library: Library) -> Checklist:
    return checklist_of(library, request.param)


def _all_answers(checklist: Checklist, traits: tuple[str, ...]) -> list[dict[str, Answer]]:
    rows = product(*((None, *checklist.values(trait)) for trait in traits))
    return [{trait: value for trait, value in zip(traits, row, strict=True) if value is not None} for row in rows]


def _failed(checklist: Checklist, one: Requirement) -> dict[str, Answer] | None:
    """A good studio but for this requirement."""
    good = good_studio(checklist)
    for changed in _all_answers(checklist, one.traits):
        studio = {**good, **changed}
        unmet = [other for other in checklist.requirements if other.test.judge(studio) is False]
        if unmet == [one]:
            return studio
    return None


def test_every_requirement_is_exact_on_its_own_traits(checklist: Checklist) -> None:
    """What is settled stays so, what is asked can settle it, what is not asked cannot: every combination."""
    for one in checklist.requirements:
        full = [row for row in _all_answers(checklist, one.traits) if len(row) == len(one.traits)]
        for known in _all_answers(checklist, one.traits):
            ends = [row for row in full if known.items() <= row.items()]
            judged = {one.test.judge(row) for row in ends}
            assert one.test.judge(known) == (judged.pop() if len(judged) == 1 else None), (one.id, known)
            asked = set(one.test.open_traits(known))
            for trait in one.traits:
                if trait in known:
                    assert trait not in asked
                    continue
                by_rest: dict[frozenset[tuple[str, Answer]], set[bool | None]] = {}
                for row in ends:
                    rest = frozenset((name, value) for name, value in row.items() if name != trait)
                    by_rest.setdefault(rest, set()).add(one.test.judge(row))
                matters = any(len(ways) > 1 for ways in by_rest.values())
                assert matters == (trait in asked), (one.id, known, trait)


@pytest.mark.parametrize("today", DAYS)
def test_a_good_studio_meets_everything(checklist: Checklist, today: date) -> None:
    found = assess(checklist, good_studio(checklist), today)
    is_closed = checklist.call is not None and today > checklist.call.until
    assert found.verdict is (Verdict.CLOSED if is_closed else Verdict.MEETS)
    assert {one.outcome for one in found.findings} == {Outcome.MET}


@pytest.mark.parametrize("today", DAYS)
def test_each_hard_condition_alone_fails_and_no_soft_one_does(checklist: Checklist, today: date) -> None:
    tried = 0
    for one in checklist.requirements:
        studio = _failed(checklist, one)
        if studio is None:
            continue  # it cannot fail alone: what fails it fails another one too
        tried += 1
        verdict = assess(checklist, studio, today).verdict
        if one.is_scope:
            assert verdict is Verdict.OUTSIDE
        elif one.is_hard:
            assert verdict is Verdict.FAILS
        else:
            assert verdict in (Verdict.EXPLAIN, Verdict.CLOSED)
    assert tried >= len(checklist.requirements) - 2


def test_all_soft_conditions_together_never_fail(checklist: Checklist) -> None:
    studio = good_studio(checklist)
    for one in checklist.requirements:
        if not one.is_hard:
            failed = _failed(checklist, one) or {}
            studio |= {trait: failed[trait] for trait in one.traits if trait in failed}
    assert assess(checklist, studio, OPEN_CALL).verdict in (Verdict.EXPLAIN, Verdict.MEETS)


def _settled_verdicts_stay(checklist: Checklist, rounds: int) -> set[Verdict]:
    seen = set()
    random = Random(20261120)
    for _ in range(rounds):
        today = random.choice(DAYS)
        studio = any_studio(checklist, random, random.random())
        found = assess(checklist, studio, today)
        seen.add(found.verdict)
        unknown = [trait for trait in checklist.traits if trait not in studio]
        assert found.is_settled == (found.open_traits == ())
        for trait in unknown:
            verdicts = {assess(checklist, {**studio, trait: value}, today).verdict for value in checklist.values(trait)}
            if found.is_settled:
                assert verdicts == {found.verdict}
            elif trait not in found.open_traits:
                end = completed(checklist, studio, random)
                ends = {assess(checklist, {**end, trait: one}, today).verdict for one in checklist.values(trait)}
                assert len(ends) == 1, trait
    return seen


def test_a_settled_verdict_never_changes_and_what_cannot_change_it_is_not_asked(checklist: Checklist) -> None:
    seen = _settled_verdicts_stay(checklist, 400)
    assert {Verdict.FAILS, Verdict.INSUFFICIENT} <= seen


@pytest.mark.soak
def test_a_settled_verdict_never_changes_over_very_many_studios(checklist: Checklist) -> None:
    _settled_verdicts_stay(checklist, 20_000)


def test_every_question_asked_can_still_change_the_verdict(checklist: Checklist) -> None:
    random = Random(7)
    good = good_studio(checklist)
    for _ in range(60):
        studio = any_studio(checklist, random, random.random())
        for trait in assess(checklist, studio, OPEN_CALL).open_traits:
            beside = {one for each in checklist.requirements if trait in each.traits for one in each.traits}
            fillings = _all_answers(checklist, tuple(one for one in beside if one not in studio and one != trait))
            assert any(
                len({assess(checklist, {**end, trait: one}, OPEN_CALL).verdict for one in checklist.values(trait)}) > 1
                for end in ({**good, **filling, **studio} for filling in fillings)
            ), (trait, studio)


def test_what_a_programme_does_not_ask_changes_nothing(checklist: Checklist, library: Library) -> None:
    random = Random(3)
    others = {name: trait for name, trait in library.inquiry.traits.items() if name not in checklist.traits}
    assert others
    for _ in range(100):
        studio = any_studio(checklist, random, 0.8)
        more = {name: trait.choices[0].id if trait.choices else True for name, trait in others.items()}
        before, after = assess(checklist, studio, TODAY), assess(checklist, {**studio, **more}, TODAY)
        assert (before.verdict, before.findings) == (after.verdict, after.findings)


def test_the_order_of_answers_does_not_matter(checklist: Checklist) -> None:
    random = Random(5)
    for _ in range(50):
        rows = list(any_studio(checklist, random, 0.7).items())
        before = assess(checklist, dict(rows), TODAY)
        random.shuffle(rows)
        assert assess(checklist, dict(rows), TODAY) == before


def _check_flips(checklist: Checklist, rounds: int, most: int) -> int:
    """Each flip does what it says, and no change of fewer answers makes the verdict better."""
    random = Random(11)
    checked = 0
    for _ in range(rounds):
        studio = any_studio(checklist, random, random.choice((0.7, 1.0)))
        now = assess(checklist, studio, OPEN_CALL).verdict
        found = flips(checklist, studio, OPEN_CALL)
        if now not in BETTER:
            assert found == ()
            continue
        assert found, studio
        sizes = {len(one.changes) for one in found}
        assert len(sizes) == 1
        for one in found:
            assert assess(checklist, {**studio, **one.changes}, OPEN_CALL).verdict is one.verdict
            assert one.verdict in BETTER[now]
        for size in range(1, min(sizes.pop(), most + 1)):
            for changes in changes_of_size(checklist, studio, size):
                assert assess(checklist, {**studio, **changes}, OPEN_CALL).verdict not in BETTER[now], changes
        checked += 1
    return checked


def test_a_flip_flips_and_nothing_smaller_does(checklist: Checklist) -> None:
    assert _check_flips(checklist, 60, 1) > 15


@pytest.mark.soak
def test_a_flip_flips_and_nothing_smaller_does_over_many_studios(checklist: Checklist) -> None:
    _check_flips(checklist, 1_500, 2)


def test_a_closed_call_is_flipped_by_nothing(library: Library) -> None:
    checklist = checklist_of(library, "tcwta")
    assert flips(checklist, good_studio(checklist), TODAY) == ()


def test_a_changed_clause_is_not_judged_by(library: Library) -> None:
    checklist = checklist_of(library, "cccc")
    studio = {**good_studio(checklist), "members": 2}
    changed = frozenset({("cccc", "三（二）")})
    found = assess(checklist, studio, TODAY, changed)
    assert found.verdict is Verdict.INSUFFICIENT
    assert "members" not in found.open_traits
    assert "不一致" in next(one.why for one in found.findings if one.requirement.id == "team-size")


def test_a_checklist_that_was_kept_is_the_same(checklist: Checklist, library: Library) -> None:
    assert Checklist.load(checklist.dump(), library.inquiry) == checklist
