"""How answers bear noise: every question once more with a slip of the keyboard, another script, or a word in front.

`python -m tests.questions.noise` prints pass and wrong rate per kind of noise over the development questions.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

from opencc import OpenCC

from handlers.conversation import Message, Reply
from knowledge.answering import answer
from knowledge.library import Library, load
from knowledge.memory import Memory
from knowledge.wording import is_han
from tests.cast import TODAY
from tests.questions.grading import Question, Report, grade, read_questions

DEVELOPMENT = Path(__file__).parents[3] / "shared" / "questions" / "dev.jsonl"  # not part of the project
SEED = 20261120
IN_NAMES = {"长": "chang"}  # where the commonest reading is not the one of the programmes' names
FILLERS = (
    *("那个，", "嗯……", "请问一下，", "你好，想问下，", "师傅，", "不好意思打扰了，", "就是说，", "哎，我说，"),
    *("领导好，", "麻烦问一句，", "呃 ", "老师您好！", "我再问个事啊，", "劳驾，", "喂，在不在，"),
)

Noise = Callable[[Question, Library, Random], Question | None]


def homophone(question: Question, library: Library, random: Random) -> Question | None:
    """One character of the last turn replaced by another common one of the same sound."""
    text = question.turns[-1]
    places = [at for at, one in enumerate(text) if is_han(one) and len(_alike(one)) > 1]
    if not places:
        return None
    at = random.choice(places)
    other = random.choice([one for one in _alike(text[at]) if one != text[at]])
    return _last(question, text[:at] + other + text[at + 1 :])


def missing(question: Question, library: Library, random: Random) -> Question | None:
    """One Chinese character of the last turn left out."""
    text = question.turns[-1]
    places = [at for at, one in enumerate(text) if is_han(one)]
    if len(places) < 2:
        return None
    at = random.choice(places)
    return _last(question, text[:at] + text[at + 1 :])


def traditional(question: Question, library: Library, random: Random) -> Question | None:
    """Every turn in Traditional script."""
    turns = tuple(_converter().convert(turn) for turn in question.turns)
    return replace(question, turns=turns) if turns != question.turns else None


def pinyin_name(question: Question, library: Library, random: Random) -> Question | None:
    """A programme's name in pinyin, in the last turn that has one."""
    for number in reversed(range(len(question.turns))):
        turn = question.turns[number]
        if names := [name for name in _names(library) if name in turn]:
            changed = turn.replace(names[0], "".join(IN_NAMES.get(one, _sound(one)) for one in names[0]), 1)
            return replace(question, turns=(*question.turns[:number], changed, *question.turns[number + 1 :]))
    return None


def filler(question: Question, library: Library, random: Random) -> Question | None:
    """A filler in front of the last turn."""
    return _last(question, random.choice(FILLERS) + question.turns[-1])


KINDS: Mapping[str, Noise] = {
    "homophone": homophone,
    "missing character": missing,
    "Traditional script": traditional,
    "pinyin of the name": pinyin_name,
    "filler in front": filler,
}


class Table:
    """A desk without a database: every address has its memory."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._memories: dict[str, Memory] = {}

    def answer(self, message: Message) -> Reply:
        found = answer(message.text, self._memories.get(message.address, Memory()), self._library, TODAY)
        self._memories[message.address] = found.memory
        return Reply(found.text, found.status, found.citations, found.options)

    def bound(self, most_contacts: int, most_messages: int) -> None:
        """Nothing is kept for long."""


def disturb(
    questions: Iterable[Question], noise: Noise, library: Library, rounds: int, seed: int
) -> Iterator[Question]:
    """Each question once a round with the noise; those it does not touch are left out."""
    for number in range(rounds):
        for one in questions:
            changed = noise(one, library, Random(f"{seed} {number} {one.id}"))
            if changed:
                yield replace(changed, id=f"{one.id}-{number}")


def measure(library: Library, questions: list[Question], rounds: int = 1, seed: int = SEED) -> dict[str, Report]:
    """The report of each kind of noise."""
    found = {kind: list(disturb(questions, noise, library, rounds, seed)) for kind, noise in KINDS.items()}
    return {kind: grade(Table(library), disturbed) for kind, disturbed in found.items()}


def render(reports: Mapping[str, Report]) -> str:
    """A line for each kind."""
    rows = [
        f"{kind:<20}{len(report.marks):>5} asked{report.pass_rate:>8.1%} passed{report.wrong_rate:>8.1%} wrong"
        for kind, report in reports.items()
    ]
    return "\n".join(rows)


def main() -> None:
    """Measure and print; with --verbose every miss too."""
    parser = argparse.ArgumentParser(prog="python -m tests.questions.noise", description=__doc__)
    parser.add_argument("--questions", type=Path, default=DEVELOPMENT, help="another question set")
    parser.add_argument("--rounds", type=int, default=3, help="how often each question is disturbed (default 3)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--verbose", action="store_true", help="print what missed too")
    options = parser.parse_args()
    if not options.questions.exists():
        sys.exit(f"There are no questions at {options.questions}; name a set with --questions FILE.")
    library, questions = load(), read_questions(options.questions)
    plain = {"as they are": grade(Table(library), questions)}
    reports = {**plain, **measure(library, questions, options.rounds, options.seed)}
    for kind, report in reports.items() if options.verbose else ():
        turns = {mark.question.id: mark.question.turns for mark in report.marks if mark.misses}
        print(f"== {kind}\n{report}\n" + "\n".join(f"{id_} {' / '.join(row)}" for id_, row in turns.items()))
    print(render(reports))


def _last(question: Question, text: str) -> Question:
    return replace(question, turns=(*question.turns[:-1], text))


def _names(library: Library) -> list[str]:
    """Everything programmes are called in Chinese characters, the longest first."""
    names = {name for one in library.lexicon.programmes.values() for name in one.names if all(map(is_han, name))}
    return sorted(names, key=lambda name: (-len(name), name))


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


@cache
def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


@cache
def _by_sound() -> dict[str, str]:
    """Sound without tone -> the common characters that have it, those of GB 2312's first level."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    common = "".join(code.decode("gb2312", "ignore") for code in codes)
    table: dict[str, str] = {}
    for one in common:
        table[_sound(one)] = table.get(_sound(one), "") + one
    return table


def _alike(character: str) -> str:
    return _by_sound().get(_sound(character), character)


if __name__ == "__main__":
    main()
