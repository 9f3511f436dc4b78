"""Who looks on while messages are answered and pushes are sent; nobody, if nothing else is said.

What is told is how the work goes, never what was said or who said it.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from handlers.conversation import Reply

FAILED = "failed"  # something of ours broke
BUSY = "busy"  # too much was waiting


class Observer(Protocol):
    """Is told how the work goes; what it does about it must be quick and must not raise."""

    def answered(self, channel: str, status: str, seconds: float, is_repeat: bool) -> None:
        """A message came to its end: the status of its reply, `FAILED` or `BUSY`."""

    def sent(self, channel: str, outcome: str) -> None:
        """A sending came to its end, in this state of the outbox."""

    def did(self, job: str, is_done: bool) -> None:
        """A job was done, or failed."""

    def refused(self, channel: str, reason: str) -> None:
        """What came from a platform was not taken; why, in a word that stands in the code."""


class Several:
    """Tells several.

    Args:
        observers: who is told.
    """

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def answered(self, channel: str, status: str, seconds: float, is_repeat: bool) -> None:
        """Tell all."""
        for one in self._observers:
            one.answered(channel, status, seconds, is_repeat)

    def sent(self, channel: str, outcome: str) -> None:
        """Tell all."""
        for one in self._observers:
            one.sent(channel, outcome)

    def did(self, job: str, is_done: bool) -> None:
        """Tell all."""
        for one in self._observers:
            one.did(job, is_done)

    def refused(self, channel: str, reason: str) -> None:
        """Tell all."""
        for one in self._observers:
            one.refused(channel, reason)


NOBODY: Observer = Several()


def watched(
    observer: Observer, channel: str, start: Callable[[], Future[Reply]], seconds: Callable[[], float] = time.monotonic
) -> Future[Reply]:
    """Start answering a message, and tell the observer how it ended.

    Args:
        observer: is told from the thread that answers, once the reply is committed.
        channel: the way the message came.
        start: begins to answer.
        seconds: a clock that only goes forward.
    """
    begun = seconds()

    def tell(done: Future[Reply]) -> None:
        if done.cancelled() or done.exception():
            observer.answered(channel, FAILED, seconds() - begun, False)
        else:
            reply = done.result()
            observer.answered(channel, reply.status, seconds() - begun, reply.is_repeat)

    try:
        future = start()
    except Exception:  # `Busy`: it was never taken
        observer.answered(channel, BUSY, seconds() - begun, False)
        raise
    future.add_done_callback(tell)
    return future
