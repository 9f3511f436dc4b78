"""My dates: terms, cycles, rounds, deadlines and failed years, applied to the days a question names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.library import Fact, Programme
from knowledge.quantities import NUMBER, Moment, number
from knowledge.rules import add_years, longest_run, months_between, next_yearly
from knowledge.understanding import Question

_NEXT = re.compile(
    r"往后|后两|后面|下(?:一)?[回次轮届期趟个]|再下|接下来|明年|错过|赶上|最晚|最迟|哪年|什么时候|啥时候|几几年|何时|来得及|哪天|几号|到期|截止|期限|过期|管到|哪一年"
)
_LEFT = re.compile(
    r"还剩|还有(?:几|多少|多久|多长)|剩(?:多久|多少|几)|离.{0,14}(?:还|有|几|多)|距.{0,14}(?:还|有|几|多)|倒计时"
)
_SINCE = re.compile(r"(?:有)?多久了|多长时间了|几年了|过去多久|过了多久|多少天了|几个月了|结束多久|过期多久")
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


def reckon_dates(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """Apply the days of a question to the dated facts of its aspects, where there are any."""
    for reckoner in (
        last_years,
        on_time,
        written_date,
        failed_run,
        time_since,
        terms,
        yearly_total,
        rounds,
        season,
        next_deadline,
    ):
        if found := reckoner(question, programme, aspects, today):
            return found
    return None


def last_years(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """Which years 近两年 means for a form handed in some year (cccc 附件1说明4; its form prints 2016, 2017)."""
    fact = next((one for one in programme.facts_on("form-years") if "两年" in one.says and not one.is_note), None)
    if not fact or "form-years" not in aspects[:2] or not re.search(r"近两年|近几年|两年的", question.text):
        return None
    year = next((one.year for one in question.moments), 0)
    if not year:
        return None
    says = f"{year}年申报，近两年就是{year - 2}年和{year - 1}年（表样是2018年前后的，印的是2016年、2017年）。"
    return Reckoning(says, (fact,))


def on_time(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """A day of handing in against the yearly date or the end of a call (cccc 五（五）, tcwta 五、1)."""
    moment = next((one for one in question.moments if one.month), None)
    if not moment or not re.search(
        r"赶|来得及|晚|过期|还能|算|行不|行吗|可以|超期|逾期|及时|收不收|还收", question.text
    ):
        return None
    fact = next((one for one in programme.facts_on("deadline") if one.values.month or one.values.until), None)
    if not fact or not {"deadline", "receiver", "opening"} & set(aspects[:2]):
        return None
    last = fact.values.until or date(moment.year, fact.values.month or 1, fact.values.day or 1)
    day = date(moment.year, moment.month, moment.day or 1)
    if day <= last:
        return Reckoning(f"赶得上：{_spoken(moment)}在{_day(last)}之前。", (fact,))
    again = "" if fact.values.until else f"，下一次是{last.year + 1}年{last.month}月{last.day}日前"
    return Reckoning(f"晚了：截止是{_day(last)}，{_spoken(moment)}已经过了{again}。", (fact,))


def written_date(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """A day as the form wants it (cccc 附件1说明8: 20180420)."""
    fact = next((one for one in programme.facts_on("form-date") if "20180420" in one.says), None)
    if not fact or "form-date" not in aspects[:3]:
        return None
    exact = next((one for one in question.moments if one.month and one.day), None)
    if not exact and "今天" not in question.text:
        return None
    day = date(exact.year, exact.month, exact.day) if exact else today
    return Reckoning(f"{_day(day)}写成{day:%Y%m%d}。", (fact,))


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


def time_since(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """How long a call has been over."""
    if not _SINCE.search(question.text):
        return None
    fact = next((one for aspect in aspects[:4] for one in programme.facts_on(aspect) if one.values.until), None)
    if not fact or not fact.values.until or fact.values.until >= today:
        return None
    return Reckoning(
        f"{_day(fact.values.until)}结束，到今天（{_day(today)}）已过去约{_span(fact.values.until, today)}。", (fact,)
    )


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
        return Reckoning(f"{_spoken(start)}期满、有效期{years}年，倒推是{_spoken(_plus(start, -years))}颁发。", (fact,))
    end = _plus(start, years)
    says = f"按{years}年有效期算，{_spoken(start)}命名的到{_spoken(end)}到期"
    last = _last_day(end)
    if last < today:
        says += "，已经过期"
    elif _LEFT.search(question.text):
        says += f"，从今天算还有约{_span(today, last)}"
    after = next(iter(programme.facts_on("renewal")), None)
    used = (fact, after) if after and after is not fact else (fact,)
    return Reckoning(f"{says}{'，' + after.says if after and after is not fact else ''}。", used)


def _cycles(question: Question, fact: Fact, start: Moment, today: date) -> Reckoning:
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
        end = _spoken(_plus(start, every * turn))
        return Reckoning(
            f"{_spoken(start)}命名、每{every}年一个周期，今天在第{turn}个周期，这个周期到{end}期满，期末审核（按命名之日起算，文件没有写明起算日）。",
            (fact,),
        )
    if hit := re.search(rf"第\s*({NUMBER})\s*个?(?:管理)?周期", question.text):
        turn = int(number(hit[1]))
        end = _spoken(_plus(start, every * turn))
        says = f"{_spoken(start)}命名、每{every}年一个周期，第{turn}个周期到{end}期满，期末审核（按命名之日起算）。"
        return Reckoning(says, (fact,))
    ends = [_spoken(_plus(start, every * turn)) for turn in (1, 2)]
    return Reckoning(
        f"{_spoken(start)}命名的，第一个{every}年周期到{ends[0]}期满，期末审核；再下一个到{ends[1]}（按命名之日起算，文件没有写明起算日）。",
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
    if not _NEXT.search(question.text):
        return None
    return Reckoning(
        f"每{every}年一次，{last}年办过，下一次是{last + every}年，再下一次{last + 2 * every}年。", (fact,)
    )


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


def season(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """Whether this year's review season is over (cccc 五（五）: June to August)."""
    fact = next((one for one in programme.facts_on("review-season") if one.values.to_month), None)
    if (
        not fact
        or not re.search(r"验收|评审|考核|审核", question.text)
        or not re.search(r"过去了|过去没|过了|结束|还在|错过|赶上|今年|现在", question.text)
    ):
        return None
    months = f"{fact.values.from_month}至{fact.values.to_month}月"
    if today.month > (fact.values.to_month or 12):
        after = next(iter(programme.facts_on("naming-season")), None)
        used = (fact, after) if after else (fact,)
        return Reckoning(f"{today.year}年{months}的考核验收已经过去{'，接下来' + after.says if after else ''}。", used)
    state = "正在进行" if today.month >= (fact.values.from_month or 1) else "还没开始"
    return Reckoning(f"{today.year}年{months}的考核验收{state}。", (fact,))


