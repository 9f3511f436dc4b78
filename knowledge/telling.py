"""One programme's answer: its cells told, what came close told too, yes or no first, what is lacking named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge import talk
from knowledge.amounts import asked_cases
from knowledge.claims import Ruling, opening, rule
from knowledge.closing import Answer, finish
from knowledge.context import Enquiry
from knowledge.library import Fact, Programme
from knowledge.phrasing import MOST_CITATIONS, ROOM, Draft, choose, join, sentence, silence, upcoming
from knowledge.quantities import KIND_VALUES, number
from knowledge.reckoning import reckon
from knowledge.selecting import Cell, Unit, rank, runners_up, select
from knowledge.timing import Reckoning
from knowledge.understanding import Question
from knowledge.vocabulary import Status
from knowledge.wants import is_open_choice, missing

SURE = 0.9  # below this a point was not understood
NEAR = 0.5  # a fact that overlaps this much is worth offering as the nearest
ASKED_SURE = 1.0  # likeness to a known phrasing, weighted, that makes a fact the one asked for
LONGEST_ASIDE = 40  # characters of a silence that is told beside an answer
PLAIN_WORD = 1.8  # what a claim must weigh to be settled by a fact that was not asked for
_ABSENT = re.compile(r"没有(?:写|收录|另列|说|提|规定|文号|交代)|文本没有|未写")
_LEVEL = re.compile(r"国家级|省级|市级|县级|区级|厂级|基层级")
_IS_WRITTEN = re.compile(
    r"写没写|写了没|说没说|提没提|有没有写|有没有说|有没有提|有写|有说|写了吗|说了吗|提到.{0,12}[吗没么]|规定了吗"
)
_AFTER = re.compile(r"完|过了|之后|然后|接着|后面|下一步|以后|下面|再")
_HOW_MANY = re.compile(r"[几多]少?(?:条|项|个方面|方面|种|类|点|步|样|块|栏|个条件|个标准|大)")


@dataclass
class Told:
    """An answer as it grows: what opens it, its parts, its facts, how much they settle."""

    parts: list[str]
    facts: tuple[Fact, ...]
    status: Status
    lead: str = ""

    def add(self, part: str, is_short_of: bool = True) -> None:
        """Add a sentence on what the document leaves open; an answer short of something is partial."""
        self.parts.append(part)
        if is_short_of and self.status is Status.ANSWERED:
            self.status = Status.PARTIAL

    def text(self, programme: Programme) -> str:
        """All of it, behind the programme's name unless it begins with a silence, which says it itself."""
        name = programme.name
        body = "\n".join(part.strip("\n") if at else part for at, part in enumerate(self.parts) if part)
        return body if self.parts[0].startswith(f"{name}的{programme.kind}") else f"{self.lead}{name}：{body}"


def tell_one(enquiry: Enquiry, programme: Programme) -> Answer:
    """Answer a question on one programme: steps that follow, the points asked, figures applied, or what is nearest."""
    if steps := _next_steps(enquiry, programme):
        return steps
    units = rank(programme, enquiry.scores, enquiry.hits, enquiry.content)
    cells = select(programme, units, enquiry.question.matches.text)
    ranked = sorted(enquiry.scores, key=lambda aspect: -enquiry.scores[aspect].weight)
    aspects = list(dict.fromkeys([*(cell.aspect for cell in cells), *ranked]))
    reckoning = reckon(enquiry.question, programme, aspects, enquiry.today)
    if reckoning and _is_to_the_point(enquiry, cells, reckoning):
        told = _reckoned(enquiry, cells, reckoning)
    elif not cells or cells[0].weight < SURE:
        return _nearest(enquiry, programme) or _not_found(enquiry, programme)
    elif probed := _probed(enquiry, programme, cells):
        return probed
    else:
        told = _told(enquiry, cells, units)
    citations = tuple(dict.fromkeys(fact.citation for fact in told.facts))[:MOST_CITATIONS]
    points = [cell.aspect for cell in cells]
    return finish(enquiry, told.text(programme), told.status, citations, (programme.id,), points, told.facts)


