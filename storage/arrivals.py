"""Arrivals: what a platform hands in again until it is told to stop, and is completely handled."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.inserts import insert_or_leave


class ArrivalRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "arrival"

    channel: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant, index=True)


_table = SQLModel.metadata.tables["arrival"]
_FIND = select(_table.c.at).where(_table.c.channel == bindparam("here"), _table.c.id == bindparam("what"))
_TRIM = delete(_table).where(_table.c.at < bindparam("before"))


def settle(session: Session, channel: str, arrival: str, now: datetime) -> None:
    """Note that something is completely handled; twice is harmless."""
    connection = session.connection()
    row = {"channel": channel, "id": arrival, "at": now}
    connection.execute(insert_or_leave(_table, connection.dialect.name), row)


def is_settled(session: Session, channel: str, arrival: str) -> bool:
    """Whether something is completely handled."""
    found = session.connection().execute(_FIND, {"here": channel, "what": arrival})
    return found.scalar_one_or_none() is not None


def trim(session: Session, before: datetime) -> int:
    """Let go of what no platform hands in any more; returns how many."""
    return session.connection().execute(_TRIM, {"before": before}).rowcount
