"""Reach: what a platform still allows us to send to an account that wrote to us, and what the person agreed to get.

WeChat lets us write five times within 48 hours of a message, and three times within a minute of a press on a menu.
A notice the person agreed to may be sent once for each agreement, at any time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, bindparam, case, func, literal, or_, select, update
from sqlmodel import Field, Session, SQLModel

from storage.columns import Instant
from storage.contacts import ContactRecord
from storage.inserts import insert_or_leave


class Window(StrEnum):
    """What opened a window."""

    TALK = "talk"  # a message
    CLICK = "click"  # a press on a menu, beginning to follow


class ReachRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "reach"

    account_id: int = Field(primary_key=True, foreign_key="contact.id", ondelete="CASCADE")
    talk_until: datetime = Field(sa_type=Instant)
    talk_left: int
    click_until: datetime = Field(sa_type=Instant)
    click_left: int


class AgreementRecord(SQLModel, table=True):
    """The table of notices that a person agreed to get."""

    __tablename__ = "agreement"

    account_id: int = Field(primary_key=True, foreign_key="contact.id", ondelete="CASCADE")
    template: str = Field(primary_key=True)
    left: int
    event: str  # the last one that changed it


@dataclass(frozen=True)
class Reach:
    """How an account can be reached.

    Args:
        until: the end of the longer window.
        left: how many messages it has left.
        agreements: how many notices the person agreed to get.
    """

    channel: str
    until: datetime | None
    left: int
    agreements: int


_reach = SQLModel.metadata.tables["reach"]
_agreement = SQLModel.metadata.tables["agreement"]
_contact = SQLModel.metadata.tables[str(ContactRecord.__tablename__)]
_account = (
    select(_contact.c.id)
    .where(_contact.c.channel == bindparam("here"), _contact.c.address == bindparam("who"))
    .scalar_subquery()
)
_FIND = select(_contact.c.id).where(_contact.c.channel == bindparam("here"), _contact.c.address == bindparam("who"))
_this = update(_reach).where(_reach.c.account_id == _account)
_OPEN = {
    window: update(_reach)
    .where(_reach.c.account_id == bindparam("account"), _reach.c[f"{window}_until"] < bindparam("until"))
    .values({f"{window}_until": bindparam("until"), f"{window}_left": bindparam("left")})
    for window in Window
}
_TAKE = {
    window: _this.where(_reach.c[f"{window}_until"] > bindparam("now"), _reach.c[f"{window}_left"] > 0).values(
        {f"{window}_left": _reach.c[f"{window}_left"] - 1}
    )
    for window in Window
}
_GIVE_BACK = {window: _this.values({f"{window}_left": _reach.c[f"{window}_left"] + 1}) for window in Window}
_CLOSE = _this.values(talk_left=0, click_left=0)
_that = update(_agreement).where(_agreement.c.account_id == _account, _agreement.c.template == bindparam("named"))
_new = (
    update(_agreement)
    .where(_agreement.c.account_id == bindparam("account"), _agreement.c.template == bindparam("named"))
    .where(or_(_agreement.c.event != bindparam("new_event"), bindparam("new_event", type_=String()) == ""))
)
_GRANT = _new.values(left=_agreement.c.left + bindparam("number"), event=bindparam("new_event"))
_REVOKE = _new.values(left=0, event=bindparam("new_event"))
_SPEND = _that.where(_agreement.c.left > 0).values(left=_agreement.c.left - 1)
_OF_PERSON = (
    select(
        _contact.c.channel,
        case((_reach.c.talk_left > 0, _reach.c.talk_until)).label("until"),
        func.coalesce(_reach.c.talk_left, 0).label("left"),
        select(func.coalesce(func.sum(_agreement.c.left), 0))
        .where(_agreement.c.account_id == _contact.c.id)
        .scalar_subquery()
        .label("agreements"),
    )
    .select_from(_contact.outerjoin(_reach, _reach.c.account_id == _contact.c.id))
    .where(or_(_contact.c.id == bindparam("person"), _contact.c.home_id == bindparam("person")))
    .where(_contact.c.is_gone == literal(False))
    .order_by(_contact.c.id)
)


def open_window(
    session: Session, channel: str, address: str, window: Window, until: datetime, left: int, now: datetime
) -> None:
    """Note that an account may be written to; of two windows the one that ends later counts, so a repeat is harmless.

    Args:
        session: the transaction.
        channel: where.
        address: whose.
        window: what opened it.
        until: its end, reckoned from the platform's own time of the message.
        left: how many messages it allows.
        now: the moment, aware.
    """
    connection = session.connection()
    account = connection.execute(_FIND, {"here": channel, "who": address}).scalar_one_or_none()
    if account is None:
        return
    fresh = {"account_id": account, "talk_until": now, "talk_left": 0, "click_until": now, "click_left": 0}
    connection.execute(insert_or_leave(_reach, connection.dialect.name), fresh)
    connection.execute(_OPEN[window], {"account": account, "until": until, "left": left})


def take(session: Session, channel: str, address: str, now: datetime) -> Window | None:
    """Take one message out of an open window, the short one first; none where none is open."""
    given = {"here": channel, "who": address, "now": now}
    for window in (Window.CLICK, Window.TALK):
        if session.connection().execute(_TAKE[window], given).rowcount:
            return window
    return None


def give_back(session: Session, channel: str, address: str, window: Window) -> None:
    """A message that was taken has surely not been sent."""
    session.connection().execute(_GIVE_BACK[window], {"here": channel, "who": address})


def close(session: Session, channel: str, address: str) -> None:
    """The platform says that nothing is left."""
    session.connection().execute(_CLOSE, {"here": channel, "who": address})


def agree(session: Session, channel: str, address: str, template: str, number: int, event: str) -> None:
    """Note that a person agreed to get notices of a template.

    Args:
        session: the transaction.
        channel: where.
        address: who.
        template: the platform's id of it.
        number: how many more; 0 where the person agrees to none from now on.
        event: what told us; the same again changes nothing. Empty where one that was not sent is given back.
    """
    connection = session.connection()
    account = connection.execute(_FIND, {"here": channel, "who": address}).scalar_one_or_none()
    if account is None:
        return
    fresh = {"account_id": account, "template": template, "left": 0, "event": ""}
    connection.execute(insert_or_leave(_agreement, connection.dialect.name), fresh)
    given = {"account": account, "named": template, "new_event": event}
    connection.execute(_GRANT if number else _REVOKE, {**given, "number": number} if number else given)


def spend(session: Session, channel: str, address: str, template: str) -> bool:
    """Use one agreement; false where there is none."""
    given = {"here": channel, "who": address, "named": template}
    return session.connection().execute(_SPEND, given).rowcount > 0


def of_person(session: Session, contact_id: int) -> list[Reach]:
    """How each account of a person can be reached."""
    rows = session.connection().execute(_OF_PERSON, {"person": contact_id}).all()
    return [Reach(row.channel, row.until, row.left, row.agreements) for row in rows]
