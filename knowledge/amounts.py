"""My figures: quotas, sums of grants, copies, totals, worked out from the typed values."""

import re
from collections.abc import Sequence

from knowledge.library import Fact, Programme
from knowledge.quantities import NUMBER, number
from knowledge.rules import quota_total
from knowledge.timing import Reckoning
from knowledge.understanding import Question
from knowledge.vocabulary import Modality

_TOGETHER = re.compile(
    r"一共|满打满算|算上|拢共|总共|合计|加在一块|全加|得拨|加起来|加上|总计|合起来|拢共|加一块|加在一起|统共|总数|总额|两笔|都算上|全算上|一起|共(?!产|同|用|享|青|建)|加"
)
_YEAR_ON_YEAR = re.compile(r"都评|全评|都拿|年年|连着|连续|连拿|连评|拿.?年|加起来|一共|总共")
FURTHER = re.compile(r"再加|再来|再添|另加|外加|再算上")  # one more case, added to those before
_MORE = re.compile(r"多几|少几|差几|多多少|差多少|少多少|多出|增加几")


def asked_cases(text: str, facts: Sequence[Fact]) -> list[str]:
    """The cases (国家级, 大会员单位) of these facts that a text names, in the order they stand."""
    found: list[tuple[int, str]] = []
    for case in sorted({fact.case for fact in facts if fact.case}, key=len, reverse=True):
        for form in case_forms(case):
            at = text.find(form)
            if at >= 0:
                found.append((at, case))
                text = text.replace(form, "■" * len(form))
                break
    return [case for _, case in sorted(found)]


def case_forms(case: str) -> tuple[str, ...]:
    """How people shorten a case: 大会员单位 -> 大会员."""
    stem = case.removesuffix("单位")
    return (case, stem) if stem != case else (case,)


