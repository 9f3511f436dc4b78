"""The doctor: what it finds, and what it tells to do."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlmodel import Session

from bot.__main__ import main
from bot.doctor import CHECKS, examine
from bot.doctor.finding import Context, Finding, Level
from bot.doctor.law import check_calendar, check_knowledge, check_rounds
from bot.doctor.memory import check_database, check_outbox, check_staff
from bot.doctor.place import LITTLE_SPACE, check_clock, check_files, check_outside, check_port, check_settings
from bot.settings import Calendar, Knowledge, Settings, Storage, Web
from handlers.push import Push
from knowledge.vocabulary import Role
from storage import contacts, outbox, staff
from storage.database import Database
from storage.outbox import Letter
from storage.scope import EVERYTHING
from tests.cast import NOW

OURS = b'{"status":"ok"}'
OK, WARNING, PROBLEM = Level


def find(check: Any, settings: Settings = Settings(), **other: Any) -> list[Finding]:  # noqa: B008 - frozen
    with Context(settings, other.get("now", NOW), seconds=1) as context:
        return list(check(context))


def only(check: Any, settings: Settings = Settings(), **other: Any) -> Finding:  # noqa: B008 - frozen
    (found,) = find(check, settings, **other)
    assert found.says.endswith(".")
    assert found.do or found.level is OK
    return found


@contextmanager
def answering(body: bytes = OURS, status: int = 200, ahead: timedelta = timedelta()) -> Iterator[str]:
    """A server on loopback whose clock is ahead of the cast's; its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            self.send_header("date", format_datetime(NOW + ahead, usegmt=True))
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Page.log_message = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


# ------------------------------------------------------------ where it stands
@pytest.mark.parametrize(
    ("written", "mode", "level"),
    [
        ("[watch]\nmetrics_token = 'correct-horse'", 0o644, WARNING),
        ("[watch]\nmetrics_token = 'correct-horse'", 0o600, OK),
        ("[storage]\nurl = 'postgresql://steward:geheim@db/x'", 0o644, WARNING),
        ("[storage]\nurl = 'postgresql://steward:geheim@db/x'", 0o640, OK),
        ("[web]\nport = 8001", 0o644, OK),
    ],
)
def test_settings_with_secrets_are_for_their_owner_only(tmp_path: Path, written: str, mode: int, level: Level) -> None:
    file = tmp_path / "config.toml"
    file.write_text(written, encoding="utf-8")
    file.chmod(mode)
    found = only(check_settings, Settings(source=file))
    assert found.level is level
    assert "horse" not in found.says + found.do
    assert only(check_settings).level is OK


def test_a_database_that_others_can_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "steward.db"
    file.touch(mode=0o600)
    settings = Settings(storage=Storage(url=f"sqlite:///{file}"))
    assert [one.check for one in find(check_files, settings)] == ["disk"]
    file.chmod(0o644)
    told, _ = find(check_files, settings)
    assert (told.level, told.do) == (WARNING, f"chmod o= {file}*")


def test_free_space_is_told_of_the_folder_that_is_there(tmp_path: Path) -> None:
    found = only(check_files, Settings(storage=Storage(url=f"sqlite:///{tmp_path}/not/yet/steward.db")))
    assert str(tmp_path) in found.says
    assert "not/yet" not in found.says
    assert LITTLE_SPACE > 10**9
    assert "server" in only(check_files, Settings(storage=Storage(url="postgresql://db/x"))).says


def test_a_port_is_free_ours_or_somebody_elses() -> None:
    free = only(check_port, Settings(web=Web(port=free_port())))
    assert (free.level, "free" in free.says) == (OK, True)
    with answering() as url:
        ours = only(check_port, Settings(web=Web(port=int(url.rpartition(":")[2]))))
    assert (ours.level, "runs at" in ours.says) == (OK, True)
    with answering(b"<html>") as url:
        assert only(check_port, Settings(web=Web(port=int(url.rpartition(":")[2])))).level is PROBLEM


def test_the_address_outside_leads_here_or_it_is_told_why_not() -> None:
    assert only(check_outside).level is OK
    with answering() as url:
        assert only(check_outside, Settings(web=Web(public_url=url))).level is OK
    with answering(b"no", 502) as url:
        found = only(check_outside, Settings(web=Web(public_url=url)))
        assert (found.level, "502" in found.says) == (PROBLEM, True)
    nowhere = find(check_outside, Settings(web=Web(public_url="http://steward.invalid")))
    assert [one.level for one in nowhere] == [WARNING, WARNING]
    assert "not HTTPS" in nowhere[0].says


@pytest.mark.parametrize(("seconds", "level"), [(0, OK), (59, OK), (-59, OK), (61, PROBLEM), (-3600, PROBLEM)])
def test_a_clock_that_is_more_than_a_minute_off_is_a_problem(seconds: int, level: Level) -> None:
    with answering(ahead=timedelta(seconds=seconds)) as url:
        found = only(check_clock, Settings(web=Web(public_url=url)))
    assert found.level is level
    assert ("behind" in found.says) is (seconds == 61)


def test_without_a_network_the_clock_is_not_judged() -> None:
    for url in ("", "https://steward.invalid"):
        assert only(check_clock, Settings(web=Web(public_url=url))).level is OK


# ------------------------------------------------------------ the database
def test_a_database_in_use_is_reached_current_and_written_without_a_trace(url: str, database: Database) -> None:
    database.run(lambda session: contacts.find_or_make(session, "web", "zhang", NOW)).result()
    assert only(check_database, Settings(storage=Storage(url=url))).level is OK
    assert database.run(lambda session: contacts.find(session, "doctor", "trial")).result() is None


