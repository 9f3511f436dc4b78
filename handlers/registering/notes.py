"""What this talk remembers between two messages: a studio that is being entered, and a list that goes on."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from handlers.conversation import Conversation, Outcome, Reply
from knowledge.entries import Column

LASTS = timedelta(minutes=30)
CONFIRM = "confirm"


@dataclass(frozen=True)
class Notes:
    """What is open; nothing if all is empty.

    Args:
        texts: what was said of the studio that is being entered, by column.
        asked: the column that was asked for last, or `CONFIRM`.
        asked_by: the id of the message whose reply asked.
        words: what the list that goes on looks for.
        after: the last number it has shown.
        shown: how many it has shown.
        shown_by: the id of the message whose reply showed them.
        after: the last number it has shown.
        shown: how many it has shown.
        shown_by: the id of the message whose reply showed them.
        at: the moment of this; it is forgotten half an hour later.
    """

    texts: dict[str, str] = field(default_factory=dict)
    asked: str = ""
    asked_by: str = ""
    words: str = ""
    after: int = 0
    shown: int = 0
    shown_by: str = ""
    at: str = ""

    @property
    def is_entering(self) -> bool:
        """Whether a studio is being entered."""
        return bool(self.asked)

    def beside(self, entry: "Notes") -> "Notes":
        """These, and the studio that is being entered there."""
        return replace(self, texts=entry.texts, asked=entry.asked, asked_by=entry.asked_by)

    @property
    def entered(self) -> dict[Column, str]:
        """What was said of it."""
        return {Column(name): text for name, text in self.texts.items()}


def recall(talk: Conversation) -> Notes:
    """What is open in this talk; what is too old or cannot be read is forgotten."""
    try:
        raw: dict[str, Any] = json.loads(talk.state)
        notes = Notes(**raw)
        is_fresh = talk.now - datetime.fromisoformat(notes.at) < LASTS
        return notes if is_fresh and set(notes.texts) <= set(Column) else Notes()
    except (ValueError, TypeError, KeyError, AttributeError):
        return Notes()


def remember(talk: Conversation, reply: Reply, notes: Notes | None = None) -> Outcome:
    """The reply, and what stays open behind it."""
    if notes is None or notes == Notes():
        return Outcome(reply, "")
    kept = asdict(notes) | {"at": talk.now.isoformat()}
    return Outcome(reply, json.dumps(kept, ensure_ascii=False))
