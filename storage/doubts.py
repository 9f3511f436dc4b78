"""Doubts: questions that were not answered, or not surely, kept for staff without anybody's address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, bindparam, delete, insert, select
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.staff import hide_codes

MOST_KEPT = 10_000
LONGEST = 500  # characters of a question


class DoubtRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "doubt"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_type=Text)
    status: str
    programme: str
    at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class Doubt:
    """A question for staff.

    Args:
        text: what was asked, shortened.
        status: how the reply called itself.
        programme: the document it seems to be about, or empty.
        at: when it was asked.
    """

    text: str
    status: str
    programme: str
    at: datetime


_table = SQLModel.metadata.tables["doubt"]
_KEEP = insert(_table)
_FIRST_TOO_MANY = select(_table.c.id).order_by(_table.c.id.desc()).offset(MOST_KEPT).limit(1).scalar_subquery()
_TRIM = delete(_table).where(_table.c.id <= _FIRST_TOO_MANY)
_NEWEST = (
    select(_table.c.text, _table.c.status, _table.c.programme, _table.c.at)
    .order_by(_table.c.id.desc())
    .limit(bindparam("limit"))
)


def keep(session: Session, doubt: Doubt) -> None:
    """Keep a question for staff."""
    row = {
        "text": hide_codes(doubt.text)[:LONGEST],
        "status": doubt.status,
        "programme": doubt.programme,
        "at": doubt.at,
    }
    session.connection().execute(_KEEP, row)


def newest(session: Session, limit: int) -> list[Doubt]:
    """The newest questions, newest first."""
    rows = session.connection().execute(_NEWEST, {"limit": limit}).all()
    return [Doubt(row.text, row.status, row.programme, row.at) for row in rows]


def trim(session: Session) -> int:
    """Delete the oldest beyond `MOST_KEPT`; returns how many."""
    return session.connection().execute(_TRIM).rowcount
