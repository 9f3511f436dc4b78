"""What an operator looks at in a terminal: the knowledge base and the questions kept for staff."""

from collections.abc import Iterable
from datetime import datetime
from unicodedata import east_asian_width

from handlers.conversation import BEIJING
from knowledge.library import Library, Programme
from knowledge.originals import Originals
from knowledge.reading import read_clause
from knowledge.vocabulary import Topic
from storage.doubts import Doubt

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


def _moment(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _table(rows: list[list[str]]) -> str:
    """Columns that stand under each other, Chinese characters counted as two."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    padded = [[cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
