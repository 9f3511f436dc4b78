"""The outbox on both kinds of database: nothing is lost, nobody gets what another has taken."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlmodel import Session

from storage import contacts, outbox, outbox_view
from storage.database import Database
from storage.dispatching import DUE, LONGEST_ERROR, Claimed, Outcome, claim, mend, settle
from storage.outbox import LONGEST_STORY, MOST_WITH_A_REPLY, Letter, State
from storage.outbox_view import Entry
from tests.cast import LI, NOW, WANG, ZHANG, Person

T = TypeVar("T")
LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
EVERY = {"web": 100, "terminal": 100}


def put(session: Session, *keys: str, to: Person = LI, at: datetime = NOW) -> int:
    contact = contacts.find_or_make(session, to.channel, to.address, NOW)
    return outbox.put(session, [Letter(key, contact.id, f"{key}!", at) for key in keys], NOW)


def take(session: Session, now: datetime = NOW, most: int = 100) -> list[Claimed]:
    return claim(session, dict.fromkeys(EVERY, most), now, LEASE)


def settled(one: Claimed, state: State, at: datetime = NOW, **more: object) -> Outcome:
    return Outcome(one.id, one.attempts, state, at, **more)  # type: ignore[arg-type]


def entry(session: Session, key: str) -> Entry:
    found = outbox_view.find(session, key)
    assert found is not None
    return found


class Do:
    """Carries out a unit and waits for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, unit: Callable[[Session], T]) -> T:
        return self._database.run(unit).result()


@pytest.fixture
def do(database: Database) -> Do:
    return Do(database)


def test_planning_twice_is_harmless(do: Do) -> None:
    assert do(lambda session: put(session, "a", "b")) == 2
    assert do(lambda session: put(session, "a", "b", "c")) == 1
    assert do(lambda session: outbox.put(session, [], NOW)) == 0
    assert sorted(one.key for one in do(take)) == ["a", "b", "c"]


def test_a_letter_to_somebody_who_is_gone_is_left_out(do: Do) -> None:
    do(lambda session: put(session, "a"))
    assert do(lambda session: outbox.put(session, [Letter("b", 999_999, "b", NOW)], NOW)) == 0


def test_what_was_taken_tells_where_it_goes(do: Do) -> None:
    do(lambda session: put(session, "a", to=WANG))
    (one,) = do(take)
    assert (one.channel, one.address, one.payload, one.not_before) == (WANG.channel, WANG.address, "a!", NOW)
    assert (one.attempts, one.failures, one.is_maybe_sent) == (1, 0, False)


def test_nothing_leaves_before_its_time(do: Do) -> None:
    do(lambda session: put(session, "a", at=NOW + MINUTE))
    assert do(take) == []
    assert len(do(lambda session: take(session, NOW + MINUTE))) == 1


def test_the_longest_due_goes_first_and_each_channel_has_its_bound(do: Do) -> None:
    def unit(session: Session) -> list[str]:
        for number in (3, 1, 2):
            put(session, f"li {number}", at=NOW - number * MINUTE)
        put(session, "wang", to=WANG)
        return [one.key for one in claim(session, {"web": 2, "terminal": 5, "nowhere": 5}, NOW, LEASE)]

    assert do(unit) == ["li 3", "li 2", "wang"]


def test_a_channel_that_is_not_there_waits(do: Do) -> None:
    do(lambda session: put(session, "a", to=WANG))
    assert do(lambda session: claim(session, {"web": 9}, NOW + 40 * 24 * HOUR, LEASE)) == []
    assert do(lambda session: entry(session, "a")).state == State.WAITING


def test_what_is_taken_is_nobody_elses_until_its_lease_runs_out(do: Do) -> None:
    do(lambda session: put(session, "a"))
    assert len(do(take)) == 1
    assert do(lambda session: take(session, NOW + LEASE - MINUTE)) == []
    (again,) = do(lambda session: take(session, NOW + LEASE))
    assert again.is_maybe_sent
    assert again.attempts == 2
    assert "taken again" in do(lambda session: entry(session, "a")).story


