"""The web application: routes, protection and jobs joined around a desk."""

from asyncio import wrap_future
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot import pages
from bot.channels import SORRY, web
from bot.config import Settings
from bot.delivery import Courier, Lane
from bot.desk import Desk, planner_of
from bot.jobs import DELIVER, PLAN, TIDY, Job, running
from bot.pace import Pace
from bot.pages.calendars import Calendars
from bot.pages.results import Results
from bot.protection import Protection
from bot.visitors import Visitors
from storage.database import Busy
from storage.outbox import Letter

if TYPE_CHECKING:
    from bot.channels.telegram import Telegram

PACE = Pace(timeout=40.0)  # longer than a platform's own bounds, which tell more of what went wrong
Planner = Callable[[Session, date, datetime], Sequence[Letter]]


def plan_nothing(_session: Session, _today: date, _now: datetime) -> Sequence[Letter]:
    """The planner of a program that reminds nobody."""
    return ()


def create_app(desk: Desk, settings: Settings, lanes: Sequence[Lane] = (), planner: Planner = plan_nothing) -> ASGIApp:
    """The application; the desk stays the caller's to close.

    Args:
        desk: answers, and has the database.
        settings: the settings in force.
        lanes: the channels that pushes go out by, beside the web page.
        planner: what is to be sent, told anew every morning; a letter whose key is there already changes nothing.

    Raises:
        ConfigError: settings that do not go together.
    """
    channel = web.Web(desk, settings.web.messages_a_minute)
    platforms = _platforms(desk, settings)
    courier = Courier(desk, [Lane(channel), *(Lane(one, PACE) for one in platforms), *lanes], desk.moment)

    async def plan() -> None:
        await wrap_future(desk.plan(planner))
        await courier.deliver()

    jobs = (
        Job("tidy", lambda: wrap_future(desk.tidy(settings.storage.keep_days)), TIDY),
        Job("plan", plan, PLAN),
        Job("deliver", courier.deliver, DELIVER),
    )
    results = Results(desk, pages.TEMPLATES)
    calendars = Calendars(desk, lambda: planner_of(desk.library, settings))
    app = Starlette(
        routes=[
            Route("/healthz", show_health, methods=["GET"]),
            *channel.routes(),
            *(route for one in platforms for route in one.routes()),
            *results.routes(),
            *calendars.routes(),
            *pages.routes(),
        ],
        middleware=[Middleware(Visitors)],
        exception_handlers={Busy: _say_busy, Exception: _apologise},
        lifespan=lambda _: _working(jobs, courier, platforms),
    )
    return Protection(app)


async def show_health(_request: Request) -> Response:
    """That the program is up."""
    return JSONResponse({"status": "ok"})


def _platforms(desk: Desk, settings: Settings) -> "list[Telegram]":
    """The platforms that are set up; the library of each is loaded only then."""
    if not settings.telegram.token:
        return []
    from bot.channels.telegram import Telegram

    return [Telegram(desk, settings)]


@asynccontextmanager
async def _working(jobs: Sequence[Job], courier: Courier, platforms: "Sequence[Telegram]") -> AsyncIterator[None]:
    """Do the jobs while inside; at the end the sends under way end before the platforms are let go."""
    async with AsyncExitStack() as stack:
        for one in platforms:
            await stack.enter_async_context(one.working())
        stack.push_async_callback(courier.stop)
        async with running(*jobs):
            yield


async def _say_busy(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": web.BUSY}, 503, {"Retry-After": "3", "Cache-Control": "no-store"})


async def _apologise(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": SORRY}, 500, {"Cache-Control": "no-store"})
