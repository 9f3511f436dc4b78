"""A callback route: opened, answered in time, closed; what is wrong with it ends in a short refusal."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import Unanswered
from bot.tencent.envelope import Refused
from handlers.conversation import Reply

SECONDS = 4.5  # the platforms wait five
DONE = "success"

log = logging.getLogger(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(channel: str, greet: Endpoint, take: Endpoint, on_refusal: Callable[[str, str], None]) -> list[BaseRoute]:
    """What a platform's channel mounts, under its name: the platform's look at the server, and its pushes."""
    return [
        Route(f"/{channel}", guarded(channel, greet, on_refusal), methods=["GET"]),
        Route(f"/{channel}", guarded(channel, take, on_refusal), methods=["POST"]),
    ]


def guarded(channel: str, endpoint: Endpoint, on_refusal: Callable[[str, str], None]) -> Endpoint:
    """An endpoint whose refusals are short and counted.

    Args:
        channel: for the log.
        endpoint: what is guarded.
        on_refusal: told the channel and the reason in a word.
    """

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refused as refusal:
            log.info("A callback of %s was refused: %s", channel, refusal.reason)
            on_refusal(channel, refusal.reason)
            return PlainTextResponse("", refusal.status)

    return answer


async def in_time(future: Future[Reply], afterwards: Callable[[Reply], Awaitable[None]]) -> Reply | None:
    """The reply, if it comes while the platform waits.

    Args:
        future: the reply to come.
        afterwards: what to do with a reply that comes later.

    Raises:
        Unanswered: something broke.
    """
    coming = asyncio.ensure_future(asyncio.wrap_future(future))
    try:
        return await asyncio.wait_for(asyncio.shield(coming), SECONDS)
    except TimeoutError:
        task = asyncio.create_task(_later(coming, afterwards))
        _UNDER_WAY.add(task)
        task.add_done_callback(_UNDER_WAY.discard)
        return None


_UNDER_WAY: set[asyncio.Task[None]] = set()


async def _later(coming: asyncio.Future[Reply], afterwards: Callable[[Reply], Awaitable[None]]) -> None:
    try:
        await afterwards(await coming)
    except Unanswered:
        log.warning("A message was answered neither in time nor later")
