"""The talk so far: an elliptic turn is filled from the question before it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from knowledge.amounts import FURTHER
from knowledge.finding import Finder, Hits, Score
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.likeness import Like
from knowledge.memory import Memory
from knowledge.originals import Originals
from knowledge.understanding import GAP, Manner, Question, understand

KEPT = 0.5  # weight of a word carried over from the turn before
SAME_FACT, SAME_CLAUSE = 0.55, 0.3  # what a fact just told, and its neighbours in the clause, gain in an elliptic turn
OWN_POINT = 0.95  # from here on a turn says by itself what it is about
NEAR_BEST = 0.5  # of its best aspect, from where on another may be meant as well
ELLIPTIC = 1.25  # below this a turn does not stand on its own
_BACK = re.compile(
    r"^(?:那|要是|如果|也|它|他们|这|还|要|又|再|然后|会上|里面|其中)|呢[，,?？。]|呢$|这个|那个|它|刚才|上面|前头|后头"
)
_ONLY_A_FIGURE = re.compile(
    r"(?:那|要是|如果|假如|换成|改成|只有|有|是|中了?|评上?|报|拿|命名|的话|呢|吗|嘛|的|又|[，,?？。！ ])*"
)
# a total or a first year of what was told before: the reckoning needs both turns
_TOTAL = re.compile(r"(?:一共|总共|合计|加起来|拢共)(?:是|有|能拿|拿|能得|得)?(?:多少|几万?)[钱元块]?[呢啊呀?？。]*$")
_FIRST_YEAR = re.compile(r"(?:最早|最快|最晚)[^，,]{0,4}(?:哪年|哪一年|几几年|什么时候)")
# the point is closed, a new one begins
_MOVES_ON = re.compile(r"^(?:知道了|好的|好嘞|明白了?|了解了?|收到|行吧|嗯嗯?|哦|谢谢)[，。,！! ]")
_OURS = re.compile(
    r"创新工作室|工作室|创新|职工|技师|技术|劳模|工匠|人才|的|总工会|市总|工会|办法|文件|意见|通知|集团|公司|项目|情况|规定|怎么样|如何|市|单位"
)


@dataclass(frozen=True)
class Enquiry:
    """One message with all that is needed to answer it; `found` holds carried words too."""

    question: Question
    memory: Memory
    library: Library
    finder: Finder
    today: date
    found: Mapping[str, tuple[float, int]]
    scores: Mapping[str, Score]
    hits: Hits
    content: int
    likes: Mapping[str, Like]
    originals: Originals
    is_elliptic: bool = False


def enquire(
    question: Question, memory: Memory, library: Library, finder: Finder, today: date, originals: Originals
) -> Enquiry:
    """Look the question's words up, the talk before it left aside."""
    likes = finder.likes(question.matches, question.named or memory.programmes)
    scores = finder.aspects(question.found, likes)
    hits = finder.hits(question.matches, question.matches.text, likes, question.quantities)
    return Enquiry(
        question,
        memory,
        library,
        finder,
        today,
        question.found,
        scores,
        hits,
        finder.content(question.found),
        likes,
        originals,
    )


def in_context(enquiry: Enquiry) -> Enquiry:
    """Fill an elliptic turn: the old question anew with the new programme or case, or old words carried along."""
    question, memory = enquiry.question, enquiry.memory
    if not memory.text or question.elsewhere:
        return enquiry
    if _MOVES_ON.search(question.text) and enquiry.content and not _BACK.search(question.matches.text):
        return enquiry
    if is_bare(enquiry):
        again = understand(_substituted(enquiry), enquiry.library, enquiry.today)
        named = question.named
        if not named and question.says(enquiry.library.lexicon, "more-of-these"):
            named = memory.recent[-3:] if "三" in question.text else memory.recent[-2:]
        if len(named) == 1 and memory.programmes and is_against(question) and memory.programmes[-1] not in named:
            named = (memory.programmes[-1], *named)
        again = replace(
            again, named=named, refused=question.refused, manner=_manner(replace(question, named=named), again)
        )
        return replace(
            enquire(again, memory, enquiry.library, enquiry.finder, enquiry.today, enquiry.originals), is_elliptic=False
        )
    weight = max(_best(enquiry.scores), _best(enquiry.hits.by_words), _best(enquiry.hits.by_asks))
    if weight >= ELLIPTIC and not (_BACK.search(question.matches.text) and weight < 2.2):
        return enquiry
    return _carried(enquiry)


