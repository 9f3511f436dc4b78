"""Reminders in chat: 已办, 稍后, 转给, 未办, 本月到期; an applicant's subscription to a programme's call."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from handlers.conversation import Conversation, Outcome, Reply
from handlers.registering import admitting
from handlers.registering.commands import Act as RegisterAct
from handlers.reminding import reaching, telling
from handlers.reminding.commands import STAFF_ONLY, Act, Command, read_command, read_later
from handlers.reminding.planning import WEEKLY, Planner, calendar_topic, call_topic, open_rows, would_send
from knowledge.dues import programme_dues
from knowledge.duties import What
from knowledge.timing import day_in_words
from knowledge.understanding import find_programmes
from knowledge.vocabulary import Paper, Status
from knowledge.wording import normalise
from storage import contacts, filings, matters, outbox, register, staff, subscriptions, trail
from storage.filings import Filing
from storage.matters import Matter
from storage.staff import Staff
from storage.trail import Step

NAME = "reminders"
LONGEST_SNOOZE = timedelta(days=200)
OPEN_DAYS = 60  # how far 未办 looks ahead

WHICH = "请说明是哪一件，例如“{word} D7”。说“未办”可以看编号。"
NO_SUCH = "没有 D{number} 这件事，或者它不归您管。说“未办”可以看编号。"
DONE = "D{number} 已登记办结：{what}。不再提醒。"
FILED = "同时记入台账：{year}年{what}已报送。"
DONE_BEFORE = "D{number} 之前已经登记办结了。"
LATER = "好，D{number} 改到{on}再提醒。到期日不变，是{due}。"
WHEN = "没看懂什么时候再提醒。可以说“稍后 D{number} 明天”“三天后”“下周一”“12月1日”。"
TOO_LATE = "这一天在到期日（{due}）以后，请选早一点的日子。"
PASSED = "D{number} 已转给{name}，会重新提醒对方。"
NOBODY = "没有叫“{name}”的工作人员，或者对方看不到这家工作室。"
UNTIL = "{until}以前未办的有{{count}}件："
WOULD = "假如今天是{day}，会提醒{{count}}件："
WOULD_NOTHING = "假如今天是{day}，没有要提醒的。"
NO_DAY = "没看懂日期，请这样说：假如今天是 2027-05-20。"
WEEKLY_ON = "好，每周一发一份概览。不要了就说“不要周报”。"
WEEKLY_OFF = "好，不再发周报。"
CALENDAR = (
    "这是您的日历链接，手机或电脑的日历里选“订阅日历”填进去，您范围内的到期日就会自己出现和更新。"
    "知道链接的人都能看到，请不要转发；说“停用日历”立即失效，再说“日历”会换一个新的。"
)
NO_CALENDAR = "日历链接已停用。"
SUBSCRIBED = "好，{name}的申报日期临近时提醒您：{when}不想收了就回“退订”。"
NO_DATES = "{name}的文件没有写以后的申报日期，这里没法按日子提醒。请留意发文单位的通知。"
WHICH_CALL = "要提醒哪一家的申报？例如“交建开始申报提醒我”。"
LEFT = "已退订，不再提醒。"
NOT_SUBSCRIBED = "您没有订阅提醒。"


def wants(talk: Conversation) -> bool:
    """Whether the message is one of these words as a whole."""
    command = read_command(talk.message.text)
    if command is None:
        return False
    is_bare = command.act in (Act.DONE, Act.LATER, Act.HAND_OVER) and not command.number
    return not is_bare or _who(talk) is not None


def reply(talk: Conversation) -> Outcome:
    """Carry it out; staff words of a stranger get the same friendly refusal as those of the register."""
    command, who = read_command(talk.message.text), _who(talk)
    assert command is not None  # noqa: S101 - `wants` has read it
    if command.act in STAFF_ONLY:
        if who is None:
            return Outcome(admitting.refuse(talk, RegisterAct.LOOK), "")
        return Outcome(_STAFF_ACTS[command.act](talk, who, command), "")
    return Outcome(_subscribe(talk) if command.act is Act.SUBSCRIBE else _leave(talk), "")


def _who(talk: Conversation) -> Staff | None:
    return staff.of_contact(talk.session, talk.contact)


# ---------------------------------------------------------------- what staff answer
def _matter(talk: Conversation, who: Staff, command: Command) -> Matter | Reply:
    """The matter that is meant, if it is of a studio or programme this person looks after."""
    if not command.number:
        word = {Act.DONE: "已办", Act.LATER: "稍后", Act.HAND_OVER: "转给 李四"}[command.act]
        return Reply(WHICH.format(word=word), Status.HELP, (), ("未办",))
    matter = matters.find(talk.session, command.number)
    if matter is None or not _is_theirs(talk, who, matter):
        return Reply(NO_SUCH.format(number=command.number), Status.HELP, (), ("未办",))
    if matter.is_done:
        return Reply(DONE_BEFORE.format(number=matter.id), Status.ANSWERED)
    return matter


def _is_theirs(talk: Conversation, who: Staff, matter: Matter) -> bool:
    if matter.studio_id:
        return register.find(talk.session, who.scope, matter.studio_id) is not None
    return matter.staff_id == who.id


def _done(talk: Conversation, who: Staff, command: Command) -> Reply:
    matter = _matter(talk, who, command)
    if isinstance(matter, Reply):
        return matter
    matters.finish(talk.session, matter.id, who.id, talk.now)
    outbox.withdraw(talk.session, f"D{matter.id}", talk.now)
    trail.keep(talk.session, Step("done", talk.contact.id, who.id, matter.studio_id, matter.what), talk.now)
    text = DONE.format(number=matter.id, what=_what(matter))
    return Reply(text + _file(talk, who, matter), Status.ANSWERED, (), ("未办",))


def _file(talk: Conversation, who: Staff, matter: Matter) -> str:
    """A filing that is done is noted in the register too."""
    papers = {str(paper) for paper in Paper}
    studio = register.find(talk.session, who.scope, matter.studio_id) if matter.studio_id else None
    if studio is None or matter.what not in papers:
        return ""
    filing = Filing(Paper(matter.what), str(matter.due_on.year), talk.today, who.id)
    is_new = filings.keep(talk.session, studio, filing, talk.now)
    return FILED.format(year=matter.due_on.year, what=Paper(matter.what).chinese) if is_new else ""


def _what(matter: Matter) -> str:
    return f"{What(matter.what).chinese}，{day_in_words(matter.due_on)}"


def _later(talk: Conversation, who: Staff, command: Command) -> Reply:
    matter = _matter(talk, who, command)
    if isinstance(matter, Reply):
        return matter
    on = read_later(command.rest, talk.today)
    if on is None or not talk.today < on <= talk.today + LONGEST_SNOOZE:
        return Reply(WHEN.format(number=matter.id), Status.HELP)
    due = day_in_words(matter.due_on)
    if talk.today <= matter.due_on < on:
        return Reply(TOO_LATE.format(due=due), Status.HELP)
    matters.snooze(talk.session, matter.id, on)
    outbox.withdraw(talk.session, f"D{matter.id}", talk.now)
    return Reply(LATER.format(number=matter.id, on=day_in_words(on), due=due), Status.ANSWERED)


def _pass(talk: Conversation, who: Staff, command: Command) -> Reply:
    matter = _matter(talk, who, command)
    if isinstance(matter, Reply):
        return matter
    other = staff.by_name(talk.session, command.rest)
    if other is None or not other.is_active() or not (matter.studio_id and _is_theirs(talk, other, matter)):
        return Reply(NOBODY.format(name=command.rest), Status.HELP)
    matters.pass_on(talk.session, matter.id, other.id)
    outbox.withdraw(talk.session, f"D{matter.id}", talk.now)
    trail.keep(talk.session, Step("passed on", talk.contact.id, who.id, matter.studio_id, matter.what), talk.now)
    return Reply(PASSED.format(number=matter.id, name=other.name), Status.ANSWERED)


# ---------------------------------------------------------------- what staff ask
def _planner(talk: Conversation) -> Planner:
    terms = talk.terms
    return Planner(talk.library, terms.calendar, terms.first_rounds, terms.has_template)


def _listed(talk: Conversation, who: Staff, until: date) -> Reply:
    rows = open_rows(talk.session, _planner(talk), who, talk.today, until)
    heading = UNTIL.format(until=day_in_words(until))
    return Reply(telling.listing(rows, talk.library, talk.today, heading), Status.ANSWERED)


def _open(talk: Conversation, who: Staff, command: Command) -> Reply:
    return _listed(talk, who, talk.today + timedelta(days=OPEN_DAYS))


def _month(talk: Conversation, who: Staff, command: Command) -> Reply:
    first = talk.today.replace(day=1)
    if command.rest.startswith("下"):
        first = (first + timedelta(days=32)).replace(day=1)
    if command.rest == "今年":
        return _listed(talk, who, date(talk.today.year, 12, 31))
    return _listed(talk, who, first.replace(day=monthrange(first.year, first.month)[1]))


def _would(talk: Conversation, who: Staff, command: Command) -> Reply:
    day = read_later(command.rest, talk.today)
    if day is None:
        return Reply(NO_DAY, Status.HELP)
    shown = day_in_words(day)
    rows = would_send(talk.session, _planner(talk), who, day)
    if not rows:
        return Reply(WOULD_NOTHING.format(day=shown), Status.ANSWERED)
    return Reply(telling.listing(rows, talk.library, day, WOULD.format(day=shown)), Status.ANSWERED)


def _unreached(talk: Conversation, who: Staff, command: Command) -> Reply:
    """Who of one's own programme will not get the next reminders."""
    found = reaching.unreached(talk.session, _planner(talk), talk.today, talk.now)
    mine = [row for row in found if who.scope.is_everything or row[0].scope.programme == who.scope.programme]
    told = [reaching.tell(*row) for row in mine]
    return Reply("\n".join(told) or reaching.NOBODY.format(days=reaching.DAYS), Status.ANSWERED)


