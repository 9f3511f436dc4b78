"""Filings: what a studio has handed in for which period, when, and who noted it.

A `Studio` comes out of the register only within somebody's scope, so whoever has one in hand may note its filings.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import UniqueConstraint, bindparam, delete, select
from sqlmodel import Field, Session, SQLModel

from knowledge.vocabulary import Paper
from storage.columns import Instant
from storage.inserts import insert_or_leave
from storage.register import Studio


class FilingRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "filing"
    __table_args__ = (UniqueConstraint("studio_id", "paper", "period"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    studio_id: int = Field(foreign_key="studio.id", ondelete="CASCADE")
    paper: str
    period: str
    handed_in_on: date
    noted_by: int | None = Field(default=None, foreign_key="staff.id", ondelete="SET NULL")
    noted_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class Filing:
    """Something handed in.

    Args:
        period: what it is for: a year (2026), or the years of a cycle (2024-2026).
        noted_by: the number of the staff who noted it; none for the command line.
    """

    paper: Paper
    period: str
    handed_in_on: date
    noted_by: int | None = None


_table = SQLModel.metadata.tables["filing"]
_here = _table.c.studio_id == bindparam("studio")
_one = (_here, _table.c.paper == bindparam("which"), _table.c.period == bindparam("of"))
_COLUMNS = (_table.c.paper, _table.c.period, _table.c.handed_in_on, _table.c.noted_by)
_FIND = select(*_COLUMNS).where(*_one)
_ALL = select(*_COLUMNS).where(_here).order_by(_table.c.period.desc(), _table.c.id.desc())
_NOTED = select(_table.c.studio_id, _table.c.paper, _table.c.period).where(_table.c.period >= bindparam("since"))
_REMOVE = delete(_table).where(*_one)


def keep(session: Session, studio: Studio, filing: Filing, now: datetime) -> bool:
    """Note a filing; false if it was noted before, which then stays as it was."""
    row = {
        "studio_id": studio.id,
        "paper": filing.paper,
        "period": filing.period,
        "handed_in_on": filing.handed_in_on,
        "noted_by": filing.noted_by,
        "noted_at": now,
    }
    connection = session.connection()
    statement = insert_or_leave(_table, connection.dialect.name).returning(_table.c.id)
    return connection.execute(statement, row).first() is not None


def find(session: Session, studio: Studio, paper: Paper, period: str) -> Filing | None:
    """The filing of a studio for a period."""
    row = session.connection().execute(_FIND, {"studio": studio.id, "which": paper, "of": period}).one_or_none()
    return Filing(Paper(row.paper), row.period, row.handed_in_on, row.noted_by) if row else None


def of(session: Session, studio: Studio) -> list[Filing]:
    """All filings of a studio, the newest period first."""
    rows = session.connection().execute(_ALL, {"studio": studio.id}).all()
    return [Filing(Paper(row.paper), row.period, row.handed_in_on, row.noted_by) for row in rows]


def remove(session: Session, studio: Studio, paper: Paper, period: str) -> bool:
    """Take a filing back that was noted by mistake; false if there is none."""
    given = {"studio": studio.id, "which": paper, "of": period}
    return session.connection().execute(_REMOVE, given).rowcount > 0


def noted_since(session: Session, year: int) -> set[tuple[int, str, str]]:
    """Studio, paper and last year of the period of everything that was handed in for this year or a later one."""
    rows = session.connection().execute(_NOTED, {"since": str(year)}).all()
    return {(row.studio_id, row.paper, row.period[-4:]) for row in rows}
