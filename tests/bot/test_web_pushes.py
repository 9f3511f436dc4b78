"""Pushes on the web: put into the conversation, whoever's page is open, and nobody else's."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.app import create_app
from bot.channels.web import CHANNEL, Web
from bot.desk import Desk
from bot.settings import Settings
from handlers.push import Push
from storage import contacts
from tests.cast import NOW


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk, Settings())) as client:
        yield client


def _address(desk: Desk) -> str:
    """The one visitor there is."""

    def unit(session: object) -> str:
        rows = session.connection().exec_driver_sql("SELECT address FROM contact WHERE channel = 'web'").all()  # type: ignore[attr-defined]
        address: str = rows[0][0]
        return address

    return desk.run(unit).result()


def test_a_push_stands_in_the_conversation_and_is_shown_once(client: TestClient, desk: Desk) -> None:
    client.post("/api/messages", json={"id": "1", "text": "长春评上给多少钱？"})
    web = Web(desk, 30)
    asyncio.run(web.send(_address(desk), Push("考核情况报送备案", ("已办 D1",)), "k"))
    (push,) = client.get("/api/pushes").json()["pushes"]
    assert push["text"] == "提醒：考核情况报送备案"
    assert push["options"] == ["已办 D1"]
    history = client.get("/api/messages").json()["messages"]
    assert [one["text"] for one in history] == ["长春评上给多少钱？", ""]


def test_a_stranger_sees_no_push_of_others(client: TestClient, desk: Desk) -> None:
    client.post("/api/messages", json={"id": "1", "text": "你好"})
    asyncio.run(Web(desk, 30).send(_address(desk), Push("考核情况报送备案"), "k"))
    with TestClient(create_app(desk, Settings())) as stranger:
        assert stranger.get("/api/pushes").json() == {"pushes": []}


def test_a_visitor_who_never_wrote_can_be_told_too(desk: Desk) -> None:
    desk.run(lambda session: contacts.find_or_make(session, CHANNEL, "somebody", NOW)).result()
    asyncio.run(Web(desk, 30).send("somebody", Push("申报截止"), "k"))
    ((_, text, reply),) = desk.history(CHANNEL, "somebody").result()
    assert (text, reply.text) == ("", "提醒：申报截止")
