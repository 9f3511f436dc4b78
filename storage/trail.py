"""The trail: who changed what in the register, and who was turned away. No text that anybody typed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, Integer, and_, bindparam, delete, func, insert, select
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant

MOST_KEPT = 100_000


class TrailRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "trail"
    __table_args__ = (Index("ix_trail_act_at", "act", "at"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    act: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="SET NULL")
    staff_id: int | None = Field(default=None, foreign_key="staff.id", ondelete="SET NULL")
    studio_id: int | None = Field(default=None, foreign_key="studio.id", ondelete="SET NULL")
    what: str


@dataclass(frozen=True)
class Step:
    """Something that was done or refused.

    Args:
        act: what: a word of the program, never one of the person.
        contact_id: who, if it came through a channel.
        staff_id: as which staff.
        studio_id: to which studio.
        what: which fields changed, or how many rows.
    """

    act: str
    contact_id: int | None = None
    staff_id: int | None = None
    studio_id: int | None = None
    what: str = ""


_table = SQLModel.metadata.tables["trail"]
_KEEP = insert(_table)
_since = and_(_table.c.act == bindparam("which"), _table.c.at > bindparam("since"))
_COUNT = select(func.count()).select_from(_table).where(_since)
_COUNT_OF = _COUNT.where(_table.c.contact_id == bindparam("contact", type_=Integer))
_NEWEST = select(_table).order_by(_table.c.id.desc()).limit(bindparam("most"))
_FIRST_TOO_MANY = select(_table.c.id).order_by(_table.c.id.desc()).offset(MOST_KEPT).limit(1).scalar_subquery()
_TRIM = delete(_table).where(_table.c.id <= _FIRST_TOO_MANY)


def keep(session: Session, step: Step, now: datetime) -> None:
    """Note a step."""
    row = {
        "at": now,
        "act": step.act,
        "contact_id": step.contact_id,
        "staff_id": step.staff_id,
        "studio_id": step.studio_id,
        "what": step.what,
    }
    session.connection().execute(_KEEP, row)


def count(session: Session, act: str, since: datetime, contact_id: int | None = None) -> int:
    """How often something was done since a moment, by everybody or by one contact."""
    given = {"which": act, "since": since}
    if contact_id is None:
        return session.connection().execute(_COUNT, given).scalar_one()
    return session.connection().execute(_COUNT_OF, {**given, "contact": contact_id}).scalar_one()


def newest(session: Session, most: int) -> list[tuple[datetime, Step]]:
    """The newest steps with their moments, newest first."""
    rows = session.connection().execute(_NEWEST, {"most": most}).all()
    return [(row.at, Step(row.act, row.contact_id, row.staff_id, row.studio_id, row.what)) for row in rows]


def trim(session: Session) -> int:
    """Delete the oldest beyond `MOST_KEPT`; returns how many."""
    return session.connection().execute(_TRIM).rowcount