def _best(scores: Mapping[Any, Score]) -> float:
    return max((score.weight for score in scores.values()), default=0.0)


def _carried(enquiry: Enquiry) -> Enquiry:
    """The question with the content words of the one before it, at half their weight, and its facts at hand."""
    question, memory = enquiry.question, enquiry.memory
    old = understand(memory.text, enquiry.library, enquiry.today)
    light = enquiry.library.lexicon.light
    found = dict(question.found)
    place = len(question.text) + 1
    for word, (weight, _) in old.found.items():
        if word.removeprefix("@") not in light and word not in found:
            found[word] = (weight * KEPT, 1 << place)
            place += 1
    told = set(memory.facts)
    clauses = {clause for _, clause in memory.cited}
    slugs = question.named or memory.programmes
    has_point = max(_best(enquiry.scores), _best(enquiry.hits.by_words)) >= OWN_POINT
    extra = {fact: list(pieces) for fact, pieces in enquiry.hits.shared.items()}
    for slug in slugs:
        for fact in enquiry.library.programmes[slug].facts if slug in enquiry.library.programmes else ():
            is_same = not has_point or enquiry.hits.touches(fact)
            gain = (SAME_FACT if fact.id in told else SAME_CLAUSE if fact.clause in clauses else 0.0) * is_same
            if gain:
                extra.setdefault(fact, []).append(Score(gain, 0))
    hits = Hits(extra, enquiry.hits.by_words, enquiry.hits.by_asks)
    scores = _of_own_point(enquiry, enquiry.finder.aspects(found, enquiry.likes))
    return replace(enquiry, found=found, scores=scores, hits=hits, is_elliptic=True)


def _of_own_point(enquiry: Enquiry, scores: Mapping[str, Score]) -> Mapping[str, Score]:
    """The scores with carried words, where a turn with a point of its own (那牌匾呢) keeps to it."""
    best = _best(enquiry.scores)
    own = {aspect for aspect, score in enquiry.scores.items() if score.weight >= best * NEAR_BEST}
    if best < OWN_POINT:
        words = enquiry.hits.by_words
        best = _best(words)
        own = {aspect for fact, score in words.items() if score.weight >= best for aspect in fact.aspects}
    if best < OWN_POINT:
        return scores
    most = best * NEAR_BEST
    return {
        aspect: score if aspect in own or score.weight < most else replace(score, weight=most)
        for aspect, score in scores.items()
    }


def is_against(question: Question) -> bool:
    """Whether the one programme named is held against the one spoken of before (上海的跟它比一样不)."""
    return bool(
        re.search(
            r"(?:跟|和|与|比|同)(?:它|他们|那边|前面|刚才|上面|这个)|(?:它|他们|那边)(?:和|跟|比)|相比|一样[吗不么]",
            question.matches.text,
        )
    )


def _manner(question: Question, again: Question) -> Manner:
    if len(question.named) >= 2:
        return Manner.COMPARE
    if len(question.named) == 1:
        return Manner.PLAIN
    return question.manner if question.manner is not Manner.PLAIN else again.manner


def is_bare(enquiry: Enquiry) -> bool:
    """Whether a turn names only a programme, a case or a figure (那上海呢; 打错了，是大会员单位)."""
    question, lexicon = enquiry.question, enquiry.library.lexicon
    forms = enquiry.finder.case_forms
    if question.named and question.text.strip("第个家项号。. ").isnumeric():
        return True
    if _other_figure(enquiry) or _further_case(enquiry, forms) or _goes_on(enquiry):
        return True
    has_anchor = (
        bool(question.named)
        or any(form in question.text for form in forms)
        or (question.is_correction and bool(question.quantities))
        or any(question.says(lexicon, group) for group in ("everyone", "more-of-these"))
    )
    if not has_anchor:
        return False
    if any(place & ~_case_places(question, forms) for place in _matter(question, lexicon)):
        return False
    rest = question.matches.text
    for word in forms:
        rest = rest.replace(word, "")
    for group in ("everyone", "more-of-these", "correction", "refers", "negated", "fillers"):
        for word in sorted(lexicon.speech[group], key=len, reverse=True):
            if len(word) > 1:
                rest = rest.replace(word, "")
    rest = _OURS.sub("", rest)
    if question.is_correction:
        rest = re.sub(r"\d+|数漏|漏|加上|新来|算上", "", rest)
    return len([one for one in rest if one.isalnum() and one not in lexicon.fillers and one != GAP]) <= 1


