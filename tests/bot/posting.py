"""A process that plans and delivers to a platform on loopback, for tests that kill it.

Started with a database, the platform's port, a round, how many letters there are by now, and the seconds of timeout
and lease: it plans all letters again at its start, as the program does every morning.
"""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta

from apscheduler.triggers.interval import IntervalTrigger
from sqlmodel import Session

from bot.delivery import Courier, DeliveryFailed, Lane
from bot.desk import now
from bot.jobs import Job, running
from bot.pace import Pace, RetryPolicy
from handlers.push import Push
from storage import contacts, outbox
from storage.database import Database
from storage.outbox import Letter

PACE = Pace(per_second=10_000, burst=1_000, at_once=8)
POLICY = RetryPolicy(first=0.05, longest=0.4)


class Platform:
    """The channel to it: a line of JSON there, a line back."""

    name = "platform"

    def __init__(self, port: int, round_: int) -> None:
        self._port = port
        self._round = round_

    async def send(self, address: str, push: Push, key: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(json.dumps({"to": address, "text": push.text, "round": self._round}).encode() + b"\n")
            await writer.drain()
            answer = await reader.readline()
        finally:
            writer.close()
        if answer != b"ok\n":
            raise DeliveryFailed("refused" if answer else "cut off", is_maybe_sent=not answer)


def plan(session: Session, letters: int, at: datetime) -> int:
    contact = contacts.find_or_make(session, Platform.name, "li", at)
    return outbox.put(session, [Letter(f"m:{n}", contact.id, Push(f"m:{n}").dump(), at) for n in range(letters)], at)


async def live(url: str, port: int, round_: int, letters: int, timeout: float, lease: float) -> None:  # noqa: ASYNC109
    database = Database(url)
    lane = Lane(Platform(port, round_), replace(PACE, timeout=timeout))
    courier = Courier(database, [lane], now, POLICY, timedelta(seconds=lease))

    async def plan_all() -> None:
        await asyncio.wrap_future(database.run(lambda session: plan(session, letters, now())))

    jobs = (
        Job("plan", plan_all, IntervalTrigger(seconds=1)),
        Job("deliver", courier.deliver, IntervalTrigger(seconds=0.1)),
    )
    async with running(*jobs):
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(live(sys.argv[1], *map(int, sys.argv[2:5]), *map(float, sys.argv[5:7])))