def _is_to_the_point(enquiry: Enquiry, cells: Sequence[Cell], reckoning: Reckoning) -> bool:
    """Whether what was worked out belongs to a point on which the document is silent, where that is what was asked."""
    quiet = cells[0].silence if cells else None
    if quiet is None or quiet.near in reckoning.facts or enquiry.question.moments:
        return True
    aspects = enquiry.library.lexicon.aspects
    topics = {aspects[aspect].topic for fact in reckoning.facts for aspect in fact.aspects}
    return aspects[quiet.aspect].topic in topics


def _reckoned(enquiry: Enquiry, cells: Sequence[Cell], reckoning: Reckoning) -> Told:
    """What was computed, then the rule it was computed from."""
    points = {aspect for fact in reckoning.facts for aspect in fact.aspects}
    draft = _draft(enquiry, cells[0]) if cells and cells[0].aspect in points else None
    facts = (*reckoning.facts, *(draft.facts if draft else ()))
    return Told([reckoning.says, *([draft.text] if draft else [])], tuple(dict.fromkeys(facts)), Status.ANSWERED)


def _told(enquiry: Enquiry, cells: Sequence[Cell], units: Sequence[Unit]) -> Told:
    """The points told, then what they leave open, then what came close."""
    drafts = [_draft(enquiry, cell) for cell in cells]
    facts = tuple(dict.fromkeys(fact for draft in drafts for fact in draft.facts))
    statuses = {draft.status for draft in drafts}
    told = Told([draft.text for draft in drafts], facts, drafts[0].status if len(statuses) == 1 else Status.PARTIAL)
    if told.status is Status.NOT_STATED and facts and _IS_WRITTEN.search(enquiry.question.text):
        told.status = Status.PARTIAL  # it is written of, though not what the point wants
    if any(_ABSENT.search(fact.says) for fact in (*cells[0].focus, *drafts[0].facts[:1])):
        told.add("")
    if enquiry.question.is_yes_no and cells[0].facts:
        told.lead = _lead(enquiry.question, cells[0], facts)
        if not told.lead and _IS_WRITTEN.search(enquiry.question.text) and _is_sure(enquiry, units):
            told.lead = "写了。"
        elif not told.lead and not _is_sure(enquiry, units):
            told.add("对您问的这一点，文件没有更直接的规定。")
    if cells[0].aspect == "deadline":
        told.add(upcoming(facts, enquiry.today), is_short_of=False)
    strong = [fact for cell in cells for fact in cell.strong if fact in facts]
    if told.status is Status.ANSWERED and (open_ := _open_points(enquiry, cells[0], strong or facts)):
        told.add(open_)
    if enquiry.question.is_yes_no:
        _correct_other_figures(enquiry, cells[0].programme, told)
    _tell_runners_up(enquiry, cells, units, told)
    return told


def _correct_other_figures(enquiry: Enquiry, programme: Programme, told: Told) -> None:
    """Tell the one fact that a further assumed figure is of (三年评一次、给10万，对吧: the sum too)."""
    for figure in enquiry.question.quantities:
        names = KIND_VALUES.get(figure.kind, ())
        stated = [fact for fact in programme.facts if any(getattr(fact.values, name) is not None for name in names)]
        if len(stated) == 1 and stated[0] not in told.facts:
            told.parts.append(f"另外：{sentence(stated[0], enquiry.today)}。")
            told.facts = (*told.facts, stated[0])


def _open_points(enquiry: Enquiry, cell: Cell, facts: Sequence[Fact]) -> str:
    """What the question wants and these facts do not give: which of two, a level, a kind of figure."""
    text = enquiry.question.matches.text
    if is_open_choice(text, facts):
        return "文件没有写明是哪一种。"
    levels = {fact.case for fact in cell.facts if _LEVEL.fullmatch(fact.case)}
    other = [level for level in _LEVEL.findall(enquiry.question.text) if levels and level not in levels]
    if other:
        return f"没有写明{'、'.join(dict.fromkeys(other))}的。"
    lacks = missing(text, facts)
    return f"没有写明具体{'、'.join(lacks)}。" if lacks else ""


