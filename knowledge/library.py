"""Programme > Document > Clause > Fact, Requirement and Duty, and Silence: the typed library and its one loader."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from knowledge.duties import Duty, duty_of
from knowledge.lexicon import Lexicon, parse_cue, read_lexicon
from knowledge.likeness import read_asks
from knowledge.requirements import Requirement, requirement_of
from knowledge.traits import Inquiry, read_inquiry
from knowledge.vocabulary import Modality

T = TypeVar("T")
FOLDER = Path(__file__).parent
ORDER = ("tcwta", "jiaozuo", "changchun", "cccc", "shanghai")


class LibraryError(Exception):
    """A hole or a contradiction in the data: which file, which clause, what is wrong."""

    def __init__(self, file: str, clause: str, what: str) -> None:
        super().__init__(f"{file}: {clause}: {what}" if clause else f"{file}: {what}")
        self.file, self.clause, self.what = file, clause, what


@dataclass(frozen=True, order=True)
class Citation:
    """A clause of a document: programme slug and clause label (jiaozuo, 第十二条)."""

    document: str
    clause: str


@dataclass(frozen=True)
class Values:
    """The typed figures of a fact. Money in yuan, areas in square metres, days in dates."""

    yuan: int | None = None
    yuan_at_least: int | None = None
    people_at_least: int | None = None
    area_at_least: int | None = None
    years: int | None = None
    every_years: int | None = None
    every_months: int | None = None
    per_year: int | None = None
    count: int | None = None
    count_about: int | None = None
    count_at_least: int | None = None
    members: int | None = None
    copies: int | None = None
    characters_at_least: int | None = None
    size_cm: tuple[int, int] | None = None
    on: date | None = None
    until: date | None = None
    month: int | None = None
    day: int | None = None
    from_month: int | None = None
    to_month: int | None = None
    in_row: int | None = None
    allowed: bool | None = None


@dataclass(frozen=True, eq=False)
class Fact:
    """One thing a clause says, in our own words."""

    id: str
    programme: str
    clause: str
    aspects: tuple[str, ...]
    modality: Modality
    says: str
    values: Values = field(default_factory=Values)
    case: str = ""
    item: int = 0
    is_essential: bool = True
    is_note: bool = False
    words: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    @property
    def citation(self) -> Citation:
        """The clause this fact rests on."""
        return Citation(self.programme, self.clause)


@dataclass(frozen=True)
class Silence:
    """What a document does not state, and the fact that stands nearest to it."""

    programme: str
    aspect: str
    near: Fact | None
    says: str


@dataclass(frozen=True)
class Clause:
    """A labelled piece of a document with the facts, requirements and duties it holds.

    `stretches` tells where it stands in the original: place in the order, first characters, length without white space.
    """

    id: str
    heading: str
    fingerprint: str
    stretches: tuple[tuple[int, str, int], ...]
    facts: tuple[Fact, ...]
    requirements: tuple[Requirement, ...] = ()
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True)
class Programme:
    """One of the naming programmes with the document that governs it."""

    id: str
    name: str
    studio: str
    title: str
    kind: str
    number: str
    issuer: str
    issued_on: date | None
    issued_about: int
    articles: str
    inquire: str
    clauses: tuple[Clause, ...]
    silences: Mapping[str, Silence]

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact and note, in the order of the document."""
        return tuple(fact for clause in self.clauses for fact in clause.facts)

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """Every requirement, in the order of the document."""
        return tuple(one for clause in self.clauses for one in clause.requirements)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """Every duty, in the order of the document."""
        return tuple(one for clause in self.clauses for one in clause.duties)

    @cached_property
    def by_aspect(self) -> Mapping[str, tuple[Fact, ...]]:
        """The facts of each aspect, in the order of the document."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            for aspect in fact.aspects:
                found.setdefault(aspect, []).append(fact)
        return {aspect: tuple(facts) for aspect, facts in found.items()}

    @cached_property
    def by_label(self) -> Mapping[str, Clause]:
        """The clauses by label."""
        return {clause.id: clause for clause in self.clauses}

    @property
    def year(self) -> int:
        """The year the document is of, exact or about."""
        return self.issued_on.year if self.issued_on else self.issued_about

    @property
    def reference(self) -> str:
        """How the document is cited: its number, or its title where it has none."""
        return self.number or f"{self.name}《{self.title}》"

    def facts_on(self, aspect: str) -> tuple[Fact, ...]:
        """The facts that answer an aspect; empty where the document is silent."""
        return self.by_aspect.get(aspect, ())


@dataclass(frozen=True)
class Library:
    """All programmes, the lexicon that tells how people speak of them, and what the self-check asks."""

    programmes: Mapping[str, Programme]
    lexicon: Lexicon
    asks: tuple[tuple[str, str], ...] = ()
    inquiry: Inquiry = field(default_factory=lambda: Inquiry({}))

    def facts(self) -> Iterator[Fact]:
        """Every fact of every programme."""
        for programme in self.programmes.values():
            yield from programme.facts


def load(folder: Path | None = None) -> Library:
    """Read `programmes/*.toml` and `lexicon.toml`.

    Args:
        folder: the knowledge folder; the packaged one by default.

    Raises:
        LibraryError: naming file, clause and reason of the first thing that is wrong.
    """
    folder = folder or FOLDER
    files = {path.stem: path for path in sorted((folder / "programmes").glob("*.toml"))}
    slugs = [slug for slug in ORDER if slug in files] + [slug for slug in files if slug not in ORDER]
    lexicon = _read(folder / "lexicon.toml", read_lexicon)
    programmes = {slug: read_programme(files[slug]) for slug in slugs}
    library = Library(
        programmes,
        lexicon,
        tuple(row for path in sorted((folder / "asks").glob("*.toml")) for row in _read(path, read_asks)),
        _read(folder / "selfcheck.toml", read_inquiry),
    )
    lexicon.extra.update(_literals(library))
    texts = (*(fact.says for fact in library.facts()), *(phrasing for _, phrasing in library.asks))
    lexicon.written.update(text[at : at + 2] for text in texts for at in range(len(text) - 1))
    return library


def _read(path: Path, reader: Callable[[Path], T]) -> T:
    """Read one of the files on how people speak; what is wrong with it is told with its name."""
    try:
        return reader(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise LibraryError(path.name, "", what) from error


def _literals(library: Library) -> set[str]:
    """The words that facts name directly, in their word lists and in the claims they settle."""
    claims = (
        word
        for fact in library.facts()
        for claim in (*fact.yes, *fact.no)
        for slot in parse_cue(claim)
        for word in slot
    )
    words = (word for fact in library.facts() for word in fact.words)
    return {word.lower() for word in (*claims, *words) if not word.startswith("@")}


def read_programme(path: Path) -> Programme:
    """Read one programme file.

    Raises:
        LibraryError: where the file is not TOML, or a table has a wrong shape.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LibraryError(path.name, "", f"not TOML: {error}") from error
    document = dict(raw.get("document", {}))
    slug = str(document.pop("id", path.stem))
    clauses = tuple(_clause(path.name, slug, table) for table in raw.get("clause", []))
    by_id = {fact.id: fact for clause in clauses for fact in clause.facts}
    silences = {
        aspect: _silence(path.name, slug, aspect, table, by_id) for aspect, table in raw.get("silences", {}).items()
    }
    try:
        return Programme(
            id=slug,
            issued_on=document.pop("issued_on", None),
            issued_about=document.pop("issued_about", 0),
            clauses=clauses,
            silences=silences,
            **document,
        )
    except TypeError as error:
        raise LibraryError(path.name, "[document]", str(error)) from error


