"""How long it takes to plan a day for very many studios."""

import tempfile
import time
from datetime import UTC, date, datetime

from sqlmodel import Session

from handlers.reminding.planning import Planner
from knowledge.library import load
from knowledge.vocabulary import Role
from storage import contacts, outbox, register, staff
from storage.database import Database
from storage.register import Studio
from storage.scope import EVERYTHING

STUDIOS = 100_000
NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
DAY, NEXT_DAY = date(2026, 12, 1), date(2026, 12, 2)


def measure_planning() -> list[tuple[str, str, str]]:
    """Plan a day on which every studio is announced, and the next, on which none is."""
    planner = Planner(load())
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        database.migrate()
        database.run(_fill).result()
        busy = _plan(database, planner, DAY)
        quiet = _plan(database, planner, NEXT_DAY)
        database.close()
    return [
        (f"planning a day for {STUDIOS:,} studios, all announced", f"{busy:.1f} s", ""),
        (f"planning the next day for {STUDIOS:,} studios, none announced", f"{quiet:.1f} s", ""),
    ]


def _plan(database: Database, planner: Planner, day: date) -> float:
    begun = time.perf_counter()
    database.run(lambda session: outbox.put(session, planner(session, day, NOW), NOW)).result()
    return time.perf_counter() - begun


def _fill(session: Session) -> None:
    slugs = ("jiaozuo", "changchun", "shanghai", "tcwta")
    studios = [
        Studio(slugs[n % 4], f"第{n}工作室", f"单位{n}", conferred_on=date(2023 + n % 4, 1 + n % 12, 1 + n % 28))
        for n in range(STUDIOS)
    ]
    register.add_all(session, EVERYTHING, studios, NOW)
    contact = contacts.find_or_make(session, "web", "li", NOW)
    staff.invite(session, "ABCDEFGH", "李干事", Role.ADMIN, EVERYTHING, NOW, NOW.replace(year=2027))
    staff.use_code(session, "ABCDEFGH", contact, NOW)
