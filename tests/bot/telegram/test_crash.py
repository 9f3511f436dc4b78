"""The program killed between updates: nothing is lost, and what comes twice says so."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.desk import Desk
from handlers.conversation import Message
from handlers.push import PERHAPS_AGAIN
from tests.platforms.telegram import LI, TOKEN, WANG, Telegram

ROOT = Path(__file__).parents[3]
QUESTIONS = [f"{place}评上给多少钱？" for place in ("焦作", "长春", "上海", "中国技协", "交建")]


@contextmanager
def serving(folder: Path, telegram: Telegram) -> Iterator["subprocess.Popen[bytes]"]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (folder / "config.toml").write_text(
        f'[storage]\nurl = "sqlite:///{folder}/steward.db"\n[web]\nport = {port}\n'
        f'[telegram]\napi_url = "{telegram.url}"\n',
        encoding="utf-8",
    )
    environment = {"STEWARD_CONFIG": str(folder / "config.toml"), "STEWARD_TELEGRAM_TOKEN": TOKEN}
    process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def test_kill_9_loses_nothing_and_doubles_nothing_silently(tmp_path: Path, telegram: Telegram, desk: Desk) -> None:
    expected = [desk.answer(Message("test", "x", text, text)).text for text in QUESTIONS]
    for text in QUESTIONS:
        telegram.write(WANG, text)
        telegram.write(LI, text)
    with serving(tmp_path, telegram) as process:
        telegram.wait(lambda: telegram.said(WANG) or telegram.said(LI), 30)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    telegram.write(WANG, "长春自查")
    with serving(tmp_path, telegram):
        telegram.wait(lambda: not telegram.waiting, 30)
        telegram.fail("sendMessage", "late")  # killed while it waits for Telegram's answer
        telegram.press(WANG, "长春")
        telegram.wait(lambda: "第2题" in telegram.said(WANG)[-1])
    with serving(tmp_path, telegram) as process:
        telegram.wait(lambda: not telegram.waiting, 30)
        told_before = telegram.said(WANG)
        telegram.fail("sendMessage", "500")  # so that the reply waits a second for its next attempt
        telegram.write(WANG, "你好")
        telegram.wait(lambda: not telegram.faults)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    assert telegram.waiting == []  # what was under way at the end was finished and acknowledged
    assert len(telegram.said(WANG)) == len(told_before) + 1
    for person in (WANG, LI):
        told = telegram.said(person)
        plain = [one.removeprefix(PERHAPS_AGAIN) for one in told]
        assert list(dict.fromkeys(plain))[: len(QUESTIONS)] == expected
        again = [one for number, one in enumerate(told) if plain[number] in plain[:number]]
        assert all(one.startswith(PERHAPS_AGAIN) for one in again)
    first, second = told_before[-2:]
    assert second == PERHAPS_AGAIN + first
    assert "第2题" in first
