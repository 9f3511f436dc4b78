"""The page of a self-check's result, to keep and to print, and the same as a Word document."""

from asyncio import wrap_future
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.templating import Jinja2Templates

from bot.channels.web import CHANNEL
from bot.visitors import address_of
from handlers.checking.report import SOFT, SOFT_MEANS, Report, grouped

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Result(Protocol):
    """A finished self-check as the desk gives it."""

    @property
    def reports(self) -> tuple[Report, ...]:
        """What was found in each programme."""

    @property
    def expires_at(self) -> datetime:
        """From when on the link leads nowhere."""

    @property
    def is_mine(self) -> bool:
        """Whether it is of the visitor who looks at it."""


class Desk(Protocol):
    """What these pages need of the desk."""

    def result(self, token: str, channel: str, address: str) -> Future[Any]:
        """The self-check a link leads to."""

    def forget_result(self, token: str, channel: str, address: str) -> Future[bool]:
        """Delete it, if it is the contact's."""

    def clause(self, document: str, clause: str) -> dict[str, Any] | None:
        """A clause in our words."""


class Results:
    """The routes under /selfcheck.

    Args:
        desk: has the self-checks.
        templates: the pages.
    """

    def __init__(self, desk: Desk, templates: Jinja2Templates) -> None:
        self._desk = desk
        self._templates = templates

    def routes(self) -> list[BaseRoute]:
        """What to mount."""
        return [
            Route("/selfcheck/{token}.docx", self.download, methods=["GET"]),
            Route("/selfcheck/{token}", self.show, methods=["GET"]),
            Route("/selfcheck/{token}/delete", self.delete, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The page; a link that has ended says so."""
        result = await self._find(request)
        if result is None:
            return self._page(request, "gone.html", {}, 404)
        shown = {
            "result": result,
            "token": request.path_params["token"],
            "grouped": grouped,
            "clause": self._desk.clause,
            "soft": SOFT,
            "soft_means": SOFT_MEANS,
        }
        return self._page(request, "result.html", shown)

    async def download(self, request: Request) -> Response:
        """The Word document."""
        from bot.pages.document import write

        result = await self._find(request)
        if result is None:
            return self._page(request, "gone.html", {}, 404)
        first, more = result.reports[0], len(result.reports) - 1
        name = quote(f"自查结果-{first.title}{f'等{more + 1}个' if more else ''}-{first.made_on}.docx")
        headers = {
            **PRIVATE,
            "Content-Disposition": f"attachment; filename=\"selfcheck.docx\"; filename*=UTF-8''{name}",
        }
        return Response(write(result.reports), media_type=WORD, headers=headers)

    async def delete(self, request: Request) -> Response:
        """Delete the self-check; only the visitor whose it is can."""
        token = request.path_params["token"]
        is_gone = await wrap_future(self._desk.forget_result(token, CHANNEL, address_of(request)))
        return self._page(request, "gone.html", {"is_deleted": is_gone}, 200 if is_gone else 404)

    async def _find(self, request: Request) -> Result | None:
        found: Result | None = await wrap_future(
            self._desk.result(request.path_params["token"], CHANNEL, address_of(request))
        )
        return found

    def _page(self, request: Request, name: str, shown: dict[str, Any], status: int = 200) -> Response:
        return self._templates.TemplateResponse(request, name, shown, status, headers=PRIVATE)