def _tell_runners_up(enquiry: Enquiry, cells: Sequence[Cell], units: Sequence[Unit], told: Told) -> None:
    """Tell what came close to the best point too, so that a near miss still carries the answer."""
    near, silent = runners_up(cells, units)
    room = ROOM - sum(map(len, told.parts))
    is_one_case = any(fact.case for fact in told.facts)
    near = [fact for fact in near if fact not in told.facts and not (fact.case and is_one_case)]
    near = [fact for at, fact in enumerate(near) if sum(len(one.says) for one in near[: at + 1]) <= room]
    if near:
        told.parts.append("另外：" + "；".join(sentence(fact, enquiry.today) for fact in near) + "。")
        told.facts = (*told.facts, *near)
        told.status = Status.PARTIAL if told.status is Status.NOT_STATED else told.status
    if silent and told.status is Status.ANSWERED:
        name, says = enquiry.library.lexicon.aspects[silent[0].aspect].name, silent[0].says.rstrip("。")
        told.add(f"“{name}”没有写明{'：' + says if says and len(says) < LONGEST_ASIDE else ''}。")


def _draft(enquiry: Enquiry, cell: Cell) -> Draft:
    question = enquiry.question
    if cell.silence:
        return silence(cell.programme, cell.silence, enquiry.library.lexicon.aspects[cell.aspect].name, enquiry.today)
    cases = asked_cases(question.text, cell.facts)
    facts = choose(cell, cases, _items(enquiry, cell))
    text = join(facts, enquiry.today)
    items = {fact.item for fact in cell.facts if fact.item}
    if _HOW_MANY.search(question.text) and len(items) >= 3 and not cases:
        text = f"共{len(items)}条。" + (text if text.startswith("\n") else "\n" + text)
    return Draft(text, tuple(fact.citation for fact in facts), Status.ANSWERED, facts)


def _items(enquiry: Enquiry, cell: Cell) -> tuple[int, ...]:
    """The items of a list that are asked for: 第六条; after or before the ones just told (然后呢, 前一步)."""
    question = enquiry.question
    if question.clause and question.clause.labels[0].startswith("第"):
        return (question.clause.article,)
    if hit := re.search(r"第\s*([一二三四五六七八九十\d]+)\s*[步项个点]", question.matches.text):
        return (int(number(hit[1])),)
    told = {fact.item for fact in cell.facts if fact.id in enquiry.memory.facts and fact.item}
    if not told or (not enquiry.is_elliptic and not question.says(enquiry.library.lexicon, "more")):
        return ()
    if re.search(r"前头|前面|前一|上一|之前", question.text):
        return (min(told) - 1,)
    if _AFTER.search(question.text) and max(told) < max(fact.item for fact in cell.facts):
        return tuple(range(max(told) + 1, max(fact.item for fact in cell.facts) + 1))
    return ()


def _lead(question: Question, cell: Cell, facts: Sequence[Fact]) -> str:
    """Yes or no first: by the facts that were asked for, else by a plain word of another fact told."""
    ruling = rule(question, cell.strong, cell.facts)
    if ruling is not Ruling.OPEN:
        return opening(question, ruling, cell.strong)
    ruling = rule(question, facts, (), PLAIN_WORD)
    return opening(question, ruling, facts) if ruling is Ruling.FAILS else ""


def _is_sure(enquiry: Enquiry, units: Sequence[Unit]) -> bool:
    """Whether the best unit speaks of the whole matter of the question, or is asked for in much these words."""
    top = units[0]
    asked = enquiry.hits.by_asks.get(top.fact) if top.fact else None
    left = (enquiry.content & ~top.places).bit_count()
    return left <= 2 or (asked is not None and asked.weight >= ASKED_SURE and left <= 4)


