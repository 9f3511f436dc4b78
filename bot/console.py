"""What an operator looks at in a terminal: the knowledge base, questions kept for staff, the register, the outbox."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from unicodedata import east_asian_width

from bot.desk import Desk
from bot.office import File
from handlers.conversation import BEIJING
from knowledge.entries import Column, show_number
from knowledge.library import Library, Programme
from knowledge.originals import Originals
from knowledge.reading import read_clause
from knowledge.vocabulary import Topic
from storage import outbox_view
from storage.doubts import Doubt
from storage.outbox import State
from storage.outbox_view import Entry
from storage.register import Studio
from storage.scope import Scope
from storage.staff import Staff
from storage.trail import Step

SILENT = "—"
HOLE = "?"


def check(library: Library, originals: Originals | None) -> list[str]:
    """What is wrong with the knowledge base, a line each: file, clause and reason."""
    from knowledge.checking import find_problems

    return [str(problem) for problem in find_problems(library, originals)]


def show(library: Library, originals: Originals | None, document: str, clause: str | None) -> str | None:
    """A clause in our words, or the list of a document's clauses; none where there is no such clause."""
    programme = library.programmes[document]
    if clause is None:
        return "\n".join([f"{programme.title}（{programme.reference}）", *_contents(programme)])
    view = read_clause(library, document, clause, originals)
    if view is None:
        return None
    lines = [f"{view.reference}  {view.heading}".rstrip(), *(f"- {sentence}" for sentence in view.sentences)]
    lines += [f"注：{note}" for note in view.notes]
    return "\n".join([*lines, "", view.passage or view.where_to_read])


def grid(library: Library) -> str:
    """Topics down, programmes across: how many facts a cell has, — where the document is silent, ? for a hole."""
    rows = [[topic.chinese, *(_cell(library, one, topic) for one in library.programmes.values())] for topic in Topic]
    return table([["", *library.programmes], *rows])


def topics(library: Library) -> str:
    """The topics with the points of each that people can ask about."""
    rows = [[topic, topic.chinese, "、".join(_points(library, topic).values())] for topic in Topic]
    return table(rows)


def doubts(kept: Iterable[Doubt]) -> str:
    """Questions for staff, newest first."""
    return table([[_moment(one.at), one.status, one.programme, " ".join(one.text.split())] for one in kept])


def studios(found: Iterable[Studio], library: Library) -> str:
    """Studios, a line each."""
    rows = [
        [
            show_number(one.id),
            _programme(one, library),
            one.name,
            one.unit,
            one.leader,
            str(one.conferred_on or ""),
            one.standing.chinese,
        ]
        for one in found
    ]
    return table(rows)


def studio(file: File, library: Library, names: Mapping[int, str]) -> str:
    """All that the register has of one studio."""
    one = file.studio
    shown: dict[Column, object] = {column: getattr(one, column) for column in Column}
    shown |= {
        Column.NUMBER: show_number(one.id),
        Column.PROGRAMME: _programme(one, library),
        Column.STANDING: one.standing.chinese,
        Column.FIRST_CONTACT: names.get(one.first_contact or 0, ""),
        Column.SECOND_CONTACT: names.get(one.second_contact or 0, ""),
    }
    rows = [[column.heading, "" if value is None else str(value)] for column, value in shown.items()]
    rows += [[filing.paper.chinese, f"{filing.period}  ({filing.handed_in_on})"] for filing in file.filings]
    rows += [["考核", f"{result.year}  {result.grade.chinese}"] for result in file.assessments]
    return table(rows)


def staff(everybody: Iterable[Staff], library: Library, now: datetime) -> str:
    """Who was invited, a line each."""
    rows = [
        [f"S{one.id}", one.name, one.role, _scope(one.scope, library), _state(one, now), _moment(one.invited_at)]
        for one in everybody
    ]
    return table(rows)


