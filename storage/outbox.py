"""The outbox: what is to be sent to whom and when, kept until it is delivered, whatever crashes in between.

A row is put once, taken for sending with a lease, and settled by what became of the sending. `due_at` is when a row is
looked at next: the first or the next attempt, or the end of a lease; none where a row has come to its end or is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module

from sqlalchemy import (
    ColumnElement,
    Index,
    Insert,
    Integer,
    String,
    Text,
    bindparam,
    case,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.contacts import ContactRecord

LONGEST_STORY = 4_000  # characters; what comes later is not told
MOST_WITH_A_REPLY = 3  # held rows that ride on one reply


class State(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"  # for its time, or for the next attempt
    CLAIMED = "claimed"  # being sent, until its lease runs out
    HELD = "held"  # the platform does not let us reach the person; it rides on the next reply
    SENT = "sent"
    FAILED = "failed"  # for good: a dead letter
    WITHDRAWN = "withdrawn"  # no longer wanted


class OutboxRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_channel_due_at_id",
            "channel",
            "due_at",
            "id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_outbox_contact_id_not_before",
            "contact_id",
            "not_before",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    # Keys are compared by their bytes, so that those of one matter stand side by side whatever the server's language.
    key: str = Field(unique=True, sa_type=String().with_variant(String(collation="C"), "postgresql"))
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE", index=True)
    channel: str
    payload: str = Field(sa_type=Text)
    not_before: datetime = Field(sa_type=Instant)
    state: str
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int
    failures: int
    last_error: str
    is_maybe_sent: bool
    is_late: bool
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    story: str = Field(sa_type=Text)
    tried: str = Field(default="", sa_column_kwargs={"server_default": ""})  # channels that did not reach the person


@dataclass(frozen=True)
class Letter:
    """What is to be sent.

    Args:
        key: names it for ever; parts joined by colons, the matter first: `studio:due:lead:recipient`.
        contact_id: who gets it.
        payload: what it says, in the form the handlers wrote it.
        not_before: when it is to leave, aware.
    """

    key: str
    contact_id: int
    payload: str
    not_before: datetime


@dataclass(frozen=True)
class Held:
    """A row that rides on a reply."""

    payload: str
    not_before: datetime
    is_maybe_sent: bool


TABLE = SQLModel.metadata.tables["outbox"]
_contact = SQLModel.metadata.tables[str(ContactRecord.__tablename__)]
FIRST_CHANNEL = (  # where pushes to a person go first
    select(_contact.c.channel).order_by(_contact.c.is_gone, _contact.c.is_preferred.desc(), _contact.c.id).limit(1)
)
NOW = bindparam("now", type_=Instant())
TOLD = case(  # the story with a line more, as long as there is room
    (func.length(TABLE.c.story) < LONGEST_STORY, TABLE.c.story + bindparam("line", type_=Text())),
    else_=TABLE.c.story,
)
EARLIEST: ColumnElement[datetime] = case((TABLE.c.not_before > NOW, TABLE.c.not_before), else_=NOW)

SENT = (  # what was sent was sent, whoever has taken or withdrawn the row since
    update(TABLE)
    .where(TABLE.c.id.in_(bindparam("rows", expanding=True)), TABLE.c.state != State.SENT)
    .values(state=State.SENT, due_at=None, settled_at=NOW, last_error="", is_late=bindparam("late"), story=TOLD)
)
_HELD = TABLE.c.state == literal_column("'held'")  # spelt out, so that the databases see that their index serves
_HELD_FOR = (
    select(TABLE.c.id, TABLE.c.payload, TABLE.c.not_before, TABLE.c.is_maybe_sent)
    .where(TABLE.c.contact_id == bindparam("contact"), _HELD)
    .order_by(TABLE.c.not_before, TABLE.c.id)
    .limit(MOST_WITH_A_REPLY)
    .with_for_update()
)
_RELEASE = (
    update(TABLE)
    .where(TABLE.c.contact_id == bindparam("contact"), _HELD)
    .values(state=State.WAITING, due_at=EARLIEST, story=TOLD, channel=bindparam("by"), tried="")
)
_REROUTE = (
    update(TABLE)
    .where(
        TABLE.c.contact_id == bindparam("contact"),
        TABLE.c.channel == bindparam("old"),
        TABLE.c.state.in_([State.WAITING, State.HELD]),
    )
    .values(channel=bindparam("by"))
)
_WITHDRAW = (
    update(TABLE)
    .where(
        or_(
            TABLE.c.key == bindparam("stem"),
            (TABLE.c.key >= bindparam("first")) & (TABLE.c.key < bindparam("behind")),
        ),
        TABLE.c.state.in_([State.WAITING, State.CLAIMED, State.HELD]),
    )
    .values(state=State.WITHDRAWN, due_at=None, settled_at=NOW, story=TOLD)
)
_TRIM = delete(TABLE).where(TABLE.c.settled_at < bindparam("before", type_=Instant()))


def is_of(contact_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an account is one of a person's."""
    return or_(_contact.c.id == contact_id, _contact.c.home_id == contact_id)