def test_many_claimers_at_once_never_get_the_same_row(url: str) -> None:
    first = Database(url)
    first.run(lambda session: put(session, *map(str, range(400)))).result()
    both = [first, Database(url)]

    def work(number: int) -> list[str]:
        mine: list[str] = []
        while taken := both[number % 2].run(lambda session: take(session, most=7)).result():
            mine += [one.key for one in taken]
        return mine

    with ThreadPoolExecutor(8) as threads:
        taken = [key for keys in threads.map(work, range(8)) for key in keys]
    for one in both:
        one.close()
    assert sorted(taken, key=int) == [str(number) for number in range(400)]


def test_what_was_sent_is_over(do: Do) -> None:
    do(lambda session: put(session, "a"))
    (one,) = do(take)
    do(lambda session: settle(session, [settled(one, State.SENT, NOW + MINUTE, is_late=True)]))
    assert do(lambda session: take(session, NOW + 9 * HOUR)) == []
    found = do(lambda session: entry(session, "a"))
    assert (found.state, found.settled_at, found.is_late, found.due_at) == (State.SENT, NOW + MINUTE, True, None)
    assert [line.partition(" ")[2] for line in found.story.splitlines()] == ["planned", "sent late"]


def test_what_failed_is_tried_again_in_its_time(do: Do) -> None:
    do(lambda session: put(session, "a"))
    (one,) = do(take)
    later = settled(one, State.WAITING, next_at=NOW + HOUR, error="busy\n" + "x" * 999, is_maybe_sent=True)
    do(lambda session: settle(session, [later]))
    assert do(lambda session: take(session, NOW + HOUR - MINUTE)) == []
    (again,) = do(lambda session: take(session, NOW + HOUR))
    assert (again.failures, again.is_maybe_sent) == (1, True)
    found = do(lambda session: entry(session, "a"))
    assert found.last_error.startswith("busy xxx")
    assert len(found.last_error) == LONGEST_ERROR


def test_who_has_lost_the_lease_can_only_tell_that_it_was_sent(do: Do) -> None:
    do(lambda session: put(session, "a", "b"))
    slow = do(take)
    do(lambda session: take(session, NOW + LEASE))
    late = NOW + LEASE
    told = [settled(slow[0], State.FAILED, late), settled(slow[1], State.SENT, late)]
    do(lambda session: settle(session, told))
    assert do(lambda session: entry(session, slow[0].key)).state == State.CLAIMED
    assert do(lambda session: entry(session, slow[1].key)).state == State.SENT


def test_what_failed_for_good_is_a_dead_letter_that_staff_see(do: Do) -> None:
    do(lambda session: put(session, "a", "b"))
    one, _ = do(take)
    do(lambda session: settle(session, [settled(one, State.FAILED, error="blocked")]))
    assert do(lambda session: take(session, NOW + LEASE - MINUTE)) == []
    (dead,) = do(lambda session: outbox_view.listed(session, (State.FAILED,), 9))
    assert (dead.key, dead.last_error, dead.settled_at) == (one.key, "blocked", NOW)
    assert dead.story.endswith(" given up: blocked\n")
    counts = do(outbox_view.counts)
    assert (counts[State.FAILED], counts[State.CLAIMED], counts[State.SENT]) == (1, 1, 0)
    assert do(outbox_view.oldest_undelivered) == NOW


def hold(session: Session, *keys: str, to: Person = LI) -> int:
    put(session, *keys, to=to)
    settle(session, [settled(one, State.HELD, error="48 hours") for one in take(session)])
    return contacts.find_or_make(session, to.channel, to.address, NOW).id


def test_held_rows_ride_on_the_next_reply_a_few_at_a_time(do: Do) -> None:
    keys = [str(number) for number in range(MOST_WITH_A_REPLY + 1)]
    li = do(lambda session: hold(session, *keys))
    zhang = do(lambda session: hold(session, "zhang's", to=ZHANG))
    assert do(lambda session: take(session, NOW + 9 * HOUR)) == []

    def unit(session: Session) -> list[str]:
        return [one.payload for one in outbox.take_held(session, li, NOW + 3 * HOUR, NOW + HOUR)]

    assert [do(unit) for _ in range(3)] == [["0!", "1!", "2!"], ["3!"], []]
    found = do(lambda session: entry(session, "0"))
    assert (found.state, found.is_late) == (State.SENT, True)
    assert found.story.endswith("sent late, with a reply\n")
    assert len(do(lambda session: outbox.take_held(session, zhang, NOW, NOW))) == 1