def quota_sum(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """2家常务理事、1家理事、3家小会员 -> 16个; from one grade to another -> the difference (tcwta 三)."""
    facts = [fact for fact in programme.facts_on("quota") if fact.case and fact.values.count]
    if not facts:
        return None
    quota = {fact.case: fact.values.count or 0 for fact in facts}
    units, text = _counted(question.text, sorted(quota, key=len, reverse=True))
    named = asked_cases(text, facts)
    used = tuple(fact for fact in facts if fact.case in units or fact.case in named)
    if len(named) == 2 and not units and _MORE.search(question.text):
        low, high = sorted(named, key=quota.__getitem__)
        gap = quota[high] - quota[low]
        return Reckoning(
            f"差{gap}个：{high}{quota[high]}个，{low}{quota[low]}个，{quota[high]}－{quota[low]}＝{gap}。", used
        )
    if len(named) == 1 and not units and re.search(r"还剩|剩|还能|还有|还可以", question.text):
        done = next((int(one.value) for one in question.quantities if one.kind == "count"), 0)
        if 0 < done <= quota[named[0]]:
            return Reckoning(f"还剩{quota[named[0]] - done}个：{named[0]}{quota[named[0]]}个，已报{done}个。", used)
    if units or (len(named) >= 2 and _TOGETHER.search(question.text)):
        units.update({case: 1 for case in named if case not in units})
        if len(units) == 1 and set(units.values()) == {1}:
            return None
        total = quota_total(units, quota)
        parts = "＋".join(
            f"{units[fact.case]}家{fact.case}×{quota[fact.case]}" for fact in reversed(facts) if fact.case in units
        )
        reported = re.search(rf"已经?(?:报|建|用|申报|推荐)(?:上去|出去|掉|了|过)*\s*({NUMBER})\s*个", question.text)
        if reported and re.search(r"剩|还能|还可以", question.text) and (sent := int(number(reported[1]))) <= total:
            return Reckoning(f"还剩{total - sent}个：{parts}＝{total}，已报{sent}个。", used)
        transfer = tuple(programme.facts_on("quota-transfer")[:1]) if "quota-transfer" in aspects else ()
        return Reckoning(f"一共{total}个名额：{parts}＝{total}。", (*used, *transfer))
    return None


def _counted(text: str, cases: Sequence[str]) -> tuple[dict[str, int], str]:
    """Cases with a number before or behind them, added up where more is added, and the text without them."""
    units: dict[str, int] = {}
    is_added = FURTHER.search(text)
    for case in cases:
        for form in case_forms(case):
            pattern = (
                rf"({NUMBER})\s*(?:个|家)?\s*(?:是)?\s*{form}|{form}(?:单位)?\s*(?:有|是)?\s*({NUMBER})\s*(?:个|家)"
            )
            for hit in list(re.finditer(pattern, text))[: None if is_added else 1]:
                units[case] = units.get(case, 0) + int(number(hit[1] or hit[2]))
                text = text.replace(hit[0], "■", 1)
            if case in units and not is_added:
                break
    return units, text


def grant_sum(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """国家级加县级加优秀奖 -> at least 5万元 (jiaozuo 第二十条, 第二十四条)."""
    grants = [fact for fact in programme.facts if fact.values.yuan or fact.values.yuan_at_least]
    cased = [fact for fact in grants if fact.case]
    counted, _ = _counted(question.text, [fact.case for fact in cased])
    is_sum = _TOGETHER.search(question.text) or (len(counted) > 1 and not re.search(r"哪", question.text))
    if not grants or not is_sum:
        return None
    named = asked_cases(question.text, cased)
    rows = [(fact, _times(question.text, fact.case)) for fact in cased if fact.case in named and fact.values.yuan]
    if re.search(
        r"县级|县里|县总|县工会|县市区|县给|区里|区总|区工会|产业工会|配套|所属|下级|两级|地方工会", question.text
    ):
        rows += [
            (fact, 1) for fact in grants if "grant-local" in fact.aspects and not any(fact is one for one, _ in rows)
        ][:1]
    if re.search(r"优秀|评优", question.text):
        rows += [(fact, 1) for fact in grants if "studio-awards" in fact.aspects and fact.values.yuan_at_least][:1]
    if len(rows) < 2 and not any(times > 1 for _, times in rows):
        return None
    studios = re.search(rf"({NUMBER})\s*(?:个|家|间)?\s*(?:创新)?工作室", question.text)
    each = int(number(studios[1])) if studios and all(times == 1 for _, times in rows) else 1
    rows = [(fact, times * each) for fact, times in rows]
    total = sum((fact.values.yuan or fact.values.yuan_at_least or 0) * times for fact, times in rows)
    is_floor = any(fact.values.yuan is None for fact, _ in rows)
    parts = "＋".join(_part(fact, times) for fact, times in rows)
    return Reckoning(f"合计{'不少于' if is_floor else ''}{money(total)}：{parts}。", tuple(fact for fact, _ in rows))


def _part(fact: Fact, times: int) -> str:
    sum_ = money(fact.values.yuan) if fact.values.yuan else f"不少于{money(fact.values.yuan_at_least or 0)}"
    soft = "（原则上）" if fact.modality is Modality.IN_PRINCIPLE else ""
    name = fact.case or ("县市区（产业）工会" if "grant-local" in fact.aspects else "优秀工作室奖金")
    return f"{name}{sum_}{soft}" + (f"×{times}" if times > 1 else "")


def _times(text: str, case: str) -> int:
    hit = re.search(
        rf"({NUMBER})\s*(?:个|家)\s*(?:是)?{case}|([俩仨]){case}|{case}(?:的)?(?:评上|有|命名|拿下|了)*\s*({NUMBER})\s*(?:个|家)",
        text,
    )
    return int(number(hit[1] or hit[2] or hit[3])) if hit else 1


def money(yuan: int) -> str:
    """Yuan as people write them: 3万元, 5000元."""
    return f"{yuan / 10_000:g}万元" if yuan >= 10_000 else f"{yuan}元"


def several(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """Several studios or years at one figure each: 3个 × 5万元, 3个 × 2份, 三年 × 1万元."""
    studios = _studios(question, programme)
    if studios:
        return _copies_of(studios, question, programme, aspects) or _grants_of(studios, question, programme)
    return _awards_of_years(question, programme, aspects)


def _studios(question: Question, programme: Programme) -> int:
    """How many studios the question speaks of; those of a whole year where it says so."""
    said = next((int(one.value) for one in question.quantities if one.kind == "count" and one.value > 1), 0)
    if not said and re.search(r"一年.{0,6}命名|每年.{0,6}命名|命名满|全年命名", question.text):
        said = next((one.values.count for one in programme.facts_on("naming-number") if one.values.count), 0)
    return said


def _copies_of(studios: int, question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    copies = next((fact for fact in programme.facts_on("copies") if fact.values.copies), None)
    is_asked = aspects[:1] and aspects[0] in ("copies", "binding", "materials", "form")
    if not copies or not is_asked or not re.search(r"几|多少", question.text):
        return None
    each = copies.values.copies or 1
    return Reckoning(f"{studios}个各一式{each}份，共{studios * each}份。", (copies,))


def _grants_of(studios: int, question: Question, programme: Programme) -> Reckoning | None:
    if not any(word in question.found for word in ("@money", "@grant", "@how-much")):
        return None
    if not (_TOGETHER.search(question.text) or re.search(r"多少|几万", question.text)):
        return None
    paid = [fact for fact in programme.facts_on("grant-amount") if fact.values.yuan]
    named = asked_cases(question.text, paid)
    chosen = [fact for fact in paid if (fact.case in named if named else not fact.case)]
    if len(chosen) != 1:
        return None
    each = chosen[0].values.yuan or 0
    return Reckoning(f"{studios}个×{chosen[0].case}{money(each)}＝{money(studios * each)}。", tuple(chosen))


def _awards_of_years(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    facts = [fact for aspect in aspects[:3] for fact in programme.facts_on(aspect)]
    award = next((fact for fact in facts if fact.values.yuan_at_least and "studio-awards" in fact.aspects), None)
    years = next((int(one.value) for one in question.quantities if one.kind == "years" and one.value > 1), 0)
    if not years or not award or not _YEAR_ON_YEAR.search(question.text):
        return None
    each = award.values.yuan_at_least or 0
    return Reckoning(f"每年不低于{money(each)}，{years}年都评上就是不低于{money(years * each)}。", (award,))


def pace(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """A total at so many a year: 30个 at 10个 a year takes 3 years (cccc 二, 五（五）)."""
    if not re.search(r"几年|多久|多少年", question.text) or not re.search(
        r"凑齐|攒到|攒够|完成|命名完|达到|够数|评完|齐", question.text
    ):
        return None
    total = next((fact for fact in programme.facts_on("target") if fact.values.count), None)
    yearly = next(
        (fact for fact in programme.facts_on("naming-number") if fact.values.count and fact.values.every_years), None
    )
    if not total or not yearly:
        return None
    goal, each = total.values.count or 0, (yearly.values.count or 1) / (yearly.values.every_years or 1)
    return Reckoning(f"{goal}个÷每年{each:g}个＝{-(-goal // each):g}年。", (total, yearly))


def plaque_area(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """The area of a plaque of the given size (jiaozuo 第十三条: 60 cm × 40 cm)."""
    fact = next((one for one in programme.facts if one.values.size_cm), None)
    if (
        not fact
        or not fact.values.size_cm
        or aspects[:1] != ["plaque-size"]
        or not re.search(r"面积|平方厘米|多少平", question.text)
    ):
        return None
    wide, high = fact.values.size_cm
    return Reckoning(f"{wide}×{high}＝{wide * high}平方厘米。", (fact,))


def to_go(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """How far a number named so far is from the target (changchun 二: 500)."""
    fact = next((one for one in programme.facts_on("target") if one.values.count or one.values.count_at_least), None)
    if (
        not fact
        or not re.search(r"差|还缺|还要|还剩|完成了?百分|还得", question.text)
        or not {"target", "target-progress", "naming-number"} & set(aspects[:4])
    ):
        return None
    goal = fact.values.count or fact.values.count_at_least or 0
    done = next((int(one.value) for one in question.quantities if one.kind == "count" and one.value != goal), 0)
    if not 0 < done < goal:
        return None
    least, left = "不少于" if fact.values.count_at_least else "", goal - done
    return Reckoning(f"还差{left}个：目标{least}{goal}个，已命名{done}个，{goal}－{done}＝{left}。", (fact,))
