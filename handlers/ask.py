"""Questions about the documents: whatever no other handler wants."""

import re
from dataclasses import replace

from handlers.conversation import Conversation, Outcome, Reply
from knowledge.answering import Answer, answer
from knowledge.memory import Memory
from knowledge.vocabulary import Status
from storage import doubts
from storage.doubts import Doubt

NAME = "ask"
UNANSWERED = (Status.NOT_STATED, Status.CLARIFY, Status.OUT_OF_SCOPE)
_LONG_NUMBER = re.compile(r"\d{7,}|\d(?:[ -]?\d){9,}")  # telephone and identity numbers are not staff's business


def wants(talk: Conversation) -> bool:
    """Every message; so this handler stands last."""
    return True


def reply(talk: Conversation) -> Outcome:
    """The answer out of the library; what was not surely answered is kept for staff."""
    memory = Memory.load(talk.state)
    if talk.about:
        memory = replace(memory, programmes=talk.about)
    found = answer(talk.message.text, memory, talk.library, talk.today, talk.originals)
    if found.is_doubtful or found.status in UNANSWERED:
        doubts.keep(talk.session, _doubt(talk, found))
    return Outcome(Reply(found.text, found.status, found.citations, found.options), found.memory.dump())


def _doubt(talk: Conversation, found: Answer) -> Doubt:
    programme = found.citations[0].document if found.citations else ""
    return Doubt(_LONG_NUMBER.sub("…", talk.message.text), found.status, programme, talk.now)
