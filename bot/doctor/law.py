"""Checks of what the answers rest on: the programmes, the originals, the calendar."""

from collections.abc import Iterator

from bot.config import CannotStart
from bot.doctor.finding import Context, Finding, Level
from knowledge.working_days import is_announced

ANNOUNCED_BY = 11  # the month in which the next year's holidays are usually known


def check_knowledge(context: Context) -> Iterator[Finding]:
    """Whether the programmes are whole, and the originals still say what the answers were made from."""
    knowledge = context.knowledge
    if isinstance(knowledge, CannotStart):
        yield Finding("knowledge", Level.PROBLEM, f"{knowledge}.", "steward knowledge check")
        return
    library, originals = knowledge
    if originals is None:
        do = "set [knowledge] originals, so that passages are shown and a change is noticed"
        yield Finding("originals", Level.OK, f"{len(library.programmes)} programmes; no originals are set.", do)
        return
    if originals.absent:
        do = f"put {', '.join(f'{one}.txt' for one in originals.absent)} into the folder"
        yield Finding("originals", Level.WARNING, f"There is no original of {', '.join(originals.absent)}.", do)
    if originals.changed:
        shown = ", ".join(" ".join(one) for one in sorted(originals.changed)[:5])
        says = f"{len(originals.changed)} clauses differ from what the answers were made from: {shown}."
        do = "compare with the official text; until then these clauses are withheld"
        yield Finding("originals", Level.WARNING, says, do)
    if not originals.absent and not originals.changed:
        yield Finding("originals", Level.OK, "All originals are there and unchanged.")


def check_calendar(context: Context) -> Iterator[Finding]:
    """Whether the holidays are known that reminders mind."""
    today, calendar = context.today, context.settings.calendar
    own = {day.year for day in (*calendar.holidays, *calendar.workdays)}
    years = [today.year, today.year + 1] if today.month >= ANNOUNCED_BY else [today.year]
    unknown = [year for year in years if year not in own and not is_announced(year)]
    if unknown:
        says = f"The public holidays of {', '.join(map(str, unknown))} are not known; only weekends count as free."
        do = "once they are announced, set [calendar] holidays and workdays, or install a newer release"
        yield Finding("calendar", Level.WARNING, says, do)
    else:
        yield Finding("calendar", Level.OK, "The public holidays are known.")


def check_rounds(context: Context) -> Iterator[Finding]:
    """Whether the rounds of 焦作 can be reckoned."""
    year = context.settings.calendar.jiaozuo_round
    if year:
        yield Finding("rounds", Level.OK, f"The rounds of 焦作 are counted from {year}.")
    else:
        says = "No year of a round of 焦作 is known, so nobody is told of the next one."
        yield Finding("rounds", Level.WARNING, says, "ask the municipal federation, and set [calendar] jiaozuo_round")