def _other_figure(enquiry: Enquiry) -> str:
    """The old question with this turn's figure in its place, where the turn is nothing but that (2个呢; 要是60平呢)."""
    question = enquiry.question
    if len(question.quantities) != 1 or question.named:
        return ""
    new = question.quantities[0]
    rest = f"{question.text[: new.start]}{question.text[new.end :]}"
    if _ONLY_A_FIGURE.fullmatch(_OURS.sub("", rest)) is None:
        return ""
    old = enquiry.memory.text
    before = [one for one in understand(old, enquiry.library, enquiry.today).quantities if one.kind == new.kind]
    if len(before) != 1:
        return ""
    return f"{old[: before[0].start]}{question.text[new.start : new.end]}{old[before[0].end :]}"


def _further_case(enquiry: Enquiry, forms: Sequence[str]) -> bool:
    """Whether a turn adds a case to those the old question counted (再加一家大会员呢)."""
    text, old = enquiry.question.text, enquiry.memory.text
    return bool(FURTHER.match(text) and any(form in text for form in forms) and any(form in old for form in forms))


def _goes_on(enquiry: Enquiry) -> bool:
    """Whether a turn has a reckoning go on from the question before it (三年都评上，一共多少; 那最早哪年取消)."""
    question = enquiry.question
    if question.named:
        return False
    if _TOTAL.search(question.text):
        return bool(question.quantities)
    if question.moments or not _FIRST_YEAR.search(question.text):
        return False
    return bool(understand(enquiry.memory.text, enquiry.library, enquiry.today).moments)


def _matter(question: Question, lexicon: Lexicon) -> list[int]:
    """The places of each word that asks for something by itself (多少钱, 牌匾), programme and studio left aside."""
    light = lexicon.light
    spoken = {word for group in ("correction", "refers", "negated", "everyone") for word in lexicon.speech[group]}
    places = []
    for word, (weight, mask) in question.found.items():
        if not word.startswith("@") or word[1:] in light or word == "@studio" or weight < 1.0:
            continue
        text = "".join(one for at, one in enumerate(question.matches.text) if mask >> at & 1)
        if not _OURS.fullmatch(text) and not any(text in one or one in text for one in spoken):
            places.append(mask)
    return places


def _case_places(question: Question, forms: Sequence[str]) -> int:
    places = 0
    for form in forms:
        at = question.matches.text.find(form)
        if at >= 0:
            places |= ((1 << len(form)) - 1) << at
    return places


def _last_form(text: str, forms: Sequence[str]) -> str:
    """The case a text ends on, one that is turned away left out (也不是市级，我们评的省级)."""
    found = []
    for form in forms:
        at = text.rfind(form)
        if at >= 0 and not text[:at].endswith(("不是", "不问", "没问", "不算")):
            found.append((at + len(form), len(form), form))
            text = text.replace(form, "■" * len(form))
    return max(found)[2] if found else ""


def _substituted(enquiry: Enquiry) -> str:
    """The old question with the new case or figure in the place of the old one."""
    old, question = enquiry.memory.text, enquiry.question
    if same := re.search(r"一样|相同|不同|区别|一致", question.text):
        old = f"{old}，{same[0]}吗"
    if figure := _other_figure(enquiry):
        return figure
    forms = enquiry.finder.case_forms
    new = _last_form(question.text, forms)
    if _further_case(enquiry, forms) or _goes_on(enquiry):
        return f"{old}，{question.text}"
    if new:
        for form in forms:
            if form in old:
                return old.replace(form, new, 1)
        return f"{old}，{new}"
    if question.is_correction and question.quantities:
        before = understand(old, enquiry.library, enquiry.today).quantities
        if before:
            first = before[0]
            unit = {"people": "人", "area": "平米"}.get(first.kind, "个")
            return f"{old[: first.start]}{question.quantities[-1].value:g}{unit}{old[first.end :]}"
    return old
