"""Fetching updates: Telegram keeps each of them until it is completely handled, so a crash loses nothing."""

import asyncio
import logging
from collections.abc import Callable

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.telegram.arriving import WANTED
from bot.telegram.connection import Bot, Bounds, failure_of, seconds_of_pause

REFUSED = "Telegram refuses the bot's token: [telegram] token, STEWARD_TELEGRAM_TOKEN"
TAKEN = "Another program fetches this bot's messages (409 Conflict); only one may"

log = logging.getLogger(__name__)


class Poller:
    """Fetches updates and acknowledges them once they are settled.

    What Telegram is asked for begins with the first update that is not settled. So while one is still being handled,
    it and all behind it are fetched again; those that are known already are passed over.

    Args:
        bot: fetches.
        take: begins to handle an update, or finds it being handled; its task tells whether it is settled.
        bounds: how long to wait.
    """

    def __init__(self, bot: Bot, take: Callable[[Update], asyncio.Task[bool]], bounds: Bounds) -> None:
        self._bot = bot
        self._take = take
        self._bounds = bounds
        self._open: dict[int, asyncio.Task[bool] | None] = {}  # by number; none where it is to come again
        self._settled: set[int] = set()  # behind the first open one
        self._next: int | None = None

    async def run(self) -> None:
        """Fetch until cancelled; what fails is tried again after growing pauses."""
        failures = 0
        while True:
            try:
                await self._round()
                failures = 0
            except TelegramError as error:
                failures += 1
                tell(error, failures)
                await asyncio.sleep(seconds_of_pause(error, failures, self._bounds))
            except Exception:  # the library trips over something new: the fetching must not end for that
                failures += 1
                log.exception("Updates could not be read; they are fetched again")
                await asyncio.sleep(self._bounds.pause(failures))

    async def acknowledge(self) -> None:
        """Tell Telegram what is settled, at the end; what is not comes again to the next program."""
        self._look()
        if self._next is not None:
            try:
                await self._bot.get_updates(self._next, limit=1, timeout=0, allowed_updates=WANTED)
            except TelegramError as error:
                tell(error, 1)

    async def _round(self) -> None:
        poll = 0 if self._open else int(self._bounds.poll)
        updates = await self._bot.get_updates(self._next, timeout=poll, allowed_updates=WANTED)
        if not updates and not self._open:
            self._next = None  # all is acknowledged; after a quiet week Telegram may begin with lower numbers
        self._look()  # or what comes again would be passed by what came after it
        for update in updates:
            if update.update_id not in self._settled and self._open.get(update.update_id) is None:
                self._open[update.update_id] = self._take(update)
        if flying := [task for task in self._open.values() if task]:
            await asyncio.wait(flying, timeout=self._bounds.patience)
        is_again = self._look()
        if is_again:
            await asyncio.sleep(self._bounds.patience)

    def _look(self) -> bool:
        """See what is settled by now; returns whether something has to come again."""
        is_again = False
        for number, task in sorted(self._open.items()):
            if task is None or not task.done():
                continue
            if not task.cancelled() and task.result():
                self._settled.add(number)
                del self._open[number]
            else:
                self._open[number], is_again = None, True
        if self._open:
            self._next = min(self._open)
        elif self._settled:
            self._next = max(self._settled) + 1
        self._settled = {number for number in self._settled if self._open and number > min(self._open)}
        return is_again


def tell(error: TelegramError, failures: int) -> None:
    """Log why Telegram cannot be used: aloud the first time, and never with what may hold the token."""
    is_alarm = isinstance(error, Conflict | InvalidToken)  # only the operator can mend it
    level = logging.DEBUG if failures > 1 else logging.ERROR if is_alarm else logging.WARNING
    if isinstance(error, Conflict):
        log.log(level, TAKEN)
    elif isinstance(error, InvalidToken):
        log.log(level, REFUSED)
    else:
        log.log(level, "Telegram: %s; it is tried again", failure_of(error).reason)
