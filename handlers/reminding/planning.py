"""What is to be sent today: studios and programmes make dues, dues make reminders, many for one person one digest."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from handlers.conversation import BEIJING
from handlers.push import Push
from handlers.reminding import telling
from handlers.reminding.stages import NEAR, OVERDUE_UNTIL, Stage, stage_of
from knowledge.dues import Due, programme_dues, studio_dues
from knowledge.duties import Of, What
from knowledge.library import Library, Programme
from knowledge.vocabulary import Standing
from knowledge.working_days import Calendar
from storage import filings, matters, register, staff, subscriptions
from storage.matters import Matter
from storage.outbox import Letter
from storage.register import Studio
from storage.scope import EVERYTHING, Scope
from storage.staff import Staff

SEND_AT = time(9, 5)  # platforms are busiest on the full and the half hour
DECENT = (time(8), time(20))  # nobody is woken
AHEAD = timedelta(days=200)  # longer than the longest lead
MOST_ALONE = 3  # reminders for one person on one day that go by themselves; more become a digest
OVERVIEW_DAYS = 30  # of the weekly overview
WEEKLY = "weekly"


def call_topic(programme: str) -> str:
    """What an applicant subscribes to."""
    return f"call:{programme}"


def calendar_topic(token: str) -> str:
    """What a calendar's link stands for."""
    return f"calendar:{token}"


@dataclass(frozen=True)
class Candidate:
    """A due that somebody may have to be told of."""

    matter: Matter
    due: Due
    studio: Studio | None = None


@dataclass(frozen=True)
class Notice:
    """A reminder for one person."""

    candidate: Candidate
    matter: Matter
    stage: Stage
    contact_id: int


@dataclass(frozen=True)
class People:
    """Who can be told."""

    active: Mapping[int, Staff]

    def of_studio(self, studio: Studio, matter: Matter, is_near: bool) -> list[int]:
        """Who looks after a studio, else whoever sees it, nearest scope first; near the day the second contact too."""
        first = self.active.get(matter.staff_id or studio.first_contact or 0)
        second = self.active.get(studio.second_contact or 0)
        found = [first] if first else self._covering(studio)
        found += [second] if second and is_near else []
        return list(dict.fromkeys(one.contact_id for one in found if one.contact_id))

    def _covering(self, studio: Studio) -> list[Staff]:
        covering = [one for one in self.active.values() if one.scope.covers(studio)]
        return [one for one in covering if not one.scope.is_everything] or covering

    def of_programme(self, programme: str) -> list[Staff]:
        """The staff that look after studios of a programme."""
        return [one for one in self.active.values() if one.scope.is_everything or one.scope.programme == programme]


