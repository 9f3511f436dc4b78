"""Replies and pushes as WeChat and WeCom show them: numbered options, links, and nothing that breaks their XML."""

import re
from collections.abc import Sequence

from bot.tencent.incoming import QUESTION
from handlers.conversation import Manner, Reply
from handlers.push import HEADING, Push

LONGEST = 2_000  # bytes of a text in UTF-8; the platforms cut or refuse from 2,048 on
LONGEST_LINK = 220  # bytes that the link to a page of ours takes at most
MANNER = Manner(LONGEST - LONGEST_LINK, is_numbered=True)
SHORTENED = "……（说“未办”看全部）"
OPEN = "打开完整结果"

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"<(?=\s*/?\s*[a-zA-Z!])")
_IN_LINK = re.compile(r"[\"'<>&#\s]+")


def plain(text: str) -> str:
    """A text that can stand in CDATA and in which nothing is taken for a link that is none of ours."""
    return _TAG.sub("＜", _CONTROL.sub("", text)).replace("]]>", "]]＞")


def render_reply(reply: Reply, public_url: str, has_links: bool) -> str:
    """A reply as one text.

    Args:
        reply: what goes back; it has been cut to what has room.
        public_url: where our pages are reached; empty if they are not.
        has_links: options may be links that can be pressed.
    """
    text = plain(reply.text)
    if reply.link and public_url:
        text += f'\n<a href="{public_url}{reply.link}">{OPEN}</a>'
    if not reply.options or (reply.question and reply.question.kind == "number"):
        return text  # a number is the answer itself, so nothing may be numbered
    question = QUESTION + reply.question.id if reply.question else "option"
    if has_links:
        pressed = text + _lines(reply.options, question)
        if len(pressed.encode()) <= LONGEST:
            return pressed
    return text + "".join(f"\n{number} {plain(option)}" for number, option in enumerate(reply.options, 1))


def render_push(push: Push, public_url: str, has_links: bool) -> str:
    """A push as one text; its options have no numbers, as a number typed is meant for what was asked before."""
    text = shorten(plain(HEADING + push.text), LONGEST)
    if push.link and public_url:
        text += f'\n<a href="{public_url}{push.link}">{OPEN}</a>'
    if has_links:
        pressed = text + "".join("\n" + _link(option, "push") for option in push.options)
        return pressed if len(pressed.encode()) <= LONGEST else text
    return text


def shorten(text: str, room: int) -> str:
    """A text as far as it has room, whole lines of it."""
    if len(text.encode()) <= room:
        return text
    kept = text.encode()[: room - len(SHORTENED.encode())].decode("utf-8", "ignore")
    return kept[: max(kept.rfind("\n"), len(kept) // 2)] + SHORTENED


def _lines(options: Sequence[str], menu: str) -> str:
    return "".join(f"\n{number} {_link(option, menu)}" for number, option in enumerate(options, 1))


def _link(option: str, menu: str) -> str:
    """An option as a link that sends it when it is pressed; the platform tells us `menu` with it."""
    said = _IN_LINK.sub(" ", option)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={said}&msgmenuid={menu}">{plain(option)}</a>'
