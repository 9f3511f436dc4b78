"""Telegram calls us: the secret, bodies of every kind, and updates that come until they are settled."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.channels.telegram import HEADER, LONGEST_BODY, PATH
from bot.telegram.arriving import WANTED
from handlers.push import PERHAPS_AGAIN
from tests.bot.telegram.conftest import Bot
from tests.cast import GRANT
from tests.platforms.telegram import LI, WANG, Telegram

SECRET = "a-secret_of-our-own"


@pytest.fixture
def client(hurried: Bot, telegram: Telegram) -> Iterator[TestClient]:
    with hurried(webhook=True, webhook_secret=SECRET) as client:
        telegram.wait(lambda: telegram.webhook)
        client.post(PATH, content=b"")  # until the bot knows itself
        yield client


def call(client: TestClient, body: Any, secret: str = SECRET) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    status: int = client.post(PATH, content=content, headers={HEADER: secret}).status_code
    return status


def deliver(telegram: Telegram, client: TestClient) -> list[int]:
    """What waits is delivered, each again until it is taken."""
    statuses: list[int] = []
    while telegram.waiting and len(statuses) < 20:
        statuses.append(call(client, telegram.waiting[0], telegram.webhook["secret_token"]))
        if statuses[-1] == 200:
            telegram.waiting.pop(0)
    return statuses


def test_the_webhook_is_told_to_telegram(client: TestClient, telegram: Telegram) -> None:
    assert telegram.webhook["url"] == "https://steward.example/telegram"
    assert telegram.webhook["secret_token"] == SECRET
    assert telegram.webhook["allowed_updates"] == list(WANTED)
    assert telegram.fetches == 0


def test_without_a_secret_of_ones_own_there_is_one(hurried: Bot, telegram: Telegram) -> None:
    with hurried(webhook=True):
        telegram.wait(lambda: telegram.webhook)
    assert len(telegram.webhook["secret_token"]) == 64


def test_polling_takes_the_webhook_back(hurried: Bot, telegram: Telegram) -> None:
    telegram.webhook = {"url": "https://elsewhere.example"}
    telegram.write(WANG, GRANT)
    with hurried() as client:
        telegram.wait_said(WANG, 1)
        assert client.post(PATH).status_code == 404
    assert telegram.webhook == {}


def test_a_talk_by_calls(client: TestClient, telegram: Telegram) -> None:
    telegram.write(WANG, GRANT)
    telegram.write(LI, "长春自查")
    assert deliver(telegram, client) == [200, 200]
    telegram.press(LI, "长春")
    assert deliver(telegram, client) == [200]
    assert "焦工文" in telegram.said(WANG)[0]
    assert "第2题" in telegram.said(LI)[1]


def test_the_whole_program_takes_calls_beside_its_pages(bot: Bot, telegram: Telegram) -> None:
    with bot(webhook=True) as client:
        telegram.wait(lambda: telegram.webhook)
        telegram.write(WANG, GRANT)
        assert deliver(telegram, client)[-1] == 200
        assert client.get("/healthz").status_code == 200
    assert len(telegram.said(WANG)) == 1


def test_a_call_again_says_nothing_twice(client: TestClient, telegram: Telegram) -> None:
    telegram.write(WANG, GRANT)
    (update,) = telegram.waiting
    assert [call(client, update) for _ in range(3)] == [200, 200, 200]
    assert len(telegram.said(WANG)) == 1


def test_what_could_not_be_answered_is_called_again(client: TestClient, telegram: Telegram) -> None:
    telegram.fail("sendMessage", "500", 4)
    telegram.write(WANG, GRANT)
    assert deliver(telegram, client) == [503, 200]
    assert len(telegram.said(WANG)) == 1
    assert not telegram.said(WANG)[0].startswith(PERHAPS_AGAIN)


@pytest.mark.parametrize("secret", ["", "another", SECRET + "x", "é", SECRET.upper()])
def test_without_the_secret_nobody_gets_in(client: TestClient, telegram: Telegram, secret: str) -> None:
    telegram.write(WANG, GRANT)
    assert client.post(PATH, json=telegram.waiting[0], headers=[(HEADER.encode(), secret.encode())]).status_code == 403
    assert telegram.said(WANG) == []


CHAT = {"id": WANG, "type": "private"}
WHO = {"id": WANG, "is_bot": False, "first_name": "x"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT, "from": WHO, "text": "x"}
BAD: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"hello",
    "no UTF-8": b'{"update_id": 1, "message": "\xff\xfe"}',
    "a list": [],
    "a number": 5,
    "no number": {"message": MESSAGE},
    "a number that is a text": {"update_id": "1", "message": MESSAGE},
    "a message that is a text": {"update_id": 1, "message": "x"},
    "a chat that is none": {"update_id": 1, "message": {**MESSAGE, "chat": 5}},
    "a chat whose number is a list": {"update_id": 1, "message": {**MESSAGE, "chat": {**CHAT, "id": [1]}}},
    "a sender whose number is a text": {"update_id": 1, "message": {**MESSAGE, "from": {**WHO, "id": "'; --"}}},
    "a text that is a number": {"update_id": 1, "message": {**MESSAGE, "text": 5}},
    "an endless date": {"update_id": 1, "message": {**MESSAGE, "date": 10**30}},
    "brackets": b"[" * 100_000,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_bad_body_is_refused_without_a_trace(client: TestClient, caplog: pytest.LogCaptureFixture, body: Any) -> None:
    assert call(client, body) == 400
    assert "Traceback" not in caplog.text
    assert call(client, body, "guess") == 403


def test_too_big_a_body_is_not_read(client: TestClient) -> None:
    assert call(client, b" " * (LONGEST_BODY + 1)) == 413


def test_what_is_of_no_interest_is_taken(client: TestClient, telegram: Telegram) -> None:
    for number, name in enumerate(("edited_message", "channel_post", "poll_answer", "something_new")):
        assert call(client, {"update_id": number, name: MESSAGE if "poll" not in name else None}) == 200
    assert telegram.calls[-1][0] == "setwebhook"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("message", "callback_query", "my_chat_member", "edited_message", "inline_query")


def mutated(draw: Any) -> dict[str, Any]:
    """An update in which something is something else."""
    message = {**MESSAGE, **draw(st.dictionaries(st.sampled_from([*MESSAGE, "caption", "photo", "entities"]), JSON))}
    query = {"id": "1", "from": WHO, "message": message, "data": "t:x", "chat_instance": "1"}
    query |= draw(st.dictionaries(st.sampled_from([*query]), JSON, max_size=2))
    what = draw(st.sampled_from([message, query, draw(JSON)]))
    return {"update_id": draw(st.integers(1, 9) | JSON), draw(st.sampled_from(NAMES)): what}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.composite(mutated)() | JSON | st.binary(max_size=60))
def test_no_body_is_a_fault_of_ours(client: TestClient, caplog: pytest.LogCaptureFixture, body: Any) -> None:
    caplog.clear()
    assert call(client, body) in (200, 400)
    assert not [one for one in caplog.records if one.exc_info and one.levelno >= logging.WARNING]
