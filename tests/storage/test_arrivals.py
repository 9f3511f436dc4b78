"""What is completely handled, on both kinds of database."""

from datetime import timedelta

from sqlmodel import Session

from storage import arrivals
from storage.database import Database
from tests.cast import NOW

HERE = "telegram"


def test_what_is_settled_is_known_by_its_channel_and_id(database: Database) -> None:
    def unit(session: Session) -> list[bool]:
        arrivals.settle(session, HERE, "1", NOW)
        arrivals.settle(session, HERE, "1", NOW)  # twice is harmless
        return [arrivals.is_settled(session, *one) for one in ((HERE, "1"), (HERE, "2"), ("wecom", "1"))]

    assert database.run(unit).result() == [True, False, False]


def test_what_comes_no_more_is_let_go(database: Database) -> None:
    def unit(session: Session) -> tuple[int, bool, bool]:
        arrivals.settle(session, HERE, "old", NOW - timedelta(8))
        arrivals.settle(session, HERE, "new", NOW)
        gone = arrivals.trim(session, NOW - timedelta(7))
        return gone, arrivals.is_settled(session, HERE, "old"), arrivals.is_settled(session, HERE, "new")

    assert database.run(unit).result() == (1, False, True)
