"""Passes: the access tokens of platforms, shared by all processes on one database, renewed by one at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, bindparam, select, update
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.inserts import insert_or_leave


class PassRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "pass"

    name: str = Field(primary_key=True)
    token: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=Instant)
    leased_until: datetime = Field(sa_type=Instant)
    forced_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class Pass:
    """An access token.

    Args:
        token: a secret.
        expires_at: from when on the platform refuses it.
        forced_at: when the platform was last told to give another although this one had time left.
    """

    token: str
    expires_at: datetime
    forced_at: datetime


_table = SQLModel.metadata.tables["pass"]
_named = _table.c.name == bindparam("which")
_FIND = select(_table.c.token, _table.c.expires_at, _table.c.forced_at).where(_named)
_LEASE = update(_table).where(_named, _table.c.leased_until < bindparam("now")).values(leased_until=bindparam("until"))
_KEEP = (
    update(_table)
    .where(_named)
    .values(
        token=bindparam("new_token"),
        expires_at=bindparam("until"),
        leased_until=bindparam("now"),
        forced_at=bindparam("forced"),
    )
)


def find(session: Session, name: str) -> Pass | None:
    """The token of this name, if there ever was one."""
    row = session.connection().execute(_FIND, {"which": name}).one_or_none()
    return Pass(*row) if row and row.token else None


def lease(session: Session, name: str, now: datetime, until: datetime) -> bool:
    """Take the right to renew a token until a moment; false while another has it."""
    connection = session.connection()
    fresh = {"name": name, "token": "", "expires_at": now, "leased_until": _long_ago(now), "forced_at": _long_ago(now)}
    connection.execute(insert_or_leave(_table, connection.dialect.name), fresh)
    return connection.execute(_LEASE, {"which": name, "now": now, "until": until}).rowcount > 0


def keep(session: Session, name: str, renewed: Pass, now: datetime) -> None:
    """Keep a new token; whoever renewed it gives the right back."""
    values = {"which": name, "new_token": renewed.token, "until": renewed.expires_at, "now": now}
    session.connection().execute(_KEEP, {**values, "forced": renewed.forced_at})


def _long_ago(now: datetime) -> datetime:
    return now.replace(year=2000, month=1, day=1)
