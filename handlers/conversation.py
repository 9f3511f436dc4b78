"""The types of a talk: the message that came in, the reply that goes out, and all that a handler may look at."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlmodel import Session

from knowledge.library import Citation, Library
from knowledge.originals import Originals
from knowledge.vocabulary import Status
from storage.contacts import Contact

# Control characters, marks without width or that turn the direction of reading, and halves of surrogate pairs:
# nobody means to type them, and databases and terminals refuse or obey them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class Message:
    """What a person sent.

    Args:
        channel: the way it came: web, terminal, lines ...
        address: who it is on that channel.
        text: what was typed; characters that cannot be printed are dropped.
        id: the channel's name for the message; the same id again is the same message.
    """

    channel: str
    address: str
    text: str
    id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _UNPRINTABLE.sub("", self.text.replace("\r\n", "\n").replace("\r", "\n")))


@dataclass(frozen=True)
class Reply:
    """What goes back.

    Args:
        text: the answer, in Chinese, with the clause it rests on.
        status: what kind of answer it is.
        citations: the clauses it rests on.
        options: questions or choices the person may send next, as they stand.
    """

    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    options: tuple[str, ...] = ()

    def dump(self) -> str:
        """The reply as it is stored."""
        citations = [[citation.document, citation.clause] for citation in self.citations]
        return json.dumps([self.text, self.status, citations, self.options], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, stored: str) -> Self:
        """The reply that was stored with `dump`."""
        text, status, citations, options = json.loads(stored)
        return cls(text, Status(status), tuple(Citation(*citation) for citation in citations), tuple(options))


@dataclass(frozen=True)
class Conversation:
    """One message and all that a handler may look at to answer it.

    Args:
        today: the day the answer is for, in the users' own time zone.
        now: the moment, aware.
        originals: the operator's copies of the documents, if configured.
    """

    message: Message
    contact: Contact
    session: Session
    library: Library
    originals: Originals | None
    today: date
    now: datetime


@dataclass(frozen=True)
class Outcome:
    """What a handler returns: the reply, and the state to keep on the contact."""

    reply: Reply
    state: str
