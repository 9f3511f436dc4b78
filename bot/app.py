"""The web application: routes, protection and jobs joined around a desk."""

from asyncio import wrap_future
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime

from sqlmodel import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from bot import pages
from bot.channels import SORRY, web
from bot.delivery import Courier, Lane
from bot.desk import Desk
from bot.figures import Figures
from bot.health import Health
from bot.jobs import DELIVER, PLAN, TIDY, Job, every, running
from bot.observer import NOBODY, Observer, Several
from bot.opening import planner_of
from bot.pages.calendars import Calendars
from bot.pages.results import Results
from bot.platforms import Outlet, outlets
from bot.protection import Protection
from bot.pulse import Pulse
from bot.readiness import Readiness
from bot.settings import Settings
from bot.visitors import Visitors
from storage.database import Busy
from storage.outbox import Letter

Planner = Callable[[Session, date, datetime], Sequence[Letter]]


def plan_nothing(_session: Session, _today: date, _now: datetime) -> Sequence[Letter]:
    """The planner of a program that reminds nobody."""
    return ()


def create_app(
    desk: Desk,
    settings: Settings,
    lanes: Sequence[Lane] = (),
    planner: Planner = plan_nothing,
    observer: Observer = NOBODY,
    figures: Figures | None = None,
) -> ASGIApp:
    """The application; the desk stays the caller's to close.

    Args:
        desk: answers, and has the database.
        settings: the settings in force.
        lanes: the channels that pushes go out by, beside the web page and the configured platforms.
        planner: what is to be sent, told anew every morning; a letter whose key is there already changes nothing.
        observer: looks on while pushes are sent, jobs are done and callbacks refused; the desk has its own.
        figures: what is shown under /metrics, where somebody wants to know.

    Raises:
        ConfigError: a platform is configured in part only.
    """
    channel = web.Web(desk, settings.web.messages_a_minute)
    found = outlets(desk, settings, observer.refused)
    all_lanes = [Lane(channel), *lanes, *(one.lane for one in found)]
    readiness = Readiness(desk, {lane.channel.name for lane in all_lanes}, "deliver")
    observer = Several(observer, readiness)
    courier = Courier(desk, all_lanes, desk.moment, observer=observer)

    async def plan() -> None:
        await wrap_future(desk.plan(planner))
        await courier.deliver()

    jobs = [
        Job("tidy", lambda: wrap_future(desk.tidy(settings.storage.keep_days)), TIDY),
        Job("plan", plan, PLAN),
        Job("deliver", courier.deliver, DELIVER),
    ]
    if settings.watch.pulse_url:
        pulse = Pulse(settings.watch.pulse_url, readiness.trouble)
        jobs.append(Job("pulse", pulse.beat, every(settings.watch.pulse_minutes)))
    health = Health(desk, readiness, figures, settings.watch.metrics_token)
    results = Results(desk, pages.TEMPLATES)
    calendars = Calendars(desk, lambda: planner_of(desk.library, settings))
    app = Starlette(
        routes=[
            *health.routes(),
            *channel.routes(),
            *results.routes(),
            *calendars.routes(),
            *pages.routes(),
            *(route for one in found for route in one.routes),
        ],
        middleware=[Middleware(Visitors)],
        exception_handlers={Busy: _say_busy, Exception: _apologise},
        lifespan=lambda _: _working(jobs, courier, observer, found),
    )
    return Protection(app)


@asynccontextmanager
async def _working(
    jobs: Sequence[Job], courier: Courier, observer: Observer, found: Sequence[Outlet]
) -> AsyncIterator[None]:
    """Do the jobs while inside; at the end the sends under way end before the platforms are let go."""
    async with AsyncExitStack() as stack:
        for one in found:
            await stack.enter_async_context(one.working())
        stack.push_async_callback(courier.stop)
        async with running(*jobs, observer=observer):
            yield


async def _say_busy(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": web.BUSY}, 503, {"Retry-After": "3", "Cache-Control": "no-store"})


async def _apologise(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": SORRY}, 500, {"Cache-Control": "no-store"})
