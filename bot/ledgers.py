"""Ledgers: what platforms allow and the tokens they gave, kept in our database so that all processes share them."""

from asyncio import wrap_future
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlmodel import Session

from storage import passes, reaches
from storage.passes import Pass as Pass
from storage.reaches import Window

TALK = (timedelta(hours=48), 5)  # what the platform allows after a message
CLICK = (timedelta(minutes=1), 3)  # ... after a press on a menu, or when somebody begins to follow

T = TypeVar("T")
Unit = Callable[[Session], None]


class Works(Protocol):
    """Carries out a unit in one transaction."""

    def run(self, unit: Callable[[Session], T]) -> Future[T]:
        """The future ends after the commit."""

    def moment(self) -> datetime:
        """The moment, aware."""


class ReachLedger:
    """What one platform still allows to be sent to each person.

    Args:
        works: carries out units of work.
        channel: the platform's channel.
    """

    def __init__(self, works: Works, channel: str) -> None:
        self._works = works
        self._channel = channel

    def unit(self, address: str, at: datetime, is_click: bool) -> Unit:
        """What notes that somebody wrote, or only pressed something, at the platform's own time."""
        lasts, most = CLICK if is_click else TALK
        window = Window.CLICK if is_click else Window.TALK
        now = self._works.moment()
        until = min(at, now) + lasts
        return lambda one: reaches.open_window(one, self._channel, address, window, until, most, now)

    async def take(self, address: str) -> Window | None:
        """Take one message out of an open window; none where there is none."""
        now = self._works.moment()
        return await self._do(lambda one: reaches.take(one, self._channel, address, now))

    async def give_back(self, address: str, window: Window) -> None:
        """It was surely not sent."""
        await self._do(lambda one: reaches.give_back(one, self._channel, address, window))

    async def close(self, address: str) -> None:
        """The platform says that nothing is left."""
        await self._do(lambda one: reaches.close(one, self._channel, address))

    async def agree(self, address: str, template: str, number: int, event: str) -> None:
        """Note that somebody agreed to get notices, or (0) agrees no longer; the same event again changes nothing."""
        await self._do(lambda one: reaches.agree(one, self._channel, address, template, number, event))

    async def spend(self, address: str, template: str) -> bool:
        """Use one agreement; false where there is none."""
        return await self._do(lambda one: reaches.spend(one, self._channel, address, template))

    async def _do(self, unit: Callable[[Session], T]) -> T:
        return await wrap_future(self._works.run(unit))


class PassLedger:
    """One platform's access token, as all processes know it. Its methods wait, so they are for threads of senders.

    Args:
        works: carries out units of work.
        name: the token's; each app of a platform has its own.
    """

    def __init__(self, works: Works, name: str) -> None:
        self._works = works
        self._name = name

    def now(self) -> datetime:
        """The moment, aware."""
        return self._works.moment()

    def find(self) -> Pass | None:
        """The token, if there is one."""
        return self._works.run(lambda one: passes.find(one, self._name)).result()

    def lease(self, until: datetime) -> bool:
        """Take the right to renew it; false while another has it."""
        now = self._works.moment()
        return self._works.run(lambda one: passes.lease(one, self._name, now, until)).result()

    def keep(self, renewed: Pass) -> None:
        """Keep a new one."""
        now = self._works.moment()
        self._works.run(lambda one: passes.keep(one, self._name, renewed, now)).result()
