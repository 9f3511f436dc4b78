"""The end of an answer: its citation line, what is held back, what to ask next, what is remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge import talk
from knowledge.context import Enquiry
from knowledge.library import Citation, Fact
from knowledge.memory import Memory
from knowledge.phrasing import cite
from knowledge.understanding import GAP
from knowledge.vocabulary import Status

LONGEST_ANSWER = 590  # characters of one answer, its citation line included
LONGEST_KEPT = 80  # characters of a chain of elliptic questions that are remembered
MOST_OPTIONS = 3


@dataclass(frozen=True)
class Answer:
    """What is said, how much of the question it settles, and on which clauses it rests."""

    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    options: tuple[str, ...] = ()
    memory: Memory = field(default_factory=Memory)
    is_doubtful: bool = False


def finish(
    enquiry: Enquiry,
    text: str,
    status: Status,
    citations: Sequence[Citation],
    slugs: Sequence[str],
    aspects: Sequence[str],
    facts: Sequence[Fact],
) -> Answer:
    """Close an answer: the citation line, held back where a copy was changed, and what the talk remembers."""
    lexicon = enquiry.library.lexicon
    topics = [lexicon.aspects[aspect].topic for aspect in aspects[:1] if aspect in lexicon.aspects]
    line = cite(enquiry.library.programmes.values(), citations, topics, enquiry.today)
    if changed := [fact.citation for fact in facts if (fact.programme, fact.clause) in enquiry.originals.changed]:
        text, status = talk.withheld(enquiry.library, changed[0]), Status.PARTIAL
    room = LONGEST_ANSWER - len(line) - 1
    text = text if len(text) <= room else text[: room - 1] + "…"
    memory = Memory(
        programmes=tuple(slugs),
        recent=enquiry.memory.seen(tuple(slugs)),
        text=_asked(enquiry),
        aspects=tuple(aspects),
        facts=tuple(fact.id for fact in facts),
        cited=tuple((one.document, one.clause) for one in citations),
    )
    options = next_questions(enquiry, slugs, aspects)
    return Answer(f"{text}\n{line}" if line else text, status, tuple(citations), options, memory)


def _asked(enquiry: Enquiry) -> str:
    """The question as it is to be asked again: an elliptic one behind the one it leans on."""
    said = enquiry.question.matches.text.replace(GAP, "")
    return f"{enquiry.memory.text}，{said}"[-LONGEST_KEPT:] if enquiry.is_elliptic else said


def next_questions(enquiry: Enquiry, slugs: Sequence[str], aspects: Sequence[str]) -> tuple[str, ...]:
    """What people sensibly ask next: points near the one told that the document states."""
    if len(slugs) != 1 or not aspects:
        return ()
    programme, lexicon = enquiry.library.programmes[slugs[0]], enquiry.library.lexicon
    told = {*aspects, *enquiry.memory.aspects}
    near = lexicon.next_aspects.get(lexicon.aspects[aspects[0]].topic, ())
    names = [lexicon.aspects[one].name for one in near if one not in told and programme.facts_on(one)]
    return tuple(f"{programme.name}{name}" for name in names[:MOST_OPTIONS])