def next_deadline(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """The next yearly date from today (cccc 五（五）: 31 May; year-end filings)."""
    if not _NEXT.search(question.text) and not _LEFT.search(question.text):
        return None
    for aspect in aspects[:1]:
        if aspect not in ("deadline", "filing-date", "filing-to", "opening", "receiver") and not _LEFT.search(
            question.text
        ):
            continue
        fact = next((one for one in programme.facts_on(aspect) if one.values.month and one.values.day), None)
        if not fact:
            continue
        day = next_yearly(fact.values.month or 1, fact.values.day or 1, today)
        missed = f"{today.year}年的已经过了，" if day.year > today.year else ""
        left = (
            f"，离今天还有{(day - today).days}天（约{months_between(today, day)}个月）"
            if _LEFT.search(question.text)
            else ""
        )
        return Reckoning(f"{missed}下一次最晚是{_day(day)}{left}。", (fact,))
    return None


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _span(start: date, end: date) -> str:
    years, months = divmod(months_between(start, end), 12)
    return (f"{years}年" if years else "") + (f"{months}个月" if months or not years else "")


def _plus(moment: Moment, years: int) -> Moment:
    if moment.month and moment.day:
        day = add_years(date(moment.year, moment.month, moment.day), years)
        return Moment(day.year, day.month, day.day, 0)
    return Moment(moment.year + years, moment.month, 0, 0)


def _last_day(moment: Moment) -> date:
    return date(moment.year, moment.month or 12, moment.day or 28)


def _spoken(moment: Moment) -> str:
    return (
        f"{moment.year}年" + (f"{moment.month}月" if moment.month else "") + (f"{moment.day}日" if moment.day else "")
    )
