"""Measures the outbox beside one APScheduler job a reminder, each in a process of its own, on SQLite files."""

import asyncio
import gc
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SOON, LATER = NOW - timedelta(hours=1), NOW + timedelta(days=365)
LEASE = timedelta(minutes=2)
ROWS, FEW, DUE = 1_000_000, 1_000, 10_000
TOGETHER = 10_000  # rows claimed in one transaction, and marked in another
TICKS = 1_000
ROUNDS = 3

AGAIN = "UPDATE outbox SET state = 'waiting', due_at = not_before WHERE state = 'sent'"

FILL_OUTBOX = """
INSERT INTO outbox (key, contact_id, channel, payload, not_before, state, due_at, attempts, failures, last_error,
                    is_maybe_sent, is_late, story)
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :rows)
SELECT 'studio' || n || ':assessment:2026-12-31:30', 1, 'bench', :payload,
       CASE WHEN n > :rows - :due THEN :soon ELSE :later END, 'waiting',
       CASE WHEN n > :rows - :due THEN :soon ELSE :later END, 0, 0, '', 0, 0, '2026-11-01T00:00:00Z planned\n'
FROM number
"""
FILL_JOBS = """
INSERT INTO apscheduler_jobs (id, next_run_time, job_state)
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :rows)
SELECT 'studio' || n, :later, job_state FROM number, (SELECT job_state FROM apscheduler_jobs WHERE id = 'sample')
"""


def measure() -> list[tuple[str, str, str]]:
    """What `make bench` shows of reminders."""
    ours, theirs, unsafe = _in_a_process("outbox()"), _in_a_process("jobs('FULL')"), _in_a_process("jobs('NORMAL')")
    ratio, idle = theirs["seconds"] / ours["seconds"], ours["idle_many"] / ours["idle_few"]
    normally = unsafe["seconds"] / ours["seconds"]
    what = f"{DUE:,} due among {ROWS:,}"
    return [
        (f"{what}: found, claimed, marked; median of {ROUNDS}", f"{ours['seconds'] * 1_000:,.0f} ms", ""),
        (f"{what}: an APScheduler job each (WAL)", f"{theirs['seconds'] * 1_000:,.0f} ms", ""),
        ("  so many times faster", f"{ratio:.1f}", "at least 25"),
        ("  the same with synchronous = NORMAL, which we do not use", f"{unsafe['seconds'] * 1_000:,.0f} ms", ""),
        ("  so many times faster", f"{normally:.1f}", ""),
        (f"{what}: by the courier, to a channel at once", f"{ours['courier'] * 1_000:,.0f} ms", ""),
        (f"an idle look at {FEW:,} rows, median", f"{ours['idle_few'] * 1_000:.3f} ms", ""),
        (f"an idle look at {ROWS:,} rows, median", f"{ours['idle_many'] * 1_000:.3f} ms", ""),
        ("  so many times slower", f"{idle:.2f}", "at most 1.3"),
        ("memory of that process / of APScheduler's", f"{ours['memory']:.0f} / {theirs['memory']:.0f} MB", ""),
    ]


def measure_outbox() -> None:
    """Print the figures of the outbox as JSON."""
    from storage.dispatching import Outcome, claim, settle
    from storage.outbox import State

    with tempfile.TemporaryDirectory() as folder:
        many, few = _fill_outbox(folder, ROWS, DUE), _fill_outbox(folder, FEW, 0)

        def look(database: Any, most: int = TOGETHER) -> Any:
            return database.run(lambda session: claim(session, {"bench": most}, NOW, LEASE)).result()

        def send_all() -> None:
            while taken := look(many):
                outcomes = [Outcome(one.id, one.attempts, State.SENT, NOW) for one in taken]
                many.run(lambda session: settle(session, outcomes)).result()  # noqa: B023 - waited for

        gc.collect()
        gc.freeze()  # as the program does when it starts
        rounds = []
        for _ in range(ROUNDS):
            rounds.append(_seconds(send_all))
            many.run(lambda session: session.connection().exec_driver_sql(AGAIN)).result()
        seconds = statistics.median(rounds)
        memory = _peak_memory()
        courier = _time_courier(many)
        ticks: dict[Any, list[float]] = {many: [], few: []}
        for _ in range(TICKS):
            for database, times in ticks.items():
                times.append(_seconds(lambda: look(database, 8)))  # noqa: B023 - called at once
        for database in ticks:
            database.close()
    idle_many, idle_few = (statistics.median(times) for times in ticks.values())
    figures = {"seconds": seconds, "courier": courier, "idle_many": idle_many, "idle_few": idle_few, "memory": memory}
    print(json.dumps(figures))


