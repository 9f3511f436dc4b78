"""A copy of the database is whole, sound and readable, or there is none."""

import sqlite3
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from storage import contacts
from storage.backup import BackupFailed, back_up
from storage.database import Database
from tests.cast import NOW


@pytest.fixture
def filled(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'steward.db'}"
    database = Database(url)
    database.migrate()
    for number in range(50):
        database.run(partial(contacts.find_or_make, channel="web", address=f"visitor {number}", now=NOW)).result()
    database.close()
    return url


def test_a_copy_has_everything_and_opens_as_a_database(filled: str, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "monday.db"
    assert back_up(filled, copy) == copy.stat().st_size
    assert copy.stat().st_mode & 0o077 == 0
    database = Database(f"sqlite:///{copy}")
    database.migrate()
    assert database.run(contacts.count).result() == 50
    database.close()
    assert [one.name for one in copy.parent.iterdir() if one.name.endswith(".part")] == []


def test_a_copy_can_be_made_while_others_write(filled: str, tmp_path: Path) -> None:
    database, stop = Database(filled), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            database.run(partial(contacts.find_or_make, channel="web", address=f"new {number}", now=NOW)).result()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(filled, tmp_path / "copy.db")
    finally:
        stop.set()
        writer.join()
        database.close()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM contact").fetchone()[0] >= 50


def test_nothing_is_overwritten_and_nothing_else_is_copied(filled: str, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(BackupFailed, match="is there already"):
        back_up(filled, there)
    assert there.read_text(encoding="utf-8") == "mine"
    with pytest.raises(BackupFailed, match="pg_dump"):
        back_up("postgresql://nobody@localhost/nothing", tmp_path / "x.db")
    with pytest.raises(BackupFailed, match="there is no"):
        back_up(f"sqlite:///{tmp_path}/absent.db", tmp_path / "x.db")


def test_a_broken_database_gives_no_copy(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    with pytest.raises(BackupFailed):
        back_up(f"sqlite:///{broken}", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
