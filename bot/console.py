"""What an operator looks at in a terminal: the knowledge base, the questions kept for staff, the outbox."""

from collections.abc import Iterable
from datetime import datetime
from unicodedata import east_asian_width

from bot.desk import Desk
from handlers.conversation import BEIJING
from knowledge.library import Library, Programme
from knowledge.originals import Originals
from knowledge.reading import read_clause
from knowledge.vocabulary import Topic
from storage import outbox_view
from storage.doubts import Doubt
from storage.outbox import State
from storage.outbox_view import Entry

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
    return _table([["", *library.programmes], *rows])


def topics(library: Library) -> str:
    """The topics with the points of each that people can ask about."""
    rows = [[topic, topic.chinese, "、".join(_points(library, topic).values())] for topic in Topic]
    return _table(rows)


def doubts(kept: Iterable[Doubt]) -> str:
    """Questions for staff, newest first."""
    return _table([[_moment(one.at), one.status, one.programme, " ".join(one.text.split())] for one in kept])


def outbox(desk: Desk, states: Iterable[str], limit: int) -> str:
    """What is in the outbox: how many rows in each state, since when the oldest waits, the oldest in these states."""
    asked = tuple(map(State, states))
    counts = desk.run(outbox_view.counts).result()
    oldest = desk.run(outbox_view.oldest_undelivered).result()
    entries = desk.run(lambda session: outbox_view.listed(session, asked, limit)).result()
    lines = ["  ".join(f"{state} {number}" for state, number in counts.items())]
    lines += [f"The oldest not delivered was to leave at {_moment(oldest)}."] if oldest else []
    table = _table([["key", "state", "channel", "for", "next", "failed", "why"], *map(_row, entries)])
    return "\n".join([*lines, "", table] if entries else lines)


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
    return "\n".join([_table(rows), "", *(f"{_moment(datetime.fromisoformat(at))}  {what}" for at, what in told)])


def _contents(programme: Programme) -> list[str]:
    return _table([[clause.id, clause.heading] for clause in programme.clauses]).splitlines()


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


def _table(rows: list[list[str]]) -> str:
    """Columns that stand under each other, Chinese characters counted as two."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    padded = [[cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
