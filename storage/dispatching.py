"""Dispatching: rows of the outbox are taken with a lease, and settled by what became of their sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Integer, String, and_, bindparam, case, func, or_, select, update
from sqlmodel import Session, SQLModel

from storage.columns import Instant
from storage.contacts import ContactRecord, accounts
from storage.outbox import EARLIEST, NOW, SENT, TABLE, TOLD, State, is_of, story_line

LONGEST_ERROR = 200  # characters


@dataclass(frozen=True)
class Claimed:
    """A row taken for sending.

    Args:
        attempts: how often it was taken, this time included; who settles it must still be the last to have taken it.
        failures: how many sendings are known to have failed.
        is_maybe_sent: an earlier sending may have arrived.
    """

    id: int
    key: str
    channel: str
    address: str
    payload: str
    not_before: datetime
    attempts: int
    failures: int
    is_maybe_sent: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a sending.

    Args:
        row: the id.
        attempt: the `attempts` it was taken with.
        state: `SENT`, `WAITING` for another attempt, `HELD` or `FAILED` for good.
        at: when.
        next_at: when it is tried again, where it waits.
        error: why it was not sent; short, without a secret and without anybody's name or address.
        is_maybe_sent: it may have arrived all the same.
        is_late: the text said that it came late.
    """

    row: int
    attempt: int
    state: State
    at: datetime
    next_at: datetime | None = None
    error: str = ""
    is_maybe_sent: bool = False
    is_late: bool = False


_contact = SQLModel.metadata.tables[str(ContactRecord.__tablename__)]
_ADDRESS = (  # the person's newest account on the channel; none where it was unlinked meanwhile
    select(_contact.c.address)
    .where(is_of(TABLE.c.contact_id), _contact.c.channel == TABLE.c.channel)
    .order_by(_contact.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
DUE = (
    select(
        TABLE.c.id,
        TABLE.c.key,
        TABLE.c.channel,
        func.coalesce(_ADDRESS, "").label("address"),
        TABLE.c.payload,
        TABLE.c.not_before,
        (TABLE.c.attempts + 1).label("attempts"),
        TABLE.c.failures,
        or_(TABLE.c.is_maybe_sent, TABLE.c.state == State.CLAIMED).label("is_maybe_sent"),
    )
    .where(TABLE.c.channel == bindparam("by"), TABLE.c.due_at <= NOW)
    .order_by(TABLE.c.due_at, TABLE.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=TABLE, skip_locked=True)
)
_CLAIM = (
    update(TABLE)
    .where(TABLE.c.id.in_(bindparam("rows", expanding=True)))
    .values(
        state=State.CLAIMED,
        due_at=bindparam("until", type_=Instant()),
        attempts=TABLE.c.attempts + 1,
        is_maybe_sent=or_(TABLE.c.is_maybe_sent, TABLE.c.state == State.CLAIMED),
        story=case((TABLE.c.state == State.CLAIMED, TOLD), else_=TABLE.c.story),
    )
)

_IS_TOLD = and_(bindparam("new_state", type_=String()) == State.WAITING, TABLE.c.last_error == bindparam("error"))
_NOT_SENT = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("row"), TABLE.c.state == State.CLAIMED, TABLE.c.attempts == bindparam("attempt"))
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("next_at", type_=Instant()),
        settled_at=bindparam("ended_at", type_=Instant()),
        failures=TABLE.c.failures + bindparam("failed", type_=Integer()),
        is_maybe_sent=or_(TABLE.c.is_maybe_sent, bindparam("maybe", type_=Boolean())),
        story=case((_IS_TOLD, TABLE.c.story), else_=TOLD),
        last_error=bindparam("error"),
    )
)

_STUCK = select(TABLE.c.contact_id, TABLE.c.channel, TABLE.c.tried).where(
    TABLE.c.id == bindparam("row"),
    TABLE.c.attempts == bindparam("attempt"),
    TABLE.c.state.in_([State.HELD, State.FAILED]),
)
_this = update(TABLE).where(TABLE.c.id == bindparam("row"))
_GO_ON = _this.values(
    state=State.WAITING,
    channel=bindparam("by"),
    tried=bindparam("kept"),
    due_at=EARLIEST,
    settled_at=None,
    failures=0,
    story=TOLD,
)
_HOLD = _this.values(state=State.HELD, tried=bindparam("kept"), settled_at=None, story=TOLD)

