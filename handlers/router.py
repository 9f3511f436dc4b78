"""One message becomes one reply: find the contact, pick the handler, keep the state."""

from datetime import date, datetime
from typing import Protocol

from sqlmodel import Session

from handlers import ask, studios, unreadable
from handlers.conversation import Conversation, Message, Outcome, Reply
from knowledge.library import Library
from knowledge.originals import Originals
from storage import contacts, messages
from storage.messages import Exchange


class Handler(Protocol):
    """The shape of a handler: a module with these two functions."""

    def wants(self, talk: Conversation) -> bool:
        """Whether this handler answers the message."""

    def reply(self, talk: Conversation) -> Outcome:
        """The answer, and the state to keep."""


HANDLERS: tuple[Handler, ...] = (
    unreadable,
    studios,
    ask,
)  # the first that wants a message gets it; `ask` wants everything


def respond(
    session: Session,
    message: Message,
    library: Library,
    originals: Originals | None,
    today: date,
    now: datetime,
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
        handlers: who is asked in turn whether they want the message.
    """
    contact = contacts.find_or_make(session, message.channel, message.address, now)
    stored = messages.find_reply(session, contact, message.id)
    if stored is not None:
        return Reply.load(stored)
    talk = Conversation(message, contact, session, library, originals, today, now)
    handler = next(handler for handler in handlers if handler.wants(talk))
    outcome = handler.reply(talk)
    messages.keep(session, contact, Exchange(message.id, message.text, outcome.reply.dump()), now)
    contacts.keep_state(session, contact, outcome.state, now)
    return outcome.reply
