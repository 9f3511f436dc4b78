"""The program is told to end while people are asking: what was answered is kept, what was not can be sent again."""

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.cast import GRANT

ROOT = Path(__file__).parents[2]
ASKERS = 4
ENOUGH = 80  # answers before the signal
SECONDS_TO_END = 10.0


class Program:
    """The running program."""

    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.folder, self.port, self.process = folder, port, process

    def end(self) -> float:
        """Tell it to end; returns how long it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(SECONDS_TO_END) == 0
        return time.monotonic() - begun

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "log").read_text(encoding="utf-8").splitlines()]


@contextmanager
def serving(folder: Path) -> Iterator[Program]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (folder / "config.toml").write_text(
        f'[storage]\nurl = "sqlite:///{folder}/steward.db"\n[web]\nport = {port}\nmessages_a_minute = 6000\n'
        '[log]\nformat = "json"\nlevel = "debug"\n[watch]\nmetrics = true\n',
        encoding="utf-8",
    )
    environment = {**os.environ, "STEWARD_CONFIG": str(folder / "config.toml")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_for(port, process)
        yield Program(folder, port, process)
    finally:
        process.kill()
        process.wait(20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            with closing(connect(port)) as connection:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.05)


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=10)


def ask(connection: http.client.HTTPConnection, who: int, message_id: str) -> bytes | None:
    """The answer; none if the program did not answer, which leaves open whether it has heard."""
    body = json.dumps({"id": message_id, "text": GRANT}).encode()
    headers = {"content-type": "application/json", "cookie": f"steward={str(who) * 43}"}
    try:
        connection.request("POST", "/api/messages", body, headers)
        response = connection.getresponse()
        answer = response.read()
    except (OSError, http.client.HTTPException):
        return None
    assert response.status == 200, answer
    return answer


class Asker(threading.Thread):
    """Somebody who asks again and again over one connection, until there is no answer."""

    def __init__(self, port: int, who: int) -> None:
        super().__init__()
        self.who = who
        self.answered: dict[str, bytes] = {}
        self.unanswered = ""
        self._connection = connect(port)

    def run(self) -> None:
        for number in range(10_000):
            message_id = f"{self.who}-{number}"
            answer = ask(self._connection, self.who, message_id)
            if answer is None:
                self.unanswered = message_id
                break
            self.answered[message_id] = answer
        self._connection.close()


def kept(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "steward.db")) as database:
        return [row[0] for row in database.execute("SELECT message_id FROM message")]


def end_at_once(program: Program) -> None:
    """Tell it twice, while it still waits for somebody."""
    with dawdling(program.port):
        program.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert program.process.poll() is None
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(3) == 0
        assert program.log()[-1]["event"] == "stopped"


@contextmanager
def dawdling(port: int) -> Iterator[None]:
    """One who keeps a connection open, one who never ends a request, one who never begins."""
    idle, half, silent = (socket.create_connection(("127.0.0.1", port)) for _ in range(3))
    idle.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
    assert idle.recv(4096).startswith(b"HTTP/1.1 200")
    half.sendall(b"POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n")
    half.sendall(b'content-length: 99\r\n\r\n{"id": "x", ')
    time.sleep(0.2)
    yield
    for one in (idle, half, silent):
        one.close()


def test_told_to_end_under_load_it_loses_no_message(tmp_path: Path) -> None:
    with serving(tmp_path) as program:
        askers = [Asker(program.port, who) for who in range(ASKERS)]
        for asker in askers:
            asker.start()
        until = time.monotonic() + 30
        while sum(len(asker.answered) for asker in askers) < ENOUGH and time.monotonic() < until:
            time.sleep(0.01)
        seconds = program.end()
        for asker in askers:
            asker.join(10)
        log = program.log()
    answered = {message_id: answer for asker in askers for message_id, answer in asker.answered.items()}
    assert len(answered) >= ENOUGH
    assert answered.keys() <= set(kept(tmp_path))
    assert seconds < 3
    assert log[-1]["event"] == "stopped"
    messages = [line for line in log if line["event"] == "message"]
    assert len(answered) <= len(messages) <= len(answered) + ASKERS
    assert GRANT not in (tmp_path / "log").read_text(encoding="utf-8")
    with serving(tmp_path) as program:
        for asker in askers:
            with closing(connect(program.port)) as connection:
                newest = next(reversed(asker.answered))
                assert ask(connection, asker.who, newest) == asker.answered[newest]
                assert ask(connection, asker.who, asker.unanswered) is not None
        end_at_once(program)
    ids = kept(tmp_path)
    assert len(ids) == len(set(ids))
    assert set(ids) == answered.keys() | {asker.unanswered for asker in askers}


def test_who_dawdles_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with serving(tmp_path) as program, dawdling(program.port):
        assert program.end() < SECONDS_TO_END
        assert program.log()[-1]["event"] == "stopped"
