"""The command on dates: what falls due under a programme, or for a studio it has named."""

import sys
from datetime import datetime

import click

from bot.config import read_settings

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("programme", required=False)
@click.option("--conferred", type=DAY, metavar="YYYY-MM-DD", help="The day a studio was named: its dates.")
@click.option("--from", "start", type=DAY, metavar="YYYY-MM-DD", help="The first day.  [default: today]")
@click.option("--until", "end", type=DAY, metavar="YYYY-MM-DD", help="The last day.  [default: two years on]")
@click.option("--today", type=DAY, metavar="YYYY-MM-DD", help="The day it is looked at.  [default: today]")
@click.option("--ics", "as_ics", is_flag=True, help="Print them as a file for a calendar program.")
@click.option("--jsonl", "as_lines", is_flag=True, help="Answer JSON lines from standard input.")
def dues(
    programme: str | None,
    conferred: datetime | None,
    start: datetime | None,
    end: datetime | None,
    today: datetime | None,
    as_ics: bool,
    as_lines: bool,
) -> None:
    """List what falls due and when, with its clause.

    With --jsonl, each line {"programme", "conferred_on", "from", "until"} of standard input gets one line
    {"dues"}, each with {"on", "what", "clause", "certain", "assumption"}; a line that is not such JSON
    gets {"error", "line"}.

    For example: steward dues jiaozuo --conferred 2024-03-01
    """
    from bot.dates import Dates
    from bot.desk import today_in_beijing
    from bot.opening import open_library

    if as_lines == (programme is not None) or (as_lines and (conferred or start or end or as_ics)):
        raise click.UsageError("Give either a programme or --jsonl; the lines have their own days.")
    settings = read_settings()
    library, originals = open_library(settings)
    day = today.date() if today else today_in_beijing()
    dates = Dates(library, day, settings.calendar.first_rounds, originals)
    if programme is None:
        dates.answer_lines(sys.stdin.buffer, sys.stdout.buffer)
        return
    if programme not in library.programmes:
        raise click.ClickException(f"There is no programme {programme}; there are {', '.join(library.programmes)}.")
    window = dates.window(start.date() if start else None, end.date() if end else None)
    if window[0] > window[1]:
        raise click.UsageError("--until is before --from.")
    conferred_on = conferred.date() if conferred else None
    if as_ics:
        sys.stdout.buffer.write(dates.as_ics(programme, conferred_on, *window))
    else:
        click.echo(dates.as_table(programme, conferred_on, *window))
