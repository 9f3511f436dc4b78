"""The commands on staff: who may keep the register, and which part of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from bot.config import read_settings


@click.group()
def staff() -> None:
    """Let people in who keep the register, each for a part of it."""


@staff.command("invite")
@click.argument("name", required=False)
@click.option("--scope", metavar="PROGRAMME[/BODY]", help="What this person sees: 焦作, or 焦作/山阳区总工会, or 全部.")
@click.option("--admin", "is_admin", is_flag=True, help="An administrator; sees everything unless a scope is given.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long the code can be used.")
def invite(name: str | None, scope: str | None, is_admin: bool, days: int) -> None:
    """Make a one-time code for NAME and print it once.

    NAME is what colleagues call the person, and how a studio names its contact. BODY is a union in charge or a unit,
    written as in the register. The person sends the code in the chat as 邀请码 XXXX-XXXX; the first who does is let in.
    """
    if scope is None and not is_admin:
        raise click.UsageError("Give --scope, for example --scope 焦作.")
    with _office() as office:
        code, called = office.invite(name, is_admin, scope or "全部", days)
    click.echo(code)
    click.echo(f"For {called}, once, within {days} days. To be sent in the chat: 邀请码 {code}")


@staff.command("list")
def list_staff() -> None:
    """List everybody who was ever invited."""
    from bot import console

    with _office() as office:
        everybody = office.staff()
        click.echo(console.staff(everybody, office.library, office.now()) if everybody else "Nobody was invited yet.")


@staff.command("revoke")
@click.argument("who")
def revoke(who: str) -> None:
    """End what somebody may see, or an unused code.

    WHO is a number (S2) or a name of `steward staff list`.
    """
    with _office() as office:
        freed = office.revoke(who)
    if freed is None:
        raise click.ClickException(f"There is no {who} to revoke; see `steward staff list`.")
    click.echo(f"Revoked. Places as a contact that are empty now: {freed}.")


@staff.command("trail")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
def show_trail(limit: int) -> None:
    """List who changed what and who was refused, newest first."""
    from bot import console

    with _office() as office:
        steps = office.trail(limit)
        click.echo(console.trail(steps, office.names()) if steps else "The trail is empty.")


@contextmanager
def _office() -> Iterator[Any]:
    from bot.office import open_office

    office = open_office(read_settings())
    try:
        yield office
    finally:
        office.close()
