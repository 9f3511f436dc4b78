"""Question -> Answer: the facts with their clauses, or an honest word about what is not stated."""

import re
from dataclasses import replace
from datetime import date

from knowledge import talk
from knowledge.clauses import tell_clause
from knowledge.closing import Answer
from knowledge.context import Enquiry, enquire, in_context, is_against
from knowledge.finding import Finder
from knowledge.library import Citation, Library, Programme
from knowledge.memory import Memory
from knowledge.originals import Originals
from knowledge.quantities import number
from knowledge.several import tell_several
from knowledge.telling import SURE, tell_one
from knowledge.understanding import Manner, Question, understand
from knowledge.vocabulary import Status

ONLY, ONLY_LEAD = 1.6, 1.0  # weight of rare words, and lead over the next programme, that point to one programme
_CHOICE = re.compile(r"第?\s*([1-9一二三四五六七八九])\s*(?:个|家|项|号)?[。.]?")
_OPENS_WITH_WHICH = re.compile(r"^有?哪些(?:地方|项目|单位)?(?:给|收|要|写|能|可以|不|规定|允许|有)")
_COMPARING = re.compile(
    r"最(?!后|终|近|初)|更|多几|少几|多少|高|低|长|短|早|晚|宽|严|松|勤|快|慢|哪几|哪些|都|分别|两家|三家|比"
)
_FINDERS: dict[int, Finder] = {}


def finder_of(library: Library) -> Finder:
    """The one finder of a library."""
    finder = _FINDERS.get(id(library))
    if finder is None or finder.library is not library:
        finder = _FINDERS[id(library)] = Finder(library)
    return finder


def answer(typed: str, memory: Memory, library: Library, today: date, originals: Originals | None = None) -> Answer:
    """Answer one message of a conversation.

    Args:
        typed: the message as it came, anything at all.
        memory: what the conversation remembers; `Memory()` at its start.
        library: the knowledge base.
        today: the day everything is judged on.
        originals: the operator's own copies of the documents, where configured.
    """
    memory = memory.still_held(library.programmes)
    question = _by_number(understand(typed, library, today), memory, library)
    enquiry = enquire(question, memory, library, finder_of(library), today, originals or Originals())
    ours = max((score.weight for score in enquiry.scores.values()), default=0.0)
    if early := talk.small(question, library, enquiry.likes, ours, memory.cited, originals):
        text, status, options = early
        cited = tuple(Citation(*one) for one in memory.cited) if status is Status.ANSWERED else ()
        return Answer(text, status, cited, options, memory)
    if found := tell_clause(enquiry):
        return found
    return _answer(in_context(enquiry))


def _by_number(question: Question, memory: Memory, library: Library) -> Question:
    """A bare number after 您问的是哪一家 is one of the programmes offered."""
    hit = _CHOICE.fullmatch(question.text)
    if not hit or memory.programmes or not memory.text:
        return question
    slugs = list(library.programmes)
    chosen = int(number(hit[1])) - 1
    return replace(question, named=(slugs[chosen],), quantities=()) if 0 <= chosen < len(slugs) else question


def _answer(enquiry: Enquiry) -> Answer:
    question = enquiry.question
    if question.elsewhere:
        return Answer(
            talk.elsewhere(question.elsewhere, enquiry.library), Status.OUT_OF_SCOPE, (), talk.EXAMPLES, enquiry.memory
        )
    programmes = _programmes(enquiry)
    if len(programmes) > 1:
        return tell_several(enquiry, programmes)
    if not programmes:
        return _without_programme(enquiry)
    return tell_one(enquiry, enquiry.library.programmes[programmes[0]])


def _programmes(enquiry: Enquiry) -> tuple[str, ...]:
    """Which programmes the question is about: named, remembered, or the only one that has the word."""
    question, memory, library = enquiry.question, enquiry.memory, enquiry.library
    if (
        len(question.named) == 1
        and memory.programmes
        and is_against(question)
        and memory.programmes[-1] not in question.named
    ):
        return (*memory.programmes[-1:], *question.named)
    if question.named:
        return question.named
    is_open = bool(question.says(library.lexicon, "everyone"))
    if question.says(library.lexicon, "more-of-these") and len(memory.recent) > 1:
        return memory.recent[-3:] if re.search(r"三|几", question.text) else memory.recent[-2:]
    is_one_known = len(memory.programmes) == 1 and not _COMPARING.search(question.text)
    if (question.manner is Manner.WHICH_OF and not is_one_known) or is_open:
        if is_open or len(memory.recent) < 2:
            return tuple(library.programmes)
        return memory.programmes if len(memory.programmes) > 1 else memory.recent[-3:]
    for slug, names in library.lexicon.programmes.items():
        if any(hint in question.text for hint in names.hints):
            return (slug,)
    if not memory.programmes and _OPENS_WITH_WHICH.search(question.text):
        return tuple(library.programmes)
    return memory.programmes


def _without_programme(enquiry: Enquiry) -> Answer:
    question, memory, library = enquiry.question, enquiry.memory, enquiry.library
    if only := _only_holder(enquiry):
        return tell_one(enquiry, only)
    told = max((score.weight for score in enquiry.hits.by_words.values()), default=0.0)
    asked = max((score.weight for score in enquiry.scores.values()), default=0.0)
    if max(told, asked) < SURE and "@studio" not in question.found:
        return Answer(talk.outside(library), Status.OUT_OF_SCOPE, (), talk.EXAMPLES, memory, is_doubtful=True)
    memory = replace(memory, text=question.text, programmes=())
    return Answer(talk.which_programme(library), Status.CLARIFY, (), talk.names(library), memory)


def _only_holder(enquiry: Enquiry) -> Programme | None:
    """The one programme whose facts have the question's rare words, if there is just one."""
    best: dict[str, float] = dict.fromkeys(enquiry.library.programmes, 0.0)
    rare = {word for word in enquiry.question.found if word not in enquiry.library.lexicon.common}
    for fact, score in enquiry.hits.by_words.items():
        if not fact.is_note and any(word in rare for word in fact.words):
            best[fact.programme] = max(best[fact.programme], score.weight)
    (first, slug), (second, _) = sorted(((weight, slug) for slug, weight in best.items()), reverse=True)[:2]
    return enquiry.library.programmes[slug] if first >= ONLY and first - second >= ONLY_LEAD else None


__all__ = ["Answer", "Memory", "answer", "finder_of"]
