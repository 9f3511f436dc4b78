"""The channel of a terminal: a conversation line by line, kept like every other."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Protocol
from uuid import uuid4

from bot.channels import SORRY, Unanswered
from handlers.conversation import Message, Reply
from handlers.push import HEADING, Push

CHANNEL = "terminal"
ADDRESS = "local"

WELCOME = """工作室管家：问五份创新工作室文件里的规定，每个回答都注明依据的条款。
直接打字问，例如：焦作评上给多少钱？  想对照条件就说“自查”。  输入选项前的数字可以直接选。
/清除 删除这里的对话记录    /退出 结束（也可以按 Ctrl+D）"""
CLEARED = "对话记录已删除。"
GOODBYE = "再见。"
UNKNOWN = "没有这个命令。可用：/清除  /退出"
PROMPT = "你 › "
CLEAR_WORDS = ("/清除", "/clear")
QUIT_WORDS = ("/退出", "/quit", "/exit")


class Desk(Protocol):
    """What this channel needs of the desk."""

    def answer(self, message: Message) -> Reply:
        """Answer one message."""

    def forget(self, channel: str, address: str) -> Future[bool]:
        """Delete what is kept of a contact."""

    def deliver(self, channel: "Terminal") -> None:
        """Send what is due on this channel, and wait for it."""


class Terminal:
    """The way out to whoever sits here.

    Args:
        say: shows a text to the person.
    """

    name = CHANNEL

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    async def send(self, address: str, push: Push, key: str) -> None:
        """Show a push."""
        self._say(f"\n{HEADING}{push.text}\n")


def chat(desk: Desk, questions: Iterator[str], say: Callable[[str], None]) -> None:
    """Talk until the questions end.

    Args:
        desk: answers.
        questions: what the person types, a line each.
        say: shows a text to the person.
    """
    say(WELCOME)
    out = Terminal(say)
    desk.deliver(out)
    options: tuple[str, ...] = ()
    for typed in questions:
        line = typed.strip()
        if line in QUIT_WORDS:
            break
        if line in CLEAR_WORDS:
            desk.forget(CHANNEL, ADDRESS).result()
            options = ()
            say(CLEARED)
        elif line.startswith("/"):
            say(UNKNOWN)
        elif line:
            options = _answer(desk, _choose(line, options), say)
        desk.deliver(out)
    say(GOODBYE)


def read_questions() -> Iterator[str]:
    """The lines a person types: with editing and history on a terminal, plainly from a pipe."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield from sys.stdin
        return
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession()
    while True:
        try:
            yield session.prompt(PROMPT)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _choose(line: str, options: tuple[str, ...]) -> str:
    if line.isdecimal() and 1 <= int(line) <= len(options):
        return options[int(line) - 1]
    return line


def _answer(desk: Desk, text: str, say: Callable[[str], None]) -> tuple[str, ...]:
    try:
        reply = desk.answer(Message(CHANNEL, ADDRESS, text, uuid4().hex))
    except Unanswered:
        say(SORRY)
        return ()
    is_number = reply.question is not None and reply.question.kind == "number"  # there a digit is the answer itself
    options = () if is_number else reply.options
    choices = [f"  {number} {option}" for number, option in enumerate(options, start=1)]
    say("\n".join(["", reply.text, *choices, ""]))
    return options
