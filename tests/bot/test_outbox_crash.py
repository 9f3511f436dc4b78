"""The program killed while it plans and delivers: every message is announced, a second time only where nobody can know.

The platform on loopback accepts, refuses, hangs, and accepts and then hangs, each by a fixed seed.
"""

import json
import random
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from storage import outbox_view
from storage.database import Database
from storage.outbox import State

ROOT = Path(__file__).parents[2]
PERHAPS_AGAIN = "（可能重复）"
LETTERS_A_ROUND = 12
TIMEOUT, LEASE = 0.3, 3.0  # seconds, short so that much happens
NEAR = 5.0  # seconds around a kill in which what was accepted may not be written down yet


@dataclass(frozen=True)
class Accepted:
    """A message that the platform took."""

    at: float
    round: int
    has_answered: bool
    is_marked: bool


@dataclass
class Book:
    """What the platform has seen."""

    accepted: defaultdict[str, list[Accepted]] = field(default_factory=lambda: defaultdict(list))
    told: Counter[str] = field(default_factory=Counter)
    rounds: Counter[int] = field(default_factory=Counter)
    kills: dict[int, float] = field(default_factory=dict)
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_calm: bool = False
    waits_for: int = 0  # so many processes before it answers the first


class Platform(socketserver.StreamRequestHandler):
    """Takes a line, and answers as the dice fall."""

    def handle(self) -> None:
        book: Book = self.server.book  # type: ignore[attr-defined]
        line = self.rfile.readline()
        if not line.endswith(b"\n"):
            return
        asked = json.loads(line)
        with book.lock:
            chance = 1.0 if book.is_calm else book.dice.random()
            what = "refused" if chance < 0.1 else "hung" if chance < 0.15 else "lost" if chance < 0.25 else "ok"
            book.told[what] += 1
            book.rounds[asked["round"]] += 1
            if what in ("ok", "lost"):
                text = asked["text"].removeprefix(PERHAPS_AGAIN)
                one = Accepted(time.monotonic(), asked["round"], what == "ok", text != asked["text"])
                book.accepted[text].append(one)
        wait_until(lambda: len(book.rounds) >= book.waits_for, 60)
        if what in ("hung", "lost"):
            time.sleep(TIMEOUT + 0.2)
        else:
            self.wfile.write(b"ok\n" if what == "ok" else b"no\n")


class Server(socketserver.ThreadingTCPServer):
    """The platform."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, book: Book) -> None:
        super().__init__(("127.0.0.1", 0), Platform)
        self.book = book

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked was killed."""


@contextmanager
def platform(book: Book) -> Iterator[int]:
    with Server(book) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def posting(
    url: str, port: int, number: int, letters: int, timeout: float = TIMEOUT, lease: float = LEASE
) -> Iterator["subprocess.Popen[bytes]"]:
    given = map(str, (url, port, number, letters, timeout, lease))
    command = [sys.executable, "-m", "tests.bot.posting", *given]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(happens: Callable[[], object], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happens():
            return True
        time.sleep(0.005)
    return False


def kill_again_and_again(url: str, kills: int) -> Book:
    """Kill the program at random moments, mostly after its first message, then let it finish in peace."""
    book = Book()
    with platform(book) as port:
        for number in range(kills):
            letters = LETTERS_A_ROUND * (number + 1)
            with posting(url, port, number, letters) as process:
                if book.dice.random() < 0.8:
                    assert wait_until(partial(book.rounds.get, number), 30)
                    time.sleep(book.dice.random() * 0.25)
                else:
                    time.sleep(book.dice.random() * 2)  # while it starts and plans
                process.send_signal(signal.SIGKILL)
                process.wait(20)
                book.kills[number] = time.monotonic()
        book.is_calm = True
        with posting(url, port, kills, LETTERS_A_ROUND * kills):
            assert wait_until(lambda: len(book.accepted) == LETTERS_A_ROUND * kills, 60)
            assert wait_until(lambda: is_all_sent(url), 60)
    return book


def is_all_sent(url: str) -> bool:
    database = Database(url)
    counts = database.run(outbox_view.counts).result()
    database.close()
    return counts[State.SENT] == sum(counts.values())


def examine(book: Book, kills: int) -> str:
    """Hold what the platform has seen against what is promised; returns the figures."""
    assert len(book.kills) == kills
    assert set(book.accepted) == {f"m:{n}" for n in range(LETTERS_A_ROUND * kills)}
    again = Counter[str]()
    for text, sendings in book.accepted.items():
        for earlier, later in pairwise(sendings):
            assert later.is_marked, (text, sendings)
            if not earlier.has_answered:
                again["accepted, answer lost"] += 1
                continue
            killed_at = book.kills[earlier.round]
            assert later.round > earlier.round, (text, sendings)
            assert abs(killed_at - earlier.at) < NEAR, (text, sendings)  # it may be read after the kill
            again["accepted, killed before it was written down"] += 1
    return (
        f"{kills} kills, {len(book.accepted)} messages, all announced; the platform: {dict(book.told)}; "
        f"announced again, each marked: {dict(again)}"
    )


def test_what_is_planned_is_announced_whatever_kills_the_program(url: str) -> None:
    print(examine(kill_again_and_again(url, 8), 8))


@pytest.mark.soak
def test_three_hundred_kills_lose_nothing(url: str) -> None:
    print(examine(kill_again_and_again(url, 300), 300))


def test_two_processes_on_one_database_send_everything_once(url: str) -> None:
    book = Book(is_calm=True, waits_for=2)
    letters = 300
    with platform(book) as port, posting(url, port, 0, letters, 60, 120), posting(url, port, 1, letters, 60, 120):
        assert wait_until(lambda: len(book.accepted) == letters, 60)
        assert wait_until(lambda: is_all_sent(url), 60)
    assert {len(sendings) for sendings in book.accepted.values()} == {1}
    assert set(book.rounds) == {0, 1}
