"""What a yes-no question or a false assumption claims, held against the facts."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum

from knowledge.finding import cue_score
from knowledge.library import Fact, Values
from knowledge.quantities import KIND_VALUES, Quantity
from knowledge.understanding import Question
from knowledge.vocabulary import Modality

SURE_CLAIM = 2.0  # what a claim's words must weigh to be confirmed
LEAST_CLAIM = 1.0  # what a claim's words must weigh to be taken up
_EVERY_YEAR = re.compile(r"每年|一年一|年年|每一年|(?<!哪)一年(?:命名|评|选|一次|给|搞|办|开)")
_EVERY = re.compile(
    r"每隔?\s*([二两三四五六七八九十]|\d+)\s*年|([二两三四五六七八九十]|\d+)\s*年(?:一|评|命名|选|搞|办|一次|才)"
)
_SOFT = {Modality.IN_PRINCIPLE: "原则上", Modality.GENERALLY: "一般"}


class Ruling(Enum):
    """How a claim fares before the documents."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


def rule(question: Question, facts: Iterable[Fact], around: Iterable[Fact] = (), least: float = LEAST_CLAIM) -> Ruling:
    """Whether what the question assumes holds by these facts.

    Figures are held against the typed values; words against the claims a fact confirms or contradicts.

    Args:
        question: the question with what it assumes.
        facts: the facts that were asked for.
        around: the others on the same point; their figures count too.
        least: what the words of a claim must weigh; to confirm takes more (`SURE_CLAIM`).
    """
    facts = tuple(fact for fact in facts if not (fact.values.until and fact.values.until >= question.today))
    figures = _figures(question, (*facts, *around))
    if figures is Ruling.FAILS:
        return Ruling.FAILS
    confirmed = _heaviest(question, (cue for fact in facts for cue in fact.yes), least)
    denied = _heaviest(question, (cue for fact in facts for cue in fact.no), least)
    if confirmed and _STRICT.search(question.text) and any(fact.modality in _SOFT for fact in facts):
        return Ruling.FAILS
    if denied and _STRICT.search(question.text):
        return Ruling.FAILS
    if denied > confirmed:
        is_mixed = question.is_negative and not question.has_person_name and not _STRICT.search(question.text)
        return Ruling.OPEN if is_mixed else Ruling.FAILS
    if (
        _GIVES_UP.search(question.text)
        and confirmed >= SURE_CLAIM
        and not _NEGATED.search(_confirming(question, facts))
    ):
        return Ruling.FAILS
    if any(fact.values.until for fact in facts) or _DENIED.search(_ASKED_BOTH_WAYS.sub("", question.text)):
        return Ruling.OPEN
    if _STRICT.search(question.text) or question.is_negative != (confirmed > 0 and question.is_negative):
        return Ruling.OPEN
    if not denied and (confirmed >= SURE_CLAIM or figures is Ruling.HOLDS):
        return Ruling.HOLDS
    return Ruling.OPEN


def _confirming(question: Question, facts: Iterable[Fact]) -> str:
    """The heaviest claim of these facts that the question's words fill."""
    cues = [cue for fact in facts for cue in fact.yes]
    return max(cues, key=lambda cue: cue_score(cue, question.found).weight, default="")


def _heaviest(question: Question, cues: Iterable[str], least: float) -> float:
    """The heaviest claim that the question makes, light ones left out; 要不要 does not claim 不要."""
    found: Mapping[str, tuple[float, int]] = question.found
    for either in _EITHER.finditer(question.matches.text):
        inside = ((1 << (either.end() - either.start())) - 1) << either.start()
        found = {word: at for word, at in found.items() if at[1] & ~inside or not word.startswith("不")}
    weight = max((cue_score(cue, found).weight for cue in cues), default=0.0)
    return weight if weight >= least else 0.0


def _figures(question: Question, facts: tuple[Fact, ...]) -> Ruling:
    is_mine = bool(_MINE.search(question.text))
    rulings = [
        _figure(figure, facts)
        for figure in question.quantities
        if not (is_mine and figure.kind in ("people", "area", "characters"))
    ]
    rulings += _intervals(question.text, facts)
    if Ruling.FAILS in rulings:
        return Ruling.FAILS
    return Ruling.HOLDS if rulings and Ruling.OPEN not in rulings else Ruling.OPEN