def _weekly(talk: Conversation, who: Staff, command: Command) -> Reply:
    subscriptions.subscribe(talk.session, talk.contact, WEEKLY, talk.now)
    return Reply(WEEKLY_ON, Status.ANSWERED)


def _no_weekly(talk: Conversation, who: Staff, command: Command) -> Reply:
    subscriptions.leave(talk.session, talk.contact, WEEKLY)
    return Reply(WEEKLY_OFF, Status.ANSWERED)


def _calendar(talk: Conversation, who: Staff, command: Command) -> Reply:
    """A private link to a calendar of what is due; the one before it leads nowhere from now on."""
    _end_calendars(talk)
    subscriptions.subscribe(talk.session, talk.contact, calendar_topic(talk.secret), talk.now)
    return Reply(CALENDAR, Status.ANSWERED, (), ("停用日历",), link=f"/calendar/{talk.secret}.ics")


def _no_calendar(talk: Conversation, who: Staff, command: Command) -> Reply:
    _end_calendars(talk)
    return Reply(NO_CALENDAR, Status.ANSWERED, (), ("日历",))


def _end_calendars(talk: Conversation) -> None:
    for topic in subscriptions.mine(talk.session, talk.contact):
        if topic.startswith(calendar_topic("")):
            subscriptions.leave(talk.session, talk.contact, topic)


