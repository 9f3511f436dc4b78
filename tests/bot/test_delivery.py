"""Delivery: every channel at its own pace, retries that end, and words that say what may have gone wrong."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.delivery import Courier, DeliveryFailed, Lane
from bot.pace import Bucket, Pace, RetryPolicy
from handlers.push import Push
from storage import contacts, outbox, outbox_view
from storage.database import Busy, Database
from storage.dispatching import claim
from storage.outbox import Letter, State
from storage.outbox_view import Entry
from tests.cast import NOW

T = TypeVar("T")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATE = "（补发，原定11月20日）"
FAST = Pace(per_second=100_000, burst=10_000, at_once=16, timeout=0.2)


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Fake:
    """A channel that writes down what it was given, unless it is told to do something else."""

    def __init__(self, name: str = "fake", trouble: Callable[[], Awaitable[None]] | None = None) -> None:
        self.name = name
        self.sent: list[tuple[str, str]] = []
        self.trouble = trouble

    async def send(self, address: str, push: Push, key: str) -> None:
        if self.trouble:
            await self.trouble()
        self.sent.append((address, push.text))

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.sent]


def fails(reason: str = "busy", **facts: Any) -> Callable[[], Awaitable[None]]:
    async def trouble() -> None:
        raise DeliveryFailed(reason, **facts)

    return trouble


async def hangs() -> None:
    await asyncio.sleep(30)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def plan(database: Database, *keys: str, channel: str = "fake", at: datetime = NOW) -> None:
    def unit(session: Session) -> None:
        for key in keys:
            contact = contacts.find_or_make(session, channel, f"to {key}", NOW)
            outbox.put(session, [Letter(key, contact.id, Push(f"text {key}").dump(), at)], NOW)

    database.run(unit).result()


def deliver(database: Database, clock: Clock, *channels: Fake, pace: Pace = FAST) -> None:
    async def once() -> None:
        courier = Courier(database, [Lane(one, pace) for one in channels], clock, jitter=lambda: 1.0)
        await courier.deliver()
        await courier.finish()

    asyncio.run(once())


def entry(database: Database, key: str) -> Entry:
    found = database.run(lambda session: outbox_view.find(session, key)).result()
    assert found is not None
    return found


def test_what_is_due_is_sent_once_to_whom_it_is_for(database: Database, clock: Clock) -> None:
    plan(database, *map(str, range(50)))
    plan(database, "later", at=NOW + HOUR)
    fake = Fake()
    deliver(database, clock, fake)
    deliver(database, clock, fake)
    assert sorted(fake.sent) == sorted((f"to {number}", f"text {number}") for number in range(50))
    assert entry(database, "7").state == State.SENT


def test_a_platform_that_fails_is_tried_again_with_growing_delays(database: Database, clock: Clock) -> None:
    plan(database, "a")
    fake = Fake(trouble=fails())
    waits = []
    for _ in range(9):
        deliver(database, clock, fake)
        due_at = entry(database, "a").due_at
        assert due_at is not None
        waits.append((due_at - clock.now).total_seconds())
        clock.now = due_at
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    fake.trouble = None
    deliver(database, clock, fake)
    assert fake.texts == [f"{LATE}text a"]
    assert entry(database, "a").failures == 9


def test_what_can_never_arrive_is_a_dead_letter_and_not_tried_again(database: Database, clock: Clock) -> None:
    plan(database, "a")
    fake = Fake(trouble=fails("blocked", is_permanent=True))
    deliver(database, clock, fake)
    clock.now += 40 * DAY
    fake.trouble = None
    deliver(database, clock, fake)
    assert fake.sent == []
    assert (entry(database, "a").state, entry(database, "a").last_error) == (State.FAILED, "blocked")


def test_who_cannot_be_reached_now_is_held(database: Database, clock: Clock) -> None:
    plan(database, "a")
    deliver(database, clock, Fake(trouble=fails("48 hours", is_held=True)))
    clock.now += DAY
    deliver(database, clock, Fake())
    assert entry(database, "a").state == State.HELD


def test_a_payload_that_cannot_be_read_is_a_dead_letter(database: Database, clock: Clock) -> None:
    plan(database, "a")
    for number, payload in enumerate(("", "7", "[1]", "{}", "[1,2,3,4]")):

        def unit(session: Session, key: str = f"bad {number}", payload: str = payload) -> None:
            contact = contacts.find_or_make(session, "fake", "x", NOW)
            outbox.put(session, [Letter(key, contact.id, payload, NOW)], NOW)

        database.run(unit).result()
    fake = Fake()
    deliver(database, clock, fake)
    assert fake.texts == ["text a"]
    assert {entry(database, f"bad {number}").state for number in range(5)} == {State.FAILED}


def test_no_answer_in_time_may_have_arrived_and_the_next_one_says_so(database: Database, clock: Clock) -> None:
    plan(database, "a")
    fake = Fake(trouble=hangs)
    deliver(database, clock, fake)
    clock.now += timedelta(seconds=30)
    fake.trouble = None
    deliver(database, clock, fake)
    assert fake.texts == ["（可能重复）text a"]


def test_a_plain_refusal_leaves_no_doubt(database: Database, clock: Clock) -> None:
    plan(database, "a")
    fake = Fake(trouble=fails())
    deliver(database, clock, fake)
    clock.now += timedelta(seconds=30)
    fake.trouble = None
    deliver(database, clock, fake)
    assert fake.texts == ["text a"]


def test_a_fault_of_a_channel_stops_nobody_else(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks() -> None:
        raise KeyError("a secret token")

    plan(database, "a", channel="broken")
    plan(database, "b", channel="well")
    well = Fake("well")
    with caplog.at_level(logging.ERROR):
        deliver(database, clock, Fake("broken", breaks), well)
    assert well.texts == ["text b"]
    found = entry(database, "a")
    assert (found.state, found.last_error) == (State.WAITING, "the channel broke: KeyError")
    assert "The channel broken broke" in caplog.text


def test_a_channel_that_hangs_holds_up_no_other(database: Database, clock: Clock) -> None:
    plan(database, *(f"h{number}" for number in range(40)), channel="hanging")
    plan(database, *(f"w{number}" for number in range(40)), channel="well")
    well, hanging = Fake("well"), Fake("hanging", hangs)

    async def both() -> float:
        lanes = [Lane(hanging, Pace(1000, 1000, 4, 20)), Lane(well, FAST)]
        courier = Courier(database, lanes, clock)
        begun = time.monotonic()
        await courier.deliver()
        plan(database, "late one", channel="well")
        while len(well.sent) < 41:
            await asyncio.sleep(0.01)
            await courier.deliver()
        seconds = time.monotonic() - begun
        await courier.stop(0.1)
        return seconds

    assert asyncio.run(both()) < 10
    assert entry(database, "h0").state == State.CLAIMED


def test_only_so_many_are_under_way_at_once(database: Database, clock: Clock) -> None:
    plan(database, *map(str, range(30)))
    under_way, most = 0, 0

    async def count() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1

    fake = Fake(trouble=count)
    deliver(database, clock, fake, pace=Pace(1e6, 1000, at_once=3, timeout=5))
    assert len(fake.sent) == 30
    assert most == 3


def test_a_channel_gets_no_more_than_it_bears(database: Database, clock: Clock) -> None:
    plan(database, *map(str, range(30)))
    fake = Fake()
    begun = time.monotonic()
    deliver(database, clock, fake, pace=Pace(per_second=50, burst=10, at_once=8))
    assert len(fake.sent) == 30
    assert time.monotonic() - begun >= 20 / 50 - 0.05


def test_a_platform_that_asks_for_peace_gets_it(database: Database, clock: Clock) -> None:
    plan(database, *map(str, range(20)))
    calls = 0

    async def too_many() -> None:
        nonlocal calls
        calls += 1
        raise DeliveryFailed("429", retry_after=600)

    fake = Fake(trouble=too_many)
    deliver(database, clock, fake, pace=Pace(50, 50, at_once=2))
    assert calls <= 3  # the others were not even tried
    states = database.run(lambda session: outbox_view.counts(session)).result()
    assert states[State.CLAIMED] == 0
    (tried, *_) = [one for one in (entry(database, str(number)) for number in range(20)) if one.failures]
    assert tried.due_at == NOW + timedelta(seconds=600)


@pytest.mark.parametrize(("outage", "mark"), [(HOUR, ""), (3 * DAY, LATE), (40 * DAY, LATE)])
def test_after_an_outage_of_ours_everything_is_made_good(
    database: Database, clock: Clock, outage: timedelta, mark: str
) -> None:
    plan(database, *map(str, range(20)))
    clock.now += outage
    fake = Fake()
    deliver(database, clock, fake)
    assert sorted(fake.texts) == sorted(f"{mark}text {number}" for number in range(20))
    assert entry(database, "3").is_late is bool(mark)


@pytest.mark.parametrize("outage", [HOUR, 3 * DAY, 40 * DAY])
def test_after_an_outage_of_the_platform_everything_arrives_within_an_hour(
    session: Session, clock: Clock, outage: timedelta
) -> None:
    works = OneByOne(session)
    contact = contacts.find_or_make(session, "fake", "a", NOW)
    outbox.put(session, [Letter("a", contact.id, Push("text").dump(), NOW)], NOW)
    fake = Fake(trouble=fails())

    async def live() -> int:
        attempts = 0
        while not fake.sent:
            if clock.now >= NOW + outage:
                fake.trouble = None
            await courier.deliver()
            await courier.finish()
            attempts += 1
            found = outbox_view.find(session, "a")
            assert found is not None
            clock.now = found.due_at or clock.now
        return attempts

    courier = Courier(works, [Lane(fake, FAST)], clock, jitter=lambda: 0.5)
    attempts = asyncio.run(live())
    assert clock.now <= NOW + outage + HOUR
    assert attempts <= outage / (HOUR * 0.75) + 12


class OneByOne:
    """Carries out units on one session, at once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, unit: Callable[[Session], T]) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(unit(self._session))
        return future


