"""How fast a channel is used, and when what failed is tried again."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """What a platform bears.

    Args:
        per_second: pushes a second, in the long run.
        burst: how many may leave at once after a rest.
        at_once: how many may be under way at the same time.
        timeout: after so many seconds a send counts as not answered.
        shuns: minutes of the hour in which nothing is sent, as everybody sends then.
    """

    per_second: float = 20.0
    burst: int = 20
    at_once: int = 8
    timeout: float = 20.0
    shuns: frozenset[int] = frozenset()


ROUNDING = 1e-6  # of a token: who waited for one gets it


class Bucket:
    """Tokens that fill up with time; each push takes one. It counts for this process only.

    Args:
        pace: how fast it fills and how much it holds.
        seconds: a clock that only goes forward.
    """

    def __init__(self, pace: Pace, seconds: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._seconds = seconds
        self._tokens = float(pace.burst)
        self._counted_at = seconds()

    def ready(self) -> int:
        """How many may leave now."""
        self._fill()
        return max(0, int(self._tokens + ROUNDING))

    def pause(self) -> float:
        """In how many seconds one may leave; 0 if one may now."""
        self._fill()
        return max(0.0, (1.0 - self._tokens) / self._pace.per_second)

    def spend(self, number: int) -> None:
        """Take tokens out."""
        self._tokens -= number

    def rest(self, seconds: float) -> None:
        """Let nothing leave for so long: the platform asked for it."""
        self._fill()
        self._tokens = min(self._tokens, 1.0 - seconds * self._pace.per_second)

    def _fill(self) -> None:
        now = self._seconds()
        self._tokens = min(self._pace.burst, self._tokens + (now - self._counted_at) * self._pace.per_second)
        self._counted_at = now


@dataclass(frozen=True)
class RetryPolicy:
    """When what failed is tried again: after delays that double up to a bound, spread so that not all come at once.

    Args:
        first: seconds after the first failure.
        longest: no delay is longer.
        most: so many failures are the end. With an hour between them that takes about two months, so that an outage
            of the platform is outlived.
    """

    first: float = 30.0
    longest: float = 3600.0
    most: int = 1_500

    def delay(self, failures: int, jitter: float, asked: float | None = None) -> float | None:
        """Seconds until the next attempt; none where there is no sense in another.

        Args:
            failures: how many there were, the last one included.
            jitter: from 0 to 1; the delay is between half and the whole of what it has grown to.
            asked: what the platform asks for; it gets that, within the bound.
        """
        if failures >= self.most:
            return None
        grown = min(self.longest, self.first * 2.0 ** min(failures - 1, 60))
        return max(grown * (0.5 + jitter / 2), min(asked or 0.0, self.longest))