_STAFF_ACTS: Mapping[Act, Callable[[Conversation, Staff, Command], Reply]] = {
    Act.DONE: _done,
    Act.LATER: _later,
    Act.HAND_OVER: _pass,
    Act.OPEN: _open,
    Act.MONTH: _month,
    Act.WOULD: _would,
    Act.UNREACHED: _unreached,
    Act.WEEKLY: _weekly,
    Act.NO_WEEKLY: _no_weekly,
    Act.CALENDAR: _calendar,
    Act.NO_CALENDAR: _no_calendar,
}


# ---------------------------------------------------------------- what anybody may ask for
def _subscribe(talk: Conversation) -> Reply:
    """Tell somebody when a programme's papers are due, if its document sets a day."""
    named = find_programmes(normalise(talk.message.text), talk.library.lexicon)[0]
    if len(named) != 1:
        return Reply(WHICH_CALL, Status.CLARIFY)
    programme = talk.library.programmes[named[0]]
    duty = next((one for one in _coming_calls(talk, named[0])), None)
    if duty is None:
        return Reply(NO_DATES.format(name=programme.name), Status.NOT_STATED)
    subscriptions.subscribe(talk.session, talk.contact, call_topic(programme.id), talk.now)
    contacts.hold(talk.session, talk.contact.id, True)
    when = f"下一次截止是{day_in_words(duty)}。"
    return Reply(SUBSCRIBED.format(name=programme.name, when=when), Status.ANSWERED, (), ("退订",))


def _coming_calls(talk: Conversation, slug: str) -> list[date]:
    end = talk.today + timedelta(days=400)
    found = programme_dues(talk.library.programmes[slug], talk.today, end, talk.today)
    return [due.on for due in found if due.what is What.APPLICATION_DEADLINE]


def _leave(talk: Conversation) -> Reply:
    """End all that somebody subscribed to."""
    is_any = subscriptions.leave(talk.session, talk.contact) > 0
    if is_any and _who(talk) is None:
        contacts.hold(talk.session, talk.contact.id, False)
    return Reply(LEFT if is_any else NOT_SUBSCRIBED, Status.HELP)
