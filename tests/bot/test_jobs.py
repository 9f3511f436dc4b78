"""The jobs: at their times in Beijing, once at the start, and whatever the clock does."""

import asyncio
import logging
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from sqlmodel import Session
from starlette.testclient import TestClient

from bot.app import create_app
from bot.delivery import Lane
from bot.desk import Desk, now
from bot.jobs import DELIVER, PLAN, TIDY, Job, do_now, mind_the_clock, running
from bot.settings import Settings
from handlers.push import Push
from storage import contacts, outbox_view
from storage.outbox import Letter, State
from tests.cast import LI, NOW, ZHANG

BRISK = IntervalTrigger(seconds=0.01)
NEVER = IntervalTrigger(days=999)


def test_a_job_that_fails_is_done_again_the_next_time(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    async def job() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise ZeroDivisionError

    async def live() -> None:
        async with running(Job("falter", job, BRISK)):
            await until(lambda: len(done) >= 3)

    with caplog.at_level(logging.ERROR):
        asyncio.run(live())
    assert "falter" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def until(happens: Any, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


def test_every_job_is_done_at_the_start_and_never_twice_at_once() -> None:
    under_way, most, done = 0, 0, 0

    async def job() -> None:
        nonlocal under_way, most, done
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.03)
        under_way -= 1
        done += 1

    async def live() -> None:
        async with running(Job("slow", job, BRISK), Job("rare", job, NEVER)) as scheduler:
            await until(lambda: done >= 5)
            settings = [(one.misfire_grace_time, one.coalesce, one.max_instances) for one in scheduler.get_jobs()]
        assert settings == [(None, True, 1)] * 2

    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    asyncio.run(live())
    assert most <= 2  # one of each


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_planning_is_at_six_in_beijing_wherever_the_server_stands(zone: str) -> None:
    here = NOW.astimezone(ZoneInfo(zone))
    assert PLAN.get_next_fire_time(None, here) == datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    assert TIDY.get_next_fire_time(None, here) == datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    assert DELIVER.get_next_fire_time(here, here) - here == timedelta(seconds=5)


def test_a_clock_that_is_set_is_noticed() -> None:
    jumps: list[int] = []
    shift = timedelta()

    async def live() -> None:
        nonlocal shift
        watch = asyncio.create_task(
            mind_the_clock(lambda: jumps.append(1), lambda: now() + shift, time.monotonic, between=0.01)
        )
        await asyncio.sleep(0.05)
        assert not jumps
        for hours in (-24, 3):
            shift += timedelta(hours=hours)
            seen = len(jumps)
            await until(lambda seen=seen: len(jumps) > seen)
        await asyncio.sleep(0.05)
        watch.cancel()

    asyncio.run(live())
    assert len(jumps) == 2


def test_every_job_can_be_done_now() -> None:
    done: list[str] = []

    async def job() -> None:
        done.append("x")

    async def live() -> None:
        async with running(Job("rare", job, NEVER)) as scheduler:
            await until(lambda: len(done) == 1)
            do_now(scheduler)
            await until(lambda: len(done) == 2)

    asyncio.run(live())


class Postbox:
    """A channel that keeps what it is given."""

    name = "web"

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def send(self, address: str, push: Push, key: str) -> None:
        self.texts.append(f"{address}: {push.text}")


def remind_li(session: Session, today: date, at: datetime) -> list[Letter]:
    li = contacts.find_or_make(session, LI.channel, LI.address, at)
    return [Letter(f"li:{today}", li.id, Push(f"今天是{today.month}月{today.day}日。").dump(), at)]


def test_the_running_program_plans_and_delivers(desk: Desk) -> None:
    postbox = Postbox()
    for _ in range(2):  # planned at each start, sent once
        with TestClient(create_app(desk, Settings(), [Lane(postbox)], remind_li)):
            end = time.monotonic() + 5
            while not postbox.texts and time.monotonic() < end:
                time.sleep(0.01)
    assert postbox.texts == ["li: 今天是11月20日。"]
    assert desk.run(outbox_view.counts).result()[State.SENT] == 1


def test_tidying_keeps_those_who_still_wait_for_something(desk: Desk) -> None:
    def long_ago(session: Session) -> None:
        for person in (LI, ZHANG):
            contacts.find_or_make(session, person.channel, person.address, NOW - timedelta(days=200))

    desk.run(long_ago).result()
    desk.plan(remind_li).result()
    assert desk.tidy(keep_days=180).result() == 1
    assert desk.run(lambda session: contacts.find(session, LI.channel, LI.address)).result() is not None