def _figure(figure: Quantity, facts: tuple[Fact, ...]) -> Ruling:
    stated = {value for fact in facts for value in _stated(fact.values, figure.kind)}
    if not stated:
        return Ruling.OPEN
    return Ruling.HOLDS if figure.value in stated else Ruling.FAILS


def _stated(values: Values, kind: str) -> list[int]:
    return [value for name in KIND_VALUES.get(kind, ()) if (value := getattr(values, name)) is not None]


def _intervals(text: str, facts: tuple[Fact, ...]) -> list[Ruling]:
    stated = {fact.values.every_years for fact in facts if fact.values.every_years}
    if not stated:
        return []
    claimed = {1} if _EVERY_YEAR.search(text) else set()
    return [Ruling.HOLDS if claimed <= stated else Ruling.FAILS] if claimed else []


_MINE = re.compile(r"我们|我厂|俺|咱|我这|本单位|手底下|底下还有")  # the asker's own figures are measured, not claimed
_GIVES_UP = re.compile(
    r"(?:不了|不能[^，。]{0,6}|不行|没资格|没戏|不可以|没门)了?(?:吧|对吧|是吧|对不对|吗|么)?[?？。]*$"
)
_EITHER = re.compile(r"(.)不\1")
_ASKED_BOTH_WAYS = re.compile(r"(.)不\1|是不是|有没有|没错|没记错|对不对|[不没][?？。！!]*$")
_DENIED = re.compile(r"[不没无未]")  # beside such a word no yes is ventured
_NEGATED = re.compile(r"不|没|无|免")  # a claim that is itself a no
_STRICT = re.compile(r"一律|只能|只有|必须|非得|一定|就够|就行了|都不用|不用|随便|自动|永远|终身|全部|都要")
_ABLE = re.compile(r"能|可以|许|准|批|行不|行吗|行吧|就行|得了|成不|中不|够|算")
_WILL = re.compile(r"(?<![委工协大年总开])会(?![员议费])")
_MUST = re.compile(r"非得|非要|必须|一定|都得|也得|得是|硬性|只能|只有|一律|要不要|用不用|需要|得有|要")
_HAVE = re.compile(r"有没有|有[^，。]{0,12}[吗么没不]|设了|提到|写了|说没说|规定了")


def opening(question: Question, ruling: Ruling, facts: Iterable[Fact] = ()) -> str:
    """The first words of an answer to a yes-no question (可以, 不能, 是, 不是).

    Args:
        question: the question; its own verb decides the word.
        ruling: how its claim fares.
        facts: what the ruling rests on; a soft word (原则上、一般) never turns into a flat no.
    """
    text = question.text
    if ruling is Ruling.OPEN or question.is_correction:
        return ""
    if ruling is Ruling.FAILS:
        return _denial(question, text, tuple(facts))
    if question.is_negative:
        return "对。"
    if _ABLE.search(text):
        return "可以。"
    if _WILL.search(text):
        return "会。"
    if _HAVE.search(text):
        return "有。"
    return "要。" if re.search(r"要不要|用不用|需不需要", text) else "是。"


def _denial(question: Question, text: str, facts: tuple[Fact, ...]) -> str:
    """The no that fits: a soft rule gives 不一定, a strict claim 不一定要, what is not allowed 不能."""
    soft = next((fact.modality for fact in facts if fact.modality in _SOFT), None)
    is_strict = bool(re.search(r"非得|非要|必须|一定|都得|也得|得是|硬性|一律|只能|只有", text))
    if soft and not is_strict and _ABLE.search(text) and all(fact.modality in _SOFT for fact in facts):
        return f"按“{_SOFT[soft]}”的要求还不够，但不等于一定不行，可说明理由。"
    if re.search(r"只有|只能|一律", text):
        return "不一定。" if soft else "不是，没有这样要求。"
    if soft or is_strict:
        return "不一定。" if soft else "不一定要。"
    if "@fee" in question.found:
        return "不用。"
    if _ABLE.search(text):
        return "不能。"
    return "不会。" if _WILL.search(text) else "不是。"
