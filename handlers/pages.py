"""Replies that are longer than their channel bears: cut into pages, the next one on 更多."""

from dataclasses import replace

from handlers.conversation import Conversation, Outcome, Reply
from knowledge.vocabulary import Status
from knowledge.wording import normalise

NAME = "pages"
NEXT = "更多"
WORDS = (NEXT, "下一页", "继续看", "下页", "后面呢")
GO_ON = "\n（没完，回复“更多”接着看）"
SEPARATORS = ("\n", "。", "；", "，")  # where a page may end, the better ones first
LEAST = 0.5  # of a page that is filled before a worse separator is taken
LEAST_ROOM = 200  # bytes for the text, however many options there are


def wants(talk: Conversation) -> bool:
    """Whether the next page is wanted and there is one; every other message is somebody else's."""
    return bool(talk.state) and normalise(talk.message.text).strip("。！!. ") in WORDS


def reply(talk: Conversation) -> Outcome:
    """All that is left; `cut` takes the next page of it."""
    return Outcome(Reply.load(talk.state), "", is_apart=True)


def cut(reply: Reply, room: int) -> tuple[Reply, str]:
    """A reply as far as it has room, and the rest as it is kept.

    Args:
        reply: the whole.
        room: bytes in UTF-8 that text and numbered options may have; 0 for no bound.
    """
    cost = sum(_size(f"\n{number} {option}") for number, option in enumerate(reply.options, 1))
    if not room or _size(reply.text) + cost <= room:
        return reply, ""
    if _size(reply.text) <= room - _size(f"\n1 {NEXT}"):  # only the options have no room: they come with the next page
        room = _size(reply.text) - 1
    end = _end_of_page(reply.text, max(LEAST_ROOM, room - _size(GO_ON) - _size(f"\n1 {NEXT}")))
    rest = replace(reply, text=reply.text[end:].lstrip("\n"))
    return Reply(reply.text[:end].rstrip("\n") + GO_ON, Status(reply.status), reply.citations, (NEXT,)), rest.dump()


def _end_of_page(text: str, room: int) -> int:
    """How many characters go onto a page of so many bytes."""
    most = len(text.encode()[:room].decode("utf-8", "ignore"))
    for separator in SEPARATORS:
        end = text.rfind(separator, 0, most) + 1
        if end >= most * LEAST:
            return end
    return most


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