def _clause(file: str, slug: str, table: dict[str, Any]) -> Clause:
    label = str(table.get("id", "?"))
    unknown = set(table) - {"id", "heading", "fingerprint", "stretches", "fact", "note", "requirement", "duty"}
    if unknown:
        raise LibraryError(file, label, f"unknown key {', '.join(sorted(unknown))}")
    facts = [_fact(file, slug, label, one) for one in table.get("fact", [])]
    notes = [_fact(file, slug, label, {"modality": "states", **one}, is_note=True) for one in table.get("note", [])]
    try:
        rows = [(int(order), str(begins), int(length)) for order, begins, length in table.get("stretches", [])]
    except (ValueError, TypeError) as error:
        raise LibraryError(file, label, f"stretches are rows of order, beginning, length: {error}") from error
    requirements = tuple(_part(requirement_of, file, slug, label, one) for one in table.get("requirement", []))
    duties = tuple(_part(duty_of, file, slug, label, one) for one in table.get("duty", []))
    heading, fingerprint = table.get("heading", ""), table.get("fingerprint", "")
    return Clause(label, heading, fingerprint, tuple(rows), (*facts, *notes), requirements, duties)


def _part(
    reader: Callable[[str, str, Mapping[str, Any]], T], file: str, slug: str, label: str, table: dict[str, Any]
) -> T:
    """Read a requirement or a duty; what is wrong with it is told with its file, clause and id."""
    try:
        return reader(slug, label, table)
    except (ValueError, KeyError, TypeError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise LibraryError(file, label, f"{table.get('id', '?')}: {what}") from error


def _fact(file: str, slug: str, label: str, table: dict[str, Any], is_note: bool = False) -> Fact:
    known = {"id", "aspects", "modality", "says", "values", "case", "item", "essential", "words", "yes", "no"}
    if unknown := set(table) - known:
        raise LibraryError(file, label, f"unknown key {', '.join(sorted(unknown))}")
    try:
        return Fact(
            id=table["id"],
            programme=slug,
            clause=label,
            aspects=tuple(table["aspects"]),
            modality=Modality(table["modality"]),
            says=table["says"],
            values=_values(file, label, table.get("values", {})),
            case=table.get("case", ""),
            item=table.get("item", 0),
            is_essential=table.get("essential", not is_note),
            is_note=is_note,
            words=tuple(table.get("words", ())),
            yes=tuple(table.get("yes", ())),
            no=tuple(table.get("no", ())),
        )
    except KeyError as error:
        raise LibraryError(file, label, f"a fact lacks {error}") from error
    except ValueError as error:
        raise LibraryError(file, label, str(error)) from error


def _values(file: str, label: str, table: dict[str, Any]) -> Values:
    if unknown := set(table) - {one.name for one in fields(Values)}:
        raise LibraryError(file, label, f"unknown value {', '.join(sorted(unknown))}")
    typed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Values(**typed)


def _silence(file: str, slug: str, aspect: str, table: dict[str, Any], by_id: Mapping[str, Fact]) -> Silence:
    if unknown := set(table) - {"near", "says"}:
        raise LibraryError(file, f"[silences] {aspect}", f"unknown key {', '.join(sorted(unknown))}")
    near = table.get("near", "")
    if near and near not in by_id:
        raise LibraryError(file, f"[silences] {aspect}", f"no fact {near!r}")
    return Silence(slug, aspect, by_id.get(near), table.get("says", ""))