@pytest.mark.parametrize(("revision", "level"), [("0001", WARNING), ("9999", PROBLEM)])
def test_tables_of_another_release_are_told_and_left_alone(
    url: str, database: Database, revision: str, level: Level
) -> None:
    def turn(session: Session) -> None:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})

    database.run(turn).result()
    assert only(check_database, Settings(storage=Storage(url=url))).level is level
    kept = database.run(lambda session: session.connection().execute(text("SELECT version_num FROM alembic_version")))
    assert kept.result() is not None


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "steward.db"
    settings = Settings(storage=Storage(url=f"sqlite:///{file}"))
    assert only(check_database, settings).level is WARNING
    assert find(check_staff, settings) == find(check_outbox, settings) == []
    assert not file.exists()


@pytest.mark.parametrize("url", ["mysql://db/x", "postgresql://steward:geheim@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_reached_is_a_problem(url: str) -> None:
    found = only(check_database, Settings(storage=Storage(url=url)))
    assert found.level is PROBLEM
    assert "geheim" not in found.says


def test_late_held_and_given_up_reminders_are_told(url: str, database: Database) -> None:
    settings = Settings(storage=Storage(url=url))
    assert [one.level for one in find(check_outbox, settings)] == [OK]

    def put(session: Session) -> None:
        contact = contacts.find_or_make(session, "web", "li", NOW)
        outbox.put(session, [Letter(f"k:{n}", contact.id, Push("x").dump(), NOW) for n in range(3)], NOW)
        for key, state in (("k:0", "held"), ("k:1", "failed")):
            session.connection().execute(
                text("UPDATE outbox SET state = :state WHERE key = :key"), {"state": state, "key": key}
            )

    database.run(put).result()
    given_up, held, late = find(check_outbox, settings, now=NOW + timedelta(hours=3))
    assert (given_up.level, held.level, late.level) == (WARNING, WARNING, WARNING)
    assert "3 h late" in late.says
    assert find(check_outbox, settings, now=NOW + timedelta(days=2))[-1].level is PROBLEM


def test_who_keeps_the_register_is_told(url: str, database: Database) -> None:
    settings = Settings(storage=Storage(url=url))
    assert only(check_staff, settings).level is WARNING
    database.run(
        lambda session: staff.invite(
            session, "ABCDEFGH", "李干事", Role.STAFF, EVERYTHING, NOW, NOW + timedelta(days=7)
        )
    ).result()
    found = only(check_staff, settings)
    assert (found.level, found.says) == (OK, "Staff who have come in: 0 of 1 invited.")


# ------------------------------------------------------------ what answers rest on
def test_originals_that_are_not_there_or_changed_are_told(tmp_path: Path) -> None:
    assert only(check_knowledge).level is OK
    missing = only(check_knowledge, Settings(knowledge=Knowledge(tmp_path / "nowhere")))
    assert missing.level is PROBLEM
    (tmp_path / "jiaozuo.txt").write_text("第一条 不是原文", encoding="utf-8")
    absent, changed = find(check_knowledge, Settings(knowledge=Knowledge(tmp_path)))
    assert "tcwta" in absent.says
    assert "jiaozuo.txt" not in absent.do
    assert "jiaozuo 第" in changed.says


@pytest.mark.parametrize(
    ("today", "own", "level"),
    [
        (NOW.replace(year=2020, month=5), (), OK),
        (NOW.replace(year=2020), (), OK),
        (NOW.replace(year=2090, month=5), (), WARNING),
        (NOW.replace(year=2090, month=5), (date(2090, 1, 1),), OK),
        (NOW.replace(year=2090), (date(2090, 1, 1),), WARNING),
    ],
)
def test_holidays_of_this_year_and_from_november_of_the_next_are_asked_for(
    today: Any, own: tuple[date, ...], level: Level
) -> None:
    assert only(check_calendar, Settings(calendar=Calendar(holidays=own)), now=today).level is level


def test_unknown_rounds_are_told() -> None:
    assert only(check_rounds).level is WARNING
    assert only(check_rounds, Settings(calendar=Calendar(jiaozuo_round=2024))).level is OK


# ------------------------------------------------------------ all of it
def test_a_check_that_breaks_stops_no_other() -> None:
    def check_broken(_: Context) -> Iterator[Finding]:
        yield Finding("broken", OK, f"{1 // 0}")

    with Context(Settings(), NOW) as context:
        broken, fine = examine(context, [check_broken, check_rounds])
    assert (broken.check, broken.level, broken.says) == ("broken", PROBLEM, "The check broke: ZeroDivisionError.")
    assert fine.check == "rounds"


def test_every_check_is_carried_out_and_finds_something(url: str) -> None:
    settings = Settings(storage=Storage(url=url), web=Web(port=free_port()))
    with Context(settings, NOW) as context:
        found = list(examine(context))
    assert len({one.check for one in found}) == len(CHECKS)
    assert PROBLEM not in {one.level for one in found}


def test_the_command_tells_and_its_status_says_whether_there_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STEWARD_DATABASE_URL", raising=False)
    config = tmp_path / "config.toml"
    config.write_text(f"[web]\nport = {free_port()}\n", encoding="utf-8")
    fine = CliRunner().invoke(main, ["doctor"])
    assert fine.exit_code == 0
    assert "warning  database   There is no data/steward.db yet." in fine.output
    assert not (tmp_path / "data").exists()
    config.write_text("[web]\nprot = 1\n", encoding="utf-8")
    broken = CliRunner().invoke(main, ["doctor", "--json"])
    assert broken.exit_code == 1
    (told,) = json.loads(broken.output)
    assert told["level"] == "problem"
    assert "[web] prot: unknown key" in told["says"]
