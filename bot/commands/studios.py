"""The commands on studios: the register (台账) as a list and as files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot.config import read_settings

FILE = click.Path(dir_okay=False, path_type=Path)
MOST_TOLD = 200  # changes that a dry run lists; problems are always listed whole
ENTRIES = {
    "programme": "The programme: 焦作, 长春, 上海, 中国交建, 中国技协.",
    "name": "The studio's name.",
    "unit": "Its unit.",
    "level": "The level it was named at, as 市级.",
    "kind": "What it works on, as 技术攻关.",
    "union_in_charge": "The union above its unit.",
    "leader": "Who leads it.",
    "members": "How many people.",
    "site_area": "Square metres.",
    "conferred_on": "The day it was named.",
    "standing": "正常, 停用, 已到期 or 已撤销.",
    "first_contact": "The staff who looks after it.",
    "second_contact": "The staff who is told next.",
    "notes": "Notes.",
}


@click.group()
def studios() -> None:
    """Keep the register of studios (台账)."""


@studios.command("list")
@click.argument("words", nargs=-1)
@click.option("--programme", help="Only this programme.")
@click.option("--standing", help="Only these: 正常, 停用, 已到期, 已撤销.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="How many at most.")
def list_studios(words: tuple[str, ...], programme: str | None, standing: str | None, limit: int) -> None:
    """List the studios.

    Each of WORDS must stand in name, unit, union or leader.
    """
    from bot import console

    with _office() as office:
        count, found = office.search(words, programme, standing, limit)
        if found:
            click.echo(console.studios(found, office.library))
    if not found:
        click.echo("No studio was found.")
    elif count > len(found):
        click.echo(f"... and {count - len(found)} more; see --limit", err=True)


@studios.command("show")
@click.argument("number")
def show(number: str) -> None:
    """Print all that the register has of the studio with NUMBER (T12)."""
    from bot import console

    with _office() as office:
        found = office.show(number)
        if found is None:
            raise click.ClickException(f"There is no {number}; see `steward studios list`.")
        click.echo(console.studio(found, office.library, office.names()))


def _with_entries(command: Callable[..., None]) -> Callable[..., None]:
    for name, text in reversed(ENTRIES.items()):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, name, required=name in ("programme", "name", "unit"), help=text)(command)
    return command


@studios.command("add")
@_with_entries
def add(**given: str | None) -> None:
    """Enter one studio.

    One that the register has already is refused.
    """
    with _office() as office:
        plan = office.add({name: text for name, text in given.items() if text is not None})
        for problem in plan.problems:
            click.echo(f"{problem.column}: {problem.reason}", err=True)
        if plan.problems:
            raise click.ClickException("Nothing was entered.")
        click.echo("Entered.")


@studios.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done, and every bad row.")
def import_file(file: Path, dry_run: bool) -> None:
    """Enter all studios of FILE, or none if a row is bad.

    FILE is .xlsx or .csv. A studio that the register has already is brought up to date: the one with the same 台账编号,
    or else with the same programme, name and unit. Columns that the file has not are left as they are.
    """
    from bot.sheets.reading import read_sheet

    with _office() as office:
        sheet = read_sheet(file)
        for heading in sheet.unknown:
            click.echo(f"Note: the column “{heading}” is not one of the register and is left out.", err=True)
        with _bar(sheet.about * (1 if dry_run else 2)) as bar:  # every row is read, then written
            plan = office.import_sheet(sheet, dry_run, lambda: bar.update(1), bar.update)
            bar.update(bar.length - bar.pos)
    _tell(plan, dry_run)


def _tell(plan: Any, is_dry: bool) -> None:
    for problem in plan.problems:
        click.echo(problem)
    if plan.problems:
        bad = len({problem.row for problem in plan.problems})
        count = len(plan.problems)
        raise click.ClickException(
            f"{count} problem{'s' * (count != 1)} in {bad} of {plan.rows} rows; nothing was entered."
        )
    if is_dry:
        for change in plan.changed[:MOST_TOLD]:
            click.echo(change)
        click.echo(f"Would enter {len(plan.fresh)}, change {len(plan.changed)}, leave {len(plan.same)} as they are.")
    else:
        click.echo(f"Entered {len(plan.fresh)}, changed {len(plan.changed)}, left {len(plan.same)} as they are.")


@studios.command("export")
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def export(file: Path, force: bool) -> None:
    """Write the register into FILE.

    FILE is .xlsx or .csv; it can be changed there and imported again.
    """
    with _office() as office:
        count = office.export(file, force)
    click.echo(f"{count} studios are in {file}; it has names of people, keep it accordingly.")


@studios.command("template")
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def template(file: Path, force: bool) -> None:
    """Write an empty FILE with the headings.

    FILE is .xlsx, with drop-downs and a sheet of explanations, or .csv.
    """
    from bot.opening import open_library
    from bot.sheets.writing import write_register

    write_register(file, (), {}, open_library(read_settings())[0], force)
    click.echo(f"{file} is written.")


def _bar(length: int) -> Any:
    """A progress bar on standard error; where that is no terminal nothing is shown of it."""
    import sys

    return click.progressbar(length=length, label="Importing", file=sys.stderr, hidden=not sys.stderr.isatty())


@contextmanager
def _office() -> Iterator[Any]:
    from bot.office import open_office

    office = open_office(read_settings())
    try:
        yield office
    finally:
        office.close()