def _named_field(text: str, told: str) -> tuple[tuple[str, ...], ...]:
    """经济效益那格: the form field that a question names, where no such field is told of."""
    hit = re.search(r"([\u4e00-\u9fff]{2,4})[”’」]?(?:那|这)一?个?[格栏]", text)
    return ((hit[1],),) if hit and not any(hit[1][at : at + 2] in told for at in range(len(hit[1]) - 1)) else ()


def _probed(enquiry: Enquiry, programme: Programme, cells: Sequence[Cell]) -> Answer | None:
    """A specific thing asked after that the document never names: say so, and what stands nearest."""
    if not cells or cells[0].silence:
        return None
    is_form = "@form" in enquiry.question.found or "@field" in enquiry.question.found
    told = "".join(
        fact.says + "".join(fact.words)
        for fact in programme.facts
        if is_form or enquiry.library.lexicon.aspects[fact.aspects[0]].topic != "form"
    )
    for group in (*_named_field(enquiry.question.matches.text, told), *enquiry.question.probes):
        word = next(one for one in group if one in enquiry.question.matches.text)
        if not any(one in told for one in group):
            facts = choose(cells[0], (), (), 120)[:2]
            text = (
                f"{programme.name}的{programme.kind}没有写到“{word}”。相关的规定是："
                + "；".join(fact.says for fact in facts)
                + "。"
            )
            is_all = enquiry.question.is_yes_no and "，" not in enquiry.question.text
            status = Status.NOT_STATED if is_all else Status.PARTIAL
            citations = tuple(dict.fromkeys(fact.citation for fact in facts))
            return finish(enquiry, text, status, citations, (programme.id,), [cells[0].aspect], facts)
    return None


def _next_steps(enquiry: Enquiry, programme: Programme) -> Answer | None:
    """然后呢, 看完过了呢, 前一步是啥: the steps after or before the one just told."""
    if not enquiry.is_elliptic or "procedure" not in {
        one for fact in programme.facts if fact.id in enquiry.memory.facts for one in fact.aspects
    }:
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
    return finish(
        enquiry,
        f"{programme.name}：{join(facts, enquiry.today)}",
        Status.ANSWERED,
        citations,
        (programme.id,),
        ["procedure"],
        facts,
    )


def _nearest(enquiry: Enquiry, programme: Programme) -> Answer | None:
    """Not sure of the point: the nearest facts, offered as such; in an elliptic turn those just told."""
    hits = enquiry.hits
    ranked = sorted(programme.facts, key=hits.weight, reverse=True)[:2]
    if not ranked or hits.weight(ranked[0]) < NEAR:
        return None
    facts = tuple(fact for fact in ranked if hits.weight(fact) >= 0.7 * hits.weight(ranked[0]))
    text = (
        f"{programme.name}的{programme.kind}里没有查到完全对应的规定，最接近的是："
        + "；".join(fact.says for fact in facts)
        + "。"
    )
    citations = tuple(dict.fromkeys(fact.citation for fact in facts))
    answer_ = finish(enquiry, text, Status.PARTIAL, citations, (programme.id,), [facts[0].aspects[0]], facts)
    return replace(answer_, is_doubtful=True)


def _not_found(enquiry: Enquiry, programme: Programme) -> Answer:
    question = enquiry.question
    memory = replace(enquiry.memory, programmes=(programme.id,), recent=enquiry.memory.seen((programme.id,)))
    light = enquiry.library.lexicon.light
    said = [word for word in question.found if word.removeprefix("@") not in light and word != "@studio"]
    if not said and not question.unknown:
        return Answer(talk.about(programme), Status.CLARIFY, (), talk.examples_for(programme), memory)
    return Answer(
        talk.not_found(programme), Status.NOT_STATED, (), talk.examples_for(programme), memory, is_doubtful=True
    )