def test_held_rows_can_be_released(do: Do) -> None:
    li = do(lambda session: hold(session, "a", "b"))
    assert do(lambda session: outbox.release(session, li, LI.channel, NOW + HOUR)) == 2
    assert do(lambda session: outbox.take_held(session, li, NOW, NOW)) == []
    assert len(do(lambda session: take(session, NOW + HOUR))) == 2


def test_what_is_done_is_withdrawn_and_nothing_beside_it(do: Do) -> None:
    def unit(session: Session) -> int:
        hold(session, "studio 1:held")
        put(session, "studio 1", "studio 1:a", "studio 1:b:c", "studio 12:a", "studio 1;", "studio 1 :a", "Studio 1:a")
        put(session, "studio 1:中")
        return outbox.withdraw(session, "studio 1", NOW)

    assert do(unit) == 5
    assert sorted(one.key for one in do(take)) == ["Studio 1:a", "studio 1 :a", "studio 12:a", "studio 1;"]
    assert do(lambda session: put(session, "studio 1:a")) == 0


def test_what_is_withdrawn_while_it_is_sent_is_told_as_it_was(do: Do) -> None:
    do(lambda session: put(session, "a", "b"))
    one, other = do(take)
    do(lambda session: [outbox.withdraw(session, key, NOW) for key in "ab"])
    told = [settled(one, State.SENT), settled(other, State.WAITING, next_at=NOW)]
    do(lambda session: settle(session, told))
    assert do(lambda session: entry(session, one.key)).state == State.SENT
    assert do(lambda session: entry(session, other.key)).state == State.WITHDRAWN


def test_a_contact_takes_its_rows_along(do: Do) -> None:
    do(lambda session: put(session, "a"))
    do(lambda session: contacts.forget(session, LI.channel, LI.address))
    assert do(lambda session: outbox_view.find(session, "a")) is None


def test_a_clock_set_back_puts_nothing_off(do: Do) -> None:
    year = timedelta(days=365)
    do(lambda session: put(session, "taken", "failed"))
    put_later = NOW + HOUR
    do(lambda session: put(session, "planned", at=put_later))
    by_key = {one.key: one for one in do(lambda session: take(session, NOW + year, most=2))}
    failed = settled(by_key["failed"], State.WAITING, NOW + year, next_at=NOW + year + HOUR)
    do(lambda session: settle(session, [failed]))
    assert do(take) == []
    assert do(lambda session: mend(session, NOW, LEASE, HOUR)) == 2
    assert sorted(one.key for one in do(take)) == ["failed", "taken"]
    assert do(lambda session: mend(session, NOW, LEASE, HOUR)) == 0
    assert do(lambda session: entry(session, "planned")).due_at == put_later


def test_what_is_over_is_deleted_in_time(do: Do) -> None:
    do(lambda session: put(session, "a", "b"))
    one, _ = do(take)
    do(lambda session: settle(session, [settled(one, State.SENT)]))
    assert do(lambda session: outbox.trim(session, NOW)) == 0
    assert do(lambda session: outbox.trim(session, NOW + MINUTE)) == 1
    assert do(lambda session: sum(outbox_view.counts(session).values())) == 1


def test_a_story_does_not_grow_without_bound(do: Do) -> None:
    def unit(session: Session) -> str:
        put(session, "a")
        for number in range(400):
            (one,) = take(session, NOW + number * HOUR)
            next_at = NOW + (number + 1) * HOUR
            settle(session, [settled(one, State.WAITING, next_at=next_at, error=f"error {number // 2}")])
        return entry(session, "a").story

    story = do(unit)
    assert len(story) < LONGEST_STORY + 100
    assert story.count("error 0\n") == 1


def test_an_idle_look_touches_no_row_that_waits(session: Session) -> None:
    connection = session.connection()
    statement = DUE.compile(connection)
    given = statement.construct_params({"by": "web", "now": NOW, "most": 9})
    values = tuple(str(given[name]) for name in statement.positiontup or ())
    steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert steps[0] == "SEARCH outbox USING INDEX ix_outbox_channel_due_at_id (channel=? AND due_at<?)"
    assert not any(step.startswith("SCAN") for step in steps)
    of_rows = steps[: next(at for at, step in enumerate(steps) if "SUBQUERY" in step)]  # the address, a row at a time
    assert not any(step.startswith("USE TEMP") for step in of_rows)
