"""Question -> Answer: the facts with their clauses, or an honest word about what is not stated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge import talk
from knowledge.claims import Ruling, opening, rule
from knowledge.comparing import compare
from knowledge.context import Enquiry, enquire, in_context, is_against
from knowledge.finding import Finder
from knowledge.labels import neighbour
from knowledge.library import Citation, Fact, Library, Programme
from knowledge.memory import Memory
from knowledge.originals import Originals
from knowledge.phrasing import MOST_CITATIONS, ROOM, Draft, choose, cite, join, sentence, silence, upcoming
from knowledge.quantities import number
from knowledge.reading import clause_draft
from knowledge.reckoning import asked_cases, reckon
from knowledge.selecting import Cell, Unit, cell, rank, runners_up, select
from knowledge.understanding import Manner, Question, understand
from knowledge.vocabulary import Status
from knowledge.wants import is_open_choice, missing

NEAR = 0.5  # a fact that overlaps this much is worth offering as the nearest
PEAK = 0.3  # share of the best single fit that counts in choosing it
SHARED = 0.7  # share of that which a point common to several programmes needs
ASKED_SURE = 1.0  # likeness to a known phrasing, weighted, that makes a fact the one asked for
SURE = 0.9  # below this nothing was understood
LONGEST_ANSWER = 590
PLAIN_WORD = 1.8  # what a claim must weigh to be settled by a fact that was not asked for
_ABSENT = re.compile(r"没有(?:写|收录|另列|说|提|规定|文号|交代)|文本没有|未写")
_AFTER = re.compile(r"完|过了|之后|然后|接着|后面|下一步|以后|下面|再")
_COMPARING = re.compile(r"最|更|多几|少几|多少|高|低|长|短|早|晚|宽|严|松|勤|快|慢|哪几|哪些|都|分别|两家|三家|比")
_HOW_MANY = re.compile(r"[几多]少?(?:条|项|个方面|方面|种|类|点|步|样|块|栏|个条件|个标准|大)")


@dataclass(frozen=True)
class Answer:
    """What is said, how much of the question it settles, and on which clauses it rests."""

    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    options: tuple[str, ...] = ()
    memory: Memory = field(default_factory=Memory)
    is_doubtful: bool = False


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
    question = understand(typed, library, today)
    enquiry = enquire(question, memory, library, finder_of(library), today, originals or Originals())
    ours = max((score.weight for score in enquiry.scores.values()), default=0.0)
    if early := talk.small(question, library, enquiry.likes, ours, memory.cited, originals):
        text, status, options = early
        cited = tuple(Citation(*one) for one in memory.cited) if status is Status.ANSWERED else ()
        return Answer(text, status, cited, options, memory)
    if found := _clause(enquiry):
        return found
    return _answer(in_context(enquiry))


def _answer(enquiry: Enquiry) -> Answer:
    question = enquiry.question
    if question.elsewhere:
        return Answer(talk.elsewhere(question.elsewhere, enquiry.library), Status.OUT_OF_SCOPE, (), talk.EXAMPLES, enquiry.memory)
    programmes = _programmes(enquiry)
    if len(programmes) > 1:
        return _compare(enquiry, programmes)
    if not programmes:
        return _without_programme(enquiry)
    return _single(enquiry, enquiry.library.programmes[programmes[0]])


def _programmes(enquiry: Enquiry) -> tuple[str, ...]:
    """Which programmes the question is about: named, remembered, or the only one that has the word."""
    question, memory, library = enquiry.question, enquiry.memory, enquiry.library
    if len(question.named) == 1 and memory.programmes and is_against(question) and memory.programmes[-1] not in question.named:
        return (*memory.programmes[-1:], *question.named)
    if question.named:
        return question.named
    is_open = bool(question.says(library.lexicon, "everyone"))
    if question.says(library.lexicon, "more-of-these") and len(memory.recent) > 1:
        return memory.recent[-3:] if re.search(r"三|几", question.text) else memory.recent[-2:]
    is_one_known = len(memory.programmes) == 1 and not _COMPARING.search(question.text)
    if (question.manner is Manner.WHICH_OF and not is_one_known) or is_open:
        return tuple(library.programmes) if is_open or len(memory.recent) < 2 else memory.recent[-3:]
    for slug, names in library.lexicon.programmes.items():
        if any(hint in question.text for hint in names.hints):
            return (slug,)
    if not memory.programmes and question.says(library.lexicon, "which-of-weak") and question.manner is Manner.WHICH_OF:
        return tuple(library.programmes)
    return memory.programmes


# ------------------------------------------------------------------------------------------- one programme


def _single(enquiry: Enquiry, programme: Programme) -> Answer:
    question, today = enquiry.question, enquiry.today
    if steps := _next_steps(enquiry, programme):
        return steps
    units = rank(programme, enquiry.scores, enquiry.hits, enquiry.content)
    cells = select(programme, units, question.matches.text)
    ranked = sorted(enquiry.scores, key=lambda aspect: -enquiry.scores[aspect].weight)
    reckoning = reckon(question, programme, list(dict.fromkeys([*(cell.aspect for cell in cells), *ranked])), today)
    if not reckoning and (not cells or cells[0].weight < SURE):
        return _nearest(enquiry, programme) or _not_found(enquiry, programme)
    if not reckoning and (probed := _probed(enquiry, programme, cells)):
        return probed
    aspects = [cell.aspect for cell in cells]
    drafts = [_draft(enquiry, cell) for cell in cells]
    facts = tuple(dict.fromkeys(fact for draft in drafts for fact in draft.facts))
    parts = [draft.text for draft in drafts if draft.text]
    status = Status.ANSWERED if not drafts else drafts[0].status if len({draft.status for draft in drafts}) == 1 else Status.PARTIAL
    if drafts and status is Status.ANSWERED and any(_ABSENT.search(fact.says) for fact in (*cells[0].focus, *drafts[0].facts[:1])):
        status = Status.PARTIAL
    lead = ""
    if reckoning:
        facts, status = tuple(dict.fromkeys((*reckoning.facts, *facts))), Status.ANSWERED
        parts = [reckoning.says, *parts[:1]]
    elif question.is_yes_no and cells[0].facts:
        lead = _lead(question, cells[0], facts)
        if not lead and not _is_sure(enquiry, cells[0], units):
            parts.append("对您问的这一点，文件没有更直接的规定。")
            status = Status.PARTIAL if status is Status.ANSWERED else status
    if "deadline" in aspects[:1] and not reckoning:
        parts.append(upcoming(facts, today))
    if status is Status.ANSWERED and not reckoning and is_open_choice(question.matches.text, facts):
        parts.append("文件没有写明是哪一种。")
        status = Status.PARTIAL
    if status is Status.ANSWERED and not reckoning and (lacks := missing(question.matches.text, facts)):
        parts.append(f"没有写明具体{'、'.join(lacks)}。")
        status = Status.PARTIAL
    if cells and not reckoning:
        facts, status = _also(enquiry, cells, units, parts, facts, status)
    starts_silent = bool(drafts) and drafts[0].status is Status.NOT_STATED and not reckoning
    body = "\n".join(part.strip("\n") if at else part for at, part in enumerate(parts) if part)
    text = body if starts_silent else f"{lead}{programme.name}：{body}"
    citations = tuple(dict.fromkeys(fact.citation for fact in facts))[:MOST_CITATIONS]
    return _finish(enquiry, text, status, citations, (programme.id,), aspects, facts)


def _also(
    enquiry: Enquiry, cells: Sequence[Cell], units: Sequence[Unit], parts: list[str], facts: tuple[Fact, ...], status: Status
) -> tuple[tuple[Fact, ...], Status]:
    """Tell what came close to the best point too, so that a near miss still carries the answer."""
    near, silent = runners_up(cells, units)
    near = [fact for fact in near if fact not in facts]
    room = ROOM - sum(map(len, parts))
    near = [fact for at, fact in enumerate(near) if sum(len(one.says) for one in near[: at + 1]) <= room]
    if near:
        parts.append("另外：" + "；".join(sentence(fact, enquiry.today) for fact in near) + "。")
        facts = (*facts, *near)
        status = Status.PARTIAL if status is Status.NOT_STATED else status
    if silent and status is Status.ANSWERED:
        name = enquiry.library.lexicon.aspects[silent[0].aspect].name
        parts.append(f"“{name}”没有写明{'：' + silent[0].says.rstrip('。') if silent[0].says and len(silent[0].says) < 40 else ''}。")
        status = Status.PARTIAL
    return facts, status


def _draft(enquiry: Enquiry, cell: Cell) -> Draft:
    question = enquiry.question
    if cell.silence:
        return silence(cell, enquiry.library.lexicon.aspects[cell.aspect].name, enquiry.today)
    cases = asked_cases(question.text, cell.facts)
    facts = choose(cell, cases, _items(enquiry, cell))
    text = join(facts, enquiry.today)
    items = {fact.item for fact in cell.facts if fact.item}
    if _HOW_MANY.search(question.text) and len(items) >= 3 and not cases:
        text = f"共{len(items)}条。" + (text if text.startswith("\n") else "\n" + text)
    return Draft(text, tuple(fact.citation for fact in facts), Status.ANSWERED, facts)


def _nearest(enquiry: Enquiry, programme: Programme) -> Answer | None:
    """Not sure of the point: the nearest facts, offered as such; in an elliptic turn those just told."""
    hits = enquiry.hits
    ranked = sorted(programme.facts, key=hits.weight, reverse=True)[:2]
    if not ranked or hits.weight(ranked[0]) < NEAR:
        return None
    facts = tuple(fact for fact in ranked if hits.weight(fact) >= 0.7 * hits.weight(ranked[0]))
    text = f"{programme.name}的{programme.kind}里没有查到完全对应的规定，最接近的是：" + "；".join(fact.says for fact in facts) + "。"
    citations = tuple(dict.fromkeys(fact.citation for fact in facts))
    answer_ = _finish(enquiry, text, Status.PARTIAL, citations, (programme.id,), [facts[0].aspects[0]], facts)
    return replace(answer_, is_doubtful=True)


def _next_steps(enquiry: Enquiry, programme: Programme) -> Answer | None:
    """然后呢, 看完过了呢, 前一步是啥: the steps after or before the one just told."""
    if not enquiry.is_elliptic or "procedure" not in {one for fact in programme.facts if fact.id in enquiry.memory.facts for one in fact.aspects}:
        return None
    steps = [fact for fact in programme.facts_on("procedure") if fact.item and not fact.is_note]
    told = [fact.item for fact in steps if fact.id in enquiry.memory.facts]
    if not told:
        return None
    if re.search(r"前头|前面|前一|上一", enquiry.question.text):
        facts = [fact for fact in steps if fact.item == min(told) - 1]
    elif _AFTER.search(enquiry.question.text):
        facts = [fact for fact in steps if fact.item > (min(told) if len(told) == len(steps) else max(told))]
    else:
        return None
    if not facts:
        return None
    citations = tuple(dict.fromkeys(fact.citation for fact in facts))[:MOST_CITATIONS]
    return _finish(enquiry, f"{programme.name}：{join(facts, enquiry.today)}", Status.ANSWERED, citations, (programme.id,), ["procedure"], facts)


def _items(enquiry: Enquiry, cell: Cell) -> tuple[int, ...]:
    """The items of a list that are asked for: 第六条; after or before the ones just told (然后呢, 前一步)."""
    question = enquiry.question
    if question.clause and question.clause.labels[0].startswith("第"):
        return (question.clause.article,)
    if hit := re.search(r"第\s*([一二三四五六七八九十\d]+)\s*[步项个点]", question.matches.text):
        return (int(number(hit[1])),)
    told = {fact.item for fact in cell.facts if fact.id in enquiry.memory.facts and fact.item}
    if not told or not enquiry.is_elliptic and not question.says(enquiry.library.lexicon, "more"):
        return ()
    if re.search(r"前头|前面|前一|上一|之前", question.text):
        return (min(told) - 1,)
    if _AFTER.search(question.text) and max(told) < max(fact.item for fact in cell.facts):
        return tuple(range(max(told) + 1, max(fact.item for fact in cell.facts) + 1))
    return ()


def _is_sure(enquiry: Enquiry, cell_: Cell, units: Sequence[Unit]) -> bool:
    """Whether the best unit speaks of the whole matter of the question, or is asked for in much these words."""
    top = units[0]
    asked = enquiry.hits.by_asks.get(top.fact) if top.fact else None
    left = (enquiry.content & ~top.places).bit_count()
    return left <= 2 or (asked is not None and asked.weight >= ASKED_SURE and left <= 4)


def _lead(question: Question, cell: Cell, facts: Sequence[Fact]) -> str:
    """Yes or no first: by the facts that were asked for, else by a plain word of another fact told."""
    ruling = rule(question, cell.strong, cell.facts)
    if ruling is not Ruling.OPEN:
        return opening(question, ruling, cell.strong)
    ruling = rule(question, facts, (), PLAIN_WORD)
    return opening(question, ruling, facts) if ruling is Ruling.FAILS else ""


def _probed(enquiry: Enquiry, programme: Programme, cells: Sequence[Cell]) -> Answer | None:
    """A specific thing asked after that the document never names: say so, and what stands nearest."""
    if not cells or cells[0].silence:
        return None
    told = "".join(fact.says + "".join(fact.words) for fact in programme.facts)
    for group in enquiry.question.probes:
        word = next(one for one in group if one in enquiry.question.matches.text)
        if not any(one in told for one in group):
            facts = choose(cells[0], (), (), 120)[:2]
            text = f"{programme.name}的{programme.kind}没有写到“{word}”。相关的规定是：" + "；".join(fact.says for fact in facts) + "。"
            citations = tuple(dict.fromkeys(fact.citation for fact in facts))
            return _finish(enquiry, text, Status.NOT_STATED, citations, (programme.id,), [cells[0].aspect], facts)
    return None


def _not_found(enquiry: Enquiry, programme: Programme) -> Answer:
    question = enquiry.question
    memory = replace(enquiry.memory, programmes=(programme.id,), recent=enquiry.memory.seen((programme.id,)))
    light = enquiry.library.lexicon.light
    said = [word for word in question.found if word.removeprefix("@") not in light and word != "@studio"]
    if not said and not question.unknown:
        return Answer(talk.about(programme), Status.CLARIFY, (), talk.examples_for(programme), memory)
    return Answer(talk.not_found(programme), Status.NOT_STATED, (), talk.examples_for(programme), memory, is_doubtful=True)


# ------------------------------------------------------------------------------------------- several, or none


def _compare(enquiry: Enquiry, slugs: Sequence[str]) -> Answer:
    programmes = [enquiry.library.programmes[slug] for slug in slugs]
    ranked = [(one, rank(one, enquiry.scores, enquiry.hits, enquiry.content)) for one in programmes]
    aspect = _common_aspect([units for _, units in ranked])
    if not aspect:
        memory = replace(enquiry.memory, programmes=tuple(slugs), recent=enquiry.memory.seen(tuple(slugs)))
        return Answer(talk.WHICH_POINT, Status.CLARIFY, (), talk.EXAMPLES, memory, is_doubtful=True)
    cells = [(programme, _cell_on(programme, aspect, units)) for programme, units in ranked]
    draft = compare(enquiry.question, cells, enquiry.today)
    return _finish(enquiry, draft.text, draft.status, draft.citations, tuple(slugs), [aspect], draft.facts)


def _common_aspect(ranked: Sequence[Sequence[Unit]]) -> str:
    """The point that fits all these programmes best together, or nothing."""
    totals: dict[str, float] = {}
    peaks: dict[str, float] = {}
    for units in ranked:
        best: dict[str, float] = {}
        for unit in units:
            best[unit.aspect] = max(best.get(unit.aspect, 0.0), unit.weight)
        for aspect, weight in best.items():
            totals[aspect] = totals.get(aspect, 0.0) + weight / len(ranked)
            peaks[aspect] = max(peaks.get(aspect, 0.0), weight)
    aspect = max(totals, key=lambda one: totals[one] + PEAK * peaks[one], default="")
    return aspect if totals.get(aspect, 0.0) >= SURE * SHARED else ""


def _cell_on(programme: Programme, aspect: str, units: Sequence[Unit]) -> Cell | None:
    """The cell of one programme on a point that was settled on for all."""
    unit = next((one for one in units if one.aspect == aspect), None)
    if unit:
        return cell(programme, unit, units)
    if facts := programme.facts_on(aspect):
        return Cell(programme, aspect, facts, (), None, 0.0, facts)
    quiet = programme.silences.get(aspect)
    return Cell(programme, aspect, (), (), quiet, 0.0, ()) if quiet else None


def _without_programme(enquiry: Enquiry) -> Answer:
    question, memory, library = enquiry.question, enquiry.memory, enquiry.library
    if only := _only_holder(enquiry):
        return _single(enquiry, only)
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
        if any(word in rare for word in fact.words):
            best[fact.programme] = max(best[fact.programme], score.weight)
    (first, slug), (second, _) = sorted(((weight, slug) for slug, weight in best.items()), reverse=True)[:2]
    return enquiry.library.programmes[slug] if first >= 1.6 and first - second >= 1.0 else None


# ------------------------------------------------------------------------------------------- clauses


def _clause(enquiry: Enquiry) -> Answer | None:
    question, memory, library = enquiry.question, enquiry.memory, enquiry.library
    reference = question.clause
    slugs = question.named or memory.programmes
    if reference is None:
        if memory.clause and slugs and (step := _step(question)):
            reference = neighbour(memory.clause, step)
        if reference is None:
            return None
    elif reference.article and not question.named and not memory.clause and memory.aspects and _has_item(enquiry, reference.article):
        return None
    if not slugs:
        holders = [one.id for one in library.programmes.values() if reference.labels[0] in one.by_label]
        if len(holders) != 1:
            text = f"您问的是哪一家的{reference.said}？" + talk.programme_lines(library)
            return Answer(text, Status.CLARIFY, (), talk.names(library), replace(memory, text=question.text))
        slugs = tuple(holders)
    programme = library.programmes[slugs[-1] if not question.named else slugs[0]]
    draft = clause_draft(programme, reference, question, enquiry.today)
    finished = _finish(enquiry, draft.text, draft.status, draft.citations, (programme.id,), memory.aspects, draft.facts)
    label = draft.citations[0].clause if draft.citations else reference.labels[0]
    return replace(finished, memory=replace(finished.memory, clause=label, text=memory.text or question.text))


def _step(question: Question) -> int:
    """下一条 -> 1, 上一条 -> -1."""
    if re.search(r"下一?[条点项款]|后面(?:那|一)?[条点]|接着[的那]?[条点]", question.text):
        return 1
    return -1 if re.search(r"上一?[条点项款]|前面(?:那|一)?[条点]|前一[条点项]", question.text) else 0


def _has_item(enquiry: Enquiry, item: int) -> bool:
    """Whether 第六条 means the sixth of the list just told, not an article."""
    programme = enquiry.library.programmes.get(enquiry.memory.programmes[-1]) if enquiry.memory.programmes else None
    aspect = enquiry.memory.aspects[0]
    return programme is not None and any(fact.item == item for fact in programme.facts_on(aspect))


def _finish(
    enquiry: Enquiry, text: str, status: Status, citations: Sequence[Citation], slugs: Sequence[str], aspects: Sequence[str], facts: Sequence[Fact]
) -> Answer:
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
        text=enquiry.question.matches.text.replace("·", ""),
        aspects=tuple(aspects),
        facts=tuple(fact.id for fact in facts),
        cited=tuple((one.document, one.clause) for one in citations),
    )
    return Answer(f"{text}\n{line}" if line else text, status, tuple(citations), (), memory)
