"""The API of the web page, without a browser."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from bot.app import create_app
from bot.channels import SORRY, web
from bot.desk import Desk
from bot.settings import Settings
from handlers.conversation import Message, Reply
from knowledge.library import Library
from storage.database import Busy, Database
from tests.cast import GRANT, NOW, TODAY, WEATHER

SETTINGS = Settings()
HERE = "http://testserver"


@pytest.fixture
def zhang(desk: Desk) -> Iterator[TestClient]:
    """张师傅's browser."""
    with visit(desk) as client:
        yield client


def visit(desk: Any, settings: Settings = SETTINGS) -> TestClient:
    return TestClient(create_app(desk, settings), raise_server_exceptions=False)


def ask(client: TestClient, text: str, id: str = "m-1", **headers: str) -> Response:  # noqa: A002
    return client.post("/api/messages", json={"id": id, "text": text}, headers=headers)


def history(client: TestClient) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = client.get("/api/messages").json()["messages"]
    return kept


def test_zhang_asks_and_gets_answer_citation_and_options(zhang: TestClient) -> None:
    answer = ask(zhang, GRANT).json()
    assert answer.keys() == {"id", "text", "status", "citations", "options"}
    assert answer["id"] == "m-1"
    assert answer["status"] == "answered"
    (citation, *_) = answer["citations"]
    assert citation.keys() == {"document", "clause", "label"}
    assert citation["clause"] in citation["label"]
    assert citation["label"] != citation["clause"]


def test_a_citation_opens_its_clause(zhang: TestClient) -> None:
    citation = ask(zhang, GRANT).json()["citations"][0]
    response = zhang.get(f"/api/clauses/{citation['document']}/{citation['clause']}")
    clause = response.json()
    assert clause.keys() == {"reference", "heading", "sentences", "notes", "passage", "where_to_read"}
    assert clause["reference"] == citation["label"]
    assert clause["passage"] is None


@pytest.mark.parametrize("path", ["jiaozuo/第九十九条", "nowhere/三", "jiaozuo/%00", "../../etc/passwd", "jiaozuo/a/b"])
def test_a_clause_that_is_not_there_is_told(zhang: TestClient, path: str) -> None:
    response = zhang.get(f"/api/clauses/{path}")
    assert response.status_code == 404


def test_the_talk_survives_a_restart(desk: Desk, url: str, library: Library) -> None:
    with visit(desk) as zhang:
        first = ask(zhang, GRANT).json()
        cookies = zhang.cookies
    database = Database(url)
    with TestClient(create_app(Desk(library, None, database, lambda: NOW, TODAY), SETTINGS), cookies=cookies) as zhang:
        assert history(zhang) == [{"id": "m-1", "text": GRANT, "reply": first}]
        assert ask(zhang, GRANT).json() == first
        assert len(history(zhang)) == 1
    database.close()


def test_the_same_message_three_times_at_once_gets_one_reply_byte_for_byte(desk: Desk) -> None:
    with visit(desk) as zhang:
        zhang.get("/")
        with ThreadPoolExecutor(3) as threads:
            for number in range(10):
                sent = [threads.submit(ask, zhang, GRANT, f"m-{number}") for _ in range(3)]
                assert len({one.result().content for one in sent}) == 1
        assert [one["id"] for one in history(zhang)] == [f"m-{number}" for number in range(10)]


def test_wang_sees_nothing_of_zhang(desk: Desk) -> None:
    with visit(desk) as zhang, visit(desk) as wang:
        ask(zhang, GRANT)
        ask(wang, WEATHER)
        assert [one["text"] for one in history(zhang)] == [GRANT]
        assert [one["text"] for one in history(wang)] == [WEATHER]
        wang.delete("/api/messages")
        assert len(history(zhang)) == 1


def test_zhang_deletes_what_is_kept_of_him(zhang: TestClient) -> None:
    ask(zhang, GRANT)
    response = zhang.delete("/api/messages")
    assert response.status_code == 204
    assert response.content == b""
    assert "steward" not in zhang.cookies
    assert history(zhang) == []


def test_a_visit_gives_a_cookie_that_scripts_and_other_sites_cannot_use(zhang: TestClient) -> None:
    cookie = zhang.get("/").headers["set-cookie"]
    assert cookie.startswith("steward=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"} <= set(cookie.split("; "))
    assert len(zhang.cookies["steward"]) >= 22
    assert zhang.cookies["steward"] in zhang.get("/").headers["set-cookie"]
    assert "set-cookie" not in zhang.get("/healthz").headers


def test_over_https_the_cookie_is_for_https_only(desk: Desk) -> None:
    with TestClient(create_app(desk, SETTINGS), base_url="https://testserver") as client:
        assert "; Secure" in client.get("/").headers["set-cookie"]


def test_the_database_does_not_hold_the_cookie(zhang: TestClient, database: Database) -> None:
    ask(zhang, GRANT)
    token = zhang.cookies["steward"]
    addresses = database.run(
        lambda session: session.connection().exec_driver_sql("SELECT address FROM contact").scalars().all()
    ).result()
    assert len(addresses) == 1
    assert token not in addresses[0]


