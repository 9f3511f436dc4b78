"""A desk, a Bot API server on loopback, and the bot between them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.app import create_app
from bot.channels.telegram import Telegram as Channel
from bot.desk import Desk
from bot.opening import planner_of
from bot.settings import Settings
from bot.telegram.connection import Bounds
from knowledge.library import Library
from storage.database import Database
from tests.cast import NOW, TODAY
from tests.platforms.telegram import TOKEN, Telegram, running

HURRIED = Bounds(connect=0.5, answer=0.3, poll=2.0, patience=0.1, retry=0.02, longest=0.2, stop=2.0)
PUBLIC_URL = "https://steward.example"
Bot = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(scope="session")
def server() -> Iterator[Telegram]:
    with running() as telegram:
        yield telegram


@pytest.fixture
def telegram(server: Telegram) -> Telegram:
    server.begin_anew()
    return server


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with the program's tables."""
    file = tmp_path_factory.mktemp("empty") / "steward.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture
def desk(tmp_path: Path, empty: Path, library: Library) -> Iterator[Desk]:
    """A desk on the cast's day, on SQLite: nothing of this channel depends on the kind of database."""
    file = shutil.copy(empty, tmp_path)
    database = Database(f"sqlite:///{file}")
    yield Desk(library, None, database, clock=lambda: NOW, today=TODAY)
    database.close()


@pytest.fixture
def bot(desk: Desk, telegram: Telegram) -> Bot:
    """The whole program as a context, talking to the server."""

    @contextmanager
    def run(**section: Any) -> Iterator[TestClient]:
        settings = settings_for(telegram, **section)
        with TestClient(create_app(desk, settings, planner=planner_of(desk.library, settings))) as client:
            yield client

    return run


@pytest.fixture
def hurried(desk: Desk, telegram: Telegram) -> Bot:
    """The channel alone, which waits for nothing for long."""

    @contextmanager
    def run(**section: Any) -> Iterator[TestClient]:
        channel = Channel(desk, settings_for(telegram, **section), HURRIED)
        app = Starlette(routes=channel.routes(), lifespan=lambda _: channel.working())
        with TestClient(app) as client:
            client.app_state["channel"] = channel
            yield client

    return run


def settings_for(telegram: Telegram, **section: Any) -> Settings:
    settings = Settings()
    here = replace(settings.telegram, **{"token": TOKEN, "api_url": telegram.url, **section})
    return replace(settings, telegram=here, web=replace(settings.web, public_url=PUBLIC_URL))
