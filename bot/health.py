"""What an outside watch asks for: /healthz, /readyz and /metrics."""

import asyncio
import logging
import secrets
import time
from asyncio import wrap_future
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Protocol

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.figures import Figures, Stock, take_stock
from bot.readiness import Readiness

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
SECONDS_TO_ANSWER = 2.0  # for the database
SECONDS_TO_KEEP = 30.0  # what stands in the outbox: counting a hundred thousand rows takes a tenth of a second
FORM = "text/plain; version=0.0.4; charset=utf-8"
UNCACHED = {"Cache-Control": "no-store"}

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What is looked at."""

    def run(self, unit: Callable[[Session], Any]) -> Future[Any]:
        """Carry out a unit of work."""

    def waiting(self) -> int:
        """How many units of work are waiting or under way."""

    def moment(self) -> datetime:
        """The moment, aware."""


class Health:
    """The routes.

    Args:
        desk: has the database.
        readiness: tells what is in the way.
        figures: what was counted; none where nobody wants to know.
        token: who asks for figures has to bring it; empty: only this machine gets them.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self,
        desk: Desk,
        readiness: Readiness,
        figures: Figures | None,
        token: str,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._desk = desk
        self._readiness = readiness
        self._figures = figures
        self._token = token
        self._seconds = seconds
        self._taken: tuple[float, Stock] | None = None

    def routes(self) -> list[BaseRoute]:
        """What to mount."""
        routes: list[BaseRoute] = [
            Route("/healthz", self.show_health, methods=["GET"]),
            Route("/readyz", self.show_readiness, methods=["GET"]),
        ]
        return [*routes, Route("/metrics", self.show_figures, methods=["GET"])] if self._figures else routes

    async def show_health(self, _request: Request) -> Response:
        """That the program is up."""
        return JSONResponse({"status": "ok"}, headers=UNCACHED)

    async def show_readiness(self, _request: Request) -> Response:
        """That it can do its work, or a word on what is in the way."""
        trouble = await self._readiness.trouble()
        told = {"status": "not ready", "reason": trouble} if trouble else {"status": "ready"}
        return JSONResponse(told, 503 if trouble else 200, UNCACHED)

    async def show_figures(self, request: Request) -> Response:
        """All figures."""
        if refusal := self._refuse(request):
            return refusal
        assert self._figures  # noqa: S101 - or the route were not there
        shown = self._figures.show(self._desk.waiting(), await self._take_stock(), self._desk.moment())
        return Response(shown, media_type=FORM, headers=UNCACHED)

    def _refuse(self, request: Request) -> Response | None:
        if not self._token:
            return None if _is_from_here(request) else JSONResponse({"error": "forbidden"}, 403, UNCACHED)
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), self._token.encode()):
            return None
        return JSONResponse({"error": "unauthorized"}, 401, {**UNCACHED, "WWW-Authenticate": "Bearer"})

    async def _take_stock(self) -> Stock | None:
        if self._taken and self._seconds() - self._taken[0] < SECONDS_TO_KEEP:
            return self._taken[1]
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                stock: Stock = await wrap_future(self._desk.run(take_stock))
        except Exception as error:
            log.warning("The figures lack the outbox: %s", type(error).__name__)
            return None
        self._taken = (self._seconds(), stock)
        return stock


def _is_from_here(request: Request) -> bool:
    """Whether a program on this machine asks by itself: what a proxy passes on comes from who knows where."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
