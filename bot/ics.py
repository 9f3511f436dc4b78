"""Dues as a calendar file (RFC 5545) that phones and desktops read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from knowledge.dues import Due
from knowledge.library import Library

PRODUCT = "-//Studio Steward//ZH"
MORNING = timedelta(hours=9)  # when a day's alarm rings


@dataclass(frozen=True)
class Entry:
    """A due in somebody's calendar.

    Args:
        whose: the programme or studio, as people call it.
        owner: what identifies it for good; with duty and year it makes the event's identity, so that a day that
            moves within its year moves in the calendar and does not stand there twice.
    """

    due: Due
    whose: str
    owner: str


def render_calendar(name: str, entries: Iterable[Entry], library: Library, today: date) -> bytes:
    """The calendar as a file.

    Args:
        name: what the calendar is called.
        entries: what stands in it.
        library: tells how documents are cited.
        today: the day it is made; what is over by then does not ring.
    """
    calendar = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("method", "PUBLISH"), ("x-wr-calname", name)):
        calendar.add(key, value)
    for entry in entries:
        calendar.add_component(_event(entry, library, today))
    return bytes(calendar.to_ical())


def _event(entry: Entry, library: Library, today: date) -> Event:
    due, event = entry.due, Event()
    title = f"{entry.whose}：{due.what.chinese}{'' if due.is_certain else '（日期不确定）'}"
    reference = library.programmes[due.citation.document].reference
    why = [one for one in (due.says, due.reckoning, due.assumption) if one]
    event.add("uid", f"{entry.owner}.{due.duty}.{due.on.year}@studio-steward")
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("dtstart", due.on)
    event.add("summary", title)
    event.add("description", "\n".join([*why, f"依据：{reference} {due.citation.clause}"]))
    event.add("status", "CONFIRMED" if due.is_certain else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    for days in due.lead_days if due.on >= today else ():
        event.add_component(_alarm(title, days))
    return event


def _alarm(title: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", MORNING - timedelta(days=days))
    return alarm
