"""The intake: what a platform hands in is handled in the order of its talk, and handed in again if it could not be.

The counterpart of the delivery: there the outbox holds what is to be sent until it is, here the platform does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from enum import Enum

from sqlalchemy.exc import DBAPIError

from storage.database import Busy

log = logging.getLogger(__name__)


class Stage(Enum):
    """How far the handling of something has come."""

    NEW = "new"
    ANSWERED = "answered"  # there is a reply, which may have been sent
    SETTLED = "settled"


class NotNow(Exception):
    """What came in cannot be handled now; it is to come again."""


class Intake:
    """Handles what comes in: in a lane one after the other, the lanes beside each other, the same thing once."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, asyncio.Task[bool]] = {}
        self._last: dict[Hashable, asyncio.Task[bool]] = {}

    def take(self, name: Hashable, lane: Hashable, handle: Callable[[], Awaitable[None]]) -> asyncio.Task[bool]:
        """Begin to handle something, or go on if it is being handled.

        Args:
            name: the same name is the same thing.
            lane: whatever is of one lane is handled in its order; where one is to come again, those behind it are too.
            handle: does it.

        Returns:
            A task that tells whether it is settled; if not, it is to come again.
        """
        if known := self._flying.get(name):
            return known
        task = asyncio.create_task(_handle(handle, self._last.get(lane)))
        self._flying[name] = self._last[lane] = task
        task.add_done_callback(lambda _: self._let_go(name, lane, task))
        return task

    async def finish(self, seconds: float) -> None:
        """Let what is under way end; what does not end in time is given up and comes again."""
        if self._flying:
            _, late = await asyncio.wait([*self._flying.values()], timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _let_go(self, name: Hashable, lane: Hashable, task: asyncio.Task[bool]) -> None:
        self._flying.pop(name, None)
        if self._last.get(lane) is task:
            del self._last[lane]


async def _handle(handle: Callable[[], Awaitable[None]], before: asyncio.Task[bool] | None) -> bool:
    if before is not None:
        await asyncio.wait({before})
        if before.cancelled() or not before.result():
            return False
    try:
        await handle()
    except (NotNow, Busy, DBAPIError) as error:
        log.warning("Something that came in has to come again: %s", type(error).__name__)
        return False
    except Exception:
        log.exception("Something that came in could not be handled")  # for good: it would fail again and again
    return True
