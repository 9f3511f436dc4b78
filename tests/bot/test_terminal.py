"""`steward chat` on a real terminal."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.channels import SORRY, Unanswered
from bot.channels.terminal import ADDRESS, CHANNEL, chat
from bot.channels.terminal import Terminal as WayOut
from bot.desk import Desk as RealDesk
from handlers.conversation import Message, Reply
from handlers.push import Push
from knowledge.vocabulary import Status
from storage import contacts, outbox
from storage.outbox import Letter
from tests.cast import GRANT, NOW

ROOT = Path(__file__).parents[2]
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    """A program on a pseudo-terminal, as a person sees it."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self._seen, self._told = b"", 0

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def waits_for(self, text: str, seconds: float = 20) -> str:
        until = time.monotonic() + seconds
        while text not in self._shown() and time.monotonic() < until:
            ready, _, _ = select.select([self._ours], [], [], 0.2)
            if ready:
                try:
                    self._seen += os.read(self._ours, 65536)
                except OSError:  # the other end is closed
                    break
        shown = self._shown()
        assert text in shown
        self._told += shown.index(text) + len(text)  # what stands behind it is waited for next
        return shown

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        os.close(self._ours)

    def _shown(self) -> str:
        return CONTROLS.sub("", self._seen.decode("utf-8", "replace"))[self._told :]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    environment = {**os.environ, "TERM": "xterm", "STEWARD_DATABASE_URL": f"sqlite:///{tmp_path}/steward.db"}
    environment["PROMPT_TOOLKIT_NO_CPR"] = "1"
    terminal = Terminal([sys.executable, "-m", "bot", "chat"], environment)
    yield terminal
    terminal.close()


def test_wang_talks_on_a_terminal(terminal: Terminal) -> None:
    assert "Traceback" not in terminal.waits_for("你 ›")
    terminal.types(GRANT + "\r")
    assert "依据" in terminal.waits_for("依据")
    terminal.waits_for("你 ›")
    terminal.types("\x03")  # Ctrl+C drops the line, it does not end the talk
    terminal.waits_for("你 ›")
    terminal.types("\x04")  # Ctrl+D ends it
    terminal.waits_for("再见。")
    assert terminal.process.wait(10) == 0


class Desk:
    """A desk that offers two choices, and breaks where it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, message: Message) -> Reply:
        self.asked.append(message.text)
        if message.text == "坏":
            raise Unanswered
        return Reply("问哪家？", Status.CLARIFY, (), ("焦作", "长春"))

    def forget(self, channel: str, address: str) -> Future[bool]:
        raise AssertionError

    def deliver(self, channel: WayOut) -> None:
        pass


def test_a_number_chooses_only_among_what_was_offered() -> None:
    desk = Desk()
    said: list[str] = []
    chat(desk, iter(["2", "名额", "2", "3", "０", "坏", "1", ""]), said.append)
    assert desk.asked == ["2", "名额", "长春", "3", "０", "坏", "1"]
    assert SORRY in said
    assert "  1 焦作\n  2 长春" in said[1]


def test_what_is_due_is_shown_at_the_start_and_between_messages(desk: RealDesk) -> None:
    said: list[str] = []

    def plan(key: str, at: datetime = NOW) -> None:
        def unit(session: Session) -> None:
            here = contacts.find_or_make(session, CHANNEL, ADDRESS, NOW)
            outbox.put(session, [Letter(key, here.id, Push(f"{key}。").dump(), at)], NOW)

        desk.run(unit).result()

    def questions() -> Iterator[str]:
        assert said[-1] == "\n提醒：一。\n"
        plan("二")
        plan("明天的", NOW + timedelta(days=1))
        yield GRANT
        assert said[-1] == "\n提醒：二。\n"

    plan("一")
    chat(desk, questions(), said.append)
    assert "".join(said).count("提醒") == 2
    said.clear()
    chat(desk, iter([]), said.append)
    assert len(said) == 2