@dataclass(frozen=True)
class Planner:
    """Plans from dates: run late it makes good what it missed, run twice it changes nothing.

    Args:
        library: has the duties.
        calendar: working days.
        first_rounds: by programme, a year of a round of naming.
        has_template: WeChat can be written to at any time.
    """

    library: Library
    calendar: Calendar = field(default_factory=Calendar)
    first_rounds: Mapping[str, int] = field(default_factory=dict)
    has_template: bool = False

    def __call__(self, session: Session, today: date, now: datetime) -> list[Letter]:
        """What is to be sent from today on; what was planned before is left out."""
        return [*self._reminders(session, today, now), *self._overviews(session, today, now)]

    def candidates(
        self, session: Session, today: date, people: People, ahead: timedelta = AHEAD, scope: Scope = EVERYTHING
    ) -> Iterator[Candidate]:
        """Everything due in sight, of studios in good standing within a scope and of the programmes themselves."""
        start, end = today - timedelta(days=OVERDUE_UNTIL), today + ahead
        filed = filings.noted_since(session, start.year - 1)
        for studio in register.walk(session, scope):
            if studio.standing is Standing.GOOD and studio.programme in self.library.programmes:
                yield from self._of_studio(studio, start, end, today, filed)
        for programme in self.library.programmes.values():
            yield from self._of_programme(session, programme, end, today, people)

    def _of_studio(
        self, studio: Studio, start: date, end: date, today: date, filed: set[tuple[int, str, str]]
    ) -> Iterator[Candidate]:
        if studio.conferred_on is None:
            return
        programme = self.library.programmes[studio.programme]
        for due in studio_dues(programme, studio.conferred_on, start, end, today):
            if (studio.id, str(due.what), str(due.on.year)) not in filed:
                key = f"T{studio.id}:{due.duty}:{due.on.isoformat()}"
                yield Candidate(Matter(key, studio.programme, due.duty, due.what, due.on, studio.id), due, studio)

    def _of_programme(
        self, session: Session, programme: Programme, end: date, today: date, people: People
    ) -> Iterator[Candidate]:
        own = {duty.id for duty in programme.duties if duty.of is Of.PROGRAMME}
        looking = people.of_programme(programme.id)
        for due in programme_dues(programme, today, end, today, self.first_rounds.get(programme.id)):
            if due.duty not in own:
                continue
            key = f"P:{programme.id}:{due.duty}:{due.on.isoformat()}"
            blank = Matter(key, programme.id, due.duty, due.what, due.on)
            for one in looking:
                yield Candidate(Matter(f"{key}:S{one.id}", programme.id, due.duty, due.what, due.on, None, one.id), due)
            if due.what is What.APPLICATION_DEADLINE and subscriptions.subscribers(session, call_topic(programme.id)):
                yield Candidate(blank, due)

    def _recipients(
        self, session: Session, candidate: Candidate, matter: Matter, stage: Stage, people: People
    ) -> list[int]:
        if candidate.studio:
            is_near = (matter.due_on - stage.on).days <= NEAR
            return people.of_studio(candidate.studio, matter, is_near)
        if matter.staff_id:
            one = people.active.get(matter.staff_id)
            return [one.contact_id] if one and one.contact_id else []
        return subscriptions.subscribers(session, call_topic(matter.programme))

    def _reminders(self, session: Session, today: date, now: datetime) -> list[Letter]:
        people = active_people(session)
        known = matters.since(session, today - timedelta(days=OVERDUE_UNTIL))
        come = []
        for candidate in self.candidates(session, today, people):
            matter = known.get(candidate.matter.key, candidate.matter)
            stage = None if matter.is_done else stage_of(candidate.due, today, self.calendar, matter.snoozed_until)
            if stage and stage.name != matter.stage:
                told = self._recipients(session, candidate, matter, stage, people)
                come += [(candidate, matter, stage, told)] if told else []  # whom nobody can be told of stays due
        kept = matters.add(session, [matter for _, matter, _, _ in come if not matter.id])
        by_person: dict[int, list[Notice]] = defaultdict(list)
        stages = {}
        for candidate, new, stage, told in come:
            matter = kept.get(new.key, new)
            stages[matter.id] = stage.name
            for contact_id in told:
                by_person[contact_id].append(Notice(candidate, matter, stage, contact_id))
        matters.stage_all(session, stages, now)
        return [letter for notices in by_person.values() for letter in self._letters(notices, today, now)]

    def _letters(self, notices: list[Notice], today: date, now: datetime) -> Iterator[Letter]:
        notices.sort(key=lambda one: (one.matter.due_on, one.matter.id))
        if len(notices) > MOST_ALONE:
            first, stage = notices[0], max(notices, key=lambda one: one.stage.on).stage
            key = f"digest:{first.contact_id}:{today.isoformat()}:{first.matter.id}-{len(notices)}"
            lines = [(one.matter, one.candidate.due, one.candidate.studio) for one in notices]
            yield self._letter(key, first.contact_id, telling.digest(lines, self.library, today), stage.on, now)
            return
        for one in notices:
            key = f"D{one.matter.id}:{one.stage.name}:{one.contact_id}"
            push = telling.reminder(one.matter, one.candidate.due, one.candidate.studio, self.library, today)
            yield self._letter(key, one.contact_id, push, one.stage.on, now)

    def _letter(self, key: str, contact_id: int, push: Push, on: date, now: datetime) -> Letter:
        at, is_late = send_at(on, now)
        return Letter(key, contact_id, (telling.late(push, on) if is_late else push).dump(), at)

    def _overviews(self, session: Session, today: date, now: datetime) -> Iterator[Letter]:
        """On Mondays, for those who want it: what is open in the next weeks."""
        if today.weekday() != 0:
            return
        wanted = set(subscriptions.subscribers(session, WEEKLY))
        for one in active_people(session).active.values():
            if one.contact_id in wanted:
                rows = open_rows(session, self, one, today, today + timedelta(days=OVERVIEW_DAYS))
                push = Push(telling.listing(rows, self.library, today, telling.OVERVIEW))
                yield self._letter(f"weekly:{one.contact_id}:{today.isoformat()}", one.contact_id, push, today, now)


Row = tuple[Matter, Due, Studio | None]


def open_rows(session: Session, planner: Planner, who: Staff, today: date, until: date) -> list[Row]:
    """What is not done and due until a day, of the studios and programmes that somebody looks after, by day."""
    people = People({who.id: who})
    known = matters.since(session, today - timedelta(days=OVERDUE_UNTIL))
    rows = []
    for candidate in planner.candidates(session, today, people, max(until - today, timedelta()), who.scope):
        matter = known.get(candidate.matter.key, candidate.matter)
        is_mine = who.scope.covers(candidate.studio) if candidate.studio else matter.staff_id == who.id
        is_over = candidate.due.on < today and not stage_of(candidate.due, today, planner.calendar)
        if is_mine and not matter.is_done and not is_over and candidate.due.on <= until:
            rows.append((matter, candidate.due, candidate.studio))
    return sorted(rows, key=lambda row: (row[1].on, row[0].key))


def would_send(session: Session, planner: Planner, who: Staff, day: date) -> list[Row]:
    """What somebody would be reminded of if it were some day, whatever was planned so far."""
    people = People({who.id: who})
    rows = []
    for candidate in planner.candidates(session, day, people, scope=who.scope):
        stage = stage_of(candidate.due, day, planner.calendar)
        is_mine = who.scope.covers(candidate.studio) if candidate.studio else candidate.matter.staff_id == who.id
        if stage and stage.on == day and is_mine:
            rows.append((candidate.matter, candidate.due, candidate.studio))
    return sorted(rows, key=lambda row: (row[1].on, row[0].key))


def active_people(session: Session) -> People:
    """The staff that can be told now."""
    return People({one.id: one for one in staff.current(session) if one.is_active()})


def send_at(on: date, now: datetime) -> tuple[datetime, bool]:
    """When a reminder of a day leaves, at a decent hour of it or of the next that comes; and whether that is late."""
    planned = datetime.combine(on, SEND_AT, BEIJING)
    if now <= planned:
        return planned, False
    local = now.astimezone(BEIJING)
    is_late = on < local.date()
    if DECENT[0] <= local.time() < DECENT[1]:
        return now, is_late
    next_day = local.date() + timedelta(days=local.time() >= DECENT[1])
    return datetime.combine(next_day, SEND_AT, BEIJING), is_late