def test_a_clock_set_back_while_it_runs_puts_nothing_off(database: Database, clock: Clock) -> None:
    plan(database, "crashed", "failing", at=NOW - 2 * DAY)
    fake = Fake(trouble=fails())

    async def live() -> None:
        courier = Courier(database, [Lane(fake, FAST)], clock)
        await courier.deliver()
        await courier.finish()
        clock.now += DAY
        database.run(lambda session: claim(session, {"fake": 1}, clock.now, timedelta(minutes=2))).result()
        await courier.deliver()
        await courier.finish()
        fake.trouble = None
        clock.now -= 2 * DAY
        await courier.deliver()
        await courier.finish()

    asyncio.run(live())
    assert len(fake.sent) == 2


class Balky:
    """A database that does not take the first few units."""

    def __init__(self, database: Database, refusals: Iterator[Exception]) -> None:
        self._database = database
        self.refusals = refusals

    def run(self, unit: Callable[[Session], T]) -> Future[T]:
        for refusal in self.refusals:
            raise refusal
        return self._database.run(unit)


def test_what_became_of_a_sending_is_written_again_where_the_database_balks(database: Database, clock: Clock) -> None:
    plan(database, "a")
    fake = Fake()
    works = Balky(database, iter(()))

    async def live() -> None:
        courier = Courier(works, [Lane(fake, FAST)], clock)
        await courier.deliver()
        works.refusals = iter([Busy(), OperationalError("x", None, Exception())])
        await courier.finish()

    asyncio.run(live())
    assert fake.texts == ["text a"]
    assert entry(database, "a").state == State.SENT


