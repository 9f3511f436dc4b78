"""Measures answering in one process, the start of one command, throughput with everything kept, and the outbox."""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import wait
from datetime import date
from pathlib import Path
from typing import Any

from bench import asking, planning, reminders

ROOT = Path(__file__).parents[1]
SETS = (ROOT / "tests" / "questions" / "second.jsonl", ROOT.parent / "shared" / "questions" / "dev.jsonl")
TODAY = date(2026, 11, 20)
ROUNDS = 20
STARTS = 7
MESSAGES = 4_000


def main() -> None:
    """Measure everything and print the table."""
    talks = list(read_talks())
    if not talks:
        sys.exit("There is no question set to measure with.")
    turns = sum(map(len, talks))
    print(
        f"{turns} turns of {len(talks)} conversations; Python {sys.version.split()[0]}, {os.cpu_count()} processors\n"
    )
    answering = (*measure_answers(talks), *measure_starts(talks[0][-1]), *measure_messages(talks))
    from bench import callbacks  # not above: the answering process would carry its servers and clients along

    callback = callbacks.measure_callbacks()
    rest = (*asking.measure_questions(), *callback, *planning.measure_planning(), *reminders.measure())
    for what, figure, aim in (*answering, *rest):
        print(f"{what:<74}{figure:>16}   {aim}")


def read_talks() -> Iterable[list[str]]:
    """The turns of every question there is."""
    for file in SETS:
        if file.exists():
            lines = file.read_text(encoding="utf-8").split("\n")
            yield from (json.loads(line)["turns"] for line in lines if line.strip())


def measure_answers(talks: list[list[str]]) -> list[tuple[str, str, str]]:
    """Time of `answer()` alone, and the memory of a process that answers."""
    script = f"from bench.__main__ import time_answers, read_talks; time_answers(list(read_talks()), {ROUNDS})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return [
        ("one answer, median", f"{found['median']:.3f} ms", "under 0.5 ms"),
        ("one answer, 99th percentile", f"{found['p99']:.3f} ms", "under 2 ms"),
        ("one answer, slowest", f"{found['worst']:.3f} ms", ""),
        ("loading library and lexicon, first answer", f"{found['load']:.0f} ms", ""),
        ("memory of the answering process", f"{found['memory']:.0f} MB", "under 100 MB"),
    ]


def time_answers(talks: list[list[str]], rounds: int) -> None:
    """Answer every talk several times and print the figures as JSON; runs in a process of its own."""
    begun = time.perf_counter()
    from bot.desk import IN_MEMORY
    from bot.opening import open_desk
    from bot.settings import Settings
    from knowledge.answering import answer
    from knowledge.memory import Memory

    library = open_desk(Settings(), IN_MEMORY, TODAY).library
    answer(talks[0][0], Memory(), library, TODAY)
    load = time.perf_counter() - begun
    times = []
    for _ in range(rounds):
        for turns in talks:
            memory = Memory()
            for turn in turns:
                begun = time.perf_counter()
                memory = answer(turn, memory, library, TODAY).memory
                times.append((time.perf_counter() - begun) * 1_000)
    p99 = statistics.quantiles(times, n=100)[98]
    figures = {"median": statistics.median(times), "p99": p99, "worst": max(times), "load": load * 1_000}
    print(json.dumps({**figures, "memory": _peak_memory()}))


def measure_starts(question: str) -> list[tuple[str, str, str]]:
    """A whole `steward ask`, from nothing to the answer."""
    command = [sys.executable, "-m", "bot", "ask", question]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STEWARD_")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its byte code

    def start() -> None:
        subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)

    start()
    times = [_seconds(start) for _ in range(STARTS)]
    return [(f"steward ask, median of {STARTS}", f"{statistics.median(times) * 1_000:.0f} ms", "under 1,000 ms")]


def measure_messages(talks: list[list[str]]) -> list[tuple[str, str, str]]:
    """Messages a second through router and database, each committed before its reply."""
    from bot.opening import open_desk
    from bot.settings import Settings, Storage
    from handlers.conversation import Message

    texts = [turns[-1] for turns in talks]
    messages = [Message("bench", str(n % 500), texts[n % len(texts)], str(n)) for n in range(MESSAGES)]
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(Settings(storage=Storage(url=f"sqlite:///{folder}/bench.db")), today=TODAY)
        together = _seconds(lambda: wait([desk.submit(message) for message in messages]))
        alone = _seconds(lambda: [desk.answer(Message("alone", "1", texts[0], str(n))) for n in range(MESSAGES // 4)])
        desk.close()
    return [
        ("messages through router and SQLite, waiting together", f"{MESSAGES / together:,.0f} /s", ""),
        ("messages through router and SQLite, one after another", f"{MESSAGES / 4 / alone:,.0f} /s", ""),
    ]


def _seconds(do: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _peak_memory() -> float:
    """The most memory this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


if __name__ == "__main__":
    main()
