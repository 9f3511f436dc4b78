"""What the doctor tells, and what a check may look at.

A check is a function that takes a `Context` and yields `Finding`s; a channel adds its own to `CHECKS`. It changes
nothing, waits for nothing longer than a few seconds, and tells no secret.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Self, TypeVar

import httpx
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from bot.config import CannotStart, ConfigError
from bot.opening import open_library
from bot.settings import Settings
from handlers.conversation import BEIJING
from knowledge.library import Library
from knowledge.originals import Originals
from storage.database import Database
from storage.engine import UnknownDatabase, impatient, sqlite_file

SECONDS_TO_ANSWER = 5.0
HERE = ("all://127.0.0.1", "all://localhost", "all://[::1]")  # no proxy leads there

T = TypeVar("T")


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"  # works, but somebody should look
    PROBLEM = "problem"  # does not work


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Args:
        check: what was looked at, in a word.
        level: how bad it is.
        says: a sentence.
        do: what mends it; empty where nothing has to be done.
    """

    check: str
    level: Level
    says: str
    do: str = ""


class Context:
    """What checks look at; what several need is opened once, when the first asks for it.

    Args:
        settings: the settings in force.
        now: the moment, aware.
        seconds: how long an address outside may take.
    """

    def __init__(self, settings: Settings, now: datetime, seconds: float = SECONDS_TO_ANSWER) -> None:
        self.settings = settings
        self.now = now
        self._open = ExitStack()
        self._client = self._open.enter_context(httpx.Client(timeout=seconds, mounts=dict.fromkeys(HERE)))
        self._got: dict[str, httpx.Response | None] = {}

    def __enter__(self) -> Self:
        """Look."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what was opened."""
        self._open.close()

    @property
    def today(self) -> date:
        """The day in Beijing."""
        return self.now.astimezone(BEIJING).date()

    def get(self, url: str, query: Mapping[str, str] | None = None) -> httpx.Response | None:
        """What an address answers, asked once; none where it cannot be reached, as without a network."""
        return self._asked("GET", url, query, None)

    def post(self, url: str, body: Mapping[str, str]) -> httpx.Response | None:
        """What an address answers to a JSON body, asked once; none where it cannot be reached."""
        return self._asked("POST", url, None, body)

    def _asked(
        self, method: str, url: str, query: Mapping[str, str] | None, body: Mapping[str, str] | None
    ) -> httpx.Response | None:
        key = f"{method} {url} {sorted((query or {}).items())}"
        if key not in self._got:
            try:
                self._got[key] = self._client.request(method, url, params=query, json=body)
            except (httpx.HTTPError, httpx.InvalidURL):
                self._got[key] = None
        return self._got[key]

    @cached_property
    def knowledge(self) -> tuple[Library, Originals | None] | CannotStart:
        """The library and the originals, or why there are none."""
        try:
            return open_library(self.settings)
        except CannotStart as error:
            return error

    @cached_property
    def file(self) -> Path | None:
        """The database's file; none where a server keeps it."""
        try:
            return sqlite_file(self.settings.storage.url)
        except UnknownDatabase:
            return None

    @cached_property
    def database(self) -> Database | CannotStart:
        """The database as it stands, not brought up to date; or why it cannot be had."""
        if self.file and not self.file.exists():
            return ConfigError(f"there is no {self.file} yet")
        try:
            database = Database(impatient(self.settings.storage.url, int(SECONDS_TO_ANSWER)))
        except (UnknownDatabase, OSError) as error:
            return ConfigError(str(error))
        self._open.callback(database.close)
        return database

    def ask(self, unit: Callable[[Session], T]) -> T | CannotStart:
        """Carry out a unit that only reads; or why it could not be."""
        database = self.database
        if isinstance(database, CannotStart):
            return database
        return self.attempt(lambda: database.run(unit).result())

    def attempt(self, look: Callable[[], T]) -> T | CannotStart:
        """Look at the database; or why that did not work, by the name of the fault only."""
        try:
            return look()
        except DBAPIError as error:
            refused = ConfigError(type(error.orig).__name__)
            if isinstance(error, OperationalError):
                self.database = refused  # nobody waits for it again
            return refused


Check = Callable[[Context], Iterable[Finding]]
