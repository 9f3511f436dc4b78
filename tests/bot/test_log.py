"""The log: everything goes through it, and nothing personal and no secret stands in it."""

import asyncio
import gc
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.testclient import TestClient

from bot.app import create_app
from bot.channels import Unanswered
from bot.desk import Desk
from bot.log import WITHHELD, Logbook, configure
from bot.redaction import redactor
from bot.settings import Log, Settings, Storage, Watch
from knowledge.library import Library
from storage.contacts import ContactRecord
from storage.database import Database
from tests.cast import GRANT, NOW, TODAY, ZHANG

SAID = "我是张师傅，手机13800000000，想问工作室补助"
TOKEN = "987654321:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
JSON = Settings(log=Log(format="json", level="debug"))


class Written:
    """What stands in the log."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@contextmanager
def logging_to(settings: Settings) -> Iterator[Written]:
    root, before = logging.getLogger(), (sys.excepthook, threading.excepthook, logging.raiseExceptions)
    handlers, level = root.handlers[:], root.level
    names = ("bot", "handlers", "knowledge", "storage", "uvicorn")
    levels = {name: logging.getLogger(name).level for name in names}
    stream = io.StringIO()
    configure(settings, stream)
    try:
        yield Written(stream)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, one in levels.items():
            logging.getLogger(name).setLevel(one)
        logging.captureWarnings(False)
        sys.excepthook, threading.excepthook, logging.raiseExceptions = before


@pytest.fixture
def log() -> Iterator[Written]:
    with logging_to(JSON) as written:
        yield written


class Broken:
    """A library that falls apart, with what the person said on its lips."""

    def __getattr__(self, name: str) -> Any:
        raise ValueError(f"{name}: {SAID}")


def test_every_line_is_an_object_with_time_level_logger_and_event(log: Written) -> None:
    logging.getLogger("bot.channels.x").info("taken %d of %s", 3, "five", extra={"channel": "web", "secret": "no"})
    (line,) = log.lines
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "taken 3 of five", "level": "info", "logger": "bot.channels.x", "channel": "web"}


def test_each_message_has_one_line_that_tells_nothing_of_it(database: Database, library: Library, log: Written) -> None:
    desk = Desk(library, None, database, lambda: NOW, TODAY, observer=Logbook())
    for _ in range(2):
        desk.answer(ZHANG.says(GRANT + SAID, "id-1"))
    first, second = log.lines
    assert first.keys() == {
        *("timestamp", "level", "logger", "event"),
        *("channel", "status", "milliseconds", "is_repeat"),
    }
    assert (first["event"], first["channel"], first["status"], first["is_repeat"]) == (
        "message",
        "web",
        "answered",
        False,
    )
    assert second["is_repeat"] is True
    assert 0 < first["milliseconds"] < 60_000


def test_a_message_text_is_never_in_the_log_even_if_a_handler_breaks_over_it(database: Database, log: Written) -> None:
    desk = Desk(Broken(), None, database, lambda: NOW, TODAY, observer=Logbook())  # type: ignore[arg-type]
    with pytest.raises(Unanswered):
        desk.answer(replace(ZHANG, address="oOPENID123").says(SAID))
    fault, message = log.lines
    assert fault["exception"]["type"] == "ValueError"
    assert any(frame.startswith("handlers/") for frame in fault["exception"]["frames"])
    assert message["status"] == "failed"
    for personal in ("张师傅", "13800000000", "补助", "oOPENID123"):
        assert personal not in log.text


def test_what_a_database_was_given_is_not_in_the_log(database: Database, log: Written) -> None:
    row = {"channel": "web", "address": "oOPENID123", "state": SAID, "created_at": NOW, "seen_at": NOW}

    def twice(session: Session) -> None:
        for _ in range(2):
            session.connection().execute(insert(ContactRecord).values(row))

    try:
        database.run(twice).result()
    except IntegrityError as error:
        logging.getLogger("bot.desk").exception("The database did not take it: %s", error)
    (line,) = log.lines
    assert line["event"] == "The database did not take it: IntegrityError"
    assert line["exception"]["code"] in ("23505", "23502", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_NOTNULL")
    assert "oOPENID123" not in log.text
    assert "张师傅" not in log.text


def test_a_task_that_nobody_waits_for_does_not_tell_either(log: Written) -> None:
    async def live() -> None:
        async def break_down() -> None:
            raise ValueError(SAID)

        task = asyncio.create_task(break_down())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(live())
    (line,) = log.lines
    assert line["event"] == WITHHELD
    assert line["exception"]["type"] == "ValueError"
    assert "张师傅" not in log.text


def test_a_library_is_not_believed_to_keep_silent(log: Written) -> None:
    for name in ("telegram.ext.Updater", "wechatpy.client", "httpx"):
        logging.getLogger(name).error(f"update of {SAID}")
        logging.getLogger(name).warning("update of %s in %d", SAID, 5)
        logging.getLogger(name).info("%s", SAID)
    withheld, with_gaps = log.lines[:2]
    assert withheld["event"] == WITHHELD
    assert withheld["place"].startswith("tests/bot/test_log.py:")
    assert with_gaps["event"] == "update of %s in %d"
    assert len(log.lines) == 6  # what a library says below a warning is not written at all
    assert "张师傅" not in log.text


def test_what_uvicorn_and_apscheduler_say_is_in_the_log(log: Written) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    try:
        raise OSError(28, SAID)
    except OSError as error:
        logging.getLogger("apscheduler.executors.default").error('Job "%s" raised an exception', "plan", exc_info=error)
    started, raised = log.lines
    assert started["event"] == "Started server process [7]"
    assert raised["event"] == 'Job "plan" raised an exception'
    assert raised["exception"]["code"] == "ENOSPC"


def test_causes_and_groups_are_told_by_type_and_place(log: Written) -> None:
    try:
        try:
            raise KeyError(SAID)
        except KeyError as error:
            raise ExceptionGroup(SAID, [ValueError(SAID)]) from error
    except ExceptionGroup:
        logging.getLogger("bot").exception("broken")
    told = log.lines[0]["exception"]
    assert [one["type"] for one in (told, *told["causes"])] == ["ExceptionGroup", "KeyError", "ValueError"]
    assert "张师傅" not in log.text


def test_what_nobody_caught_is_in_the_log(log: Written) -> None:
    def break_down() -> None:
        raise ValueError(SAID)

    thread = threading.Thread(target=break_down)
    thread.start()
    thread.join()
    with warnings.catch_warnings(action="always"):
        warnings.warn(SAID, stacklevel=1)
    assert [line["logger"] for line in log.lines] == ["bot.log", "py.warnings"]
    assert "张师傅" not in log.text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET https://api.example.org/cgi-bin/token?grant_type=x&appid=wx1&secret=5ecret HTTP", "5ecret"),
        ("https://qy.example.org/gettoken?corpid=ww1&corpsecret=abc-_DEF", "abc-_DEF"),
        ("/send?access_token=70_abc.def failed", "70_abc.def"),
        (f"POST https://api.telegram.org/bot{TOKEN}/sendMessage", TOKEN),
        (f"the token `{TOKEN}` was rejected", TOKEN.partition(":")[2]),
        ("postgresql+psycopg://steward:p@ss/w:rd@db:5432/steward", "p@ss/w:rd"),
        ('{"access_token": "70_abc", "expires_in": 7200}', "70_abc"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("/callback?msg_signature=abc&timestamp=1&openid=oABC", "oABC"),
    ],
)
def test_secrets_in_addresses_are_masked(text: str, secret: str) -> None:
    shown = redactor()(text)
    assert secret not in shown
    assert "***" in shown
    assert shown.split()[0][:4] == text.split()[0][:4]


def test_the_secrets_of_the_settings_stand_nowhere() -> None:
    settings = replace(
        JSON,
        watch=Watch(metrics_token="correct horse", pulse_url="https://hc.example.org/ping/abc"),
        storage=Storage(url="postgresql://steward:geheim-1@db/steward"),
    )
    with logging_to(settings) as written:
        logging.getLogger("bot").warning("%s", ["correct horse", {"x": "geheim-1"}])
        logging.getLogger("bot").warning("no", extra={"reason": "https://hc.example.org/ping/abc"})
    for secret in ("horse", "geheim", "hc.example"):
        assert secret not in written.text
    assert len(written.lines) == 2


@pytest.mark.parametrize(("level", "expected"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_nothing_below_the_level_is_written(level: str, expected: int) -> None:
    with logging_to(Settings(log=Log("json", level))) as written:
        for write in (logging.getLogger("bot.x").debug, logging.getLogger("bot.x").info):
            write("x")
        logging.getLogger("uvicorn.error").warning("x")
    assert len(written.lines) == expected


def test_in_a_terminal_the_log_can_be_read() -> None:
    with logging_to(Settings(log=Log(level="debug"))) as written:
        Logbook().refused("wechat", "signature")
        Logbook().did("plan", False)
        try:
            raise ValueError(SAID)
        except ValueError:
            logging.getLogger("bot.desk").exception("broken")
    lines = written.text.splitlines()
    assert "[debug    ] refused" in lines[0]
    assert "channel=wechat reason=signature" in lines[0]
    assert "is_done=False job=plan" in lines[1]
    assert lines[3] == "ValueError"
    assert lines[4].startswith("    tests/bot/test_log.py:")
    assert "张师傅" not in written.text


SAYINGS = (
    GRANT,
    "我们单位叫东方机械厂，就2个人行吗",
    "邀请码 ABCD-EFGH",
    "登记 张三 工作室",
    "焦作自查",
    "不知道",
    "已办 T12",
    "转给 李四",
    "删除我的数据",
    "隐私",
    "明天天气怎么样？",
    "\ud800" + "长" * 3_000,
    "%s %d {} %(name)s",
)


def test_whatever_people_say_no_chinese_character_is_in_the_log(
    database: Database, library: Library, log: Written
) -> None:
    desk = Desk(library, None, database, lambda: NOW, TODAY, observer=Logbook())
    settings = replace(JSON, watch=Watch(metrics=True))
    with TestClient(create_app(desk, settings, observer=Logbook()), raise_server_exceptions=False) as client:
        for number, said in enumerate(SAYINGS):
            body = json.dumps({"id": f"m-{number}", "text": said})
            client.post("/api/messages", content=body, headers={"content-type": "application/json"})
        client.post("/api/messages", content=SAID.encode(), headers={"content-type": "application/json"})
        client.get(f"/api/clauses/jiaozuo/{SAID}")
    assert sum(line["event"] == "message" for line in log.lines) == len(SAYINGS)
    assert not re.search("[\u3400-\u9fff]", log.text)
    assert not re.search(r"[0-9a-f]{64}", log.text)  # the visitor's address
