"""How often something may be done for somebody: so many times in each minute, or in another period."""

import time
from collections import Counter
from collections.abc import Callable


class Rate:
    """A bound on requests by key; it remembers one period only.

    Args:
        most: how many in a period each key may have.
        seconds: a clock that only goes forward.
        period: its length in seconds.
    """

    def __init__(self, most: int, seconds: Callable[[], float] = time.monotonic, period: float = 60.0) -> None:
        self._most = most
        self._seconds = seconds
        self._period = period
        self._now = -1
        self._counts: Counter[str] = Counter()

    def allows(self, key: str) -> bool:
        """Whether this key may go on; counts the request."""
        now = int(self._seconds() // self._period)
        if now != self._now:
            self._now = now
            self._counts.clear()
        self._counts[key] += 1
        return self._counts[key] <= self._most
