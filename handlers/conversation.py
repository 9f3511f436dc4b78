"""The types of a talk: the message that came in, the reply that goes out, and all that a handler may look at."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Self

from sqlmodel import Session

from knowledge.library import Citation, Library
from knowledge.originals import Originals
from knowledge.vocabulary import Status
from knowledge.working_days import Calendar
from storage.contacts import Contact

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991, so no zone files are needed

# Control characters, marks without width or that turn the direction of reading, and halves of surrogate pairs:
# nobody means to type them, and databases and terminals refuse or obey them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class Event(StrEnum):
    """What a person did on a channel instead of writing."""

    ARRIVED = "arrived"  # began to follow, opened the talk
    LEFT = "left"  # follows no longer, blocked the bot
    WORDLESS = "wordless"  # sent a picture, a film, a file


@dataclass(frozen=True)
class Manner:
    """What a channel bears, where it cannot show a reply as it is.

    Args:
        room: how many bytes in UTF-8 a reply may have, its options as numbered lines included; 0 for no bound.
        is_numbered: the options are shown with numbers, so a number that is typed means one of them.
    """

    room: int = 0
    is_numbered: bool = False


@dataclass(frozen=True)
class Message:
    """What a person sent.

    Args:
        channel: the way it came: web, terminal, lines ...
        address: who it is on that channel.
        text: what was typed; characters that cannot be printed are dropped.
        id: the channel's name for the message; the same id again is the same message.
        question: the question whose button was pressed, where the channel knows it.
        event: what the person did, where nothing was written.
        manner: what the channel bears.
    """

    channel: str
    address: str
    text: str
    id: str
    question: str = ""
    event: Event | None = None
    manner: Manner = field(default_factory=Manner)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _UNPRINTABLE.sub("", self.text.replace("\r\n", "\n").replace("\r", "\n")))


@dataclass(frozen=True)
class Asked:
    """A question that the reply asks, so that other programs and buttons can answer it.

    Args:
        id: the trait that is asked.
        kind: yes, number or choice.
        progress: how many questions are answered, and how many there may be.
    """

    id: str
    kind: str
    progress: tuple[int, int]


@dataclass(frozen=True)
class Reply:
    """What goes back.

    Args:
        text: the answer, in Chinese, with the clause it rests on.
        status: what kind of answer it is.
        citations: the clauses it rests on.
        options: questions or choices the person may send next, as they stand.
        question: what the reply asks, where it waits for an answer.
        link: the path of a page of ours that belongs to the reply.
        is_repeat: the message had come before, and so had this reply.
    """

    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    options: tuple[str, ...] = ()
    question: Asked | None = None
    link: str = ""
    is_repeat: bool = field(default=False, compare=False)

    def dump(self) -> str:
        """The reply as it is stored."""
        citations = [[citation.document, citation.clause] for citation in self.citations]
        question = [self.question.id, self.question.kind, self.question.progress] if self.question else None
        row = [self.text, self.status, citations, self.options, question, self.link]
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, stored: str) -> Self:
        """The reply that was stored with `dump`."""
        text, status, citations, options, *later = json.loads(stored)
        question, link = later or (None, "")  # what the first release stored ends before them
        asked = Asked(question[0], question[1], tuple(question[2])) if question else None
        cited = tuple(Citation(*citation) for citation in citations)
        return cls(text, Status(status), cited, tuple(options), asked, link)


@dataclass(frozen=True)
class Terms:
    """What whoever runs this program has set: what people are promised, and the calendar that is gone by.

    Args:
        operator: who runs it; empty if nobody said.
        contact: how they are reached.
        keep_days: after so many days without a message everything of a person is deleted.
        forget_on_leave: a person who leaves a channel is forgotten at once.
        calendar: working days.
        first_rounds: by programme, a year of a round of naming.
        has_template: WeChat can be written to at any time.
    """

    operator: str = ""
    contact: str = ""
    keep_days: int = 180
    forget_on_leave: bool = False
    calendar: Calendar = field(default_factory=Calendar)
    first_rounds: Mapping[str, int] = field(default_factory=dict)
    has_template: bool = False


@dataclass(frozen=True)
class Conversation:
    """One message and all that a handler may look at to answer it.

    Args:
        today: the day the answer is for, in the users' own time zone.
        now: the moment, aware.
        originals: the operator's copies of the documents, if configured.
        secret: an unguessable text made for this message.
        state: what the handler that is asked remembers, in its own form.
        about: the programmes that a matter still open is about.
        terms: what people are promised.
    """

    message: Message
    contact: Contact
    session: Session
    library: Library
    originals: Originals | None
    today: date
    now: datetime
    secret: str = ""
    state: str = ""
    about: tuple[str, ...] = ()
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True)
class Outcome:
    """What a handler returns.

    Args:
        reply: what goes back.
        state: what the handler remembers from now on.
        person: who the message is from now on of, where accounts were linked or parted.
        is_forgotten: everything of the person is to be deleted.
        is_apart: nothing goes behind it, whatever else is open.
    """

    reply: Reply
    state: str
    person: Contact | None = None
    is_forgotten: bool = False
    is_apart: bool = False
