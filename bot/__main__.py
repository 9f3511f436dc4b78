"""The commands."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from bot.commands.doctor import doctor
from bot.commands.dues import dues
from bot.commands.staff import staff
from bot.commands.studios import studios
from bot.commands.wechat import wechat
from bot.config import CannotStart, read_settings

STATES = ("waiting", "claimed", "held", "sent", "failed", "withdrawn")
UNDELIVERED = ("waiting", "claimed", "held", "failed")
DAY = click.DateTime(["%Y-%m-%d"])


class Steward(click.Group):
    """The group of commands; what an operator can mend is one line on standard error, not a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except CannotStart as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            sys.stderr.close()  # whoever read us has gone; Python would complain at exit
            ctx.exit(1)


@click.group(cls=Steward, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Studio Steward answers questions about employee innovation studios (创新工作室).

    Every answer names the clause it rests on, or says that the documents do not state it.
    Settings come from config.toml, see config.example.toml; without it every default works.
    """
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


@main.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--jsonl", "as_lines", is_flag=True, help="Answer JSON lines from standard input.")
@click.option("--today", type=DAY, metavar="YYYY-MM-DD", help="The day the answer is for.  [default: today]")
def ask(text: str | None, as_json: bool, as_lines: bool, today: datetime | None) -> None:
    """Answer one question TEXT, or many.

    With --jsonl, each line {"conversation": ID, "text": QUESTION} of standard input gets one line
    {"conversation", "answer", "status", "citations"}; a line that is not such JSON gets {"error", "line"}.
    Nothing is kept.
    """
    if as_lines == (text is not None):
        raise click.UsageError("Give either a question or --jsonl.")
    desk = _open_desk_in_memory(today.date() if today else None)
    from bot.channels import lines
    from handlers.conversation import Message

    if as_lines:
        lines.answer_lines(desk, sys.stdin.buffer, sys.stdout.buffer)
        return
    reply = desk.answer(Message(lines.CHANNEL, "ask", text or "", "1"))
    if as_json:
        sys.stdout.buffer.write(lines.encode({**lines.render(reply), "options": reply.options}) + b"\n")
    else:
        click.echo(reply.text)


@main.command()
@click.argument("programme")
@click.option("--questions", "as_questions", is_flag=True, help="List the questions, their kinds and allowed values.")
@click.option("--answers", type=click.Path(path_type=Path), metavar="FILE", help="A JSON object of answers.")
@click.option("--today", type=DAY, metavar="YYYY-MM-DD", help="The day it is judged on.  [default: today]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(programme: str, as_questions: bool, answers: Path | None, today: datetime | None, as_json: bool) -> None:
    """Hold answers against the conditions of PROGRAMME.

    The answers are a JSON object by question, such as {"members": 5}; what is left out is not known.

    For example: steward check shanghai --answers studio.json --json
    """
    from bot import checks
    from bot.desk import today_in_beijing

    library, _ = _open_library()
    if programme not in library.programmes:
        raise click.ClickException(f"There is no programme {programme}; there are {', '.join(library.programmes)}.")
    if as_questions == (answers is not None):
        raise click.UsageError("Give either --questions or --answers FILE.")
    if as_questions:
        _print_json(checks.questions(library, programme))
        return
    day = today.date() if today else today_in_beijing()
    try:
        given = checks.read_answers(answers or Path(), library, programme)
    except checks.BadAnswers as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        _print_json(checks.evaluate(library, programme, given, day))
    else:
        click.echo(checks.summary(library, programme, given, day))


@main.command()
def chat() -> None:
    """Talk in this terminal; the conversation is kept until /清除."""
    from bot.channels import terminal

    with _open_desk() as desk:
        terminal.chat(desk, terminal.read_questions(), click.echo)


@main.command()
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="The port.  [default: 8000]")
def serve(host: str | None, port: int | None) -> None:
    """Serve the web chat until Ctrl+C."""
    from bot.server import serve as serve_web

    settings = read_settings()
    web = replace(settings.web, host=host or settings.web.host, port=port or settings.web.port)
    serve_web(replace(settings, web=web), click.echo)


@main.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
def doubts(limit: int) -> None:
    """List the questions that were not surely answered, newest first."""
    from bot import console

    with _open_desk() as desk:
        kept = desk.doubts(limit)
    click.echo(console.doubts(kept) if kept else "No doubts are kept.")


@main.group()
def remind() -> None:
    """Look at what is to be sent, and send it."""


@remind.command("list")
@click.option("--state", "states", type=click.Choice(STATES), multiple=True, help="Only these.  [default: undelivered]")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
def list_reminders(states: tuple[str, ...], limit: int) -> None:
    """List what waits, is held or was given up, the oldest first.

    Times are Beijing's. In front stands how many there are in each state.
    """
    from bot import console

    with _open_desk() as desk:
        click.echo(console.outbox(desk, states or UNDELIVERED, limit))


@remind.command("why")
@click.argument("key")
def tell_story(key: str) -> None:
    """Tell the whole story of the reminder KEY."""
    from bot import console

    with _open_desk() as desk:
        story = console.story(desk, key)
    if story is None:
        raise click.ClickException(f"There is no {key}; `steward remind list` lists what is not delivered.")
    click.echo(story)


@remind.command("plan")
def plan_reminders() -> None:
    """Plan what is to be sent as of today; planning twice is harmless.

    The running program plans at its start and every morning by itself.
    """
    from bot.opening import letters_of, planner_of

    settings = read_settings()
    with _open_desk() as desk:
        number = desk.plan(letters_of(planner_of(desk.library, settings))).result()
    click.echo(f"{number} new in the outbox.")


@remind.command("deliver")
def deliver_reminders() -> None:
    """Send what is due now and can be sent from here.

    That is what this terminal is to show; the rest is sent by the running program.
    """
    from bot.channels.terminal import Terminal

    with _open_desk() as desk:
        desk.deliver(Terminal(click.echo))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the database into FILE while the program runs.

    The copy is looked through before it gets its name. For PostgreSQL use pg_dump.
    """
    from bot.opening import back_up

    size = back_up(read_settings(), file)
    click.echo(f"{file}: {size:,} bytes, looked through and sound.")


@main.group()
def knowledge() -> None:
    """Look at the knowledge base."""


@knowledge.command("check")
def check_knowledge() -> None:
    """Tell what is wrong with it, by file, clause and reason.

    With the originals configured, clauses whose text has changed are named too.
    """
    from bot import console

    library, originals = _open_library()
    problems = console.check(library, originals)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(f"{len(problems)} found")
    compared = "compared with the originals" if originals else "no originals configured"
    click.echo(f"Nothing is wrong ({compared}).")


@knowledge.command("show")
@click.argument("document")
@click.argument("clause", required=False)
def show_knowledge(document: str, clause: str | None) -> None:
    """Print a clause in our words, or the list of a document's clauses.

    For example: steward knowledge show jiaozuo 第十二条
    """
    from bot import console

    library, originals = _open_library()
    if document not in library.programmes:
        raise click.ClickException(f"There is no document {document}; there are {', '.join(library.programmes)}.")
    shown = console.show(library, originals, document, clause)
    if shown is None:
        raise click.ClickException(
            f"There is no {clause} in {document}; `steward knowledge show {document}` lists all."
        )
    click.echo(shown)


@knowledge.command("grid")
def show_grid() -> None:
    """Print topics by programme.

    A number counts the facts, — is a declared silence, ? is a hole.
    """
    from bot import console

    click.echo(console.grid(_open_library()[0]))


@knowledge.command("topics")
def show_topics() -> None:
    """List the topics and the points of each."""
    from bot import console

    click.echo(console.topics(_open_library()[0]))


@main.group()
def config() -> None:
    """Look at the settings."""


@config.command("show")
def show_config() -> None:
    """Print the settings in force, passwords left out."""
    from bot.config import render

    click.echo(render(read_settings()))


main.add_command(doctor)
main.add_command(dues)
main.add_command(staff)
main.add_command(studios)
main.add_command(wechat)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _open_library() -> Any:
    from bot.opening import open_library

    return open_library(read_settings())


@contextmanager
def _open_desk() -> Iterator[Any]:
    from bot.opening import open_desk

    desk = open_desk(read_settings())
    try:
        yield desk
    finally:
        desk.close()


def _open_desk_in_memory(today: date | None) -> Any:
    from bot.desk import IN_MEMORY
    from bot.opening import open_desk

    return open_desk(read_settings(), IN_MEMORY, today)


if __name__ == "__main__":
    main(prog_name="steward")
