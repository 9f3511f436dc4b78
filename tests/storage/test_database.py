"""Units of work on both kinds of database."""

import threading
from concurrent.futures import wait
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session, SQLModel

from storage import contacts
from storage.database import MOST_WAITING, Busy, Database
from storage.engine import SchemaUnknown, UnknownDatabase, open_engine, parse_url
from tests.cast import NOW, ZHANG


def make_contact(session: Session, address: str = ZHANG.address) -> int:
    return contacts.find_or_make(session, ZHANG.channel, address, NOW).id


def test_a_unit_is_committed_when_its_future_ends(database: Database) -> None:
    database.run(make_contact).result()
    assert database.run(contacts.count).result() == 1


def test_a_unit_that_fails_leaves_nothing_and_harms_nobody(database: Database) -> None:
    def fail(session: Session) -> None:
        make_contact(session, "nobody")
        raise ZeroDivisionError

    together = [database.run(unit) for unit in (make_contact, fail, make_contact)]
    wait(together)
    assert isinstance(together[1].exception(), ZeroDivisionError)
    assert together[0].result() == together[2].result()
    assert database.run(contacts.count).result() == 1


def test_many_threads_at_once_make_one_contact(database: Database) -> None:
    ids = set[int]()

    def arrive() -> None:
        ids.add(database.run(make_contact).result())

    threads = [threading.Thread(target=arrive) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 1
    assert database.run(contacts.count).result() == 1


def test_what_was_taken_is_finished_when_the_database_closes(url: str) -> None:
    database = Database(url)
    taken = [database.run(partial(make_contact, address=str(n))) for n in range(100)]
    database.close()
    assert all(future.done() and not future.exception() for future in taken)
    with pytest.raises(RuntimeError):
        database.run(make_contact)
    again = Database(url)
    assert again.run(contacts.count).result() == 100
    again.close()


def test_a_cancelled_unit_is_left_out(database: Database) -> None:
    gate = threading.Event()
    held = [database.run(lambda _: gate.wait(10)) for _ in range(8)]
    dropped = database.run(make_contact)
    assert dropped.cancel()
    gate.set()
    wait(held)
    assert database.run(contacts.count).result() == 0


def test_too_many_waiting_units_are_refused(database: Database) -> None:
    gate = threading.Event()
    taken = [database.run(lambda _: gate.wait(10)) for _ in range(MOST_WAITING)]
    with pytest.raises(Busy):
        database.run(make_contact)
    gate.set()
    wait(taken)
    database.run(make_contact).result()


def test_migrating_twice_and_from_two_processes_is_harmless(url: str) -> None:
    both = [Database(url), Database(url)]
    threads = [threading.Thread(target=one.migrate) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in both:
        assert one.run(contacts.count).result() == 0
        one.close()


def test_the_migrated_tables_are_the_declared_tables(url: str) -> None:
    engine = open_engine(parse_url(url))
    found = inspect(engine)
    for name, table in SQLModel.metadata.tables.items():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}
        declared = {tuple(index.columns.keys()) for index in table.indexes}
        unique = {tuple(one["column_names"]) for one in found.get_unique_constraints(name)}
        assert {tuple(one["column_names"]) for one in found.get_indexes(name)} - unique == declared
    assert found.get_foreign_keys("message")[0]["options"]["ondelete"] == "CASCADE"
    engine.dispose()


def test_a_database_of_a_newer_release_is_refused(url: str) -> None:
    def come_from_the_future(session: Session) -> None:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))

    database = Database(url)
    database.run(come_from_the_future).result()
    with pytest.raises(SchemaUnknown, match="9999"):
        database.migrate()
    database.close()


def test_other_databases_are_refused() -> None:
    for address in ("mysql://localhost/x", "nonsense", ""):
        with pytest.raises(UnknownDatabase):
            Database(address)


@pytest.mark.parametrize("kind", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_psycopg(kind: str) -> None:
    assert parse_url(f"{kind}://steward@db/steward").drivername == "postgresql+psycopg"


def test_a_new_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "steward.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
