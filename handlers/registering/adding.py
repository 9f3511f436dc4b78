"""Entering a studio: from one line, or question by question; it is shown before it is entered."""

from dataclasses import replace
from typing import Any

from handlers.conversation import Conversation, Reply
from handlers.registering import telling
from handlers.registering.notes import CONFIRM, Notes
from handlers.registering.parts import Line, read_line
from knowledge.entries import REQUIRED, Column, Value, programme_named, read, read_programme, show_number
from knowledge.oddities import Odd
from knowledge.vocabulary import Status
from storage import register, staff, trail
from storage.register import Studio
from storage.staff import Staff
from storage.trail import Step

YES = ("确认", "确定", "确认登记", "登记", "没错", "好", "好的", "嗯", "ok")
PERHAPS = ("是", "是的", "对", "对的", "可以", "行")  # could be meant for another question that is open beside
CHOICES = ("确认", "取消")
NO = ("取消", "算了", "不登了", "退出", "不登记", "停止", "不要了")
CONTACTS = (Column.FIRST_CONTACT, Column.SECOND_CONTACT)

ASK = {
    Column.PROGRAMME: "属于哪个项目？",
    Column.NAME: "工作室叫什么名称？请写全称。",
    Column.UNIT: "所在单位是哪家？请写全称。",
}
SHOWN = "请核对：\n{lines}\n没错就回“确认”。要补要改直接写，如“领衔人 王建国 命名 2024年3月1日”；不登了回“取消”。"
DONE = "已登记：{line}。"
SAY_SO = "要登记请回“确认”，不登了回“取消”。"
DROPPED = "好，没有登记。"
KNOWN = "台账里已经有了：{line}。要改就发“改 {number} …”。"
NOT_YOURS = "这样就不在您的范围（{scope}）里了，没有登记。"
STILL_THERE = "原来填的还在：回“确认”就按原来的登记，或者改写别的。"
NOT_ENTERED = "没有登记成。请管理员核对一下台账。"
NOT_A_CONTACT = "{heading}“{name}”：不是能看到这个工作室的工作人员。"

Step_ = tuple[Reply, Notes | None]


def begin(talk: Conversation, who: Staff, rest: str, notes: Notes) -> Step_:
    """Begin with what one line says; a word without a line goes on with what is open."""
    if not rest and notes.is_entering:
        return _go_on(talk, who, replace(notes, asked=""), {})
    line = read_line(rest)
    texts = {**_head(talk, who, line), **line.parts}
    return _go_on(talk, who, Notes(), {column: text for column, text in texts.items() if text})


def go_on(talk: Conversation, who: Staff, notes: Notes) -> Step_:
    """Take an answer."""
    text = talk.message.text.strip()
    if text in NO:
        return Reply(DROPPED, Status.ANSWERED), None
    if notes.asked == CONFIRM:
        if text.lower() in YES:
            return _enter(talk, who, notes)
        if text in PERHAPS:
            return Reply(SAY_SO, Status.CLARIFY, options=CHOICES), _asked_anew(talk, notes)
        return _go_on(talk, who, notes, dict(read_line(text).parts))
    line = read_line(text)
    said = {Column(notes.asked): " ".join(line.head)} if line.head else {}
    return _go_on(talk, who, notes, {**said, **line.parts})


def is_answer(text: str, notes: Notes, is_next: bool) -> bool:
    """Whether a message answers what was asked; where another reply came in between, only clear words do."""
    plain = text.strip()
    if plain in NO:
        return True
    line = read_line(plain)
    is_labelled = bool(line.parts) and not line.head
    if notes.asked == CONFIRM:
        return is_labelled or plain == YES[0] or (is_next and plain.lower() in (*YES, *PERHAPS))
    return is_labelled or is_next


def _head(talk: Conversation, who: Staff, line: Line) -> dict[Column, str]:
    """Programme and name out of the words before the first column."""
    words, found = list(line.head), {}
    if words and programme_named(words[0], talk.library):
        found[Column.PROGRAMME] = words.pop(0)
    name = " ".join(words)
    if Column.PROGRAMME not in found and isinstance(slug := read_programme(name, talk.library), str):
        found[Column.PROGRAMME] = slug
    if Column.PROGRAMME not in found and who.scope.programme:
        found[Column.PROGRAMME] = who.scope.programme
    return {**found, Column.NAME: name}


