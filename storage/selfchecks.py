"""Self-checks that were finished: the report as it was given, with a link that ends."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Index, Text, bindparam, delete, insert, select, update
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.contacts import Contact

MOST_KEPT = 20  # self-checks of one contact


class SelfCheckRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "self_check"
    __table_args__ = (Index("ix_self_check_contact_id_id", "contact_id", "id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE")
    token: str = Field(unique=True)
    report: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class SelfCheck:
    """A finished self-check.

    Args:
        token: the unguessable part of its link.
        report: what was found, in the form the handlers wrote it.
        expires_at: from when on the link leads nowhere.
    """

    id: int
    contact_id: int
    token: str
    report: str
    made_at: datetime
    expires_at: datetime


_table = SQLModel.metadata.tables["self_check"]
_mine = _table.c.contact_id == bindparam("contact")
_KEEP = insert(_table)
_COLUMNS = tuple(_table.c[one.name] for one in fields(SelfCheck))
_NEWEST = select(*_COLUMNS).where(_mine).order_by(_table.c.id.desc()).limit(MOST_KEPT)
_TOO_OLD = select(_table.c.id).where(_mine).order_by(_table.c.id.desc()).offset(MOST_KEPT).limit(1).scalar_subquery()
_TRIM = delete(_table).where(_mine, _table.c.id <= _TOO_OLD)
_BY_TOKEN = select(*_COLUMNS).where(_table.c.token == bindparam("link"), _table.c.expires_at > bindparam("now"))
_FORGET = delete(_table).where(_mine, _table.c.id == bindparam("which"))
_RENEW = (
    update(_table)
    .where(_mine, _table.c.id == bindparam("which"))
    .values(token=bindparam("link"), expires_at=bindparam("until"))
)


def keep(session: Session, contact: Contact, token: str, report: str, made_at: datetime, expires_at: datetime) -> None:
    """Keep a finished self-check, and let go of the contact's oldest beyond `MOST_KEPT`."""
    row = {"contact_id": contact.id, "token": token, "report": report, "made_at": made_at, "expires_at": expires_at}
    connection = session.connection()
    connection.execute(_KEEP, row)
    connection.execute(_TRIM, {"contact": contact.id})


def mine(session: Session, contact: Contact) -> list[SelfCheck]:
    """The contact's self-checks, newest first."""
    rows = session.connection().execute(_NEWEST, {"contact": contact.id}).all()
    return [SelfCheck(*row) for row in rows]


def find(session: Session, token: str, now: datetime) -> SelfCheck | None:
    """The self-check a link leads to, unless the link has ended."""
    row = session.connection().execute(_BY_TOKEN, {"link": token, "now": now}).one_or_none()
    return SelfCheck(*row) if row else None


def renew(session: Session, contact: Contact, which: int, token: str, expires_at: datetime) -> None:
    """Give a self-check a new link; the old one leads nowhere from now on."""
    values = {"contact": contact.id, "which": which, "link": token, "until": expires_at}
    session.connection().execute(_RENEW, values)


def forget(session: Session, contact: Contact, which: int) -> bool:
    """Delete one of the contact's self-checks; false if it is not the contact's."""
    return session.connection().execute(_FORGET, {"contact": contact.id, "which": which}).rowcount > 0