def trail(steps: Iterable[tuple[datetime, Step]], names: Mapping[int, str]) -> str:
    """Who changed what and who was refused, a line each; a contact is only a number."""
    rows = [
        [
            _moment(at),
            step.act,
            names.get(step.staff_id or 0, f"contact {step.contact_id}" if step.contact_id else ""),
            show_number(step.studio_id) if step.studio_id else "",
            step.what,
        ]
        for at, step in steps
    ]
    return table(rows)


def _scope(scope: Scope, library: Library) -> str:
    if scope.is_everything:
        return "全部"
    name = library.programmes[scope.programme].name if scope.programme in library.programmes else scope.programme
    return "/".join(filter(None, (name, scope.body)))


def _state(one: Staff, now: datetime) -> str:
    if one.revoked_at:
        return "revoked"
    if one.bound_at:
        return "active" if one.is_active() else "left (deleted the conversation)"
    return "invited" if one.expires_at > now else "code expired"


def _programme(studio: Studio, library: Library) -> str:
    known = library.programmes.get(studio.programme)
    return known.name if known else studio.programme


def outbox(desk: Desk, states: Iterable[str], limit: int) -> str:
    """What is in the outbox: how many rows in each state, since when the oldest waits, the oldest in these states."""
    asked = tuple(map(State, states))
    counts = desk.run(outbox_view.counts).result()
    oldest = desk.run(outbox_view.oldest_undelivered).result()
    entries = desk.run(lambda session: outbox_view.listed(session, asked, limit)).result()
    lines = ["  ".join(f"{state} {number}" for state, number in counts.items())]
    lines += [f"The oldest not delivered was to leave at {_moment(oldest)}."] if oldest else []
    rows = table([["key", "state", "channel", "for", "next", "failed", "why"], *map(_row, entries)])
    return "\n".join([*lines, "", rows] if entries else lines)


def _row(one: Entry) -> list[str]:
    due = _moment(one.due_at)
    return [one.key, one.state, one.channel, _moment(one.not_before), due, str(one.failures), one.last_error]


def story(desk: Desk, key: str) -> str | None:
    """All that is known of one row of the outbox; none where there is no such key."""
    entry = desk.run(lambda session: outbox_view.find(session, key)).result()
    return _tell(entry) if entry else None


def _tell(entry: Entry) -> str:
    marks = {"an earlier sending may have arrived": entry.is_maybe_sent, "said to be late": entry.is_late}
    rows = [
        ["key", entry.key],
        ["contact", f"{entry.contact_id} on {entry.channel}"],
        ["state", ", ".join([entry.state, *(mark for mark, holds in marks.items() if holds)])],
        ["to leave at", _moment(entry.not_before)],
        ["next look at", _moment(entry.due_at)],
        ["ended at", _moment(entry.settled_at)],
        ["taken, failed", f"{entry.attempts}, {entry.failures}"],
        ["last error", entry.last_error or "-"],
        ["says", entry.payload],
    ]
    told = [line.split(" ", 1) for line in entry.story.splitlines()]
    return "\n".join([table(rows), "", *(f"{_moment(datetime.fromisoformat(at))}  {what}" for at, what in told)])


def _contents(programme: Programme) -> list[str]:
    return table([[clause.id, clause.heading] for clause in programme.clauses]).splitlines()


def _points(library: Library, topic: Topic) -> dict[str, str]:
    return {one.id: one.name for one in library.lexicon.aspects.values() if one.topic == topic}


def _cell(library: Library, programme: Programme, topic: Topic) -> str:
    points = _points(library, topic)
    facts = {fact.id for point in points for fact in programme.facts_on(point)}
    if any(not programme.facts_on(point) and point not in programme.silences for point in points):
        return HOLE
    return str(len(facts)) if facts else SILENT


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if at else "-"


def table(rows: list[list[str]]) -> str:
    """Columns that stand under each other, Chinese characters counted as two."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    padded = [[cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