def _go_on(talk: Conversation, who: Staff, notes: Notes, said: dict[Column, str]) -> Step_:
    """Keep what can be taken, tell what is odd, ask for what is missing, or show the whole."""
    texts, told = dict(notes.texts), []
    for column, text in said.items():
        found = read(column, text, talk.library, talk.today)
        if isinstance(found, Odd):
            told.append(telling.odd(column, found))
        elif column is not Column.NUMBER:
            texts[column] = text
    studio = read_studio(talk, who, {Column(name): text for name, text in texts.items()})
    missing = next((column for column in REQUIRED if column not in texts), None)
    if missing:
        options = tuple(one.name for one in talk.library.programmes.values()) if missing is Column.PROGRAMME else ()
        reply = Reply("\n".join([*told, ASK[missing]]), Status.CLARIFY, options=options)
        return reply, Notes(texts, missing, talk.message.id)
    if refused := _why_not(talk, who, studio):
        if notes.asked != CONFIRM:
            return refused, None
        kept = _asked_anew(talk, notes)
        return Reply(f"{refused.text}\n{STILL_THERE}", Status.CLARIFY, options=CHOICES), kept
    told += contact_problems(talk, studio, texts)
    texts = {name: text for name, text in texts.items() if name not in CONTACTS or getattr(studio, name)}
    lines = telling.lines(studio, talk.library, staff.names(talk.session))
    shown = "\n".join([*told, SHOWN.format(lines="\n".join(lines))])
    return Reply(shown, Status.CLARIFY, options=CHOICES), Notes(texts, CONFIRM, talk.message.id)


def _asked_anew(talk: Conversation, notes: Notes) -> Notes:
    return replace(notes, asked_by=talk.message.id)


def read_studio(talk: Conversation, who: Staff, texts: dict[Column, str], before: Studio | None = None) -> Studio:
    """A studio out of what was said of it; a contact only if it may look after it."""
    values: dict[Column, Value] = {}
    for column, text in texts.items():
        found = read(column, text, talk.library, talk.today)
        if not isinstance(found, Odd):
            values[column] = found
    changes: dict[str, Any] = {str(column): found for column, found in values.items() if column not in CONTACTS}
    studio = replace(before or Studio("", "", ""), **changes)
    body = who.scope.body
    if before is None and body and not studio.union_in_charge and studio.unit != body:
        studio = replace(studio, union_in_charge=body)
    contacts: dict[str, Any] = {}
    for column in CONTACTS:
        if name := str(values.get(column) or ""):
            person = staff.by_name(talk.session, name)
            contacts[column] = person.id if person and person.scope.covers(studio) else None
    return replace(studio, **contacts)


def contact_problems(talk: Conversation, studio: Studio, texts: dict[str, str]) -> list[str]:
    """The contacts that were named and may not look after the studio."""
    return [
        NOT_A_CONTACT.format(heading=column.heading, name=texts[column][:20])
        for column in CONTACTS
        if texts.get(column) and getattr(studio, column) is None
    ]


def _why_not(talk: Conversation, who: Staff, studio: Studio) -> Reply | None:
    if not who.scope.covers(studio):
        return Reply(NOT_YOURS.format(scope=telling.scope(who.scope, talk.library)), Status.ANSWERED)
    same = register.find_same(talk.session, who.scope, studio)
    if same is None:
        return None
    return Reply(KNOWN.format(line=telling.short(same), number=show_number(same.id)), Status.ANSWERED)


def _enter(talk: Conversation, who: Staff, notes: Notes) -> Step_:
    studio = read_studio(talk, who, notes.entered)
    if refused := _why_not(talk, who, studio):
        return refused, None
    added = register.add(talk.session, who.scope, studio, talk.now)
    if added is None:
        return Reply(NOT_ENTERED, Status.ANSWERED), None
    trail.keep(talk.session, Step("added", talk.contact.id, who.id, added.id), talk.now)
    return Reply(DONE.format(line=telling.short(added)), Status.ANSWERED), None