def test_stopping_lets_the_sends_under_way_end(database: Database, clock: Clock) -> None:
    plan(database, *map(str, range(60)))

    async def slowly() -> None:
        await asyncio.sleep(0.05)

    fake = Fake(trouble=slowly)

    async def live() -> None:
        courier = Courier(database, [Lane(fake, Pace(1e6, 1000, 4, 5))], clock)
        await courier.deliver()
        await courier.stop()
        assert await courier.deliver() == 0

    asyncio.run(live())
    assert 0 < len(fake.sent) <= 8
    counts = database.run(lambda session: outbox_view.counts(session)).result()
    assert counts[State.SENT] == len(fake.sent)
    assert counts[State.CLAIMED] == 0


def test_delays_grow_to_a_bound_and_end() -> None:
    policy = RetryPolicy(first=10, longest=100, most=6)
    assert [policy.delay(number, 1.0) for number in range(1, 7)] == [10, 20, 40, 80, 100, None]
    assert policy.delay(1, 0.0) == 5
    assert policy.delay(1, 1.0, asked=50) == 50
    assert policy.delay(1, 1.0, asked=10**9) == 100
    assert RetryPolicy().delay(1_499, 1.0) == 3600


@pytest.mark.parametrize("rate", [0.3, 1, 3, 7, 29, 33.3])
def test_who_waited_for_a_token_gets_it(rate: float) -> None:
    moment = 12345.678
    bucket = Bucket(Pace(per_second=rate, burst=1), lambda: moment)
    for _ in range(200):
        bucket.spend(1)
        moment += bucket.pause()
        assert bucket.ready() == 1


def test_a_bucket_fills_with_time() -> None:
    moment = 0.0
    bucket = Bucket(Pace(per_second=2, burst=3), lambda: moment)
    assert (bucket.ready(), bucket.pause()) == (3, 0)
    bucket.spend(3)
    assert (bucket.ready(), bucket.pause()) == (0, 0.5)
    moment = 1.0
    assert bucket.ready() == 2
    moment = 99.0
    assert bucket.ready() == 3
    bucket.rest(60)
    assert bucket.ready() == 0
    moment = 158.9
    assert bucket.ready() == 0
    moment = 159.0
    assert bucket.ready() == 1
