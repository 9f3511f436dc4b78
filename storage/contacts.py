"""Contacts: one row for every account on every channel, and the state of the conversation with the person behind it.

A person may have linked several accounts. One of them is then the home of the others: the state, the messages and all
else that is kept hang on the home, and whoever writes through any of them is found as the home.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, UniqueConstraint, bindparam, column, delete, false, func, or_, select, table, update
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
    home_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="CASCADE", index=True)
    is_preferred: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # pushes go here first
    is_gone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # the person left the channel


@dataclass(frozen=True)
class Contact:
    """A person on a channel.

    Args:
        id: the number of the home, on which everything of the person hangs.
        channel: where the person was found.
        address: as whom.
        state: what the handlers remember, in their own form; empty for a new contact.
        is_gone: the person had left this channel.
    """

    id: int
    channel: str
    address: str
    state: str
    is_gone: bool = False


@dataclass(frozen=True)
class Account:
    """One way to a person.

    Args:
        id: the number of the row.
        is_home: the others hang on it.
        is_preferred: pushes are tried here first.
        is_gone: the person follows no longer.
    """

    id: int
    channel: str
    is_home: bool
    is_preferred: bool
    is_gone: bool


_table = SQLModel.metadata.tables["contact"]
_here = (_table.c.channel == bindparam("here"), _table.c.address == bindparam("who"))
_COLUMNS = (_table.c.id, _table.c.state, _table.c.home_id, _table.c.is_gone)
_FIND = select(*_COLUMNS).where(*_here).with_for_update()
_HOME = select(*_COLUMNS).where(_table.c.id == bindparam("contact")).with_for_update()
_mine = or_(_table.c.id == bindparam("contact"), _table.c.home_id == bindparam("contact"))
_ACCOUNTS = (
    select(_table.c.id, _table.c.channel, _table.c.home_id, _table.c.is_preferred, _table.c.is_gone)
    .where(_mine)
    .order_by(_table.c.is_gone, _table.c.is_preferred.desc(), _table.c.id)
)
_PREFER = update(_table).where(_mine).values(is_preferred=_table.c.id == bindparam("account"))
_MARK = update(_table).where(*_here).values(is_gone=bindparam("gone"))
_KEEP = (
    update(_table)
    .where(_table.c.id == bindparam("contact"))
    .values(state=bindparam("new_state"), seen_at=bindparam("now"))
)
_FORGET = delete(_table).where(_table.c.id == bindparam("contact"))
_outbox = table("outbox", column("contact_id"), column("state"))  # a table of a neighbour that builds on this one
_UNDELIVERED = (
    select(_outbox.c.contact_id)
    .where(_outbox.c.contact_id == _table.c.id, _outbox.c.state.in_(("waiting", "claimed", "held")))
    .exists()
)
_may_go = (_table.c.is_kept.is_(False), _table.c.home_id.is_(None), ~_UNDELIVERED)  # the linked go with their home
_FORGET_UNSEEN = delete(_table).where(_table.c.seen_at < bindparam("before"), *_may_go)
_NEWEST = select(_table.c.id).order_by(_table.c.seen_at.desc(), _table.c.id.desc()).limit(bindparam("limit"))
_FORGET_OLDER = delete(_table).where(_table.c.id.not_in(_NEWEST), *_may_go)
_HOLD = update(_table).where(_table.c.id == bindparam("contact")).values(is_kept=bindparam("kept"))
_NEW = {"state": "", "is_kept": False, "is_preferred": False, "is_gone": False}
_COUNT = select(func.count()).select_from(_table)


def find_or_make(session: Session, channel: str, address: str, now: datetime) -> Contact:
    """The person behind an account, made if new, and held against other writers until the transaction ends."""
    found = find(session, channel, address)
    if found is None:
        connection = session.connection()
        fresh = {**_NEW, "channel": channel, "address": address, "created_at": now, "seen_at": now}
        connection.execute(insert_or_leave(_table, connection.dialect.name), fresh)
        found = find(session, channel, address)
    assert found is not None  # noqa: S101 - it was made a moment ago, by us or by another
    return found


def find(session: Session, channel: str, address: str) -> Contact | None:
    """The person behind an account, if there is one."""
    connection = session.connection()
    row = connection.execute(_FIND, {"here": channel, "who": address}).one_or_none()
    if row is not None and row.home_id is not None:
        is_gone, row = row.is_gone, connection.execute(_HOME, {"contact": row.home_id}).one_or_none()
        return Contact(row.id, channel, address, row.state, is_gone) if row else None
    return Contact(row.id, channel, address, row.state, row.is_gone) if row else None


def accounts(session: Session, contact_id: int) -> list[Account]:
    """The accounts of a person, the one that pushes go to first in front."""
    rows = session.connection().execute(_ACCOUNTS, {"contact": contact_id}).all()
    return [Account(row.id, row.channel, row.home_id is None, row.is_preferred, row.is_gone) for row in rows]


def prefer(session: Session, contact_id: int, account_id: int) -> None:
    """Let pushes go to one account of a person first."""
    session.connection().execute(_PREFER, {"contact": contact_id, "account": account_id})


def mark_gone(session: Session, channel: str, address: str, is_gone: bool) -> None:
    """Note that a person has left a channel, or is there again."""
    session.connection().execute(_MARK, {"here": channel, "who": address, "gone": is_gone})


def keep_state(session: Session, contact: Contact, state: str, now: datetime) -> None:
    """Keep what the handlers remember, and that the contact was seen."""
    session.connection().execute(_KEEP, {"contact": contact.id, "new_state": state, "now": now})


def hold(session: Session, contact_id: int, is_kept: bool) -> None:
    """Keep a contact however long it is silent, or no longer; its own wish to be forgotten counts all the same."""
    session.connection().execute(_HOLD, {"contact": contact_id, "kept": is_kept})


def forget(session: Session, channel: str, address: str) -> bool:
    """Delete the person behind an account: every account, all messages, all else; false if there is none."""
    found = find(session, channel, address)
    return found is not None and session.connection().execute(_FORGET, {"contact": found.id}).rowcount > 0


def forget_unseen(session: Session, before: datetime) -> int:
    """Delete the contacts not seen since, unless held or with something to come; returns how many."""
    return session.connection().execute(_FORGET_UNSEEN, {"before": before}).rowcount


def forget_older(session: Session, limit: int) -> int:
    """Delete all but the `limit` contacts seen last and those held or with something to come; returns how many."""
    return session.connection().execute(_FORGET_OLDER, {"limit": limit}).rowcount


def count(session: Session) -> int:
    """How many contacts there are."""
    return session.connection().execute(_COUNT).scalar_one()
