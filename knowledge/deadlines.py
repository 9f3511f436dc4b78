"""My dates of handing in: yearly deadlines, calls that are over, review seasons, dates on the form."""

import re
from collections.abc import Sequence
from datetime import date

from knowledge.library import Programme
from knowledge.quantities import Moment
from knowledge.rules import months_between, next_yearly
from knowledge.timing import LEFT, NEXT, Reckoning, day_in_words, moment_in_words, span_in_words
from knowledge.understanding import Question

_SINCE = re.compile(r"(?:有)?多久了|多长时间了|几年了|过去多久|过了多久|多少天了|几个月了|结束多久|过期多久")


def on_time(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """A day of handing in against the yearly date or the end of a call (cccc 五（五）, tcwta 五、1)."""
    moment = next((one for one in question.moments if one.month), None) or _day_of_this_year(question, today)
    if not moment or not re.search(
        r"赶|来得及|晚|过期|还能|算|行不|行吗|可以|超期|逾期|及时|收不收|还收", question.text
    ):
        return None
    fact = next((one for one in programme.facts_on("deadline") if one.values.month or one.values.until), None)
    is_handed_in = bool(moment.day and re.search(r"交|报|送|递", question.text))
    if not fact or not (is_handed_in or {"deadline", "receiver", "opening"} & set(aspects[:2])):
        return None
    last = fact.values.until or date(moment.year, fact.values.month or 1, fact.values.day or 1)
    day = date(moment.year, moment.month, moment.day or 1)
    if day <= last:
        return Reckoning(f"赶得上：{moment_in_words(moment)}在{day_in_words(last)}之前。", (fact,))
    again = "" if fact.values.until else f"，下一次是{last.year + 1}年{last.month}月{last.day}日前"
    return Reckoning(f"晚了：截止是{day_in_words(last)}，{moment_in_words(moment)}已经过了{again}。", (fact,))


def _day_of_this_year(question: Question, today: date) -> Moment | None:
    """6月10号, said without its year, is of the coming round: this year, or next year where it is past."""
    hit = re.search(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]", question.text)
    if not hit or not 1 <= int(hit[1]) <= 12:
        return None
    month, day = int(hit[1]), min(int(hit[2]), 28)
    year = today.year + ((month, day) < (today.month, today.day))
    return Moment(year, month, day, hit.start())


def next_deadline(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """The next yearly date from today (cccc 五（五）: 31 May; year-end filings)."""
    if not NEXT.search(question.text) and not LEFT.search(question.text):
        return None
    for aspect in aspects[:1]:
        if aspect not in ("deadline", "filing-date", "filing-to", "opening", "receiver") and not LEFT.search(
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
            if LEFT.search(question.text)
            else ""
        )
        return Reckoning(f"{missed}下一次最晚是{day_in_words(day)}{left}。", (fact,))
    return None


def time_since(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """How long a call has been over."""
    if not _SINCE.search(question.text):
        return None
    fact = next((one for aspect in aspects[:4] for one in programme.facts_on(aspect) if one.values.until), None)
    if not fact or not fact.values.until or fact.values.until >= today:
        return None
    ended, span = day_in_words(fact.values.until), span_in_words(fact.values.until, today)
    return Reckoning(f"{ended}结束，到今天（{day_in_words(today)}）已过去约{span}。", (fact,))


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


def written_date(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """A day as the form wants it (cccc 附件1说明8: 20180420)."""
    fact = next((one for one in programme.facts_on("form-date") if "20180420" in one.says), None)
    if not fact or "form-date" not in aspects[:3]:
        return None
    exact = next((one for one in question.moments if one.month and one.day), None)
    if not exact and "今天" not in question.text:
        return None
    day = date(exact.year, exact.month, exact.day) if exact else today
    return Reckoning(f"{day_in_words(day)}写成{day:%Y%m%d}。", (fact,))