@cache
def _insertion(dialect: str) -> Insert:
    """The insert that takes the person's first channel, and nothing where the key is there or the person is not."""
    person = _contact.alias("person")
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert
    given = {
        "key": bindparam("new_key", type_=String()),
        "contact_id": person.c.id,
        "channel": FIRST_CHANNEL.correlate(person).where(is_of(person.c.id)).scalar_subquery(),
        "payload": bindparam("new_payload", type_=Text()),
        "not_before": bindparam("from_at", type_=Instant()),
        "state": literal(State.WAITING.value),
        "due_at": bindparam("from_at", type_=Instant()),
        "attempts": literal(0),
        "failures": literal(0),
        "last_error": literal(""),
        "is_maybe_sent": literal(False),
        "is_late": literal(False),
        "story": bindparam("line", type_=Text()),
        "tried": literal(""),
    }
    found = select(*given.values()).where(person.c.id == bindparam("contact", type_=Integer()))
    statement: Insert = (
        insert(TABLE).from_select(list(given), found).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    )
    return statement


def put(session: Session, letters: Sequence[Letter], now: datetime) -> int:
    """Keep what is to be sent; what has its key already, in whatever state, stays as it is.

    Returns:
        How many were new. A letter to a contact that is gone is left out.
    """
    if not letters:
        return 0
    connection = session.connection()
    line = story_line(now, "planned")
    rows = [
        {"new_key": one.key, "contact": one.contact_id, "new_payload": one.payload, "from_at": one.not_before}
        for one in letters
    ]
    statement = _insertion(connection.dialect.name)
    return connection.execute(statement, [{**row, "line": line} for row in rows]).rowcount


def take_held(session: Session, contact_id: int, now: datetime, late_before: datetime) -> list[Held]:
    """Take the contact's oldest held rows for the reply of this transaction; they count as sent with it.

    Args:
        session: the transaction.
        contact_id: who the reply is for.
        now: the moment, aware.
        late_before: what was to leave before this moment comes late.
    """
    connection = session.connection()
    rows = connection.execute(_HELD_FOR, {"contact": contact_id}).all()
    for late in (False, True):
        of_these = [row.id for row in rows if (row.not_before < late_before) is late]
        if of_these:
            line = story_line(now, "sent late, with a reply" if late else "sent with a reply")
            connection.execute(SENT, {"rows": of_these, "now": now, "late": late, "line": line})
    return [Held(row.payload, row.not_before, row.is_maybe_sent) for row in rows]


def release(session: Session, contact_id: int, channel: str, now: datetime) -> int:
    """Let the person's held rows be sent by themselves again, on a channel where they can be; returns how many."""
    values = {"contact": contact_id, "by": channel, "now": now, "line": story_line(now, "released")}
    return session.connection().execute(_RELEASE, values).rowcount


def reroute(session: Session, contact_id: int, old: str, channel: str) -> int:
    """Let what waits for a channel that a person no longer has go out by another; returns how many."""
    return session.connection().execute(_REROUTE, {"contact": contact_id, "old": old, "by": channel}).rowcount


def withdraw(session: Session, stem: str, now: datetime) -> int:
    """Withdraw what was not sent yet of one matter: the key itself, and every key that goes on from it with a colon.

    Returns:
        How many were withdrawn. One that is being sent at this moment may still arrive, and is then told as sent.
    """
    values = {"stem": stem, "first": f"{stem}:", "behind": f"{stem};"}  # ; stands right behind : in every encoding
    return (
        session.connection().execute(_WITHDRAW, {**values, "now": now, "line": story_line(now, "withdrawn")}).rowcount
    )


def trim(session: Session, before: datetime) -> int:
    """Delete what was sent, withdrawn or given up before; returns how many."""
    return session.connection().execute(_TRIM, {"before": before}).rowcount


def story_line(at: datetime, what: str) -> str:
    """A line of a row's story."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {what}\n"
