"""One message becomes one reply: find the contact, pick the handler, keep what it remembers."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from sqlmodel import Session

from handlers import accounts, arrivals, ask, own_data, pages, push, reminders, selfcheck, studios, unreadable
from handlers.conversation import Conversation, Event, Message, Outcome, Reply, Terms
from handlers.push import Push
from knowledge.library import Library
from knowledge.originals import Originals
from storage import contacts, farewells, messages, outbox
from storage.contacts import Contact
from storage.messages import Exchange


class Handler(Protocol):
    """The shape of a handler: a module with a name, under which its state is kept, and these two functions."""

    NAME: str

    def wants(self, talk: Conversation) -> bool:
        """Whether this handler answers the message."""

    def reply(self, talk: Conversation) -> Outcome:
        """The answer, and the state to keep."""


class OpenMatter(Handler, Protocol):
    """A handler with a matter that goes on while others answer in between."""

    def about(self, talk: Conversation) -> tuple[str, ...]:
        """The programmes the open matter is about; empty where none is open."""

    def go_on(self, talk: Conversation, reply: Reply) -> Reply:
        """Another handler's reply with the way back to the open matter behind it."""


MOST_DIGITS = 2
MATTER: OpenMatter = selfcheck
# The first that wants a message gets it. What a running self-check cannot take for an answer may be a staff word, so
# it speaks up about that only then; `ask` wants everything.
HANDLERS: tuple[Handler, ...] = (
    arrivals,
    unreadable,
    pages,
    own_data,
    accounts,
    reminders,
    selfcheck,
    studios,
    selfcheck.UNHEARD,
    ask,
)


def respond(
    session: Session,
    message: Message,
    library: Library,
    originals: Originals | None,
    today: date,
    now: datetime,
    secret: str = "",
    terms: Terms = Terms(),  # noqa: B008 - frozen
    handlers: tuple[Handler, ...] = HANDLERS,
) -> Reply:
    """Answer a message once: the same message id of the same contact gets the stored reply again.

    Args:
        session: the transaction; whoever opened it commits.
        message: what came in.
        library: what the documents say.
        originals: the operator's copies of them, if configured.
        today: the day the answer is for.
        now: the moment, aware.
        secret: an unguessable text made for this message.
        terms: what people are promised.
        handlers: who is asked in turn whether they want the message.
    """
    contact = contacts.find(session, message.channel, message.address)
    stored = _replied(session, contact, message)
    if contact is None and stored is None:
        contact = contacts.find_or_make(session, message.channel, message.address, now)
        stored = _replied(session, contact, message)  # it may have come twice at once, and have been answered by now
    if contact is None or stored is not None:
        return replace(Reply.load(stored or ""), is_repeat=True)
    message = _chosen(session, contact, message)
    if contact.is_gone and message.event is not Event.LEFT:
        _welcome_back(session, contact, now)
    states = _load(contact.state)
    talk = Conversation(message, contact, session, library, originals, today, now, secret, terms=terms)
    matter = replace(talk, state=states.get(MATTER.NAME, ""))
    talk = replace(talk, about=MATTER.about(matter))
    talks = ((handler, replace(talk, state=states.get(handler.NAME, ""))) for handler in handlers)
    handler, mine = next((handler, mine) for handler, mine in talks if handler.wants(mine))
    outcome = handler.reply(mine)
    if outcome.is_forgotten:
        return _forget(session, message, outcome.reply, now)
    is_back = bool(talk.about) and handler.NAME != MATTER.NAME and not outcome.is_apart
    reply = MATTER.go_on(matter, outcome.reply) if is_back else outcome.reply
    person = outcome.person or contact
    if person is not contact:
        states = _load(person.state) | states
    reply = push.in_front(_held(session, person, now), reply)
    reply, rest = pages.cut(reply, message.manner.room)
    messages.keep(session, person, Exchange(message.id, message.text, reply.dump()), now)
    states = {**states, handler.NAME: outcome.state, pages.NAME: rest}  # pages that nobody asked for are let go
    contacts.keep_state(session, person, _dump(states), now)
    return reply


def _replied(session: Session, contact: Contact | None, message: Message) -> str | None:
    """The reply this message got already; it may have been the last before everything was deleted."""
    if contact is None:
        return farewells.find(session, message.channel, message.address, message.id)
    return messages.find_reply(session, contact, message.id)


def _chosen(session: Session, contact: Contact, message: Message) -> Message:
    """A number typed on a channel that shows numbers is the option of the last reply."""
    typed = message.text.strip()
    if not (message.manner.is_numbered and typed.isdecimal() and len(typed) <= MOST_DIGITS):
        return message
    last = next((Reply.load(one.reply) for one in messages.history(session, contact, 1)), None)
    if last is None or (last.question and last.question.kind == "number"):  # there a number is the answer itself
        return message
    chosen = last.options[int(typed) - 1 : int(typed)] if int(typed) else ()
    return replace(message, text=chosen[0]) if chosen else message


def _forget(session: Session, message: Message, reply: Reply, now: datetime) -> Reply:
    contacts.forget(session, message.channel, message.address)
    farewells.keep(session, message.channel, message.address, message.id, reply.dump(), now)
    return reply


def _welcome_back(session: Session, contact: Contact, now: datetime) -> None:
    """Who had left a channel and is there again can be reached again."""
    contacts.mark_gone(session, contact.channel, contact.address, False)
    outbox.release(session, contact.id, contact.channel, now)


def _held(session: Session, contact: Contact, now: datetime) -> list[Push]:
    """What the platform did not let us send to this person; it goes with this reply."""
    held = outbox.take_held(session, contact.id, now, now - push.LATE_AFTER)
    return [push.marked(Push.load(one.payload), one.not_before, now, one.is_maybe_sent) for one in held]


def _load(state: str) -> dict[str, str]:
    """What the handlers remember, each under its name; what cannot be read is forgotten."""
    try:
        states = json.loads(state)
    except ValueError:
        return {}
    return {str(name): str(kept) for name, kept in states.items()} if isinstance(states, dict) else {}


def _dump(states: dict[str, str]) -> str:
    return json.dumps({name: kept for name, kept in states.items() if kept}, ensure_ascii=False)
