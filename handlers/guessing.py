"""Codes that are typed: how many may be tried before nobody is believed for an hour."""

from datetime import timedelta

from handlers.conversation import Conversation
from storage import trail

HOUR = timedelta(hours=1)
MOST = 5  # wrong codes of one person in an hour
MOST_OF_ALL = 300


def is_too_much(talk: Conversation, act: str) -> bool:
    """Whether so many wrong codes were tried lately that no more are looked at.

    Args:
        talk: who types one now.
        act: what the trail calls a wrong code of this kind.
    """
    since = talk.now - HOUR
    mine = trail.count(talk.session, act, since, talk.contact.id)
    return mine >= MOST or trail.count(talk.session, act, since) >= MOST_OF_ALL
