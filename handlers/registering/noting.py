"""Noting what was handed in and how a year was assessed, for one studio or several; all of them or none."""

from collections.abc import Mapping
from datetime import date

from handlers.conversation import Conversation, Reply
from handlers.registering import telling
from handlers.registering.looking import resolve_all
from handlers.registering.parts import has_short_day, take_all_numbers, take_day, take_years
from knowledge.entries import Column, read, show_number
from knowledge.library import Citation, Fact
from knowledge.oddities import Odd
from knowledge.vocabulary import Grade, Paper, Status
from storage import assessments, filings, trail
from storage.assessments import Assessment, failed_in_row
from storage.filings import Filing
from storage.register import Studio
from storage.staff import Staff
from storage.trail import Step

EARLIEST_YEAR = 2000
PAPERS: Mapping[str, Paper] = {
    "年度工作总结": Paper.ANNUAL_SUMMARY,
    "年度总结": Paper.ANNUAL_SUMMARY,
    "工作总结": Paper.ANNUAL_SUMMARY,
    "总结": Paper.ANNUAL_SUMMARY,
    "重新申报材料": Paper.RE_APPLICATION,
    "重新申报": Paper.RE_APPLICATION,
    "周期审核": Paper.CYCLE_REVIEW,
    "周期复审": Paper.CYCLE_REVIEW,
    "复审": Paper.CYCLE_REVIEW,
    "考核备案": Paper.ASSESSMENT,
    "考核情况": Paper.ASSESSMENT,
    "考核材料": Paper.ASSESSMENT,
    "考核": Paper.ASSESSMENT,
    "申报材料": Paper.APPLICATION,
    "申报表": Paper.APPLICATION,
    "申报": Paper.APPLICATION,
}
GRADES: Mapping[str, Grade] = {
    "不合格": Grade.FAILED,
    "未合格": Grade.FAILED,
    "不及格": Grade.FAILED,
    "没合格": Grade.FAILED,
    "没过": Grade.FAILED,
    "未通过": Grade.FAILED,
    "不通过": Grade.FAILED,
    "没通过": Grade.FAILED,
    "优秀": Grade.EXCELLENT,
    "合格": Grade.PASSED,
    "及格": Grade.PASSED,
    "通过": Grade.PASSED,
}

HOW_TO_FILE = "这样登记：登记报送 T12 年度总结 2026（几个一起：T12、T13；哪天交的可以写在后面，不写就是今天）。"
WHICH_PAPER = "报送的是哪一样？" + "、".join(one.chinese for one in Paper) + "。\n" + HOW_TO_FILE
WHICH_YEAR = "是哪一年的？请写上年份，如“2026”。"
WHOLE_DAY = "报送日期要写到年月日，如 2026年3月1日。"
ODD_YEAR = "{years}年看着不对，请核对年份。"
FILED = "已登记报送：{period}年 {paper}（{on}）\n{lines}"
FILED_BEFORE = "早先已经登记过，没有改动：\n{lines}"
BEFORE = "{line}（{on}）"
UNDO = "记错了就发：撤回报送 {numbers} {paper} {period}"
TAKEN_BACK = "已撤回：{period}年 {paper}\n{lines}"
NOT_FILED = "没有登记过 {period}年 {paper}：\n{lines}"
HOW_TO_GRADE = "这样登记：登记考核 T12 2026 合格（优秀、合格、不合格；几个一起：T12、T13）。"
GRADED = "已登记考核：{year}年 {grade}\n{lines}"
GRADED_BEFORE = "{line}，原来记的是{grade}，已改"
FAILED = "注意：{line} 已连续{count}年不合格（{years}）。{name}规定：{says}。"
NEARLY = "注意：{line} 已连续{count}年不合格（{years}），再有一年就满{most}年。{name}规定：{says}。"


def file(talk: Conversation, who: Staff, rest: str) -> Reply:
    """Note that something was handed in."""
    read_ = _read_filing(talk, who, rest)
    if isinstance(read_, Reply):
        return read_
    studios, filing = read_
    fresh = [one for one in studios if filings.keep(talk.session, one, filing, talk.now)]
    for one in fresh:
        _note(talk, who, one, f"filed {filing.paper} {filing.period}")
    told = []
    if fresh:
        lines = telling.listed(fresh)
        told = [FILED.format(period=filing.period, paper=filing.paper.chinese, on=filing.handed_in_on, lines=lines)]
        numbers = "、".join(show_number(one.id) for one in fresh)
        told.append(UNDO.format(numbers=numbers, paper=filing.paper.chinese, period=filing.period))
    if known := [one for one in studios if one not in fresh]:
        told.append(FILED_BEFORE.format(lines="\n".join(_before(talk, one, filing) for one in known)))
    return Reply("\n".join(told), Status.ANSWERED)


