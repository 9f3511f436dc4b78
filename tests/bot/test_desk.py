"""The desk: one transaction a message, the day in Beijing, faults that leave nothing behind."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.channels import Unanswered
from bot.desk import Desk
from bot.rate import Rate
from knowledge.library import Library
from storage import contacts
from storage.database import Database
from tests.cast import GRANT, NOW, ZHANG


def broken_clock() -> datetime:
    """A clock without a zone: storage refuses what it tells."""
    return NOW.replace(tzinfo=None)


def test_a_fault_is_logged_and_nothing_is_kept(
    database: Database, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(library, None, database, broken_clock)
    with caplog.at_level(logging.ERROR), pytest.raises(Unanswered):
        desk.answer(ZHANG.says(GRANT))
    assert "could not be answered" in caplog.text
    assert GRANT not in caplog.records[0].getMessage()
    assert desk.history(ZHANG.channel, ZHANG.address).result() == []


def test_after_a_fault_the_same_message_is_answered(database: Database, library: Library, desk: Desk) -> None:
    with pytest.raises(Unanswered):
        Desk(library, None, database, broken_clock).answer(ZHANG.says(GRANT))
    assert desk.answer(ZHANG.says(GRANT)).text


def test_the_day_is_the_day_in_beijing(library: Library, database: Database) -> None:
    late = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert Desk(library, None, database, lambda: late).today() == date(2027, 1, 1)
    assert Desk(library, None, database, lambda: late - timedelta(hours=1)).today() == date(2026, 12, 31)


def test_tidying_forgets_who_has_not_been_seen_for_long(library: Library, database: Database) -> None:
    Desk(library, None, database, lambda: NOW - timedelta(days=200)).answer(ZHANG.says(GRANT))
    assert Desk(library, None, database, lambda: NOW).tidy(keep_days=180).result() == 1
    assert database.run(contacts.count).result() == 0


def test_a_citation_without_a_clause_shows_its_own_label(desk: Desk) -> None:
    assert desk.label("nowhere", "第一条") == "第一条"


def test_a_rate_counts_each_minute_anew() -> None:
    moment = 0.0
    rate = Rate(2, lambda: moment)
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert rate.allows("b")
    moment = 61.0
    assert rate.allows("a")
