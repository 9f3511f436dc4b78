"""A thousand conversations in one run: answered in order, in bounded memory."""

import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from tests.cast import GRANT

ROOT = Path(__file__).parents[2]
ROOM = 25  # MB that a long run may take beyond a short one


def run(conversations: int, turns: int = 1) -> tuple[list[int], float]:
    """The conversations answered, in order, and the most memory the process had, in MB."""
    asked = [json.dumps({"conversation": n, "text": GRANT}).encode() + b"\n" for n in range(conversations)] * turns
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--jsonl"], stdin=pipe, stdout=pipe, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, asked))
        feeder.start()
        answers = [json.loads(process.stdout.readline()) for _ in asked]
        peak = _peak_memory(process.pid)  # what wait4 tells would hold the test's own memory before the fork
        feeder.join()
        process.stdin.close()
    assert process.returncode == 0
    assert {answer["status"] for answer in answers} == {"answered"}
    return [answer["conversation"] for answer in answers], peak


def _feed(sink: IO[bytes], lines: list[bytes]) -> None:
    sink.writelines(lines)
    sink.flush()


def _peak_memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kilobytes) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_a_thousand_conversations_stay_bounded() -> None:
    _, short = run(100)
    answered, long = run(1_000)
    assert answered == list(range(1_000))
    assert long < short + ROOM


@pytest.mark.soak
@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_a_hundred_thousand_lines_take_no_more() -> None:
    _, once = run(20_000)
    _, often = run(20_000, turns=5)
    assert often < once + 10
