"""Self-checks go as their transcripts say, through the router, as in every channel."""

from pathlib import Path

import pytest
from sqlmodel import Session

from handlers import router
from handlers.conversation import Reply
from knowledge.library import Library
from tests.cast import NOW, TODAY, ZHANG
from tests.dialogues.transcripts import Transcript, read_all

TRANSCRIPTS = list(read_all(Path(__file__).with_name("talks")))
LONGEST_REPLY = 650  # characters; a passive reply of WeChat takes some 680


def say(session: Session, library: Library, number: int, text: str, question: str = "") -> Reply:
    message = ZHANG.says(text, id=str(number))
    if question:
        message = type(message)(message.channel, message.address, text, message.id, question)
    return router.respond(session, message, library, None, TODAY, NOW, f"secret-{number}")


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda one: one.name)
def test_a_self_check_goes_as_written(session: Session, library: Library, transcript: Transcript) -> None:
    misses = []
    for number, turn in enumerate(transcript.turns):
        reply = say(session, library, number, turn.typed)
        misses += turn.misses(reply)
        assert len(reply.text) <= LONGEST_REPLY, reply.text
    assert misses == [], "\n\n".join(misses)
