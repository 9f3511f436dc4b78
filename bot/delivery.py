"""Delivery: what a channel is for pushes, and how the outbox gets to it.

Rows are claimed in one transaction and sent with nothing open in the database. What became of each is written as soon
as it is known, together with whatever else is known by then.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.observer import NOBODY, Observer
from bot.pace import Bucket, Pace, RetryPolicy
from handlers.push import Push, is_late, marked
from storage.database import Busy
from storage.dispatching import Claimed, Outcome, claim, mend, settle
from storage.outbox import State

LEASE = timedelta(minutes=2)  # longer than any sending with all that it takes to settle it
STOP_SECONDS = 8.0  # for the sends under way when the program ends
SECONDS_TO_SETTLE_AGAIN = (0.1, 1.0, 5.0, 20.0)
SECONDS_TO_GATHER = 0.01
LONGEST_PAUSE = 5.0  # seconds a lane waits for its turn by itself
CLOCK_SLACK = timedelta(seconds=30)

T = TypeVar("T")
log = logging.getLogger(__name__)


class DeliveryFailed(Exception):
    """A push that did not arrive; the facts decide what comes next.

    Args:
        reason: a few words for staff, without a secret and without anybody's name or address.
        is_permanent: it never will.
        retry_after: the platform asks for so many seconds of peace.
        is_held: the platform does not let us reach this person before they write again.
        is_maybe_sent: it may have arrived all the same.
    """

    def __init__(
        self,
        reason: str,
        *,
        is_permanent: bool = False,
        retry_after: float | None = None,
        is_held: bool = False,
        is_maybe_sent: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_permanent = is_permanent
        self.retry_after = retry_after
        self.is_held = is_held
        self.is_maybe_sent = is_maybe_sent


class Channel(Protocol):
    """A way out."""

    name: str

    async def send(self, address: str, push: Push, key: str) -> None:
        """Hand a push to the platform; returning means that it was accepted.

        Args:
            address: whose it is on this channel.
            push: what is told.
            key: names the push; the same key again is the same push, tried anew.

        Raises:
            DeliveryFailed: it was not.
        """


class Works(Protocol):
    """Carries out a unit in one transaction: a `Database` or a `Desk`."""

    def run(self, unit: Callable[[Session], T]) -> Future[T]:
        """The future ends after the commit."""


@dataclass(frozen=True)
class Lane:
    """A channel with its pace."""

    channel: Channel
    pace: Pace = field(default_factory=Pace)


class Courier:
    """Brings what is due to the channels; each channel has its own lane, so one that hangs holds up no other.

    Args:
        works: carries out units of work.
        lanes: the channels there are; rows of others wait.
        clock: tells the moment, aware.
        policy: when to try again.
        lease: how long a row that was taken is nobody else's.
        jitter: from 0 to 1, anew each time.
        observer: looks on while pushes are sent.
    """

    def __init__(
        self,
        works: Works,
        lanes: Sequence[Lane],
        clock: Callable[[], datetime],
        policy: RetryPolicy | None = None,
        lease: timedelta = LEASE,
        jitter: Callable[[], float] = random.random,
        observer: Observer = NOBODY,
    ) -> None:
        self._works = works
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self._lease = lease
        self._jitter = jitter
        self._observer = observer
        self._lanes = {lane.channel.name: (lane, Bucket(lane.pace)) for lane in lanes}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._looking = asyncio.Lock()
        self._settling = asyncio.Lock()
        self._unwritten: list[Outcome] = []
        self._look: asyncio.Task[int] | None = None
        self._last_look: datetime | None = None
        self._is_stopping = False

    async def deliver(self) -> int:
        """Look once for what is due and start sending it; returns how many were started.

        A lane that is still busy is left alone: it goes on by itself until nothing more is due. Who waits for this
        may be cancelled; what was taken is sent all the same.
        """
        self._look = asyncio.create_task(self._look_once())
        return await asyncio.shield(self._look)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait until nothing more is due or under way."""
        while self._running:
            done, _ = await asyncio.wait([*self._running.values()], timeout=seconds)
            if not done:
                return

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Take nothing more and let the sends under way end; what does not end in time is sent again some day."""
        self._is_stopping = True
        if self._look:
            await asyncio.wait({self._look})
        await self.finish(seconds)
        for task in [*self._running.values()]:
            task.cancel()
        await self.finish()

    async def mend(self) -> int:
        """Make due what a clock that was set back has put off."""
        now, longest = self._clock(), timedelta(seconds=self._policy.longest)
        return await self._do(lambda session: mend(session, now, self._lease, longest))

    async def _look_once(self) -> int:
        async with self._looking:
            await self._mind_the_clock()
            wanted = {
                name: most
                for name, (lane, bucket) in self._lanes.items()
                if name not in self._running and (most := min(lane.pace.at_once, self._ready(lane, bucket)))
            }
            taken = await self._claim(wanted) if wanted and not self._is_stopping else []
            for name in {one.channel for one in taken}:
                self._set_out(name, [one for one in taken if one.channel == name])
            return len(taken)

    def _set_out(self, name: str, taken: list[Claimed]) -> None:
        task = asyncio.create_task(self._run(name, taken), name=f"lane {name}")
        self._running[name] = task
        task.add_done_callback(lambda _: self._running.pop(name))

    async def _mind_the_clock(self) -> None:
        now, last = self._clock(), self._last_look
        self._last_look = now
        if last is None or now < last - CLOCK_SLACK:
            await self.mend()

    async def _claim(self, wanted: dict[str, int]) -> list[Claimed]:
        now = self._clock()
        taken = await self._do(lambda session: claim(session, wanted, now, self._lease))
        for one in taken:
            self._lanes[one.channel][1].spend(1)
        return taken

    async def _run(self, name: str, taken: list[Claimed]) -> None:
        """One lane: send what was taken, and take more as places become free, until nothing more is due."""
        lane, bucket = self._lanes[name]
        flying = self._start(lane, bucket, taken)
        try:
            while flying:
                _, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                if flying:  # places that become free together are filled together
                    _, flying = await asyncio.wait(flying, timeout=SECONDS_TO_GATHER)
                if not flying and bucket.pause() < LONGEST_PAUSE:
                    await asyncio.sleep(bucket.pause())
                most = min(lane.pace.at_once - len(flying), self._ready(lane, bucket))
                if most and not self._is_stopping:
                    flying |= self._start(lane, bucket, await self._claim({name: most}))
        except (Busy, DBAPIError):
            log.exception("Lane %s stops until the next look", name)
            await asyncio.gather(*flying)
        finally:
            for task in flying:
                task.cancel()

    def _ready(self, lane: Lane, bucket: Bucket) -> int:
        """How many may leave now."""
        return 0 if self._clock().minute in lane.pace.shuns else bucket.ready()

    def _start(self, lane: Lane, bucket: Bucket, taken: list[Claimed]) -> set[asyncio.Task[None]]:
        return {asyncio.create_task(self._bring(lane, bucket, one)) for one in taken}

    async def _bring(self, lane: Lane, bucket: Bucket, one: Claimed) -> None:
        now = self._clock()
        try:
            await _send(lane, one, now)
        except DeliveryFailed as failure:
            if failure.retry_after:
                bucket.rest(min(failure.retry_after, self._policy.longest))
            outcome = self._failed(one, failure)
        else:
            outcome = Outcome(one.id, one.attempts, State.SENT, self._clock(), is_late=is_late(one.not_before, now))
        self._observer.sent(lane.channel.name, outcome.state)
        await self._settle(outcome)

    def _failed(self, one: Claimed, failure: DeliveryFailed) -> Outcome:
        now = self._clock()
        outcome = Outcome(one.id, one.attempts, State.WAITING, now, None, failure.reason, failure.is_maybe_sent)
        if failure.is_permanent:
            return replace(outcome, state=State.FAILED)
        if failure.is_held:
            return replace(outcome, state=State.HELD)
        seconds = self._policy.delay(one.failures + 1, self._jitter(), failure.retry_after)
        if seconds is None:
            return replace(outcome, state=State.FAILED)
        return replace(outcome, next_at=now + timedelta(seconds=seconds))

    async def _settle(self, outcome: Outcome) -> None:
        """Write the outcome down, together with what others have to write by the time it is this one's turn."""
        self._unwritten.append(outcome)
        async with self._settling:
            batch, self._unwritten = self._unwritten, []
            if batch:
                await self._write(batch)

    async def _write(self, batch: list[Outcome]) -> None:
        """What is not written is sent again when its lease runs out, so it is tried more than once."""
        for pause in SECONDS_TO_SETTLE_AGAIN:
            try:
                await self._do(lambda session: settle(session, batch))
            except (Busy, DBAPIError) as error:
                log.warning("What became of %d sendings could not be written: %s", len(batch), type(error).__name__)
                await asyncio.sleep(pause)
            else:
                return
        log.error("What became of %d sendings is not written", len(batch))

    async def _do(self, unit: Callable[[Session], T]) -> T:
        return await asyncio.wrap_future(self._works.run(unit))


async def _send(lane: Lane, one: Claimed, now: datetime) -> None:
    """Hand one row to its channel.

    Raises:
        DeliveryFailed: whatever went wrong, a channel's own fault too: it must not stop the others.
    """
    try:
        push = marked(Push.load(one.payload), one.not_before, now, one.is_maybe_sent)
    except ValueError:
        raise DeliveryFailed("cannot be read", is_permanent=True) from None
    try:
        async with asyncio.timeout(lane.pace.timeout):
            await lane.channel.send(one.address, push, one.key)
    except DeliveryFailed:
        raise
    except TimeoutError:
        raise DeliveryFailed("no answer in time", is_maybe_sent=True) from None
    except Exception as error:
        log.exception("The channel %s broke", lane.channel.name)
        raise DeliveryFailed(f"the channel broke: {type(error).__name__}", is_maybe_sent=True) from error
