"""Matters: what is due, for whom it was announced, until somebody says that it is done. The ledger of reminders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Row, bindparam, delete, or_, select, update
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.inserts import insert_or_leave


class MatterRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "matter"
    __table_args__ = (Index("ix_matter_due_on", "due_on"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    programme: str
    duty: str
    what: str
    due_on: date
    studio_id: int | None = Field(default=None, foreign_key="studio.id", ondelete="CASCADE", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", ondelete="CASCADE", index=True)
    stage: str
    planned_at: datetime | None = Field(default=None, sa_type=Instant)
    snoozed_until: date | None = None
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: int | None = Field(default=None, foreign_key="staff.id", ondelete="SET NULL")


@dataclass(frozen=True)
class Matter:
    """Something due that is followed until it is done.

    Args:
        key: names it for ever: the studio or the staff it is of, the duty, the day.
        what: what is due, a value of `knowledge.duties.What`.
        studio_id: the studio it is of; none for a date of a programme.
        staff_id: who looks after it; of a studio's the one it was passed on to, if it was.
        stage: the reminder that was planned last; empty before the first.
        snoozed_until: no reminder before this day.
        id: its number; 0 for one that is not kept yet.
    """

    key: str
    programme: str
    duty: str
    what: str
    due_on: date
    studio_id: int | None = None
    staff_id: int | None = None
    stage: str = ""
    planned_at: datetime | None = None
    snoozed_until: date | None = None
    done_at: datetime | None = None
    done_by: int | None = None
    id: int = 0

    @property
    def is_done(self) -> bool:
        """Whether somebody said so."""
        return self.done_at is not None


_table = SQLModel.metadata.tables["matter"]
_COLUMNS = tuple(_table.c[one.name] for one in fields(Matter))
_SINCE = select(*_COLUMNS).where(_table.c.due_on >= bindparam("since"))
_BY_NUMBER = select(*_COLUMNS).where(_table.c.id == bindparam("number"))
_BY_KEYS = select(*_COLUMNS).where(_table.c.key.in_(bindparam("wanted", expanding=True)))
_OPEN = (
    select(*_COLUMNS)
    .where(_table.c.done_at.is_(None), _table.c.due_on >= bindparam("since"), _table.c.due_on <= bindparam("until"))
    .order_by(_table.c.due_on, _table.c.id)
)
_STAGE = (
    update(_table)
    .where(_table.c.id == bindparam("number"))
    .values(stage=bindparam("new_stage"), planned_at=bindparam("now", type_=Instant()))
)
_DONE = (
    update(_table)
    .where(_table.c.id == bindparam("number"), _table.c.done_at.is_(None))
    .values(done_at=bindparam("now", type_=Instant()), done_by=bindparam("by"))
)
_SNOOZE = update(_table).where(_table.c.id == bindparam("number")).values(snoozed_until=bindparam("new_day"))
_PASS = update(_table).where(_table.c.id == bindparam("number")).values(staff_id=bindparam("to"), stage="")
_TRIM = delete(_table).where(
    _table.c.due_on < bindparam("before"), or_(_table.c.done_at.is_not(None), _table.c.stage == "")
)
_AT_ONCE = 500  # keys in one statement


def since(session: Session, day: date) -> dict[str, Matter]:
    """Every matter due on a day or later, by key."""
    rows = session.connection().execute(_SINCE, {"since": day}).all()
    return {row.key: _read(row) for row in rows}


def add(session: Session, new: Sequence[Matter]) -> dict[str, Matter]:
    """Keep matters that are not kept yet; those asked for, by key, with their numbers."""
    connection = session.connection()
    rows = [{one.name: getattr(matter, one.name) for one in fields(Matter) if one.name != "id"} for matter in new]
    if rows:
        connection.execute(insert_or_leave(_table, connection.dialect.name), rows)
    found: dict[str, Matter] = {}
    keys = [matter.key for matter in new]
    for at in range(0, len(keys), _AT_ONCE):
        for row in connection.execute(_BY_KEYS, {"wanted": keys[at : at + _AT_ONCE]}).all():
            found[row.key] = _read(row)
    return found


def find(session: Session, number: int) -> Matter | None:
    """The matter with this number."""
    row = session.connection().execute(_BY_NUMBER, {"number": number}).one_or_none()
    return _read(row) if row else None


def still_open(session: Session, start: date, end: date) -> list[Matter]:
    """What is not done and due within a window, both ends included, by day."""
    rows = session.connection().execute(_OPEN, {"since": start, "until": end}).all()
    return [_read(row) for row in rows]


def stage_all(session: Session, stages: Mapping[int, str], now: datetime) -> None:
    """Write down which reminder was planned last, by number."""
    rows = [{"number": number, "new_stage": stage, "now": now} for number, stage in stages.items()]
    if rows:
        session.connection().execute(_STAGE, rows)


def finish(session: Session, number: int, by: int | None, now: datetime) -> bool:
    """Write down that a matter is done, and who said so; false if it was done before."""
    return session.connection().execute(_DONE, {"number": number, "by": by, "now": now}).rowcount > 0


def snooze(session: Session, number: int, until: date) -> None:
    """No reminder before this day."""
    session.connection().execute(_SNOOZE, {"number": number, "new_day": until})


def pass_on(session: Session, number: int, to: int) -> None:
    """Somebody else looks after it from now on, and is reminded anew."""
    session.connection().execute(_PASS, {"number": number, "to": to})


def trim(session: Session, before: date) -> int:
    """Delete what was due before a day and is done, or was never announced; returns how many."""
    return session.connection().execute(_TRIM, {"before": before}).rowcount


def _read(row: Row[Any]) -> Matter:
    return Matter(**row._asdict())
