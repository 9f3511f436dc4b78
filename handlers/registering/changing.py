"""Changing a studio: its columns, and how it stands. What was and what is stand side by side in the reply."""

from dataclasses import replace
from typing import Any

from handlers.conversation import Conversation, Reply
from handlers.registering import telling
from handlers.registering.adding import CONTACTS, contact_problems, read_studio
from handlers.registering.looking import resolve, resolve_all
from handlers.registering.parts import Line, read_line, take_numbers
from knowledge.entries import REQUIRED, Column, read, show_number
from knowledge.oddities import Odd
from knowledge.vocabulary import Standing, Status
from storage import register, staff, trail
from storage.register import Studio
from storage.staff import Staff
from storage.trail import Step

HOW = (
    "这样改：改 T12 领衔人 李卫东。能改的有："
    + "、".join(one.heading for one in Column if one is not Column.NUMBER)
    + "。"
)
EMPTY = ("无", "空", "清空", "删除")
NOTHING = "没有要改的，{line} 本来就是这样。"
CHANGED = "已改：{line}\n{changes}"
CHANGE = "{heading}：{before} → {after}"
TAKEN = "没有改：台账里已经有同名同单位的工作室{line}。"
NOT_YOURS = "没有改：改了以后这个工作室就不在您的范围（{scope}）里了，请管理员来改。"
HOW_TO_STAND = "只写编号就行：停用 T12，恢复 T12、T13。原因可以记在备注里：改 T12 备注 …"
NOT_CHANGED = "没有改。\n"
STANDS = {
    Standing.SUSPENDED: "已停用：{line}。不再提醒。要恢复就发“恢复 {number}”。",
    Standing.GOOD: "已恢复：{line}。",
}


def change(talk: Conversation, who: Staff, rest: str) -> Reply:
    """Put other values into the columns that are named."""
    numbers, behind = take_numbers(rest)
    line = read_line(behind)
    reference = show_number(numbers[0]) if numbers else " ".join(line.head)
    if not line.parts or not reference or len(numbers) > 1 or (numbers and line.head):
        return Reply(HOW, Status.CLARIFY)
    found = resolve(talk, who, reference)
    return found if isinstance(found, Reply) else _change(talk, who, found, line)


def _change(talk: Conversation, who: Staff, before: Studio, line: Line) -> Reply:
    texts = {column: _meant(column, text) for column, text in line.parts.items()}
    odd = [
        telling.odd(column, found)
        for column, text in texts.items()
        if isinstance(found := read(column, text, talk.library, talk.today), Odd)
    ]
    after = read_studio(talk, who, texts, before)
    odd += contact_problems(talk, after, {str(column): text for column, text in texts.items()})
    if odd:
        return Reply(NOT_CHANGED + "\n".join(odd), Status.CLARIFY)
    emptied: dict[str, Any] = {str(column): None for column in CONTACTS if texts.get(column) == ""}
    return _put(talk, who, before, replace(after, **emptied))


def _meant(column: Column, text: str) -> str:
    """What a column is to hold; a word like 清空 empties one that may be empty."""
    return "" if text in EMPTY and column not in (*REQUIRED, Column.STANDING) else text


def _put(talk: Conversation, who: Staff, before: Studio, after: Studio) -> Reply:
    columns = [column for column in Column if getattr(before, column) != getattr(after, column)]
    if not columns:
        return Reply(NOTHING.format(line=telling.short(before)), Status.ANSWERED)
    if not who.scope.covers(after):
        return Reply(NOT_YOURS.format(scope=telling.scope(who.scope, talk.library)), Status.ANSWERED)
    if register.is_taken(talk.session, after):
        same = register.find_same(talk.session, who.scope, after)
        return Reply(TAKEN.format(line=f"（{telling.short(same)}）" if same else ""), Status.ANSWERED)
    register.change(talk.session, who.scope, after, talk.now)
    note(talk, who, after, columns)
    names = staff.names(talk.session)
    changes = [
        CHANGE.format(
            heading=column.heading,
            before=telling.value(column, getattr(before, column), talk.library, names) or "（空）",
            after=telling.value(column, getattr(after, column), talk.library, names) or "（空）",
        )
        for column in columns
    ]
    return Reply(CHANGED.format(line=telling.short(after), changes="\n".join(changes)), Status.ANSWERED)


def stand(talk: Conversation, who: Staff, rest: str, standing: Standing) -> Reply:
    """Suspend a studio, or bring it back into good standing."""
    numbers, behind = take_numbers(rest)
    if not rest or (numbers and behind):
        return Reply(HOW_TO_STAND, Status.CLARIFY)
    found = resolve_all(talk, who, numbers, behind)
    if isinstance(found, Reply):
        return found
    return Reply("\n".join(_stand(talk, who, one, standing) for one in found), Status.ANSWERED)


def _stand(talk: Conversation, who: Staff, before: Studio, standing: Standing) -> str:
    after = replace(before, standing=standing)
    if after == before:
        return NOTHING.format(line=telling.short(before))
    register.change(talk.session, who.scope, after, talk.now)
    note(talk, who, after, [Column.STANDING])
    return STANDS[standing].format(line=telling.short(after), number=show_number(after.id))


def note(talk: Conversation, who: Staff, studio: Studio, columns: list[Column]) -> None:
    """Note who changed which columns; what stood in them is not kept."""
    what = ",".join(columns)
    trail.keep(talk.session, Step("changed", talk.contact.id, who.id, studio.id, what), talk.now)
