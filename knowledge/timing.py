"""My years: terms, cycles, rounds and failed years, applied to the days a question names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.library import Fact, Programme
from knowledge.quantities import NUMBER, Moment, number
from knowledge.rules import add_years, longest_run, months_between
from knowledge.understanding import Question

NEXT = re.compile(
    r"往后|后两|后面|下(?:一)?[回次轮届期趟个]|再下|接下来|明年|错过|赶上|最晚|最迟|哪年|什么时候|啥时候|几几年|何时|来得及|哪天|几号|到期|截止|期限|过期|管到|哪一年"
)
LEFT = re.compile(
    r"还剩|还有(?:几|多少|多久|多长)|剩(?:多久|多少|几)|离.{0,14}(?:还|有|几|多)|距.{0,14}(?:还|有|几|多)|倒计时"
)
_UNTIL = re.compile(r"到|干到|排到|截至|为止|前")
_TIMES = re.compile(r"几[次回轮趟]|多少[次回轮]")
_BACKWARD = re.compile(r"倒推|反推|往前推|倒着推|往回推|推算.{0,4}(?:颁|发|命名)")
_PASSED = re.compile(r"合格|通过|达标|过了")
_FAILED = re.compile(
    r"不合格|[没未]合格|不达标|没达标|没过|[未没]通过|不过关|不及格|不行|又[没不]|再[没不]|都没|没有通过|没有合格|没考过|挂了"
)


@dataclass(frozen=True)
class Reckoning:
    """A computed sentence and the facts it was computed from."""

    says: str
    facts: tuple[Fact, ...]


def failed_run(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """Years failed in a row against the number that costs the name (changchun 五、5)."""
    fact = next((one for one in programme.facts if one.values.in_row), None)
    if not fact or not _FAILED.search(question.text):
        return None
    failed, need = failed_years(question, today), fact.values.in_row or 0
    if not failed:
        return None
    run, listed = longest_run(failed), "、".join(str(year) for year in sorted(failed))
    if run >= need:
        return Reckoning(f"会取消命名：{listed}年连续{run}年考核不合格，够上“连续{need}年不合格取消命名”。", (fact,))
    if re.search(r"最早|往下|接着|一直|哪年|继续|年年|起", question.text):
        first = max(year for year in failed if year - 1 not in failed)
        years = "、".join(str(first + step) for step in range(need))
        return Reckoning(f"最早{first + need - 1}年：要{years}年连续{need}年都不合格，才取消命名。", (fact,))
    return Reckoning(
        f"不会因此取消命名：不合格的是{listed}年，没有达到连续{need}年；每次不合格都会被督导推动。", (fact,)
    )


def failed_years(question: Question, today: date) -> set[int]:
    """The years called failed; a row of years before one verdict shares it (24年25年都没合格)."""
    text, years = question.text, [(one.start, one.year) for one in question.moments]
    if not years:
        if not re.search(r"我们|我厂|俺|咱|已经|我这|本单位|今年", text):
            return set()  # a question on the rule, not on a studio's own years
        hit = re.search(rf"(?:连续|连着|接连|已经)?({NUMBER})\s*年(?:里)?(?:都|考核|全|均|连续)*(?:[没不未])", text)
        return {today.year - step for step in range(int(number(hit[1])))} if hit and number(hit[1]) < 20 else set()
    failed: set[int] = set()
    waiting: list[int] = []
    ends = [start for start, _ in years[1:]] + [len(text)]
    for (start, year), end in zip(years, ends, strict=True):
        waiting.append(year)
        piece = text[start:end]
        if _FAILED.search(piece):
            failed.update(waiting)
            waiting = []
        elif _PASSED.search(piece):
            waiting = []
    return failed


def terms(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """Conferred on a day plus the term (tcwta 五、3: four years; shanghai 第十条: three-year cycles)."""
    wanted = {
        "term",
        "renewal",
        "plaque-award",
        "assessment",
        "review-season",
        "naming-season",
        "review-method",
        "plaque-return",
    }
    fact = next((one for one in programme.facts_on("term") if one.values.years or one.values.every_years), None)
    is_backward = bool(_BACKWARD.search(question.text))
    start = next((one for one in question.moments if is_backward or one.year <= today.year + 1), None)
    if not fact or not start or not wanted & set(aspects[:6]):
        return None
    if fact.values.every_years:
        return _cycles(question, fact, start, today)
    years = fact.values.years or 0
    if is_backward and re.search(r"到期|期满|满期|过期|届满|到头", question.text):
        return Reckoning(
            f"{moment_in_words(start)}期满、有效期{years}年，倒推是{moment_in_words(_plus(start, -years))}颁发。",
            (fact,),
        )
    end = _plus(start, years)
    says = f"按{years}年有效期算，{moment_in_words(start)}命名的到{moment_in_words(end)}到期"
    last = _last_day(end)
    if last < today:
        says += "，已经过期"
    elif LEFT.search(question.text):
        says += f"，从今天算还有约{span_in_words(today, last)}"
    after = next(iter(programme.facts_on("renewal")), None)
    used = (fact, after) if after and after is not fact else (fact,)
    return Reckoning(f"{says}{'，' + after.says if after and after is not fact else ''}。", used)


def _cycles(question: Question, fact: Fact, start: Moment, today: date) -> Reckoning:
    begun = moment_in_words(start)
    every = fact.values.every_years or 1
    later = [one.year for one in question.moments if one.year > start.year]
    if not later and _TIMES.search(question.text) and re.search(r"今天|现在|至今|如今|目前|到今", question.text):
        later = [today.year]
    if later and _TIMES.search(question.text):
        years = list(range(start.year + every, max(later) + 1, every))
        listed = "、".join(map(str, years))
        return Reckoning(
            f"{start.year}年命名、每{every}年一个周期，到{max(later)}年要在{listed}年各审核一次，共{len(years)}次。",
            (fact,),
        )
    if re.search(r"第几|现在|如今|目前|走到", question.text):
        months = (today.year - start.year) * 12 + today.month - (start.month or 1)
        turn = months // (12 * every) + 1
        end = moment_in_words(_plus(start, every * turn))
        says = f"{begun}命名、每{every}年一个周期，今天在第{turn}个周期，这个周期到{end}期满，期末审核"
        return Reckoning(f"{says}（按命名之日起算，文件没有写明起算日）。", (fact,))
    if hit := re.search(rf"第\s*({NUMBER})\s*个?(?:管理)?周期", question.text):
        turn = int(number(hit[1]))
        end = moment_in_words(_plus(start, every * turn))
        says = f"{begun}命名、每{every}年一个周期，第{turn}个周期到{end}期满，期末审核（按命名之日起算）。"
        return Reckoning(says, (fact,))
    ends = [moment_in_words(_plus(start, every * turn)) for turn in (1, 2)]
    return Reckoning(
        f"{begun}命名的，第一个{every}年周期到{ends[0]}期满，期末审核；再下一个到{ends[1]}（按命名之日起算，文件没有写明起算日）。",
        (fact,),
    )


def rounds(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """A round held in a year, plus the interval (jiaozuo 第十二条, 第二十三条)."""
    if not question.moments:
        return None
    fact = next(
        (
            one
            for aspect in (*aspects[:8], "naming-interval")
            for one in programme.facts_on(aspect)
            if (one.values.every_years or 0) > 1
        ),
        None,
    )
    if not fact or ("naming-interval" in fact.aspects and not re.search(r"命名|评|选|轮|批|下", question.text)):
        return None
    every, years = fact.values.every_years or 1, sorted({one.year for one in question.moments})
    last = years[0]
    if "今年" in question.text and last < today.year:
        is_due = (today.year - last) % every == 0
        nearest = last + every * -(-(today.year - last) // every)
        says = f"{last}年之后每{every}年一次，{'今年正好轮到' if is_due else f'今年没有轮到，要到{nearest}年'}。"
        return Reckoning(says, (fact,))
    if len(years) > 1 and re.search(r"轮得|轮到|有没有|赶上|轮不|是不是", question.text):
        turns = list(range(last + every, years[-1] + every, every))
        listed, is_due = "、".join(map(str, turns[:6])), years[-1] in turns
        says = f"每{every}年一次，{last}年之后是{listed}年，{years[-1]}年{'轮得到' if is_due else '轮不到'}。"
        return Reckoning(says, (fact,))
    if len(years) > 1 and (_TIMES.search(question.text) or _UNTIL.search(question.text)):
        is_first_counted = bool(re.search(r"头一批|第一批|首批|头一次|第一次|首次|含", question.text))
        turns = list(range(last + (0 if is_first_counted else every), years[-1] + 1, every))
        after = f"从{last}年算起" if is_first_counted else f"{last}年之后"
        listed = "、".join(map(str, turns))
        says = f"按每{every}年一次，{after}到{years[-1]}年有{listed}年，共{len(turns)}批（次）"
        number_fact = next((one for one in programme.facts_on("naming-number") if one.values.count_about), None)
        if number_fact and re.search(r"多少|几个", question.text) and "naming-interval" in fact.aspects:
            per = number_fact.values.count_about or 0
            return Reckoning(f"{says}；每次{per}个左右，约{per * len(turns)}个。", (fact, number_fact))
        return Reckoning(says + "。", (fact,))
    if not NEXT.search(question.text):
        return None
    following = last + every * max(1, -(-(today.year - last) // every))
    passed = f"，按间隔{last + every}年起已轮过，" if following > last + every else "，"
    says = f"每{every}年一次，{last}年办过{passed}下一次是{following}年，再下一次{following + every}年。"
    return Reckoning(says, (fact,))


def yearly_total(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """So many a year over a span of years (cccc 五（五）: 10 a year)."""
    years = sorted({one.year for one in question.moments})
    if (found := _over_years(question, programme, aspects)) or not years:
        return found
    fact = next(
        (one for one in programme.facts_on("naming-number") if one.values.count and one.values.every_years == 1), None
    )
    if not fact or len(years) < 2 or not re.search(r"一共|总共|共|多少|几个|合计", question.text):
        return None
    span, each = years[-1] - years[0] + 1, fact.values.count or 0
    return Reckoning(f"{years[0]}到{years[-1]}年共{span}年，每年{each}个，一共{each * span}个。", (fact,))


def _over_years(question: Question, programme: Programme, aspects: Sequence[str]) -> Reckoning | None:
    """So many a round over some years: 九年 at 20个 every 3 years is about 60个 (jiaozuo 第十二条)."""
    numbers = next(
        (one for one in programme.facts_on("naming-number") if one.values.count or one.values.count_about), None
    )
    interval = next((one for one in programme.facts_on("naming-interval") if one.values.every_years), None)
    span = next((int(one.value) for one in question.quantities if one.kind == "years"), 0)
    if not numbers or not interval or not {"naming-number", "naming-interval"} & set(aspects[:3]):
        return None
    every, each = interval.values.every_years or 1, numbers.values.count or numbers.values.count_about or 0
    if span <= every or not re.search(r"多少|几个|总共|一共|大概|估", question.text):
        return None
    about, times = "约" if numbers.values.count_about else "", span // every
    return Reckoning(
        f"{span}年里每{every}年一次，共{times}次，每次{each}个{'左右' if about else ''}，{about}{each * times}个。",
        (numbers, interval),
    )


def day_in_words(day: date) -> str:
    """2027年5月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def span_in_words(start: date, end: date) -> str:
    """2年9个月, whole months."""
    years, months = divmod(months_between(start, end), 12)
    return (f"{years}年" if years else "") + (f"{months}个月" if months or not years else "")


def _plus(moment: Moment, years: int) -> Moment:
    if moment.month and moment.day:
        day = add_years(date(moment.year, moment.month, moment.day), years)
        return Moment(day.year, day.month, day.day, 0)
    return Moment(moment.year + years, moment.month, 0, 0)


def _last_day(moment: Moment) -> date:
    return date(moment.year, moment.month or 12, moment.day or 28)


def moment_in_words(moment: Moment) -> str:
    """2024年6月, as far as it is given."""
    return (
        f"{moment.year}年" + (f"{moment.month}月" if moment.month else "") + (f"{moment.day}日" if moment.day else "")
    )
