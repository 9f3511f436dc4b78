"""What people do instead of writing: they come, they leave, they send a picture."""

from handlers.conversation import Conversation, Event, Outcome, Reply
from knowledge.talk import EXAMPLES, ability
from knowledge.vocabulary import Status
from storage import contacts, outbox, staff, subscriptions

NAME = "arrivals"

WELCOME = "您好！{ability}\n想知道本单位够不够条件，回复“自查”；怎么保管您的信息，回复“隐私”。"
WORDLESS = "图片、视频和文件我看不了，请把要问的写成文字，例如：上海要几个人。"
GOODBYE = "已停止提醒。"


def wants(talk: Conversation) -> bool:
    """Whether nothing was written."""
    return talk.message.event is not None


def reply(talk: Conversation) -> Outcome:
    """A welcome, a polite word, or the end of what is told unasked."""
    if talk.message.event is Event.ARRIVED:
        told = Reply(WELCOME.format(ability=ability(talk.library)), Status.HELP, (), ("自查", *EXAMPLES))
        return Outcome(told, talk.state)
    if talk.message.event is Event.WORDLESS:
        return Outcome(Reply(WORDLESS, Status.HELP), talk.state)
    return Outcome(Reply(GOODBYE, Status.SMALLTALK), talk.state, is_forgotten=_leave(talk))


def _leave(talk: Conversation) -> bool:
    """End the pushes on this channel; true where the person is to be forgotten altogether."""
    session, contact, message = talk.session, talk.contact, talk.message
    contacts.mark_gone(session, message.channel, message.address, True)
    ways = [one for one in contacts.accounts(session, contact.id) if not one.is_gone]
    if ways:
        outbox.reroute(session, contact.id, message.channel, ways[0].channel)
        return False
    subscriptions.leave(session, contact)
    if staff.of_contact(session, contact) is None:
        contacts.hold(session, contact.id, False)  # nothing is to be told any more, so it grows old like others
    return talk.terms.forget_on_leave
