"""The pulse: an address outside is asked for while all is well; when it is not any more, somebody there notices."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import httpx

from bot.readiness import STARTING

SECONDS_TO_ANSWER = 10.0
SECONDS_BETWEEN_LOOKS = 0.5  # while the program starts

log = logging.getLogger(__name__)


class Pulse:
    """One address to ask for.

    Args:
        url: the address; whoever knows it can feign a pulse, so it is never logged.
        trouble: tells what is in the way of the work, nothing if it goes well.
    """

    def __init__(self, url: str, trouble: Callable[[], Awaitable[str]]) -> None:
        self._url = url
        self._trouble = trouble
        self._reason = ""

    async def beat(self) -> None:
        """Ask for the address if all is well; a change for the worse or the better is logged once."""
        trouble = await self._trouble()
        while trouble == STARTING:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            trouble = await self._trouble()
        self._tell(f"not ready ({trouble})" if trouble else await self._ask())

    async def _ask(self) -> str:
        try:
            async with httpx.AsyncClient(timeout=SECONDS_TO_ANSWER) as client:
                response = await client.get(self._url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return type(error).__name__
        return "" if response.is_success else f"status {response.status_code}"

    def _tell(self, reason: str) -> None:
        if reason and not self._reason:
            log.warning("No pulse goes out", extra={"reason": reason})
        elif self._reason and not reason:
            log.info("The pulse goes out again")
        self._reason = reason
