"""A private calendar for each of the staff, behind a link that cannot be guessed and can be ended."""

from asyncio import wrap_future
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

NAME = "工作室到期日"
GONE = "这个日历链接已停用。在对话里说“日历”可以换一个新的。"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Desk(Protocol):
    """What this needs of the desk."""

    library: Any

    def calendar(self, token: str, planner: Any) -> Future[Any]:
        """What stands in the calendar of a link."""

    def today(self) -> Any:
        """The day it is."""


class Calendars:
    """The route under /calendar.

    Args:
        desk: has the register.
        planner: makes what tells what is due.
    """

    def __init__(self, desk: Desk, planner: Callable[[], Any]) -> None:
        self._desk = desk
        self._planner = planner

    def routes(self) -> list[BaseRoute]:
        """What to mount."""
        return [Route("/calendar/{token}.ics", self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """The calendar as a file that calendars fetch again and again."""
        from bot.ics import render_calendar

        entries = await wrap_future(self._desk.calendar(request.path_params["token"], self._planner()))
        if entries is None:
            return PlainTextResponse(GONE, 404, PRIVATE)
        file = render_calendar(NAME, entries, self._desk.library, self._desk.today())
        return Response(file, media_type="text/calendar; charset=utf-8", headers=PRIVATE)
