"""Whole talks on Telegram: the real library speaks to a strict server on loopback."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from bot.app import create_app
from bot.config import Settings
from bot.desk import Desk
from knowledge.library import Library
from knowledge.vocabulary import Role
from storage import staff
from storage.database import Database
from storage.scope import EVERYTHING
from tests.cast import FOLLOW_UP, GRANT, NOW, TODAY
from tests.platforms.telegram import GROUP, LI, TOKEN, WANG, Telegram, buttons, running


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with running() as telegram:
        yield telegram


@pytest.fixture
def desk(tmp_path: Path, library: Library) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'steward.db'}")
    database.migrate()
    yield Desk(library, None, database, clock=lambda: NOW, today=TODAY)
    database.close()


def settings_for(telegram: Telegram, **more: object) -> Settings:
    section = replace(Settings().telegram, token=TOKEN, api_url=telegram.url, **more)  # type: ignore[arg-type]
    return replace(Settings(), telegram=section)


@contextmanager
def bot(desk: Desk, telegram: Telegram) -> Iterator[TestClient]:
    with TestClient(create_app(desk, settings_for(telegram))) as client:
        yield client


def test_wang_asks_and_follows_up(desk: Desk, telegram: Telegram) -> None:
    telegram.write(WANG, GRANT)
    telegram.write(WANG, FOLLOW_UP)
    with bot(desk, telegram):
        first, second = telegram.wait_said(WANG, 2)
        telegram.wait_settled()
    assert "焦作" in first or "焦工文" in first
    assert "牌匾" in second
    assert telegram.said(LI) == []
