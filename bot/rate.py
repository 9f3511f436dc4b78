"""How often somebody may ask: so many times in each minute."""

import time
from collections import Counter
from collections.abc import Callable


class Rate:
    """A bound on requests by key; it remembers one minute only.

    Args:
        most: how many in a minute each key may have.
        seconds: a clock that only goes forward.
    """

    def __init__(self, most: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._minute = -1
        self._counts: Counter[str] = Counter()

    def allows(self, key: str) -> bool:
        """Whether this key may go on; counts the request."""
        minute = int(self._seconds() // 60)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        self._counts[key] += 1
        return self._counts[key] <= self._most
