"""Holdings: how much is kept of one person, over all tables."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import Session, SQLModel

from storage import messages, outbox, selfchecks, subscriptions
from storage.contacts import Contact
from storage.outbox import State

MOST_MESSAGES = messages.MOST_KEPT
MOST_CHECKS = selfchecks.MOST_KEPT
OF = (messages, outbox, selfchecks, subscriptions)  # imported: these are looked at


@dataclass(frozen=True)
class Holdings:
    """What is kept of a person.

    Args:
        messages: how many.
        first_at: when the oldest of them came.
        checks: self-checks that were finished.
        topics: what the person asked to be told of.
        waiting: pushes that were not sent yet.
    """

    messages: int
    first_at: datetime | None
    checks: int
    topics: int
    waiting: int


_tables = SQLModel.metadata.tables
_message, _check, _topic, _push = (_tables[name] for name in ("message", "self_check", "subscription", "outbox"))
_owner: BindParameter[int] = bindparam("contact")
_MESSAGES = select(func.count(), func.min(_message.c.at)).where(_message.c.contact_id == _owner)
_CHECKS = select(func.count()).select_from(_check).where(_check.c.contact_id == _owner)
_TOPICS = select(func.count()).select_from(_topic).where(_topic.c.contact_id == _owner)
_WAITING = (
    select(func.count())
    .select_from(_push)
    .where(_push.c.contact_id == _owner, _push.c.state.in_([State.WAITING, State.CLAIMED, State.HELD]))
)


def of_contact(session: Session, contact: Contact) -> Holdings:
    """How much is kept of a person."""
    connection = session.connection()
    given = {"contact": contact.id}
    number, first_at = connection.execute(_MESSAGES, given).one()
    counts = [connection.execute(one, given).scalar_one() for one in (_CHECKS, _TOPICS, _WAITING)]
    return Holdings(number, first_at, *counts)
