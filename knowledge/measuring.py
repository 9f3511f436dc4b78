"""My case: what the asker lacks by his own words, and his figures against their thresholds."""

import re
from collections.abc import Sequence

from knowledge.library import Fact, Programme
from knowledge.quantities import Quantity
from knowledge.timing import Reckoning
from knowledge.understanding import Question
from knowledge.vocabulary import Modality

_CLAIM = re.compile(r"(?:要求|需要|必须|规定|至少要|起码要|得有|要有|就是要|要|得)(?:有|够|达到)?\s*$")
_SOFT = {Modality.IN_PRINCIPLE: "原则上", Modality.GENERALLY: "一般", Modality.MAY: "鼓励"}
_THRESHOLDS = {
    "people": (
        "people_at_least",
        "人",
        frozenset({"team-size", "team-makeup", "conditions", "standards", "applicants", "leader", "site", "site-area"}),
    ),
    "area": (
        "area_at_least",
        "平方米",
        frozenset({"site", "site-area", "site-borrow", "conditions", "standards", "team-size", "applicants"}),
    ),
    "characters": (
        "characters_at_least",
        "字",
        frozenset({"form-words", "form", "form-rules", "form-fields", "materials"}),
    ),
}
_CONDITION_NOUNS = ("成果", "制度", "经费", "场所", "场地", "设备", "团队", "课题", "项目", "领衔", "目标")


def own_case(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """The asker's own case: what it lacks by its own words, then its figures against their thresholds."""
    lacked, measured = lacks(question, programme), thresholds(question, programme, aspects)
    if lacked and measured:
        return Reckoning(lacked.says + measured.says, (*lacked.facts, *measured.facts))
    return lacked or measured


def lacks(question: Question, programme: Programme) -> Reckoning | None:
    """成果一项也拿不出，七有齐了吗: the conditions that the asker says are not met."""
    if not re.search(r"齐了|齐吗|算齐|够不够|够吗|够格|够得上|达标|符合|满足|行不行|行吗|能报|合格吗", question.text):
        return None
    facts = [fact for fact in programme.facts_on("conditions") if fact.item and fact.is_essential]
    missed: dict[str, Fact] = {}
    for noun in _CONDITION_NOUNS:
        if re.search(rf"{noun}[^，。；]{{0,5}}(?:拿不出|没有|没出|没立|没建|还没|都没|也没|缺|为零)", question.text):
            fact = min((one for one in facts if noun in one.says), key=lambda one: one.says.index(noun), default=None)
            if fact:
                missed.setdefault(noun, fact)
    if not missed:
        return None
    return Reckoning(f"还不齐，缺{'、'.join(missed)}。", tuple(dict.fromkeys(missed.values())))


def thresholds(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """People, square metres, characters against their thresholds; soft words stay soft."""
    says: list[str] = []
    used: list[Fact] = []
    for figure in _summed(question):
        name, unit, wanted = _THRESHOLDS.get(figure.kind, ("", "", frozenset()))
        fact = next((one for one in programme.facts if name and getattr(one.values, name)), None)
        if figure.kind == "people" and figure.value == 1 and not re.search(r"就|只|光杆|独", question.text):
            continue
        if not fact or _is_claim(question, figure) or (aspects and not wanted & set(aspects[:4])):
            continue
        says.append(_measure(figure, getattr(fact.values, name), unit, fact.modality))
        used.append(fact)
    return Reckoning("；".join(says) + "。", tuple(dict.fromkeys(used))) if says else None


def _summed(question: Question) -> list[Quantity]:
    """The figures to measure: of people the total that is named, else the parts added up, else none.

    一个高级技师带一个徒弟，就俩人 is two; 一位技师，底下还有四个师傅 is five.
    """
    people = [one for one in question.quantities if one.kind == "people"]
    rest = [one for one in question.quantities if one.kind != "people"]
    if len(people) < 2:
        return [*people, *rest]
    text = question.matches.text
    totals = [one for one in people if re.search(r"(?:就|才|只有|共|总共|加起来|合起来|统共)\s*$", text[: one.start])]
    if totals:
        return [totals[-1], *rest]
    if re.search(r"还有|另外|再加|底下|外加|加上", text):
        return [Quantity("people", sum(one.value for one in people), people[0].start, people[-1].end), *rest]
    return rest


def _is_claim(question: Question, figure: Quantity) -> bool:
    """要求20平对吧 is a claim about the rule; 我们就20平 is the asker's case."""
    before = question.matches.text[: figure.start]
    if re.search(r"我们|我厂|俺|咱|我这|我就", before):
        return False
    return bool(_CLAIM.search(before)) or bool(
        re.search(r"(?:对吧|是吧|没错吧|对不对|没记错|是不是)[?？。]?$", question.text)
    )


def _measure(figure: Quantity, need: int, unit: str, modality: Modality) -> str:
    soft, mine = _SOFT.get(modality, ""), f"{figure.value:g}{unit}"
    least = "不少于"
    if figure.value >= need:
        return f"{mine}够了（{soft or '要求'}{least}{need}{unit}）"
    if soft:
        gap = f"{mine}还不到{need}{unit}，低于“{soft}不少于{need}{unit}”"
        return f"{gap}；这是{soft}的要求，不等于一定不行，可说明理由，由评审定"
    return f"{mine}不够，要求{least}{need}{unit}，还差{need - figure.value:g}{unit}"
