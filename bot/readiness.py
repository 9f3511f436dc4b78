"""Whether the program can do its work, and if not, what is in the way, in a word."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlmodel import Session

from storage import outbox_view

SECONDS_TO_ANSWER = 1.0  # for the database
SECONDS_TO_KEEP = 1.0  # a finding, so that asking often costs nothing
SECONDS_WITHOUT_DELIVERY = 60.0  # the job comes every five
STARTING = "starting"
OVERDUE = timedelta(minutes=15)

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What is looked at."""

    def run(self, unit: Callable[[Session], Any]) -> Future[Any]:
        """Carry out a unit of work."""

    def moment(self) -> datetime:
        """The moment, aware."""


class Readiness:
    """An observer that remembers when delivering last worked, and looks at the database when it is asked.

    Args:
        desk: its library is loaded, or it would not be there.
        channels: the channels that pushes go out by; what waits for others is nobody's fault here.
        delivery: the name of the job that delivers.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self, desk: Desk, channels: Collection[str], delivery: str, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._desk = desk
        self._channels = sorted(channels)
        self._delivery = delivery
        self._seconds = seconds
        self._begun = self._sent = seconds()
        self._delivered: float | None = None
        self._found: tuple[float, str] | None = None
        self._looking = asyncio.Lock()

    def answered(self, channel: str, status: str, seconds: float, is_repeat: bool) -> None:
        """Of no matter here."""

    def sent(self, channel: str, outcome: str) -> None:
        """Something moves."""
        self._sent = self._seconds()

    def did(self, job: str, is_done: bool) -> None:
        """Keep when delivering worked."""
        if job == self._delivery and is_done:
            self._delivered = self._seconds()

    def refused(self, channel: str, reason: str) -> None:
        """Of no matter here."""

    async def trouble(self) -> str:
        """What is in the way: `starting`, `database`, `jobs` or `outbox`; nothing if the program can work."""
        async with self._looking:
            if self._found is None or self._seconds() - self._found[0] > SECONDS_TO_KEEP:
                self._found = (self._seconds(), await self._look())
            return self._found[1]

    async def _look(self) -> str:
        try:
            is_overdue = await self._ask()
        except Exception as error:
            log.warning("The database did not answer: %s", type(error).__name__)
            return "database"
        if self._seconds() - (self._delivered or self._begun) > SECONDS_WITHOUT_DELIVERY:
            return "jobs"
        if self._delivered is None:
            return STARTING
        is_still = self._seconds() - self._sent > OVERDUE.total_seconds()
        return "outbox" if is_overdue and is_still else ""

    async def _ask(self) -> bool:
        before = self._desk.moment() - OVERDUE
        unit = partial(outbox_view.is_overdue, channels=self._channels, before=before)
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            found: bool = await asyncio.wrap_future(self._desk.run(unit))
            return found
