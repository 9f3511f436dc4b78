"""Pushes: what we tell a person of our own accord, and what stands in front where it comes late or perhaps again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self

from handlers.conversation import BEIJING, Reply

LATE_AFTER = timedelta(hours=2)  # a retry of some minutes needs no word; half a day does

LATE = "（补发，原定{month}月{day}日）"
PERHAPS_AGAIN = "（可能重复）"
HEADING = "提醒："
OLD_PARTS = 3


@dataclass(frozen=True)
class Push:
    """What a person is told.

    Args:
        text: in Chinese. It may arrive late, so its days are dates.
        options: what the person may answer, as it stands.
        link: the path of a page of ours that belongs to it.
        title: in some words what it is about, for notices that have no room for more.
        due: the day it is about.
    """

    text: str
    options: tuple[str, ...] = ()
    link: str = ""
    title: str = ""
    due: date | None = None

    def dump(self) -> str:
        """The push as it is stored."""
        row = [self.text, self.options, self.link, self.title, self.due.isoformat() if self.due else ""]
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, stored: str) -> Self:
        """The push that was stored with `dump`.

        Raises:
            ValueError: it was not.
        """
        row = json.loads(stored)
        if isinstance(row, list) and len(row) == OLD_PARTS:
            row = [*row, "", ""]  # what an earlier release stored
        if not isinstance(row, list) or [type(part) for part in row] != [str, list, str, str, str]:
            raise ValueError("a push is stored as text, options, link, title and day")
        text, options, link, title, due = row
        return cls(text, tuple(map(str, options)), link, title, date.fromisoformat(due) if due else None)


def is_late(not_before: datetime, now: datetime) -> bool:
    """Whether it leaves so much later than it was to that the person should know."""
    return now - not_before > LATE_AFTER


def marked(push: Push, not_before: datetime, now: datetime, is_maybe_sent: bool) -> Push:
    """The push with what the person should know in front: that it comes late, that it may have come before."""
    day = not_before.astimezone(BEIJING)
    late = LATE.format(month=day.month, day=day.day) if is_late(not_before, now) else ""
    return replace(push, text=f"{PERHAPS_AGAIN if is_maybe_sent else ''}{late}{push.text}")


def in_front(pushes: Sequence[Push], reply: Reply) -> Reply:
    """A reply with pushes in front of it.

    Their options are left out: a number typed to the reply is meant for the reply's own. The text says what to answer.
    """
    if not pushes:
        return reply
    told = "\n\n".join(HEADING + push.text for push in pushes)
    link = next((push.link for push in pushes if push.link), "")
    return replace(reply, text=f"{told}\n\n{reply.text}", link=reply.link or link)
