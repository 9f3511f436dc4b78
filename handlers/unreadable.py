"""Messages with nothing to read in them, or far too much."""

from handlers.conversation import Conversation, Outcome, Reply
from knowledge.vocabulary import Status

NAME = "unreadable"
LONGEST = 5_000  # characters; a long story told by voice has some hundred

NOTHING = "没有看到文字。直接打字问就行，比如“上海要几个人”“焦作评上给多少钱”。"
TOO_LONG = "这段话太长了（{count} 字），我一次只能看 {most} 字以内。请把要问的那一两句单独发给我。"


def wants(talk: Conversation) -> bool:
    """Whether the message is blank or too long."""
    return not talk.message.text.strip() or len(talk.message.text) > LONGEST


def reply(talk: Conversation) -> Outcome:
    """Say so, and leave the conversation where it was."""
    count = len(talk.message.text)
    text = TOO_LONG.format(count=count, most=LONGEST) if count > LONGEST else NOTHING
    return Outcome(Reply(text, Status.HELP), talk.state)
