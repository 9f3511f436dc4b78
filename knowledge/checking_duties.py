"""What is wrong with the duties of a document: days its clauses do not give, points with a day and no duty."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from knowledge.duties import AfterNaming, Duty, Once, Undated, What, Yearly
from knowledge.library import Clause, Fact, Programme

LEAP_YEAR, LAST_YEAR = 2000, 2100  # a day beyond is a slip of the finger
WITHOUT_A_DAY = frozenset(
    {
        *(What.YEARLY_TOPIC, What.YEARLY_RESULT, What.MONTHLY_ACTIVITY),
        *(What.YEARLY_ASSESSMENT, What.RESULT_AWARDS, What.STUDIO_AWARDS),
    }
)
# The points of the lexicon on when something is due: a fact with figures on one of them has a duty in its clause.
DUE = frozenset(
    {
        *("deadline", "review-season", "naming-season", "naming-interval", "target", "term", "filing-date"),
        *("annual-summary", "annual-meeting", "yearly-topic", "yearly-result", "activity-frequency"),
        *("result-awards", "studio-awards"),
    }
)
TIMES = ("month", "from_month", "until", "years", "every_years", "every_months")

Finding = tuple[str, str]  # the clause and duty, and what is wrong there with what to do about it


def duty_problems(programme: Programme, issued_on: date) -> Iterator[Finding]:
    """Look through the duties of a programme; what the loader refuses does not come here."""
    for name, times in Counter(duty.id for duty in programme.duties).items():
        if times > 1:
            yield "", f"the duty {name!r} stands twice: rename one"
    for clause in programme.clauses:
        if not clause.duties and (missing := [one.id for one in clause.facts if _sets_a_time(one)]):
            yield clause.id, f"{'、'.join(missing)} says when, but nothing is due: write a [[clause.duty]]"
        for duty in clause.duties:
            findings = (*_words(duty), *_kind(duty), *_day(duty, clause, issued_on))
            yield from ((f"{clause.id} {duty.id}", what) for what in findings)


def _sets_a_time(fact: Fact) -> bool:
    is_due = bool(DUE & set(fact.aspects)) and not fact.is_note
    return is_due and any(getattr(fact.values, one) is not None for one in TIMES)


def _words(duty: Duty) -> Iterator[str]:
    if not duty.says.strip() or duty.says.rstrip().endswith(("。", "；")):
        yield "says must be a sentence without its full stop: say what is to be done"
    if not duty.is_certain and not isinstance(duty.when, Undated) and not duty.assumption:
        yield "the day is not certain and rests on nothing: write down the assumption"


def _kind(duty: Duty) -> Iterator[str]:
    is_undated = isinstance(duty.when, Undated)
    if is_undated and (duty.is_certain or duty.lead_days):
        yield "a duty without a day is neither certain nor announced: take out certain and lead_days"
    if not is_undated and not duty.lead_days:
        yield "no lead_days: it would never be announced"
    if not is_undated and duty.what in WITHOUT_A_DAY:
        yield f"{duty.what} has no day in the interface: write every_months, or take another what"


def _day(duty: Duty, clause: Clause, issued_on: date) -> Iterator[str]:
    """A certain day is a figure of its clause, so that it is withheld and corrected together with the fact."""
    if isinstance(duty.when, Once) and not issued_on <= duty.when.on <= date(LAST_YEAR, 12, 31):
        yield f"{duty.when.on} is before the document was issued or far off: correct it"
    if duty.is_certain and not any(_gives(fact, duty) for fact in clause.facts):
        yield "no fact of the clause has this day among its values: correct one of them, or it is not certain"
    if isinstance(duty.when, AfterNaming | Undated) and _months(duty.when) not in _spans(clause.facts):
        yield "no fact of the clause has this many years or months among its values: correct one of them"


def _gives(fact: Fact, duty: Duty) -> bool:
    values = fact.values
    match duty.when:
        case Once(on=on):
            return on == values.until
        case Yearly(month=month, day=day):
            last = monthrange(LEAP_YEAR, month)[1]
            return (month, day) in ((values.month, values.day), (values.from_month, 1), (values.to_month, last))
    return isinstance(duty.when, AfterNaming)


def _months(when: AfterNaming | Undated) -> int:
    return when.years * 12 if isinstance(when, AfterNaming) else when.every_months


def _spans(facts: Iterable[Fact]) -> set[int]:
    """Every span of months that the facts of a clause give."""
    years = {value * 12 for one in facts for value in (one.values.years, one.values.every_years) if value}
    per_year = {12 // one.values.per_year for one in facts if one.values.per_year}
    return years | per_year | {one.values.every_months for one in facts if one.values.every_months}
