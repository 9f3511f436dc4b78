"""What the platforms' error codes mean for us."""

import logging
from enum import StrEnum

from bot.delivery import DeliveryFailed

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What is to be done about a failed call."""

    LATER = "later"  # try again
    PASS = "pass"  # noqa: S105 - the token is not taken: renew it, then try once more
    CLOSED = "closed"  # the person cannot be written to now; another way may be open
    REFUSED = "refused"  # the person agreed to nothing, or no longer
    GONE = "gone"  # the person follows no longer, is unknown or blocked: never again on this way
    CONTENT = "content"  # what we sent is wrong: the same would be refused again
    ALARM = "alarm"  # the account is set up wrongly: an operator has to act


CODES = {
    -1: Kind.LATER,
    45009: Kind.LATER,
    45011: Kind.LATER,
    45033: Kind.LATER,
    40001: Kind.PASS,
    40014: Kind.PASS,
    42001: Kind.PASS,
    45015: Kind.CLOSED,
    45047: Kind.CLOSED,
    43101: Kind.REFUSED,
    40003: Kind.GONE,
    43004: Kind.GONE,
    43019: Kind.GONE,
    50002: Kind.GONE,
    60111: Kind.GONE,
    81013: Kind.GONE,
    40037: Kind.CONTENT,
    40058: Kind.CONTENT,
    44004: Kind.CONTENT,
    45002: Kind.CONTENT,
    45008: Kind.CONTENT,
    47001: Kind.CONTENT,
    47003: Kind.CONTENT,
}
PAUSES = {45009: 3600.0, 45033: 60.0, 45011: 60.0}  # seconds the platform wants to be left in peace
HINTS = {
    40013: "the app id is wrong",
    40125: "the secret is wrong",
    40164: "this server's address is not on the platform's list of allowed addresses",
    41002: "the app id is missing",
    41004: "the secret is missing",
    48001: "the account is not allowed to do this",
    48004: "the platform has blocked this interface",
    60020: "this server's address is not on the platform's list of allowed addresses",
    89503: "an administrator of the account has to confirm this server's address",
    301002: "the app may not send to this person",
}


class CallFailed(Exception):
    """A call that did not do what it was to do.

    Args:
        kind: what is to be done.
        code: the platform's, 0 where it gave none.
        reason: a few words without a secret and without anybody's name or address.
        is_maybe_done: it may have been carried out all the same.
    """

    def __init__(self, kind: Kind, code: int, reason: str, is_maybe_done: bool = False) -> None:
        super().__init__(reason)
        self.kind, self.code, self.reason, self.is_maybe_done = kind, code, reason, is_maybe_done

    @property
    def pause(self) -> float | None:
        """Seconds to leave the platform in peace, where it wants that."""
        return PAUSES.get(self.code)


def delivery_failed(failure: CallFailed, platform: str) -> DeliveryFailed:
    """What a failed call means for a push; what only an operator can mend is an alarm in the log."""
    if failure.kind is Kind.ALARM:
        log.error("%s is set up wrongly: %s", platform, failure.reason)
    return DeliveryFailed(
        failure.reason,
        is_permanent=failure.kind in (Kind.GONE, Kind.CONTENT),
        retry_after=failure.pause,
        is_maybe_sent=failure.is_maybe_done,
    )


def of_code(code: int) -> CallFailed:
    """What an error code means; an unknown one is for an operator to look at, and tried again meanwhile."""
    kind = CODES.get(code, Kind.ALARM)
    hint = HINTS.get(code, "")
    return CallFailed(kind, code, f"the platform says {code}{f': {hint}' if hint else ''}")
