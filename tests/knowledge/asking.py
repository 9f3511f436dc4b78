"""Talking to the library without any channel, and changing a copy of its data."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from knowledge.answering import Answer, answer
from knowledge.library import Library
from knowledge.memory import Memory
from knowledge.originals import Originals
from tests.cast import TODAY


def talk(
    library: Library, turns: Iterable[str], today: date = TODAY, originals: Originals | None = None
) -> list[Answer]:
    """The answers to the turns of one conversation."""
    answers: list[Answer] = []
    for turn in turns:
        memory = answers[-1].memory if answers else Memory()
        answers.append(answer(turn, memory, library, today, originals))
    return answers


def ask(library: Library, *turns: str, today: date = TODAY, originals: Originals | None = None) -> Answer:
    """The answer to the last turn of a conversation."""
    return talk(library, turns, today, originals)[-1]


def body(found: Answer) -> str:
    """What an answer says, the lines with its clauses and the age of the document left out."""
    return "\n".join(line for line in found.text.splitlines() if not line.startswith(("依据：", "（")))


def plant(folder: Path, file: str, pattern: str, replacement: str) -> None:
    """Change one place of a data file."""
    path = folder / file
    text, times = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1)
    assert times == 1, f"{pattern!r} does not stand in {file}"
    path.write_text(text, encoding="utf-8")