def unfile(talk: Conversation, who: Staff, rest: str) -> Reply:
    """Take back what was noted by mistake."""
    read_ = _read_filing(talk, who, rest)
    if isinstance(read_, Reply):
        return read_
    studios, filing = read_
    gone = [one for one in studios if filings.remove(talk.session, one, filing.paper, filing.period)]
    for one in gone:
        _note(talk, who, one, f"took back {filing.paper} {filing.period}")
    told = [(TAKEN_BACK, gone), (NOT_FILED, [one for one in studios if one not in gone])]
    names = {"period": filing.period, "paper": filing.paper.chinese}
    lines = [sentence.format(**names, lines=telling.listed(some)) for sentence, some in told if some]
    return Reply("\n".join(lines), Status.ANSWERED)


def grade(talk: Conversation, who: Staff, rest: str) -> Reply:
    """Note the result of a year, and warn of years failed in a row."""
    numbers, text = take_all_numbers(rest)
    word = next((one for one in GRADES if one in text), "")
    if not word:
        return Reply(HOW_TO_GRADE, Status.CLARIFY)
    years, text = take_years(text.replace(word, " ", 1), talk.today)
    if len(years) != 1:
        return Reply(f"{WHICH_YEAR}\n{HOW_TO_GRADE}", Status.CLARIFY)
    if problem := _odd_years(years, talk.today):
        return problem
    studios = resolve_all(talk, who, numbers, text)
    if isinstance(studios, Reply):
        return studios
    result = Assessment(years[0], GRADES[word])
    lines = [_grade_one(talk, who, one, result) for one in studios]
    warnings = [found for one in studios if (found := warn(talk, one))]
    told = GRADED.format(year=result.year, grade=result.grade.chinese, lines="\n".join(lines))
    cited = tuple(dict.fromkeys(citation for _, citation in warnings))
    return Reply("\n".join([told, *(text for text, _ in warnings)]), Status.ANSWERED, cited)


def warn(talk: Conversation, studio: Studio) -> tuple[str, Citation] | None:
    """The warning that a studio's failed years give cause to, where its document counts them."""
    rule = _rule(talk, studio)
    years = failed_in_row(assessments.of(talk.session, studio))
    if rule is None or rule.values.in_row is None or len(years) < max(rule.values.in_row - 1, 2):
        return None
    sentence = FAILED if len(years) >= rule.values.in_row else NEARLY
    programme = talk.library.programmes[studio.programme]
    text = sentence.format(
        line=telling.short(studio),
        count=len(years),
        years="、".join(map(str, years)),
        most=rule.values.in_row,
        name=f"{programme.reference} {rule.clause}",
        says=rule.says,
    )
    return text, rule.citation


def _rule(talk: Conversation, studio: Studio) -> Fact | None:
    """The fact that counts failed years in a row (长会办字〔2023〕33号 五、5)."""
    programme = talk.library.programmes.get(studio.programme)
    return next((fact for fact in programme.facts if fact.values.in_row), None) if programme else None


def _grade_one(talk: Conversation, who: Staff, studio: Studio, result: Assessment) -> str:
    before = assessments.keep(talk.session, studio, result, who.id, talk.now)
    line = telling.short(studio)
    if before is result.grade:
        return line
    _note(talk, who, studio, f"graded {result.year}")
    return line if before is None else GRADED_BEFORE.format(line=line, grade=before.chinese)


def _read_filing(talk: Conversation, who: Staff, rest: str) -> tuple[list[Studio], Filing] | Reply:
    numbers, text = take_all_numbers(rest)
    written, text = take_day(text)
    day = read(Column.CONFERRED, written, talk.library, talk.today) if written else talk.today
    if isinstance(day, Odd):
        return Reply(telling.odd(Column.CONFERRED, day).replace(Column.CONFERRED.heading, "报送日期"), Status.CLARIFY)
    assert isinstance(day, date)  # noqa: S101 - what the column of days reads
    if has_short_day(text):
        return Reply(WHOLE_DAY, Status.CLARIFY)
    years, text = take_years(text, talk.today)
    word = next((one for one in PAPERS if one in text), "")
    if not word:
        return Reply(WHICH_PAPER, Status.CLARIFY)
    if not years:
        return Reply(f"{WHICH_YEAR}\n{HOW_TO_FILE}", Status.CLARIFY)
    if problem := _odd_years(years, talk.today):
        return problem
    studios = resolve_all(talk, who, numbers, text.replace(word, " ", 1))
    period = "-".join(map(str, years))
    return studios if isinstance(studios, Reply) else (studios, Filing(PAPERS[word], period, day, who.id))


def _odd_years(years: tuple[int, ...], today: date) -> Reply | None:
    if EARLIEST_YEAR <= years[0] <= years[-1] <= today.year:
        return None
    return Reply(ODD_YEAR.format(years="-".join(map(str, years))), Status.CLARIFY)


def _before(talk: Conversation, studio: Studio, filing: Filing) -> str:
    known = filings.find(talk.session, studio, filing.paper, filing.period)
    return BEFORE.format(line=telling.short(studio), on=known.handed_in_on if known else "")


def _note(talk: Conversation, who: Staff, studio: Studio, what: str) -> None:
    trail.keep(talk.session, Step("noted", talk.contact.id, who.id, studio.id, what), talk.now)
