"""The web application: routes, protection and the daily tidying joined around a desk."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot import pages
from bot.channels import SORRY, web
from bot.config import Settings
from bot.desk import Desk
from bot.pages.results import Results
from bot.protection import Protection
from bot.visitors import Visitors
from storage.database import Busy

A_DAY = 24 * 3600.0  # seconds

log = logging.getLogger(__name__)


def create_app(desk: Desk, settings: Settings) -> ASGIApp:
    """The application; the desk stays the caller's to close."""
    channel = web.Web(desk, settings.web.messages_a_minute)
    results = Results(desk, pages.TEMPLATES)
    app = Starlette(
        routes=[Route("/healthz", show_health, methods=["GET"]), *channel.routes(), *results.routes(), *pages.routes()],
        middleware=[Middleware(Visitors)],
        exception_handlers={Busy: _say_busy, Exception: _apologise},
        lifespan=lambda _: _tidying(desk, settings.storage.keep_days),
    )
    return Protection(app)


async def show_health(_request: Request) -> Response:
    """That the program is up."""
    return JSONResponse({"status": "ok"})


async def every(seconds: float, job: Callable[[], Awaitable[object]]) -> None:
    """Do a job now and then again and again; a fault is logged and the next time comes all the same."""
    while True:
        try:
            await job()
        except Exception:
            log.exception("A job failed")
        await asyncio.sleep(seconds)


@asynccontextmanager
async def _tidying(desk: Desk, keep_days: int) -> AsyncIterator[None]:
    task = asyncio.create_task(every(A_DAY, lambda: asyncio.wrap_future(desk.tidy(keep_days))))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _say_busy(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": web.BUSY}, 503, {"Retry-After": "3", "Cache-Control": "no-store"})


async def _apologise(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": SORRY}, 500, {"Cache-Control": "no-store"})
