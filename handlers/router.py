"""One message becomes one reply: find the contact, pick the handler, keep what it remembers."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from sqlmodel import Session

from handlers import ask, push, reminders, selfcheck, studios, unreadable
from handlers.conversation import Conversation, Message, Outcome, Reply
from handlers.push import Push
from knowledge.library import Library
from knowledge.originals import Originals
from storage import contacts, messages, outbox
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


MATTER: OpenMatter = selfcheck
# The first that wants a message gets it. What a running self-check cannot take for an answer may be a staff word, so
# it speaks up about that only then; `ask` wants everything.
HANDLERS: tuple[Handler, ...] = (unreadable, reminders, selfcheck, studios, selfcheck.UNHEARD, ask)


def respond(
    session: Session,
    message: Message,
    library: Library,
    originals: Originals | None,
    today: date,
    now: datetime,
    secret: str = "",
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
        handlers: who is asked in turn whether they want the message.
    """
    contact = contacts.find_or_make(session, message.channel, message.address, now)
    stored = messages.find_reply(session, contact, message.id)
    if stored is not None:
        return Reply.load(stored)
    states = _load(contact.state)
    talk = Conversation(message, contact, session, library, originals, today, now, secret)
    matter = replace(talk, state=states.get(MATTER.NAME, ""))
    talk = replace(talk, about=MATTER.about(matter))
    talks = ((handler, replace(talk, state=states.get(handler.NAME, ""))) for handler in handlers)
    handler, mine = next((handler, mine) for handler, mine in talks if handler.wants(mine))
    outcome = handler.reply(mine)
    is_back = bool(talk.about) and handler.NAME != MATTER.NAME
    reply = MATTER.go_on(matter, outcome.reply) if is_back else outcome.reply
    reply = push.in_front(_held(session, contact, now), reply)
    messages.keep(session, contact, Exchange(message.id, message.text, reply.dump()), now)
    contacts.keep_state(session, contact, _dump({**states, handler.NAME: outcome.state}), now)
    return reply


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
