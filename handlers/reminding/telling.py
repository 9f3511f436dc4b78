"""What reminders say: what, which studio, by when, who receives it, the clause, how to say that it is done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from handlers.push import Push
from knowledge.dues import Due
from knowledge.library import Library
from knowledge.timing import day_in_words
from storage.matters import Matter
from storage.register import Studio

MOST_LINES = 12

WHAT = "{what}：{whose}"
WHEN = "{on}{sure}，从{today}算还有{days}天。"
TODAY = "就是今天（{on}）{sure}。"
OVER = "{on}{sure}，已经过了{days}天，还没有登记办结。"
BASIS = "依据：{reference} {clause}（{assumption}）"
HOW = "办完回“已办 {number}”；晚点再提醒回“稍后 {number} 三天后”；交给别人回“转给 姓名 {number}”。"
LEAVE = "不想再收就回“退订”。"
LATE = "（补发，原定{month}月{day}日提醒）"
DIGEST = "今天有{count}件事要办："
DIGEST_TITLE = "{count}件事要办"
OVERVIEW = "本周概览，30天内未办的有{count}件："
NOTHING = "没有未办的事项。"
LINE = "{number} {on} {what} {whose}{note}"
MORE = "还有{count}件，说“未办”看全部。"
HOW_MANY = "办完一件回一件，例如“已办 {number}”。"


def reminder(matter: Matter, due: Due, studio: Studio | None, library: Library, today: date) -> Push:
    """One reminder."""
    number = f"D{matter.id}"
    lines = [
        WHAT.format(what=due.what.chinese, whose=whose(matter, studio, library)),
        _when(due, today),
        f"{due.says}。",
    ]
    reference = library.programmes[matter.programme].reference
    assumption = due.assumption or "条文写明日期"
    lines.append(BASIS.format(reference=reference, clause=due.citation.clause, assumption=assumption))
    title = f"{due.what.chinese} {studio.name if studio else library.programmes[matter.programme].name}"
    if studio is None and matter.staff_id is None:
        return Push("\n".join([*lines, LEAVE]), ("退订",), title=title, due=due.on)
    options = (f"已办 {number}", f"稍后 {number} 三天后")
    return Push("\n".join([*lines, HOW.format(number=number)]), options, title=title, due=due.on)


def digest(rows: Sequence[tuple[Matter, Due, Studio | None]], library: Library, today: date) -> Push:
    """Many reminders in one."""
    first = min(due.on for _, due, _ in rows)
    told = listing(rows, library, today, DIGEST)
    return Push(told, (f"已办 D{rows[0][0].id}", "未办"), title=DIGEST_TITLE.format(count=len(rows)), due=first)


def listing(rows: Sequence[tuple[Matter, Due, Studio | None]], library: Library, today: date, heading: str) -> str:
    """What is due, a line each, by day."""
    if not rows:
        return NOTHING
    lines = [_line(matter, due, studio, library, today) for matter, due, studio in rows[:MOST_LINES]]
    if len(rows) > MOST_LINES:
        lines.append(MORE.format(count=len(rows) - MOST_LINES))
    numbered = next((matter for matter, _, _ in rows if matter.id), None)
    how = [HOW_MANY.format(number=f"D{numbered.id}")] if numbered else []
    return "\n".join([heading.format(count=len(rows)), *lines, *how])


def late(push: Push, on: date) -> Push:
    """A reminder whose day has passed before it could be planned."""
    return replace(push, text=LATE.format(month=on.month, day=on.day) + push.text)


def whose(matter: Matter, studio: Studio | None, library: Library) -> str:
    """The studio with its programme, or the programme."""
    name = library.programmes[matter.programme].name
    return f"{studio.name}（{name}，T{studio.id}）" if studio else library.programmes[matter.programme].studio


def _when(due: Due, today: date) -> str:
    days = (due.on - today).days
    sure = "" if due.is_certain else "（日期按推算，文件没有写明）"
    sentence = WHEN if days > 0 else OVER if days < 0 else TODAY
    shown = f"{today.month}月{today.day}日"
    return sentence.format(on=day_in_words(due.on), sure=sure, today=shown, days=abs(days))


def _line(matter: Matter, due: Due, studio: Studio | None, library: Library, today: date) -> str:
    note = "" if due.is_certain else "（日期待定）"
    if due.on < today:
        note += f"（已过{(today - due.on).days}天）"
    number = f"D{matter.id}" if matter.id else "·"
    whose_ = studio.name if studio else library.programmes[matter.programme].name
    return LINE.format(number=number, on=due.on.isoformat(), what=due.what.chinese, whose=whose_, note=note)