@pytest.mark.parametrize("cookie", ["short", "a" * 65, "'; DROP TABLE", "../../../../../../../../etc"])
def test_a_made_up_cookie_is_replaced(desk: Desk, cookie: str) -> None:
    with visit(desk) as client:
        response = client.get("/", headers={"cookie": f"steward={cookie}"})
        assert cookie not in response.headers["set-cookie"]


BAD = {
    "no JSON": b"hello",
    "nothing": b"",
    "another encoding": '{"id": "1", "text": "焦作"}'.encode("gb18030"),
    "a list": b"[1]",
    "no id": b'{"text": "a"}',
    "an id that is a number": b'{"id": 1, "text": "a"}',
    "an id with blanks": b'{"id": "a b", "text": "a"}',
    "an endless id": b'{"id": "' + b"a" * 65 + b'", "text": "a"}',
    "no text": b'{"id": "1"}',
    "a text that is a list": b'{"id": "1", "text": ["a"]}',
    "too many brackets": b"[" * 60_000,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_bad_request_is_told_in_chinese(zhang: TestClient, body: bytes) -> None:
    response = zhang.post("/api/messages", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json() == {"error": web.NOT_JSON}
    assert history(zhang) == []


def test_another_content_type_is_refused(zhang: TestClient) -> None:
    response = zhang.post("/api/messages", content=b'{"id": "1", "text": "a"}', headers={"content-type": "text/plain"})
    assert response.status_code == 400


def test_too_big_a_body_is_refused(zhang: TestClient) -> None:
    response = ask(zhang, "长" * 30_000)
    assert response.status_code == 413
    assert response.json() == {"error": web.TOO_BIG}


@pytest.mark.parametrize("text", ["", "\x00", "\ud83d", "😀", "<b>", "'; --", "长" * 9_000])
def test_odd_text_gets_a_reply(zhang: TestClient, text: str) -> None:
    content = json.dumps({"id": "odd", "text": text})
    response = zhang.post("/api/messages", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 200
    assert response.json()["text"]
    assert history(zhang)[0]["reply"] == response.json()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": HERE},
    ],
)
def test_other_sites_cannot_ask_or_delete_in_zhangs_name(zhang: TestClient, headers: dict[str, str]) -> None:
    ask(zhang, GRANT)
    assert ask(zhang, WEATHER, "m-2", **headers).status_code == 403
    assert zhang.delete("/api/messages", headers=headers).status_code == 403
    assert len(history(zhang)) == 1


@pytest.mark.parametrize("headers", [{"origin": HERE}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}])
def test_the_page_itself_may_ask(zhang: TestClient, headers: dict[str, str]) -> None:
    assert ask(zhang, GRANT, **headers).status_code == 200


def test_who_asks_too_fast_is_told_to_wait(desk: Desk) -> None:
    with visit(desk, hurried(3)) as zhang, visit(desk, hurried(3)) as wang:
        zhang.get("/")
        answers = [ask(zhang, GRANT, f"m-{number}") for number in range(8)]  # at most two minutes
        assert answers[0].status_code == 200
        (refused, *_) = [answer for answer in answers if answer.status_code == 429]
        assert refused.json() == {"error": web.TOO_MANY}
        assert ask(wang, GRANT).status_code == 200


def test_a_new_cookie_each_time_does_not_help(desk: Desk) -> None:
    with visit(desk, hurried(1)) as client:
        codes = set()
        for number in range(45):
            client.cookies.clear()
            codes.add(ask(client, "", f"m-{number}").status_code)
    assert codes == {200, 429}


def hurried(most: int) -> Settings:
    return replace(SETTINGS, web=replace(SETTINGS.web, messages_a_minute=most))


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/messages", "/nowhere", "/static/nowhere.js"])
def test_every_response_is_protected(zhang: TestClient, path: str) -> None:
    headers = zhang.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_it_says_that_it_is_up(zhang: TestClient) -> None:
    assert zhang.get("/healthz").json() == {"status": "ok"}
    assert zhang.put("/api/messages").status_code == 405


class Failing:
    """A desk at which every message fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def submit(self, message: Message) -> Future[Reply]:
        raise self._error

    def moment(self) -> datetime:
        return NOW

    def run(self, unit: object) -> Future[Any]:
        raise self._error

    def plan(self, planner: object) -> Future[int]:
        raise self._error

    def tidy(self, keep_days: int) -> Future[int]:
        raise self._error


def test_a_busy_desk_asks_to_come_back() -> None:
    with visit(Failing(Busy())) as client:
        response = ask(client, GRANT)
    assert response.status_code == 503
    assert response.json() == {"error": web.BUSY}
    assert response.headers["retry-after"] == "3"


def test_a_fault_is_an_apology_and_still_protected() -> None:
    with visit(Failing(ZeroDivisionError())) as client:
        response = ask(client, GRANT)
    assert response.status_code == 500
    assert response.json() == {"error": SORRY}
    assert "content-security-policy" in response.headers
