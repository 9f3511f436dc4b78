"""Applying the figures and days of a question: each reckoner in its turn, the first that has something to say."""

from collections.abc import Sequence
from datetime import date

from knowledge.amounts import grant_sum, pace, plaque_area, quota_sum, several, to_go
from knowledge.deadlines import last_years, next_deadline, on_time, season, time_since, written_date
from knowledge.library import Programme
from knowledge.measuring import own_case
from knowledge.timing import Reckoning, failed_run, rounds, terms, yearly_total
from knowledge.understanding import Question

AMOUNTS = (plaque_area, quota_sum, grant_sum, several, pace, to_go)
TIMED = (last_years, on_time, written_date, failed_run, time_since, terms, yearly_total, rounds, season, next_deadline)


def reckon(question: Question, programme: Programme, aspects: Sequence[str], today: date) -> Reckoning | None:
    """Apply the figures and dates of the question, where there are any to apply.

    Args:
        question: the question with its figures and days.
        programme: the programme whose facts they are held against.
        today: the day that 今年 and 还剩 are counted from.
        aspects: what the question is about, best first; they say which reckoning makes sense.
    """
    for amount in AMOUNTS:
        if found := amount(question, programme, aspects):
            return found
    for timed in TIMED:
        if found := timed(question, programme, aspects, today):
            return found
    return own_case(question, programme, aspects)
