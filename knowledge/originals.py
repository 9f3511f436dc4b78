"""The operator's own copies of the documents: clause -> passage, held against its fingerprint.

A clause is one or several stretches of the document; each stretch begins with a few known characters and
runs to the beginning of the next. White space does not count. A copy with a changed character leaves the
other clauses in place: where a beginning is no longer found, the stretch before it is cut at its known length.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from knowledge.library import Clause, Library, Programme

NEAR = 40  # characters around its usual place where a beginning is sought first


@dataclass(frozen=True)
class Originals:
    """Passages by (programme, clause); `changed` are those that the facts were not made from."""

    passages: Mapping[tuple[str, str], str] = field(default_factory=dict)
    changed: frozenset[tuple[str, str]] = frozenset()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """A piece of a document: the clause it belongs to, how it begins, how long it is without white space."""

    clause: str
    begins: str
    length: int


def read_originals(folder: Path, library: Library) -> Originals:
    """Read the copies in a folder, one `<programme>.txt` each.

    Args:
        folder: the operator's folder; a programme without a file there is listed as absent.
        library: for the clauses, their beginnings and fingerprints.

    Raises:
        OSError: where a file is there but cannot be read.
    """
    passages: dict[tuple[str, str], str] = {}
    changed: set[tuple[str, str]] = set()
    absent = []
    for programme in library.programmes.values():
        path = folder / f"{programme.id}.txt"
        if not path.is_file():
            absent.append(programme.id)
            continue
        found = split(path.read_text(encoding="utf-8-sig", errors="replace"), programme)
        passages.update({(programme.id, label): text for label, text in found.items()})
        changed.update(
            (programme.id, clause.id) for clause in programme.clauses if is_changed(clause, found.get(clause.id, ""))
        )
    return Originals(passages, frozenset(changed), tuple(absent))


def is_changed(clause: Clause, passage: str) -> bool:
    """Whether a passage is not the one the clause's facts were made from."""
    return bool(clause.fingerprint) and fingerprint(passage) != clause.fingerprint


def fingerprint(text: str) -> str:
    """SHA-256 of a text without white space, in hexadecimal."""
    return sha256("".join(text.split()).encode()).hexdigest()


def split(text: str, programme: Programme) -> dict[str, str]:
    """Cut a document into its clauses.

    Returns:
        Clause label -> passage, its lines kept; the stretches of one clause are joined by a line break.
    """
    places = [at for at, character in enumerate(text) if not character.isspace()]
    bare = "".join(text[at] for at in places)
    cuts = list(_cuts(bare, _stretches(programme)))
    parts: dict[str, list[str]] = {}
    for number, (label, start) in enumerate(cuts):
        end = cuts[number + 1][1] if number + 1 < len(cuts) else len(bare)
        if start < end:
            parts.setdefault(label, []).append(text[places[start] : places[end - 1] + 1])
    return {label: "\n".join(pieces) for label, pieces in parts.items()}


def _stretches(programme: Programme) -> list[Stretch]:
    """The stretches of a document in the order they stand in it."""
    rows = [
        (order, Stretch(clause.id, begins, length))
        for clause in programme.clauses
        for order, begins, length in clause.stretches
    ]
    return [stretch for _, stretch in sorted(rows, key=lambda row: row[0])]


def _cuts(bare: str, stretches: list[Stretch]) -> Iterator[tuple[str, int]]:
    """Where each stretch starts; a beginning that is not where it should be is sought near by."""
    start = 0
    for number, stretch in enumerate(stretches):
        if number == 0:
            at = 0
        else:
            expected = start + stretches[number - 1].length
            at = bare.find(stretch.begins, max(start + 1, expected - NEAR), expected + len(stretch.begins) + NEAR)
            at = at if at >= 0 else bare.find(stretch.begins, start + 1)
            at = expected if at < 0 else at
        start = min(at, len(bare))
        yield stretch.clause, start
