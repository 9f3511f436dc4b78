"""Farewells: the last reply to somebody who had everything deleted, so that a message that comes again gets it again.

Nothing tells whose it was: it is found by a digest of account and message, and goes after a day.
"""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Text, bindparam, delete, select
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.inserts import insert_or_leave


class FarewellRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "farewell"

    digest: str = Field(primary_key=True)
    reply: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


_table = SQLModel.metadata.tables["farewell"]
_FIND = select(_table.c.reply).where(_table.c.digest == bindparam("named"))
_TRIM = delete(_table).where(_table.c.at < bindparam("before"))


def keep(session: Session, channel: str, address: str, message_id: str, reply: str, now: datetime) -> None:
    """Keep a last reply."""
    connection = session.connection()
    row = {"digest": _digest(channel, address, message_id), "reply": reply, "at": now}
    connection.execute(insert_or_leave(_table, connection.dialect.name), row)


def find(session: Session, channel: str, address: str, message_id: str) -> str | None:
    """The last reply, if this message got one."""
    found = session.connection().execute(_FIND, {"named": _digest(channel, address, message_id)})
    reply: str | None = found.scalar_one_or_none()
    return reply


def trim(session: Session, before: datetime) -> int:
    """Delete those kept before; returns how many."""
    return session.connection().execute(_TRIM, {"before": before}).rowcount


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
