"""What is answered to reminders, and what is asked of them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge.hearing import is_question
from knowledge.quantities import NUMBER, number
from knowledge.wording import normalise


class Act(StrEnum):
    """What somebody wants."""

    DONE = "done"
    LATER = "later"
    HAND_OVER = "hand-over"
    OPEN = "open"
    MONTH = "month"
    WOULD = "would"
    UNREACHED = "unreached"
    WEEKLY = "weekly"
    NO_WEEKLY = "no-weekly"
    CALENDAR = "calendar"
    NO_CALENDAR = "no-calendar"
    SUBSCRIBE = "subscribe"
    LEAVE = "leave"


STAFF_ONLY = frozenset(Act) - {Act.SUBSCRIBE, Act.LEAVE}


@dataclass(frozen=True)
class Command:
    """A command.

    Args:
        number: of the matter, 0 where none was named.
        rest: a person's name, a day in words, what is left.
    """

    act: Act
    number: int = 0
    rest: str = ""


_D = r"(?:d\s*(\d{1,9}))"
_IS_DONE = r"(?:已办结?|已?办[好完结妥]|已完成)了?"
_PUT_OFF = r"(?:稍后|晚点|推迟|延后)(?:再?提醒)?"
_DONE = re.compile(rf"{_IS_DONE}\s*{_D}?|{_D}\s*{_IS_DONE}")
_LATER = re.compile(rf"{_PUT_OFF}\s*{_D}?\s*(.{{0,12}})|{_D}\s*{_PUT_OFF}\s*(.{{0,12}})")
_PASS = re.compile(rf"转给\s*(\S{{1,20}}?)\s*{_D}?|{_D}\s*转给\s*(\S{{1,20}})")
_OPEN = re.compile(r"(?:看|查)?(?:全部)?(?:未办|没办的|未办事项|待办|待办事项|还没办的|谁还没[回办报])")
_MONTH = re.compile(r"(本月|这个月|下月|下个月|今年)(?:有哪些)?(?:要)?到期(?:的|事项)?(?:有哪些)?")
_WOULD = re.compile(r"(?:假如|如果|要是|假设)今天是\s*(.{6,14}?)(?:会发什么|会提醒什么|发什么)?")
_UNREACHED = re.compile(
    r"(?:现在)?(?:有)?谁(?:会)?(?:联系不上|收不到(?:提醒)?|发不到|提醒不到)|(?:联系不上|收不到提醒)的人?"
)
_REPORT = r"(?:周报|每周概览|本周概览)"
_WEEKLY = re.compile(rf"(?:要|开|订|订阅)(?:一份)?{_REPORT}|每周一发我(?:一次|一份)?(?:周报|概览)?")
_NO_WEEKLY = re.compile(rf"(?:不要|不用|关掉?|停掉?|取消|退订)(?:发)?{_REPORT}")
_CALENDAR = re.compile(r"(?:我的|订阅|要|换)?(?:日历|日历订阅|日历链接)|订阅到日历")
_NO_CALENDAR = re.compile(r"(?:停用|取消|关闭|关掉|作废|退订)日历(?:订阅|链接)?")
_SUBSCRIBE = re.compile(
    r".{0,12}?(?:开始申报|申报开始|申报截止|申报|征集|报名|截止)(?:之?前|时候?|的时候|日期|时间)?(?:到了)?"
    r"(?:请|要|帮我|记得)?(?:提醒|通知|告诉|叫)(?:一下|我|咱|我们|一声)+"
    r"|(?:订阅|提醒我).{1,16}(?:申报|征集|报名)(?:时间|截止|提醒)?"
)
_LEAVE = re.compile(r"退订|取消(?:提醒|订阅)|不要(?:再)?提醒(?:我)?(?:了)?|别(?:再)?提醒(?:我)?(?:了)?|停止提醒")
_WEEKDAYS = "一二三四五六日"


def read_command(text: str) -> Command | None:
    """The command a message is, if it is one as a whole."""
    said = normalise(text).strip(" 。.，,！!?？")
    if hit := _DONE.fullmatch(said):
        return Command(Act.DONE, int(hit[1] or hit[2] or 0))
    if (hit := _LATER.fullmatch(said)) and (later := _later(hit)):
        return later
    if (hit := _PASS.fullmatch(said)) and not is_question(said):
        return Command(Act.HAND_OVER, int(hit[2] or hit[3] or 0), hit[1] or hit[4])
    if hit := _WOULD.fullmatch(said):
        return Command(Act.WOULD, rest=hit[1])
    if hit := _MONTH.fullmatch(said):
        return Command(Act.MONTH, rest=hit[1])
    for act, pattern in (
        (Act.OPEN, _OPEN),
        (Act.UNREACHED, _UNREACHED),
        (Act.NO_WEEKLY, _NO_WEEKLY),
        (Act.CALENDAR, _CALENDAR),
        (Act.NO_CALENDAR, _NO_CALENDAR),
        (Act.WEEKLY, _WEEKLY),
        (Act.LEAVE, _LEAVE),
        (Act.SUBSCRIBE, _SUBSCRIBE),
    ):
        if pattern.fullmatch(said):
            return Command(act, rest=said)
    return None


def _later(hit: re.Match[str]) -> Command | None:
    """稍后 D7, 稍后三天; 稍后再说 puts off something else."""
    command = Command(Act.LATER, int(hit[1] or hit[3] or 0), (hit[2] or hit[4] or "").strip())
    is_day = bool(command.rest) and read_later(command.rest, date(2000, 1, 3)) is not None
    return command if command.number or is_day else None


def read_later(words: str, today: date) -> date | None:
    """The day that is meant: 明天, 三天后, 下周一, 12月1日; three days on if nothing is said.

    Returns:
        None where it is not understood.
    """
    said = words.replace("再提醒", "").replace("提醒", "").strip(" ，,。")
    fixed = {"": 3, "明天": 1, "后天": 2, "大后天": 3, "下周": 7, "一周后": 7, "下个月": 30}
    if said in fixed:
        return today + timedelta(days=fixed[said])
    if hit := re.fullmatch(rf"({NUMBER})\s*(天|周|个?星期|个月)(?:以后|之后|后)?", said):
        days = {"天": 1, "周": 7, "星期": 7, "个星期": 7, "个月": 30}[hit[2]]
        return today + timedelta(days=min(int(number(hit[1])), 365) * days)
    if hit := re.fullmatch(r"(下)?(?:周|星期|礼拜)([一二三四五六日天])", said):
        ahead = (_WEEKDAYS.index(hit[2].replace("天", "日")) - today.weekday()) % 7 or 7
        is_next_week = bool(hit[1]) and ahead + today.weekday() < 7
        return today + timedelta(days=ahead + 7 * is_next_week)
    return _read_date(said, today)


def _read_date(said: str, today: date) -> date | None:
    hit = re.fullmatch(r"(?:(\d{4})\s*[年/-])?(\d{1,2})\s*[月/-](\d{1,2})\s*[日号]?", said)
    if not hit:
        return None
    try:
        day = date(int(hit[1] or today.year), int(hit[2]), int(hit[3]))
        return day if hit[1] or day > today else day.replace(year=today.year + 1)
    except ValueError:
        return None
