"""Contacts: one row for every person on every channel, and the state of the conversation with them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Text, UniqueConstraint, bindparam, column, delete, func, select, table, update
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.inserts import insert_or_leave


class ContactRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("channel", "address"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    address: str
    state: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant, index=True)
    is_kept: bool = False  # not let go of for age: staff are reminded though they may not write for long


@dataclass(frozen=True)
class Contact:
    """A person on a channel.

    Args:
        id: the number of the row.
        state: what the handlers remember, in their own form; empty for a new contact.
    """

    id: int
    channel: str
    address: str
    state: str


_table = SQLModel.metadata.tables["contact"]
_here = (_table.c.channel == bindparam("here"), _table.c.address == bindparam("who"))
_FIND: Select[tuple[int, str]] = select(_table.c.id, _table.c.state).where(*_here).with_for_update()
_KEEP = (
    update(_table)
    .where(_table.c.id == bindparam("contact"))
    .values(state=bindparam("new_state"), seen_at=bindparam("now"))
)
_FORGET = delete(_table).where(*_here)
_outbox = table("outbox", column("contact_id"), column("state"))  # a table of a neighbour that builds on this one
_UNDELIVERED = (
    select(_outbox.c.contact_id)
    .where(_outbox.c.contact_id == _table.c.id, _outbox.c.state.in_(("waiting", "claimed", "held")))
    .exists()
)
_may_go = (_table.c.is_kept.is_(False), ~_UNDELIVERED)
_FORGET_UNSEEN = delete(_table).where(_table.c.seen_at < bindparam("before"), *_may_go)
_NEWEST = select(_table.c.id).order_by(_table.c.seen_at.desc(), _table.c.id.desc()).limit(bindparam("limit"))
_FORGET_OLDER = delete(_table).where(_table.c.id.not_in(_NEWEST), *_may_go)
_HOLD = update(_table).where(_table.c.id == bindparam("contact")).values(is_kept=bindparam("kept"))
_NEW = {"state": "", "is_kept": False}
_COUNT = select(func.count()).select_from(_table)


def find_or_make(session: Session, channel: str, address: str, now: datetime) -> Contact:
    """The contact, made if new, and held against other writers until the transaction ends."""
    connection = session.connection()
    key = {"here": channel, "who": address}
    row = connection.execute(_FIND, key).one_or_none()
    if row is None:
        fresh = {**_NEW, "channel": channel, "address": address, "created_at": now, "seen_at": now}
        connection.execute(insert_or_leave(_table, connection.dialect.name), fresh)
        row = connection.execute(_FIND, key).one()
    return Contact(row.id, channel, address, row.state)


def find(session: Session, channel: str, address: str) -> Contact | None:
    """The contact, if there is one."""
    row = session.connection().execute(_FIND, {"here": channel, "who": address}).one_or_none()
    return Contact(row.id, channel, address, row.state) if row else None


def keep_state(session: Session, contact: Contact, state: str, now: datetime) -> None:
    """Keep what the handlers remember, and that the contact was seen."""
    session.connection().execute(_KEEP, {"contact": contact.id, "new_state": state, "now": now})


def hold(session: Session, contact_id: int, is_kept: bool) -> None:
    """Keep a contact however long it is silent, or no longer; its own wish to be forgotten counts all the same."""
    session.connection().execute(_HOLD, {"contact": contact_id, "kept": is_kept})


def forget(session: Session, channel: str, address: str) -> bool:
    """Delete a contact with all its messages; false if there was none."""
    return session.connection().execute(_FORGET, {"here": channel, "who": address}).rowcount > 0


def forget_unseen(session: Session, before: datetime) -> int:
    """Delete the contacts not seen since, unless held or with something to come; returns how many."""
    return session.connection().execute(_FORGET_UNSEEN, {"before": before}).rowcount


def forget_older(session: Session, limit: int) -> int:
    """Delete all but the `limit` contacts seen last and those held or with something to come; returns how many."""
    return session.connection().execute(_FORGET_OLDER, {"limit": limit}).rowcount


def count(session: Session) -> int:
    """How many contacts there are."""
    return session.connection().execute(_COUNT).scalar_one()
