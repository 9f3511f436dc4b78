"""The command that looks whether everything is as it should be."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.config import ConfigError, read_settings

if TYPE_CHECKING:
    from bot.doctor.finding import Finding

MEND = "mend that line; config.example.toml has every setting"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Look whether everything is as it should be.

    Each finding is ok, a warning or a problem, with what is to be done. It changes nothing and may be run at any time,
    beside the running program too. Exit status 1 if there is a problem.
    """
    findings = _examine()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(line for one in findings for line in _lines(one)))
    if any(one.level == "problem" for one in findings):
        ctx.exit(1)


def _examine() -> "list[Finding]":
    from bot.desk import now
    from bot.doctor import examine
    from bot.doctor.finding import Context, Finding, Level

    try:
        settings = read_settings()
    except ConfigError as error:
        return [Finding("settings", Level.PROBLEM, f"{error}.", MEND)]
    with Context(settings, now()) as context:
        return list(examine(context))


def _lines(finding: "Finding") -> list[str]:
    told = [f"{finding.level:8} {finding.check:10} {finding.says}"]
    return [*told, f"{'':19} -> {finding.do}"] if finding.do else told
