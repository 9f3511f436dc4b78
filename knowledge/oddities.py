"""What can be wrong with something that was entered; whoever tells it has the sentence."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why an entry is not taken."""

    MISSING = "missing"
    TOO_LONG = "too-long"
    NO_PROGRAMME = "no-programme"
    SEVERAL_PROGRAMMES = "several-programmes"
    NO_STANDING = "no-standing"
    NOT_A_DAY = "not-a-day"
    NO_SUCH_DAY = "no-such-day"
    INCOMPLETE_DAY = "incomplete-day"
    SHORT_YEAR = "short-year"
    AFTER_TODAY = "after-today"
    TOO_LONG_AGO = "too-long-ago"
    NOT_A_NUMBER = "not-a-number"
    NOT_WHOLE = "not-whole"
    OUT_OF_RANGE = "out-of-range"
    NOT_A_REGISTER_NUMBER = "not-a-register-number"
    FORMULA_ERROR = "formula-error"


@dataclass(frozen=True)
class Odd:
    """An entry that is not taken.

    Args:
        reason: why.
        written: what was written.
    """

    reason: Reason
    written: str
