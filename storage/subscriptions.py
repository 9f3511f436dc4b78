"""Subscriptions: what a contact asked to be told of, and may leave with one word."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, bindparam, delete, select
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.contacts import Contact
from storage.inserts import insert_or_leave


class SubscriptionRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("contact_id", "topic"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE")
    topic: str = Field(index=True)
    since: datetime = Field(sa_type=Instant)


_table = SQLModel.metadata.tables["subscription"]
_mine = _table.c.contact_id == bindparam("contact")
_TO = select(_table.c.contact_id).where(_table.c.topic == bindparam("of")).order_by(_table.c.id)
_MINE = select(_table.c.topic).where(_mine).order_by(_table.c.id)
_LEAVE = delete(_table).where(_mine)
_LEAVE_ONE = delete(_table).where(_mine, _table.c.topic == bindparam("of"))


def subscribe(session: Session, contact: Contact, topic: str, now: datetime) -> bool:
    """Keep a subscription; false if there was one."""
    connection = session.connection()
    row = {"contact_id": contact.id, "topic": topic, "since": now}
    return connection.execute(insert_or_leave(_table, connection.dialect.name), row).rowcount > 0


def subscribers(session: Session, topic: str) -> list[int]:
    """The contacts that want to be told of a topic."""
    return list(session.connection().execute(_TO, {"of": topic}).scalars())


def mine(session: Session, contact: Contact) -> list[str]:
    """The topics of a contact."""
    return list(session.connection().execute(_MINE, {"contact": contact.id}).scalars())


def leave(session: Session, contact: Contact, topic: str = "") -> int:
    """End one subscription of a contact, or all; returns how many."""
    given = {"contact": contact.id}
    if topic:
        return session.connection().execute(_LEAVE_ONE, {**given, "of": topic}).rowcount
    return session.connection().execute(_LEAVE, given).rowcount
