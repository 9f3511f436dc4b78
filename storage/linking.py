"""Linking: two accounts become ways to one person, and are parted again."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlmodel import Field, Session, SQLModel

from storage import contacts, messages, outbox, selfchecks, staff, subscriptions, trail
from storage.columns import Instant
from storage.contacts import Account, Contact

OWNERS = (messages, selfchecks, subscriptions, staff, outbox, trail)  # imported: their rows go with the person


class LinkCodeRecord(SQLModel, table=True):
    """The table; a person has at most one code, and only its digest is kept."""

    __tablename__ = "link_code"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE", index=True)
    expires_at: datetime = Field(sa_type=Instant)


_codes = SQLModel.metadata.tables["link_code"]
_contact = SQLModel.metadata.tables["contact"]
_TAKE_BACK = delete(_codes).where(
    or_(_codes.c.contact_id == bindparam("contact"), _codes.c.expires_at <= bindparam("now"))
)
_OFFER = insert(_codes)
_OWNER = select(_codes.c.contact_id).where(
    _codes.c.digest == bindparam("typed"), _codes.c.expires_at > bindparam("now")
)
_USE = delete(_codes).where(_codes.c.digest == bindparam("typed"))
_LOCK = (
    select(_contact.c.id)
    .where(_contact.c.id.in_(bindparam("rows", expanding=True)))
    .order_by(_contact.c.id)
    .with_for_update()
)
_STATE = select(_contact.c.state, _contact.c.is_kept).where(_contact.c.id == bindparam("contact"))
_JOIN = (
    update(_contact)
    .where(or_(_contact.c.id == bindparam("old"), _contact.c.home_id == bindparam("old")))
    .values(home_id=bindparam("home"), state="", is_kept=False)
)
_SETTLE = (
    update(_contact)
    .where(_contact.c.id == bindparam("home"))
    .values(home_id=None, state=bindparam("new_state"), is_kept=bindparam("kept"))
)
_PART = (
    update(_contact)
    .where(_contact.c.id == bindparam("account"))
    .values(home_id=None, is_preferred=False, state="", is_kept=False)
)
_CHANNEL = select(_contact.c.channel).where(_contact.c.id == bindparam("account"))


def offer(session: Session, code: str, contact: Contact, now: datetime, expires_at: datetime) -> None:
    """Keep a code that links another account to this person, in the place of an earlier one."""
    session.connection().execute(_TAKE_BACK, {"contact": contact.id, "now": now})
    row = {"digest": staff.digest(code), "contact_id": contact.id, "expires_at": expires_at}
    session.connection().execute(_OFFER, row)


def owner(session: Session, code: str, now: datetime) -> int | None:
    """Whose code it is; None if it is unknown, used or too old."""
    found = session.connection().execute(_OWNER, {"typed": staff.digest(code), "now": now})
    contact_id: int | None = found.scalar_one_or_none()
    return contact_id


def use_code(session: Session, code: str) -> bool:
    """Take a code out, as it works once; false where another was faster."""
    return session.connection().execute(_USE, {"typed": staff.digest(code)}).rowcount > 0


def link(session: Session, contact: Contact, home_id: int) -> None:
    """Make a person's accounts ways to another person; all that hangs on the first goes over.

    Args:
        session: the transaction.
        contact: the person who is given up; its state is the caller's to carry over.
        home_id: the person who stays.
    """
    connection = session.connection()
    connection.execute(_LOCK, {"rows": [contact.id, home_id]})
    is_kept = connection.execute(_STATE, {"contact": contact.id}).one().is_kept
    _hand_over(session, contact.id, home_id)
    connection.execute(_JOIN, {"old": contact.id, "home": home_id})
    if is_kept:
        contacts.hold(session, home_id, True)


def part(session: Session, contact: Contact, account: Account) -> None:
    """Make one account of a person a person of its own, of whom nothing is known; the others keep everything.

    Args:
        session: the transaction.
        contact: the person, who has another account as well.
        account: which one goes.
    """
    connection = session.connection()
    owner = _move_out(session, contact, account) if account.is_home else contact.id
    connection.execute(_PART, {"account": account.id})
    left = contacts.accounts(session, owner)
    gone = connection.execute(_CHANNEL, {"account": account.id}).scalar_one()
    if gone not in {one.channel for one in left}:
        outbox.reroute(session, owner, gone, left[0].channel)


def _move_out(session: Session, contact: Contact, account: Account) -> int:
    """Make another account the home of a person; returns its number."""
    connection = session.connection()
    heir = next(one for one in contacts.accounts(session, contact.id) if one.id != account.id)
    kept = connection.execute(_STATE, {"contact": contact.id}).one()
    connection.execute(_JOIN, {"old": contact.id, "home": heir.id})
    connection.execute(_SETTLE, {"home": heir.id, "new_state": kept.state, "kept": kept.is_kept})
    _hand_over(session, contact.id, heir.id)
    return heir.id


def _hand_over(session: Session, old: int, new: int) -> None:
    """Let all rows that hang on one contact hang on another; what the other has already goes."""
    for table in SQLModel.metadata.sorted_tables:
        if "contact_id" in table.c:
            _hand_over_rows(session, table, old, new)


def _hand_over_rows(session: Session, table: Table, old: int, new: int) -> None:
    mine: ColumnElement[bool] = table.c.contact_id == old
    for columns in _unique_beside_owner(table):
        other = table.alias("other")
        same = [other.c[name] == table.c[name] for name in columns]
        twin = select(other.c.contact_id).where(other.c.contact_id == new, *same).exists()
        session.connection().execute(delete(table).where(mine, twin))
    session.connection().execute(update(table).where(mine).values(contact_id=new))


def _unique_beside_owner(table: Table) -> list[list[str]]:
    """The columns that must differ between the rows of one contact."""
    found = []
    for constraint in table.constraints:
        names = [column.name for column in getattr(constraint, "columns", ())]
        if isinstance(constraint, UniqueConstraint) and "contact_id" in names and len(names) > 1:
            found.append([name for name in names if name != "contact_id"])
    return found
