"""What is wrong with the library: holes, contradictions, and originals that are not what the facts were made from."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date

from knowledge.checking_duties import duty_problems
from knowledge.lexicon import Aspect, parse_cue
from knowledge.library import Clause, Fact, Library, LibraryError, Programme, Silence, Values
from knowledge.originals import Originals
from knowledge.requirements import AtLeast, AtMost, Is, OneOf, OnTrait
from knowledge.traits import Inquiry, Kind, Trait
from knowledge.vocabulary import Topic

FIRST_YEAR, LAST_YEAR = 1949, 2100  # between these a year is one, not a slip of the finger
LEAP_YEAR = 2000
FINGERPRINT = 64  # hexadecimal digits of a SHA-256
LEXICON = "lexicon.toml"
SELF_CHECK = "selfcheck.toml"
METADATA = ("name", "studio", "title", "kind", "issuer", "articles", "inquire")  # a number not every document has
BUILT_IN = frozenset({"person-name"})  # concepts that understanding finds without a list of words
ASKED_OUTSIDE = frozenset({"outside", "chat"})
MONTHS = ("month", "from_month", "to_month")
DATES = ("on", "until")
A_DATE = f"write it as {LEAP_YEAR}-01-31, without quotes"

FIGURE = re.compile(r"\d+")
PLACE = re.compile(r"第\d+[项条]")

Finding = tuple[str, str]  # the clause or table, and what is wrong there with what to do about it


def find_problems(library: Library, originals: Originals | None) -> Iterator[LibraryError]:
    """Look through the whole library and the originals.

    Args:
        library: as it was loaded; what the loader refuses does not come here.
        originals: the operator's own copies; none where no folder is configured.

    Returns:
        A problem each: file, clause, what is wrong and what to do about it.
    """
    yield from _in(LEXICON, _lexicon(library))
    yield from _asks(library)
    yield from _in(SELF_CHECK, _inquiry(library))
    for programme in library.programmes.values():
        file = f"{programme.id}.toml"
        yield from _in(file, _metadata(programme))
        yield from _in(file, _clauses(programme))
        yield from _in(file, _order(programme))
        yield from _in(file, _facts(programme, library))
        yield from _in(file, _cells(programme, library))
        yield from _in(file, _requirements(programme, library.inquiry))
        yield from _in(file, duty_problems(programme, _first_day(programme)))
        yield from _in(f"{programme.id}.txt", _passages(programme, originals or Originals()))


def _in(file: str, findings: Iterable[Finding]) -> Iterator[LibraryError]:
    return (LibraryError(file, clause, what) for clause, what in findings)


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


# ------------------------------------------------------------------------------------------- the lexicon


def _lexicon(library: Library) -> Iterator[Finding]:
    aspects = library.lexicon.aspects.values()
    for topic in Topic:
        if not any(aspect.topic == topic for aspect in aspects):
            yield "[aspects]", f"no aspect has the topic {topic.value}: write one, with its cues"
    for aspect in aspects:
        yield from ((f"[aspects] {aspect.id}", what) for what in _aspect(aspect, library))
    for slug in sorted({*library.lexicon.programmes} ^ {*library.programmes}):
        yield f"[programmes.{slug}]", f"this table and programmes/{slug}.toml go together: add the one that lacks"
    for slug, names in library.lexicon.programmes.items():
        if not names.names:
            yield f"[programmes.{slug}]", "no names: say what people call it"
    for topic_name, following in library.lexicon.next_aspects.items():
        if unknown := sorted({topic_name} - set(Topic)) + sorted(set(following) - library.lexicon.aspects.keys()):
            yield f"[next] {topic_name}", f"unknown topic or aspect {'、'.join(unknown)}: name another"
    if unknown := sorted(set(library.lexicon.mended) - library.lexicon.words.keys()):
        yield "[mending]", f"unknown concept {'、'.join(unknown)}: name another"


def _aspect(aspect: Aspect, library: Library) -> Iterator[str]:
    if aspect.topic not in set(Topic):
        yield f"unknown topic {aspect.topic!r}: take one of vocabulary.Topic"
    if not aspect.name or not aspect.cues:
        yield "a name and at least one cue are needed: nobody could ask for it"
    yield from _concepts((word for cue in aspect.cues for slot in cue for word in slot), library)


def _concepts(words: Iterable[str], library: Library) -> Iterator[str]:
    """Whether each @concept of a cue is one; other words stand for themselves."""
    for word in dict.fromkeys(words):
        if not word.strip("@"):
            yield "an empty word in a cue: take out the | or @ that stands alone"
        elif word.startswith("@") and word[1:] not in library.lexicon.words.keys() | BUILT_IN:
            yield f"unknown concept {word}: list its words in {LEXICON} or name another"


def _asks(library: Library) -> Iterator[LibraryError]:
    known = {f"{fact.programme}/{fact.id}" for fact in library.facts()}
    known |= {f"aspects/{name}" for name in library.lexicon.aspects} | {f"outside/{name}" for name in ASKED_OUTSIDE}
    for key, phrasing in library.asks:
        stem, _, name = key.partition("/")
        if key not in known:
            yield LibraryError(f"asks/{stem}.toml", name, "no such fact, aspect or group: name another or take it out")
        if not phrasing.strip():
            yield LibraryError(f"asks/{stem}.toml", name, "an empty phrasing: take it out")


# ------------------------------------------------------------------------------------------- a programme


def _metadata(programme: Programme) -> Iterator[Finding]:
    for name in METADATA:
        if not getattr(programme, name):
            yield "[document]", f"{name} is empty: write it down"
    if programme.issued_on is not None and type(programme.issued_on) is not date:
        yield "[document]", f"issued_on is no date: {A_DATE}"
    elif not FIRST_YEAR <= programme.year <= LAST_YEAR:
        yield "[document]", f"{programme.year} is no year of issue: give issued_on or issued_about"


def _clauses(programme: Programme) -> Iterator[Finding]:
    for label in _twice(clause.id for clause in programme.clauses):
        yield label, "this label stands on two clauses: join them or correct one"
    for clause in programme.clauses:
        yield from ((clause.id, what) for what in _clause(clause))


def _clause(clause: Clause) -> Iterator[str]:
    if not clause.heading:
        yield "no heading: say in a few words what it is about"
    if not clause.facts:
        yield "no facts: write down what it says"
    if len(clause.fingerprint) != FINGERPRINT or set(clause.fingerprint) - set("0123456789abcdef"):
        yield f"the fingerprint is not {FINGERPRINT} hexadecimal digits: compute it anew"
    if not clause.stretches:
        yield "no stretches: tell its place in the document, how it begins, how long it is"
    for _, begins, length in clause.stretches:
        if not begins or begins != "".join(begins.split()) or len(begins) > length:
            yield f"a stretch of {length} cannot begin with {begins!r}: give its first characters, no white space"


def _order(programme: Programme) -> Iterator[Finding]:
    """The stretches number the whole document through, from 0, without a gap."""
    numbers = Counter(order for clause in programme.clauses for order, _, _ in clause.stretches)
    for clause in programme.clauses:
        for order, _, _ in clause.stretches:
            if numbers[order] > 1:
                yield clause.id, f"stretch number {order} is used twice: number the stretches through"
    for gap in sorted(set(range(max(numbers, default=0))) - set(numbers)):
        yield "", f"no stretch has the number {gap}: number them through from 0"


def _inquiry(library: Library) -> Iterator[Finding]:
    inquiry = library.inquiry
    used = {trait for one in library.programmes.values() for each in one.requirements for trait in each.traits}
    for trait in inquiry.traits.values():
        if trait.aspect not in library.lexicon.aspects:
            yield f"[traits.{trait.id}]", f"unknown aspect {trait.aspect!r}: name one of {LEXICON}"
        if trait.id not in used:
            yield f"[traits.{trait.id}]", "no requirement looks at it: take it out"
    for ladder in inquiry.ladders:
        programme = library.programmes.get(ladder.programme)
        if programme is None or ladder.fact not in {fact.id for fact in programme.facts}:
            yield "[ladders]", f"{ladder.programme} has no fact {ladder.fact!r}: name the one that says so"


def _requirements(programme: Programme, inquiry: Inquiry) -> Iterator[Finding]:
    """What is wrong with what the self-check holds a studio to."""
    if not programme.requirements:
        yield "", "no requirements: the self-check would find every studio fit"
    for name in _twice(one.id for one in programme.requirements):
        yield "", f"the requirement {name!r} stands twice: rename one"
    for one in programme.requirements:
        if not one.says or not one.remedy or one.says.endswith("。"):
            yield f"{one.clause} {one.id}", "says and remedy must be sentences without their full stop"
        for leaf in one.test.leaves():
            trait = inquiry.traits.get(leaf.trait)
            if what := "there is no such trait" if trait is None else _misfit(leaf, trait):
                yield f"{one.clause} {one.id}", f"{leaf.trait}: {what}"


def _misfit(leaf: OnTrait, trait: Trait) -> str:
    """Why a test cannot be made of a trait."""
    match leaf, trait.kind:
        case (Is(), Kind.YES) | (AtLeast() | AtMost(), Kind.NUMBER):
            return ""
        case OneOf(wanted=wanted), Kind.CHOICE:
            unknown = set(wanted) - {one.id for one in trait.choices}
            return f"no choice {'、'.join(sorted(unknown))}" if unknown else ""
    return f"this test does not fit a question of the kind {trait.kind}"


def _cells(programme: Programme, library: Library) -> Iterator[Finding]:
    """Every point is stated or declared silent, and not both; a note may stand beside a silence."""
    for aspect in library.lexicon.aspects:
        facts, is_silent = programme.facts_on(aspect), aspect in programme.silences
        if not facts and not is_silent:
            yield f"[silences] {aspect}", "a hole: give a fact this aspect, or declare the silence and what is nearest"
        if is_silent and not all(fact.is_note for fact in facts):
            yield f"[silences] {aspect}", "a fact has this aspect too: take out the silence or its aspect"
    for aspect, silence in programme.silences.items():
        if aspect not in library.lexicon.aspects:
            yield f"[silences] {aspect}", f"unknown aspect: name one of {LEXICON}"
        if not silence.says and not silence.near:
            yield f"[silences] {aspect}", "neither says nor near: tell what the document says nearest to it"
        if silence.near and silence.near not in programme.facts:
            yield f"[silences] {aspect}", f"near {silence.near.id!r} is no fact of this document: name one"
        elif foreign := _foreign_figures(silence, programme):
            yield (
                f"[silences] {aspect}",
                f"{foreign} is no figure of the clause cited: take near from its clause, or drop it",
            )


def _foreign_figures(silence: Silence, programme: Programme) -> str:
    """Figures of a silence that its clause does not state, so that a changed clause could not hold them back."""
    label = silence.near.clause if silence.near else ""
    stated = {figure for fact in programme.facts if fact.clause == label for figure in FIGURE.findall(fact.says)}
    return "、".join(sorted(set(FIGURE.findall(PLACE.sub("", silence.says))) - stated))


# ------------------------------------------------------------------------------------------- facts and figures


def _facts(programme: Programme, library: Library) -> Iterator[Finding]:
    clauses: dict[str, list[str]] = {}
    for fact in programme.facts:
        clauses.setdefault(fact.id, []).append(fact.clause)
        findings = (*_fact(fact, library), *_figures(fact.values), *_dates(fact.values), *_issued(fact, programme))
        yield from ((f"{fact.clause} {fact.id}", what) for what in findings)
    for name, labels in clauses.items():
        if len(labels) > 1:
            yield "、".join(labels), f"the id {name!r} is used twice: rename one of the facts"


def _fact(fact: Fact, library: Library) -> Iterator[str]:
    if not fact.says.strip() or fact.says.rstrip().endswith(("。", "；")):
        yield "says must be a sentence without its full stop: the answer puts that"
    if not fact.aspects or _twice(fact.aspects):
        yield "aspects must name each point it answers, once"
    for aspect in fact.aspects:
        if aspect not in library.lexicon.aspects:
            yield f"unknown aspect {aspect!r}: name one of {LEXICON}"
    claims = (*fact.yes, *fact.no)
    yield from _concepts((word for claim in claims for slot in parse_cue(claim) for word in slot), library)


def _figures(values: Values) -> Iterator[str]:
    for name in (one.name for one in fields(Values) if one.name not in DATES):
        value = getattr(values, name)
        if value is None:
            continue
        if name == "allowed":
            if not isinstance(value, bool):
                yield "allowed must be true or false"
        elif name == "size_cm":
            if not isinstance(value, tuple) or len(value) != 2 or not all(_is_figure(one, 1) for one in value):
                yield "size_cm must be two positive whole numbers, width and height"
        elif not _is_figure(value, 0 if name == "yuan" else 1):  # no fee is 0 yuan
            yield f"{name} must be a positive whole number, not {value!r}"


def _is_figure(value: object, least: int) -> bool:
    return type(value) is int and value >= least


def _dates(values: Values) -> Iterator[str]:
    months = [name for name in MONTHS if type(month := getattr(values, name)) is int and month > 12]
    yield from (f"{name} is no month: 1 to 12" for name in months)
    yield from (
        f"{name} is no date: {A_DATE}" for name in DATES if type(getattr(values, name)) not in (date, type(None))
    )
    if values.day is not None and not months and not _is_day(values.month, values.day):
        yield f"there is no day {values.day} in month {values.month}: give both as in the calendar"
    if (values.from_month is None) != (values.to_month is None):
        yield "from_month and to_month go together: give both"


def _is_day(month: object, day: object) -> bool:
    return type(month) is int and type(day) is int and month > 0 and day <= monthrange(LEAP_YEAR, month)[1]


def _issued(fact: Fact, programme: Programme) -> Iterator[str]:
    """No deadline before the document itself, and one day of issue."""
    on, until, issued = fact.values.on, fact.values.until, programme.issued_on
    start = _first_day(programme)
    if type(until) is date and until < start:
        yield f"until {until} is before the document was issued ({start}): correct one of them"
    if on and "issued-on" in fact.aspects and on != issued:
        yield f"issued on {on}, but [document] says {issued}: correct one of them"


def _first_day(programme: Programme) -> date:
    """The day of issue, or the first of the year it is about, whatever else is wrong with them."""
    issued = programme.issued_on
    return issued if type(issued) is date else date(max(1, programme.issued_about), 1, 1)


# ------------------------------------------------------------------------------------------- the originals


def _passages(programme: Programme, originals: Originals) -> Iterator[Finding]:
    if programme.id in originals.absent:
        yield "", "not in the folder of originals: put the copy there to have this document compared"
    for clause in programme.clauses:
        if (programme.id, clause.id) in originals.changed:
            is_there = originals.passages.get((programme.id, clause.id))
            what = "not the text its facts were made from" if is_there else "not found in the copy"
            yield clause.id, f"{what}: answers withhold it until the copy, or {programme.id}.toml, is put right"
