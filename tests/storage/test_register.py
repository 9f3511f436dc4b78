"""The register on both kinds of database: what is kept, and who sees it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session

from knowledge.vocabulary import Grade, Paper, Role, Standing
from storage import assessments, contacts, filings, register, staff, trail
from storage.assessments import Assessment, failed_in_row
from storage.database import Database
from storage.filings import Filing
from storage.register import Search, Studio
from storage.scope import EVERYTHING, OutOfScope, Scope
from storage.trail import Step
from tests.cast import LI, NOW, TODAY

WANG_JIANGUO = Studio(
    programme="jiaozuo",
    name="王建国技术创新工作室",
    unit="焦作机床厂",
    level="市级",
    kind="技术攻关",
    union_in_charge="山阳区总工会",
    leader="王建国",
    members=12,
    site_area=60.5,
    conferred_on=date(2024, 2, 29),
    notes="“金点子” 100%",
)
LIU = Studio("jiaozuo", "刘芳创新工作室", "沁阳铝厂", union_in_charge="沁阳市总工会", leader="刘芳")
CHEN = Studio("changchun", "陈工创新工作室", "长春客车厂", leader="陈工", standing=Standing.SUSPENDED)
JIAOZUO = Scope("jiaozuo")
SHANYANG = Scope("jiaozuo", "山阳区总工会")
NOTHING = Scope()


def enter(session: Session, *studios: Studio) -> list[Studio]:
    added = [register.add(session, EVERYTHING, one, NOW) for one in studios]
    assert None not in added
    return [one for one in added if one]


def three(session: Session) -> list[Studio]:
    return enter(session, WANG_JIANGUO, LIU, CHEN)


def test_a_studio_comes_back_as_it_was_entered(database: Database) -> None:
    (added,) = database.run(lambda session: enter(session, WANG_JIANGUO)).result()
    assert added == replace(WANG_JIANGUO, id=added.id)
    assert added.id > 0
    assert database.run(lambda session: register.find(session, EVERYTHING, added.id)).result() == added


def test_the_same_studio_is_entered_once_however_it_is_spaced(database: Database) -> None:
    def unit(session: Session) -> Studio | None:
        enter(session, WANG_JIANGUO)
        return register.add(session, EVERYTHING, replace(WANG_JIANGUO, name="王建国　技术创新工作室 "), NOW)

    assert database.run(unit).result() is None


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, {"王建国技术创新工作室", "刘芳创新工作室", "陈工创新工作室"}),
        (JIAOZUO, {"王建国技术创新工作室", "刘芳创新工作室"}),
        (SHANYANG, {"王建国技术创新工作室"}),
        (Scope("jiaozuo", "沁阳铝厂"), {"刘芳创新工作室"}),
        (Scope("changchun", "山阳区总工会"), set()),
        (Scope(body="山阳区总工会"), set()),
        (NOTHING, set()),
    ],
)
def test_whoever_looks_sees_the_studios_of_the_scope_only(database: Database, scope: Scope, seen: set[str]) -> None:
    def unit(session: Session) -> list[set[str]]:
        added = three(session)
        found = (register.find(session, scope, one.id) for one in added)
        same = (register.find_same(session, scope, one) for one in added)
        ways = (found, same, register.search(session, scope, Search()), register.walk(session, scope))
        return [{one.name for one in way if one} for way in ways]

    assert database.run(unit).result() == [seen] * 4

    def numbers(session: Session) -> tuple[int, int]:
        return register.count(session, scope, Search()), sum(n for _, _, n in register.numbers(session, scope))

    assert database.run(numbers).result() == (len(seen), len(seen))


def test_nobody_enters_or_moves_a_studio_out_of_his_scope(database: Database) -> None:
    def unit(session: Session) -> None:
        wang, liu, _ = three(session)
        with pytest.raises(OutOfScope):
            register.add(session, SHANYANG, replace(LIU, name="别的"), NOW)
        with pytest.raises(OutOfScope):
            register.change(session, SHANYANG, replace(wang, union_in_charge="沁阳市总工会"), NOW)
        with pytest.raises(OutOfScope):
            register.add(session, NOTHING, replace(LIU, name="别的"), NOW)
        stolen = replace(liu, union_in_charge="山阳区总工会")
        assert not register.change(session, SHANYANG, stolen, NOW)
        assert register.find(session, EVERYTHING, liu.id) == liu

    database.run(unit).result()


def test_a_change_is_kept_whole(database: Database) -> None:
    changed = Studio("jiaozuo", "新名字", "新单位", standing=Standing.REVOKED, members=None)

    def unit(session: Session) -> Studio | None:
        wang, *_ = three(session)
        assert register.change(session, EVERYTHING, replace(changed, id=wang.id), NOW)
        assert [one.id for one in register.search(session, EVERYTHING, Search(words=("新单位",)))] == [wang.id]
        return register.find_same(session, EVERYTHING, changed)

    assert replace(database.run(unit).result() or LIU, id=0) == changed


@pytest.mark.parametrize(
    ("wanted", "leaders"),
    [
        (Search(words=("建国",)), ["王建国"]),
        (Search(words=("焦作", "机床")), ["王建国"]),
        (Search(words=("创新 工作室",)), ["王建国", "刘芳", "陈工"]),
        (Search("jiaozuo"), ["王建国", "刘芳"]),
        (Search(standing=Standing.SUSPENDED), ["陈工"]),
        (Search("jiaozuo", Standing.GOOD, ("沁阳",)), ["刘芳"]),
        (Search(words=("%",)), []),
        (Search(words=("_",)), []),
        (Search(words=("\\",)), []),
        (Search(words=("金点子",)), []),
    ],
)
def test_a_search_takes_words_as_they_stand(database: Database, wanted: Search, leaders: list[str]) -> None:
    def unit(session: Session) -> tuple[list[str], int]:
        three(session)
        found = register.search(session, EVERYTHING, wanted)
        return [one.leader for one in found], register.count(session, EVERYTHING, wanted)

    assert database.run(unit).result() == (leaders, len(leaders))


def test_a_long_list_comes_page_by_page(database: Database) -> None:
    def unit(session: Session) -> list[int]:
        many = [replace(LIU, name=f"{number}号工作室") for number in range(2_500)]
        register.add_all(session, JIAOZUO, many, NOW)
        first = register.search(session, EVERYTHING, Search(), 0, 8)
        second = register.search(session, EVERYTHING, Search(), first[-1].id, 8)
        assert [one.name for one in (*first, *second)] == [one.name for one in many[:16]]
        return [one.id for one in register.walk(session, EVERYTHING)]

    assert len(set(database.run(unit).result())) == 2_500


def test_many_are_changed_at_once_within_the_scope(database: Database) -> None:
    def unit(session: Session) -> int:
        wang, liu, chen = three(session)
        with pytest.raises(OutOfScope):
            register.change_all(session, JIAOZUO, [wang, chen], NOW)
        return register.change_all(session, JIAOZUO, [replace(one, leader="新人") for one in (wang, liu)], NOW)

    assert database.run(unit).result() == 2


def test_a_filing_is_noted_once_for_a_period(database: Database) -> None:
    first = Filing(Paper.ANNUAL_SUMMARY, "2026", TODAY)

    def unit(session: Session) -> list[bool]:
        wang, liu, _ = three(session)
        again = replace(first, handed_in_on=date(2026, 1, 1))
        kept = [filings.keep(session, one, filing, NOW) for one, filing in ((wang, first), (wang, again), (liu, again))]
        assert filings.find(session, wang, Paper.ANNUAL_SUMMARY, "2026") == first
        assert filings.of(session, wang) == [first]
        assert filings.find(session, wang, Paper.ASSESSMENT, "2026") is None
        kept += [filings.remove(session, wang, Paper.ANNUAL_SUMMARY, year) for year in ("2025", "2026")]
        assert filings.of(session, wang) == []
        return kept

    assert database.run(unit).result() == [True, False, True, False, True]


def test_a_result_may_be_put_right(database: Database) -> None:
    def unit(session: Session) -> list[Grade | None]:
        _, _, chen = three(session)
        grades = (Grade.FAILED, Grade.FAILED, Grade.PASSED)
        before = [assessments.keep(session, chen, Assessment(2025, grade), None, NOW) for grade in grades]
        assert assessments.of(session, chen) == [Assessment(2025, Grade.PASSED)]
        return before

    assert database.run(unit).result() == [None, Grade.FAILED, Grade.FAILED]


def test_failed_years_are_seen_within_the_scope_only(database: Database) -> None:
    def unit(session: Session) -> None:
        wang, _, chen = three(session)
        for studio in (wang, chen):
            for year in (2023, 2024, 2025):
                assessments.keep(session, studio, Assessment(year, Grade.FAILED), None, NOW)
        assert assessments.failed_years(session, EVERYTHING, 2023) == {wang.id: (2024, 2025), chen.id: (2024, 2025)}
        assert assessments.failed_years(session, SHANYANG, 2000) == {wang.id: (2023, 2024, 2025)}
        assert assessments.failed_years(session, NOTHING, 2000) == {}

    database.run(unit).result()


@pytest.mark.parametrize(
    ("results", "run"),
    [
        ({}, ()),
        ({2023: "failed", 2024: "failed", 2025: "failed"}, (2023, 2024, 2025)),
        ({2023: "failed", 2024: "passed", 2025: "failed"}, (2025,)),
        ({2022: "failed", 2024: "failed", 2025: "failed"}, (2024, 2025)),
        ({2023: "failed", 2024: "failed", 2025: "passed"}, ()),
    ],
)
def test_a_year_that_was_not_noted_ends_the_failed_years(results: dict[int, str], run: tuple[int, ...]) -> None:
    assert failed_in_row([Assessment(year, Grade(grade)) for year, grade in results.items()]) == run


def test_the_trail_survives_those_who_left_it(database: Database) -> None:
    def unit(session: Session) -> None:
        contact = contacts.find_or_make(session, LI.channel, LI.address, NOW)
        (wang,) = enter(session, WANG_JIANGUO)
        who = staff.invite(session, "ABCDEFGH", "李干事", Role.STAFF, JIAOZUO, NOW, NOW)
        trail.keep(session, Step("refused", contact.id), NOW)
        trail.keep(session, Step("changed", contact.id, who.id, wang.id, "leader"), NOW)
        assert trail.count(session, "refused", NOW) == 0
        contacts.forget(session, LI.channel, LI.address)
        assert trail.newest(session, 9) == [
            (NOW, Step("changed", None, who.id, wang.id, "leader")),
            (NOW, Step("refused")),
        ]
        assert trail.trim(session) == 0

    database.run(unit).result()
