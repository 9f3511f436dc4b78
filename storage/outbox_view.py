"""The outbox as staff look at it: counts, lists, and what happened to one row."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from storage.columns import Instant
from storage.outbox import TABLE, State

OPEN = (State.WAITING, State.CLAIMED, State.HELD)


@dataclass(frozen=True)
class Entry:
    """A row.

    Args:
        due_at: when it is looked at next; none where it has come to its end or is held.
        settled_at: when it came to its end.
        story: what happened to it, a line each, the moment in front.
    """

    key: str
    contact_id: int
    channel: str
    payload: str
    not_before: datetime
    state: str
    due_at: datetime | None
    attempts: int
    failures: int
    last_error: str
    is_maybe_sent: bool
    is_late: bool
    settled_at: datetime | None
    story: str


_COLUMNS = tuple(TABLE.c[one.name] for one in fields(Entry))
_COUNTS = select(TABLE.c.state, func.count().label("number")).group_by(TABLE.c.state)
_OLDEST = select(func.min(TABLE.c.not_before)).where(TABLE.c.state.in_(OPEN))
_OVERDUE = (
    select(TABLE.c.id)
    .where(
        TABLE.c.channel.in_(bindparam("channels", expanding=True)),
        TABLE.c.due_at < bindparam("before", type_=Instant()),
    )
    .limit(1)
)
_LISTED = (
    select(*_COLUMNS)
    .where(TABLE.c.state.in_(bindparam("states", expanding=True)))
    .order_by(TABLE.c.not_before, TABLE.c.id)
    .limit(bindparam("most"))
)
_FIND = select(*_COLUMNS).where(TABLE.c.key == bindparam("named"))


def counts(session: Session) -> dict[State, int]:
    """How many rows there are in each state."""
    found = {row.state: row.number for row in session.connection().execute(_COUNTS)}
    return {state: found.get(state, 0) for state in State}


def oldest_undelivered(session: Session) -> datetime | None:
    """When the oldest that is not delivered, given up or withdrawn was to leave."""
    found: datetime | None = session.connection().execute(_OLDEST).scalar_one()
    return found


def is_overdue(session: Session, channels: Collection[str], before: datetime) -> bool:
    """Whether something on one of these channels should have been looked at before, and was not."""
    given = {"channels": list(channels), "before": before}
    return session.connection().execute(_OVERDUE, given).first() is not None


def listed(session: Session, states: tuple[State, ...], limit: int) -> list[Entry]:
    """Rows in these states, the oldest first."""
    rows = session.connection().execute(_LISTED, {"states": list(states), "most": limit}).all()
    return [Entry(*row) for row in rows]


def find(session: Session, key: str) -> Entry | None:
    """One row by its key."""
    row = session.connection().execute(_FIND, {"named": key}).one_or_none()
    return Entry(*row) if row else None
