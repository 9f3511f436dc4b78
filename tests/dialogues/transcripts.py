"""Conversations as text files.

`> ` is what a person types. Below it stand fragments that the reply must contain (`this | or this`), behind `! ` those
it must not, behind `= ` its status; `^` in front of a fragment: at the reply's beginning. `# xfail: ` tells why the
conversation does not go right yet, `# today: ` the day it is held on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from knowledge.vocabulary import Status

FOLDER = Path(__file__).parent


class Told(Protocol):
    """What a turn is held against: an answer or a reply."""

    @property
    def text(self) -> str: ...

    @property
    def status(self) -> Status: ...


@dataclass
class Turn:
    """What is typed, and what the reply is held to."""

    typed: str
    must: list[list[str]] = field(default_factory=list)
    must_not: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)

    def misses(self, reply: Told) -> list[str]:
        """Why the reply is not what it should be; empty if it is."""
        found = [f"lacks {' | '.join(group)}" for group in self.must if not any(_stands(one, reply) for one in group)]
        found += [f"says {one}" for one in self.must_not if _stands(one, reply)]
        if self.statuses and reply.status not in self.statuses:
            found.append(f"is {reply.status}")
        return [f"> {self.typed}: {miss}\n{reply.text}" for miss in found]


@dataclass
class Transcript:
    """A conversation with what it is held to."""

    name: str
    turns: list[Turn] = field(default_factory=list)
    xfail: str = ""
    today: date | None = None


def _stands(fragment: str, reply: Told) -> bool:
    if fragment.startswith("^"):
        return reply.text.startswith(fragment[1:])
    return fragment in reply.text


def read(file: Path) -> Transcript:
    """Read one file.

    Raises:
        ValueError: naming file and line of what has no turn above it, or of a turn that is held to nothing.
    """
    transcript = Transcript(file.stem)
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            _read_header(transcript, line)
        elif line.startswith("> "):
            transcript.turns.append(Turn(line[2:]))
        elif line.strip() and not transcript.turns:
            raise ValueError(f"{file.name}:{number}: nothing was typed yet")
        elif line.strip():
            _read_claim(transcript.turns[-1], line)
    idle = [turn.typed for turn in transcript.turns if not (turn.must or turn.must_not or turn.statuses)]
    if idle or not transcript.turns:
        raise ValueError(f"{file.name}: held to nothing: {'、'.join(idle) or 'the whole file'}")
    return transcript


def read_all(folder: Path = FOLDER) -> Iterable[Transcript]:
    """Every transcript of a folder; without one, those beside this file."""
    return [read(file) for file in sorted(folder.glob("*.txt"))]


def _read_header(transcript: Transcript, line: str) -> None:
    key, _, value = line.removeprefix("#").strip().partition(": ")
    if key == "xfail":
        transcript.xfail = value
    elif key == "today":
        transcript.today = date.fromisoformat(value)


def _read_claim(turn: Turn, line: str) -> None:
    if line.startswith("! "):
        turn.must_not.append(line[2:])
    elif line.startswith("= "):
        turn.statuses = line[2:].split(" | ")
    else:
        turn.must.append(line.split(" | "))