def _fill_outbox(folder: str, rows: int, due: int) -> Any:
    from sqlalchemy import text

    from handlers.push import Push
    from storage import contacts
    from storage.database import Database

    database = Database(f"sqlite:///{folder}/outbox-{rows}.db")
    database.migrate()
    payload = Push("长春市职工创新工作室的考核材料12月31日前报送，还没有登记。办好了请回复“已办”。", ("已办",)).dump()
    soon, later = (f"{at:%Y-%m-%d %H:%M:%S}.000000" for at in (SOON, LATER))
    given = {"rows": rows, "due": due, "soon": soon, "later": later, "payload": payload}
    database.run(lambda session: contacts.find_or_make(session, "bench", "1", NOW)).result()
    database.run(lambda session: session.connection().execute(text(FILL_OUTBOX), given)).result()
    return database


def _time_courier(database: Any) -> float:
    """All that is due, through the whole courier to a channel that takes no time."""
    from bot.delivery import Courier, Lane
    from bot.pace import Pace

    class AtOnce:
        name = "bench"

        async def send(self, address: str, push: Any, key: str) -> None:
            pass

    async def deliver() -> None:
        courier = Courier(database, [Lane(AtOnce(), Pace(1e9, 10**9, at_once=64))], lambda: NOW)
        await courier.deliver()
        await courier.finish()

    return _seconds(lambda: asyncio.run(deliver()))


_done = threading.Semaphore(0)


def be_done() -> None:
    """What a job does."""
    _done.release()


def measure_jobs(synchronous: str) -> None:
    """Print the figures of one APScheduler job a reminder as JSON.

    Args:
        synchronous: FULL, as ours, survives a power cut; NORMAL may lose the last commits.
    """
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from sqlalchemy import create_engine, event, text

    from bench.reminders import be_done as job  # by its name in the package, under which it is stored

    def set_pragmas(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")

    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/jobs.db")
        event.listen(engine, "connect", set_pragmas)
        always = {"misfire_grace_time": None, "coalesce": True}
        scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(engine=engine)}, job_defaults=always, timezone=UTC
        )
        scheduler.start(paused=True)
        now = datetime.now(UTC)
        scheduler.add_job(job, "date", run_date=now + timedelta(days=365), id="sample")
        with engine.begin() as connection:
            given = {"rows": ROWS - DUE, "later": (now + timedelta(days=365)).timestamp()}
            connection.execute(text(FILL_JOBS), given)

        def run_all() -> None:
            scheduler.resume()
            for _ in range(DUE):
                sys.modules["bench.reminders"]._done.acquire()  # noqa: SLF001
            while scheduler.get_job(f"due{DUE - 1}"):
                time.sleep(0.001)

        rounds = []
        for _ in range(ROUNDS):
            scheduler.pause()
            for number in range(DUE):
                scheduler.add_job(job, "date", run_date=now - timedelta(hours=1), id=f"due{number}")
            rounds.append(_seconds(run_all))
        scheduler.shutdown()
        engine.dispose()
    print(json.dumps({"seconds": statistics.median(rounds), "memory": _peak_memory()}))


def _in_a_process(what: str) -> dict[str, float]:
    script = f"from bench import reminders; reminders.measure_{what}"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _seconds(do: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _peak_memory() -> float:
    """The most memory this process has had, in MB; what rusage tells would hold its parent's before the fork."""
    status = Path("/proc/self/status")
    if status.exists():
        (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))
        return int(kilobytes) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


if __name__ == "__main__":
    for name, figure, aim in measure():
        print(f"{name:<72}{figure:>16}   {aim}")