_LAPSED = (  # a lease that ends later than any lease can: the clock was set back
    update(TABLE)
    .where(TABLE.c.state == State.CLAIMED, TABLE.c.due_at > bindparam("latest", type_=Instant()))
    .values(due_at=EARLIEST, story=TOLD)
)
_POSTPONED = (
    update(TABLE)
    .where(TABLE.c.state == State.WAITING, TABLE.c.failures > 0, TABLE.c.due_at > bindparam("latest", type_=Instant()))
    .values(due_at=EARLIEST, story=TOLD)
)


def claim(session: Session, wanted: Mapping[str, int], now: datetime, lease: timedelta) -> list[Claimed]:
    """Take what is due for sending, the longest due first; others do not get it before the lease has run out.

    A row whose lease has run out is taken again: whoever had it may have sent it.

    Args:
        session: the transaction.
        wanted: channels, and how many rows of each at most. Rows of other channels wait.
        now: the moment, aware.
        lease: longer than a sending and the settling of it can take.
    """
    connection = session.connection()
    taken: list[Claimed] = []
    for channel, most in wanted.items():
        taken += [Claimed(*row) for row in connection.execute(DUE, {"by": channel, "most": most, "now": now})]
    if taken:
        line = story_line(now, "taken again after its lease ran out")
        connection.execute(_CLAIM, {"rows": [one.id for one in taken], "until": now + lease, "line": line})
    return taken


def settle(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of sendings.

    That something was sent is always written. Everything else only if nobody else has taken the row since.
    """
    connection = session.connection()
    for late in (False, True):
        sent = [one for one in outcomes if one.state is State.SENT and one.is_late is late]
        if sent:
            at = max(one.at for one in sent)
            line = story_line(at, "sent late" if late else "sent")
            connection.execute(SENT, {"rows": [one.row for one in sent], "now": at, "late": late, "line": line})
    others = [one for one in outcomes if one.state is not State.SENT]
    if others:
        connection.execute(_NOT_SENT, [_as_not_sent(one) for one in others])
    for one in others:
        if one.state in (State.HELD, State.FAILED):
            _try_another_channel(session, one)


def _try_another_channel(session: Session, outcome: Outcome) -> None:
    """Where a channel does not reach the person, the next of the person's channels may.

    Where none does, the row is held for the next reply if any channel held it, and given up otherwise.
    """
    connection = session.connection()
    row = connection.execute(_STUCK, {"row": outcome.row, "attempt": outcome.attempt}).one_or_none()
    if row is None:
        return  # somebody else has taken or withdrawn it
    tried = dict(one.split("=") for one in row.tried.split()) | {row.channel: str(outcome.state)}
    kept = " ".join(f"{channel}={state}" for channel, state in tried.items())
    ways = [one.channel for one in accounts(session, row.contact_id) if one.channel not in tried and not one.is_gone]
    given = {"row": outcome.row, "now": outcome.at, "kept": kept}
    if ways:
        connection.execute(_GO_ON, {**given, "by": ways[0], "line": story_line(outcome.at, f"goes on by {ways[0]}")})
    elif outcome.state is State.FAILED and State.HELD in tried.values():
        connection.execute(_HOLD, {**given, "line": story_line(outcome.at, "held")})


def mend(session: Session, now: datetime, lease: timedelta, longest_delay: timedelta) -> int:
    """Make due what a clock that was set back has put off: leases and attempts later than any can be.

    Returns:
        How many there were.
    """
    connection = session.connection()
    given = {"now": now, "line": story_line(now, "made due: the clock was set back")}
    lapsed = connection.execute(_LAPSED, {**given, "latest": now + lease}).rowcount
    return lapsed + connection.execute(_POSTPONED, {**given, "latest": now + longest_delay}).rowcount


def _as_not_sent(one: Outcome) -> dict[str, object]:
    error = " ".join(one.error.split())[:LONGEST_ERROR]
    told = {State.WAITING: "not sent", State.HELD: "held", State.FAILED: "given up"}[one.state]
    return {
        "row": one.row,
        "attempt": one.attempt,
        "new_state": one.state,
        "next_at": one.next_at,
        "ended_at": one.at if one.state is State.FAILED else None,
        "failed": int(one.state is not State.HELD),
        "maybe": one.is_maybe_sent,
        "error": error,
        "line": story_line(one.at, f"{told}: {error}" if error else told),
    }
