"""The jobs of the running program: planning in the morning, delivering every few seconds, tidying at night."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.desk import now
from bot.observer import NOBODY, Observer
from handlers.conversation import BEIJING

PLAN = CronTrigger(hour=6, timezone=BEIJING)
TIDY = CronTrigger(hour=3, timezone=BEIJING)
DELIVER = IntervalTrigger(seconds=5, timezone=BEIJING)
SECONDS_BETWEEN_LOOKS = 30.0  # at the clock
SLACK = timedelta(seconds=30)


def every(minutes: int) -> BaseTrigger:
    """So often."""
    return IntervalTrigger(minutes=minutes, timezone=BEIJING)


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """What is done at its times, and once at the start.

    Args:
        name: for the log.
        do: works from dates, never from "it is six o'clock now", so it may run at any time and twice.
        trigger: when.
    """

    name: str
    do: Callable[[], Awaitable[object]]
    trigger: BaseTrigger


@asynccontextmanager
async def running(*jobs: Job, observer: Observer = NOBODY) -> AsyncIterator[AsyncIOScheduler]:
    """Do the jobs while inside: never the same one twice at a time, one that was missed as soon as it can be.

    A job that fails is logged and done again at its next time.

    Args:
        jobs: what is done.
        observer: is told of each time.
    """
    always = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    scheduler = AsyncIOScheduler(timezone=BEIJING, job_defaults=always)
    for job in jobs:
        scheduler.add_job(_do, job.trigger, [job, observer], id=job.name, name=job.name, next_run_time=now())
    scheduler.start()
    watch = asyncio.create_task(mind_the_clock(lambda: do_now(scheduler)))
    try:
        yield scheduler
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the scheduler ends in the loop's next round


async def _do(job: Job, observer: Observer) -> None:
    try:
        await job.do()
    except Exception:
        observer.did(job.name, False)
        raise
    observer.did(job.name, True)


def do_now(scheduler: AsyncIOScheduler) -> None:
    """Do every job now."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=now())


async def mind_the_clock(
    on_jump: Callable[[], None],
    clock: Callable[[], datetime] = now,
    seconds: Callable[[], float] = time.monotonic,
    between: float = SECONDS_BETWEEN_LOOKS,
) -> None:
    """Call back whenever the clock was set: the scheduler would sleep until the time it had reckoned with before."""
    while True:
        begun_at, begun = clock(), seconds()
        await asyncio.sleep(between)
        jump = clock() - begun_at - timedelta(seconds=seconds() - begun)
        if abs(jump) > SLACK:
            log.warning("The clock was set by %.0f s; every job is done now", jump.total_seconds())
            on_jump()
