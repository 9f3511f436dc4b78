"""What many tests stand on: the library, databases of both kinds, a desk, and a session that is thrown away."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlmodel import Session, SQLModel

from bot.desk import IN_MEMORY, Desk
from knowledge.library import Library, load
from storage.database import TABLES, Database
from storage.engine import open_engine, parse_url
from tests import postgres
from tests.cast import NOW, TODAY


@pytest.fixture(scope="session")
def library() -> Library:
    return load()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server with the program's tables in the database `migrated`."""
    try:
        with postgres.running(tmp_path_factory.mktemp("postgres")) as server:
            _create(server, "migrated")
            database = Database(f"{server}/migrated")
            database.migrate()
            database.close()
            yield server
    except postgres.NoServer as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database with the program's tables; each test runs on both kinds."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'steward.db'}"
        database = Database(address)
        database.migrate()
        database.close()
        return address
    server = request.getfixturevalue("postgres_server")
    name = f"test_{uuid4().hex}"
    _create(server, name, template="migrated")
    return f"{server}/{name}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def session() -> Iterator[Session]:
    """A session on a database in memory."""
    assert TABLES
    engine = open_engine(parse_url(IN_MEMORY))
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


@pytest.fixture
def desk(database: Database, library: Library) -> Desk:
    """A desk on the cast's day."""
    return Desk(library, None, database, clock=lambda: NOW, today=TODAY)


def _create(server: str, name: str, template: str = "template0") -> None:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        query = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(query.format(sql.Identifier(name), sql.Identifier(template)))
