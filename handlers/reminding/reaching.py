"""Who will not get their next reminders, told to colleagues some days before.

WeChat lets an account write to a person only within 48 hours of a message, unless it has a template for that.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlmodel import Session

from handlers.push import Push
from handlers.reminding.planning import Planner, active_people, send_at, would_send
from knowledge.timing import day_in_words
from knowledge.vocabulary import CHANNELS, Role
from storage import matters, reaches
from storage.outbox import Letter
from storage.staff import Staff

NARROW = "wechat"  # the channel with a window
DAYS = 3  # so long before a reminder colleagues are told

UNREACHED = (
    "{name}可能收不到提醒：{channel}规定，本人超过48小时没有来信就发不出。{day}要提醒{count}件（{what}）。"
    "请转告{name}：在{channel}里随便发一句话，或者说“绑定”接上别的渠道。发不出的会压着，等本人来信时一起给。"
)
NOBODY = "{days}天内要提醒的人，现在都联系得上。"
TITLE = "{name}可能收不到提醒"


def unreached(session: Session, planner: Planner, today: date, now: datetime) -> Iterator[tuple[Staff, date, int, str]]:
    """Staff whom no channel can reach when their next reminder is to leave.

    Yields:
        Who, the day, how many there are, what the first is about.
    """
    known = matters.since(session, today)
    for one in active_people(session).active.values():
        for ahead in range(DAYS + 1):
            day = today + timedelta(days=ahead)
            leaves, _ = send_at(day, now)
            if one.contact_id is None or _can_be_reached(session, planner, one.contact_id, leaves):
                continue
            rows = would_send(session, planner, one, day)
            rows = [row for row in rows if row[0].key not in known or not known[row[0].key].is_done]
            if rows:
                yield one, day, len(rows), rows[0][1].what.chinese
                break


def warnings(session: Session, planner: Planner, today: date, now: datetime) -> Iterator[Letter]:
    """A word to those who can be reached: once for each person and day."""
    active = active_people(session).active.values()
    for who, day, count, what in unreached(session, planner, today, now):
        told = [one for one in active if one.id != who.id and _is_concerned(one, who)]
        leaves, _ = send_at(today, now)
        for one in told:
            if one.contact_id and _can_be_reached(session, planner, one.contact_id, leaves):
                key = f"reach:{who.id}:{day.isoformat()}:{one.id}"
                push = Push(tell(who, day, count, what), title=TITLE.format(name=who.name), due=day)
                yield Letter(key, one.contact_id, push.dump(), leaves)


def tell(who: Staff, day: date, count: int, what: str) -> str:
    """One sentence on somebody who cannot be reached."""
    return UNREACHED.format(name=who.name, channel=CHANNELS[NARROW], day=day_in_words(day), count=count, what=what)


def _is_concerned(colleague: Staff, who: Staff) -> bool:
    """Administrators, and whoever has the same scope."""
    return colleague.role is Role.ADMIN or colleague.scope == who.scope or colleague.scope.is_everything


def _can_be_reached(session: Session, planner: Planner, contact_id: int, at: datetime) -> bool:
    ways = reaches.of_person(session, contact_id)
    return any(
        one.channel != NARROW
        or planner.has_template
        or one.agreements > 0
        or (one.until is not None and one.until > at and one.left > 0)
        for one in ways
    )
