"""Messages: what a contact wrote and what was replied, the newest of each contact."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, bindparam, delete, insert, select
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.contacts import Contact
from storage.staff import hide_codes

MOST_KEPT = 200  # messages of one contact


class MessageRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("contact_id", "message_id"),
        Index("ix_message_contact_id_id", "contact_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE")
    message_id: str
    text: str = Field(sa_type=Text)
    reply: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class Exchange:
    """One message and its reply, the reply in the form the handlers wrote it."""

    message_id: str
    text: str
    reply: str


_table = SQLModel.metadata.tables["message"]
_mine = _table.c.contact_id == bindparam("contact")
_REPLY = select(_table.c.reply).where(_mine, _table.c.message_id == bindparam("message"))
_KEEP = insert(_table)
_FIRST_TOO_MANY = (
    select(_table.c.id).where(_mine).order_by(_table.c.id.desc()).offset(bindparam("most")).limit(1).scalar_subquery()
)
_TRIM = delete(_table).where(_mine, _table.c.id <= _FIRST_TOO_MANY)
_HISTORY = (
    select(_table.c.message_id, _table.c.text, _table.c.reply)
    .where(_mine)
    .order_by(_table.c.id.desc())
    .limit(bindparam("limit"))
)
_NEWEST = select(_table.c.id).order_by(_table.c.id.desc()).offset(bindparam("most")).limit(1).scalar_subquery()
_TRIM_ALL = delete(_table).where(_table.c.id <= _NEWEST)


def find_reply(session: Session, contact: Contact, message_id: str) -> str | None:
    """The reply already given to this message of this contact."""
    found = session.connection().execute(_REPLY, {"contact": contact.id, "message": message_id})
    reply: str | None = found.scalar_one_or_none()
    return reply


def keep(session: Session, contact: Contact, exchange: Exchange, now: datetime) -> None:
    """Keep a message, codes struck out, with its reply; let go of the contact's messages that are too old."""
    row = {
        "contact_id": contact.id,
        "message_id": exchange.message_id,
        "text": hide_codes(exchange.text),
        "reply": exchange.reply,
        "at": now,
    }
    connection = session.connection()
    connection.execute(_KEEP, row)
    connection.execute(_TRIM, {"contact": contact.id, "most": MOST_KEPT})


def history(session: Session, contact: Contact, limit: int) -> list[Exchange]:
    """The contact's newest messages, oldest first."""
    rows = session.connection().execute(_HISTORY, {"contact": contact.id, "limit": limit}).all()
    return [Exchange(row.message_id, row.text, row.reply) for row in reversed(rows)]


def trim(session: Session, limit: int) -> int:
    """Delete all but the `limit` newest messages of everybody; returns how many."""
    return session.connection().execute(_TRIM_ALL, {"most": limit}).rowcount
