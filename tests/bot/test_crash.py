"""The program killed in the middle of its work: what was answered is kept, and it starts again."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cast import GRANT

ROOT = Path(__file__).parents[2]
ENOUGH = 30  # answers before each kill
COOKIE = "steward=" + "z" * 43


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (folder / "config.toml").write_text(
        f'[storage]\nurl = "sqlite:///{folder}/steward.db"\n[web]\nport = {port}\nmessages_a_minute = 6000\n',
        encoding="utf-8",
    )
    environment = {**os.environ, "STEWARD_CONFIG": str(folder / "config.toml")}
    process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/healthz")
        yield url, process
    finally:
        process.kill()
        process.wait(20)


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    answered = ask_and_kill(tmp_path, rounds=2)
    assert len(answered) > 20
    with serving(tmp_path) as (url, _):
        newest = list(answered.items())[-100:]  # older ones may have been let go
        kept = {message_id: _ask(url, message_id) for message_id, _ in newest}
        history = _get(f"{url}/api/messages")["messages"]
    assert kept == dict(newest)
    assert len(history) == 50


@pytest.mark.soak
def test_twenty_crashes_lose_nothing(tmp_path: Path) -> None:
    for _ in range(10):
        test_what_was_answered_survives_kill_9(tmp_path)


def _wait_until(answered: dict[str, bytes], number: int, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while len(answered) < number and time.monotonic() < deadline:
        time.sleep(0.01)


def ask_and_kill(folder: Path, rounds: int) -> dict[str, bytes]:
    """Three people ask until the program is killed, again and again; returns what was answered, by message id."""
    answered: dict[str, bytes] = {}

    def keep_asking(url: str) -> None:
        while True:
            message_id = uuid4().hex
            try:
                answered[message_id] = _ask(url, message_id)
            except (OSError, ValueError, HTTPException):
                return

    for _ in range(rounds):
        with serving(folder) as (url, process):
            askers = [threading.Thread(target=keep_asking, args=(url,)) for _ in range(3)]
            for asker in askers:
                asker.start()
            _wait_until(answered, len(answered) + ENOUGH)
            process.send_signal(signal.SIGKILL)
            for asker in askers:
                asker.join(20)
    return answered


def test_a_self_check_outlives_kill_9_between_any_two_messages(tmp_path: Path) -> None:
    replies = []
    for number, text in enumerate(("长春自查", "长春", "不是", "没有")):
        with serving(tmp_path) as (url, process):
            replies.append(json.loads(_ask(url, f"check-{number}", text))["text"])
            assert json.loads(_ask(url, f"check-{number}", text))["text"] == replies[-1]
            process.send_signal(signal.SIGKILL)
    assert [f"第{number}题" in reply for number, reply in enumerate(replies[:3], start=1)] == [True] * 3
    assert "暂不符合" in replies[-1]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_asked_to(tmp_path: Path, stop: signal.Signals) -> None:
    with serving(tmp_path) as (url, process):
        _ask(url, "1")
        process.send_signal(stop)
        assert process.wait(10) in (0, -stop, 128 + stop)


def _ask(url: str, message_id: str, text: str = GRANT) -> bytes:
    body = json.dumps({"id": message_id, "text": text}).encode()
    headers = {"content-type": "application/json", "cookie": COOKIE}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/api/messages", body, headers), timeout=10) as response:
        content: bytes = response.read()
        return content


def _get(url: str) -> dict[str, list[object]]:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"cookie": COOKIE}), timeout=10) as response:
        found: dict[str, list[object]] = json.loads(response.read())
        return found


def _wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
