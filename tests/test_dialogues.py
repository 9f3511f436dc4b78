"""Conversations of several turns go as their transcripts say."""

from pathlib import Path

import pytest

from knowledge.library import Library
from knowledge.vocabulary import Status
from tests.cast import TODAY
from tests.dialogues.transcripts import Transcript, read, read_all
from tests.knowledge.asking import talk

pytestmark = pytest.mark.no_cover  # so much of the same that measuring it would take most of the time

TRANSCRIPTS = [
    pytest.param(one, id=one.name, marks=[pytest.mark.xfail(reason=one.xfail, strict=True)] if one.xfail else [])
    for one in read_all()
]


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_a_conversation_goes_as_written(library: Library, transcript: Transcript) -> None:
    replies = talk(library, [turn.typed for turn in transcript.turns], transcript.today or TODAY)
    misses = [miss for turn, reply in zip(transcript.turns, replies, strict=True) for miss in turn.misses(reply)]
    assert misses == [], "\n\n".join(misses)


def test_transcripts_name_only_statuses_that_exist() -> None:
    named = {status for one in read_all() for turn in one.turns for status in turn.statuses}
    assert named <= set(Status)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("3万元\n", "tea.txt:1: nothing was typed"),
        ("> 你好\n", "held to nothing: 你好"),
        ("# a note\n", "the whole file"),
    ],
)
def test_a_transcript_that_holds_to_nothing_is_refused(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "tea.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=what):
        read(file)


def test_a_transcript_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "tea.txt"
    file.write_text(
        "# xfail: too hot\n# today: 2024-02-01\n> 茶\n热 | 烫\n! 凉\n= answered | partial\n", encoding="utf-8"
    )
    found = read(file)
    assert (found.xfail, str(found.today)) == ("too hot", "2024-02-01")
    (turn,) = found.turns
    assert (turn.must, turn.must_not, turn.statuses) == ([["热", "烫"]], ["凉"], ["answered", "partial"])
