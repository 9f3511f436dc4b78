"""A WeChat official account on loopback: whole talks over the sealed line, each under the platform's rules."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.app import create_app
from bot.config import ConfigError
from bot.desk import Desk
from bot.settings import Settings, Web, WeChat
from knowledge.library import Library
from storage import contacts
from storage.database import Database
from tests.platforms.loopback import serving
from tests.platforms.tencent import AES_KEY, APP_ID, SECRET, TOKEN, Tencent, envelope

WANG = "oWANG0000000000000000000000_"
LI = "oLI00000000000000000000000000"
GIVEN = WeChat(app_id=APP_ID, secret=SECRET, token=TOKEN, aes_key=AES_KEY)
LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]+)&msgmenuid=([^"]+)">([^<]+)</a>')


class Line:
    """The platform and the bot, joined; the bot's clock can be put forward."""

    def __init__(self, desk: Desk, platform: Tencent) -> None:
        self.desk, self.platform = desk, platform

    def say(self, text: str, who: str = WANG) -> str:
        return self.platform.says(who, text)

    def press(self, shown: str, at: int, who: str = WANG) -> str:
        said, menu, _ = LINK.findall(shown)[at]
        return self.platform.push(who, Content=said, bizmsgmenuid=menu)


@contextmanager
def joined(
    library: Library, given: WeChat = GIVEN, database: Database | None = None, platform: Tencent | None = None
) -> Iterator[Line]:
    own = database or new_database()
    platform = platform or Tencent(mode=given.mode)
    desk = Desk(library, None, own, clock=lambda: datetime.fromtimestamp(platform.now(), UTC))
    with serving(platform.app()) as api:
        settings = Settings(wechat=replace(given, api_url=api), web=Web(public_url="https://steward.example.org"))
        with serving(create_app(desk, settings)) as bot:
            platform.callback = f"{bot}/wechat"
            yield Line(desk, platform)
    if database is None:
        own.close()


def new_database(url: str = "sqlite://") -> Database:
    database = Database(url)
    database.migrate()
    return database


@pytest.fixture(scope="module")
def shared(library: Library) -> Iterator[Line]:
    """One line for the tests that leave no trace on others."""
    with joined(library) as line:
        yield line


@pytest.fixture
def line(library: Library) -> Iterator[Line]:
    with joined(library) as line:
        yield line


def plain(shown: str) -> str:
    return LINK.sub(r"\3", shown)


# ---------------------------------------------------------------- talking
def test_the_platform_finds_its_server(shared: Line) -> None:
    query, _ = shared.platform.sign("")
    echo = {"timestamp": query["timestamp"], "nonce": query["nonce"], "signature": query["signature"]}
    answer = httpx.get(shared.platform.callback, params={**echo, "echostr": "5838479248 <b>"})
    assert (answer.status_code, answer.text) == (200, "5838479248 <b>")
    assert httpx.get(shared.platform.callback, params={**echo, "signature": "0" * 40}).status_code == 403


@pytest.mark.parametrize("mode", ["safe", "compatible", "plain"])
def test_a_question_and_a_follow_up_in_every_mode(library: Library, mode: str) -> None:
    with joined(library, replace(GIVEN, mode=mode)) as line:
        assert "市级1万元" in line.say("焦作评上给多少钱？")
        assert "60cm×40cm" in line.say("那牌匾多大？")


def test_an_option_is_pressed_or_its_number_typed(shared: Line) -> None:
    shown = shared.say("给多少钱", "oPRESS")
    pressed = shared.press(shown, 1, "oPRESS")
    assert "\n1 " in plain(shown)
    shared.say("给多少钱", "oTYPE")
    assert shared.say("2", "oTYPE") == pressed
    assert pressed.startswith("焦作")


def test_a_long_answer_comes_in_pages_and_the_next_message_is_not_eaten(shared: Line) -> None:
    who = "oPAGES"
    shown = [shared.say("中国技协、焦作、长春、交建、上海各有哪些条件", who)]
    while "更多" in shown[-1]:
        shown.append(shared.say("更多", who))
    assert all(len(one.encode()) <= 2000 for one in shown)
    shared.say("隐私", who)
    assert "市级1万元" in shared.say("焦作评上给多少钱？", who)


def test_a_whole_self_check_by_pressing(shared: Line) -> None:
    who, shown = "oCHECK", ""
    shown = shared.say("上海自查", who)
    for _ in range(30):
        if "自查结果" in shown:
            break
        shown = shared.press(shown, 0, who) if LINK.search(shown) else shared.say("5", who)
        assert shown != "FAILED"
    assert "自查结果" in shown
    assert 'href="https://steward.example.org/' in shown


def test_a_press_on_a_question_that_has_moved_on_is_not_filed(shared: Line) -> None:
    who = "oOLD"
    first = shared.say("上海自查", who)
    shared.press(first, 0, who)
    assert "没有记到" in plain(shared.press(first, 1, who))


def test_coming_leaving_and_what_needs_no_word(shared: Line) -> None:
    who, push = "oEVENTS", shared.platform.push
    assert "自查" in plain(push(who, "event", Event="subscribe"))
    assert push(who, "event", Event="LOCATION", Latitude="23.1", Longitude="113.3", Precision="65.0") == ""
    assert push(who, "event", Event="VIEW", EventKey="https://example.org") == ""
    assert push(who, "event", Event="something_new") == ""
    assert "写成文字" in push(who, "image", PicUrl="http://example.org/1.jpg", MediaId="m")
    assert "写成文字" in push(who, "voice", MediaId="m", Format="amr")
    assert "3人以上" in plain(push(who, "voice", MediaId="m", Format="amr", Recognition="上海要几个人"))
    assert push(who, "hologram") == ""
    assert push(who, "event", Event="unsubscribe") == ""


def test_a_menu_press_says_its_words(shared: Line) -> None:
    assert "市级1万元" in plain(shared.platform.push("oMENU", "event", Event="CLICK", EventKey="焦作评上给多少钱"))


def test_signs_that_break_xml_do_not(shared: Line) -> None:
    for text in ("]]>焦作给多少钱", "<a href='http://x'>焦作</a>给多少钱", "&lt;焦作给多少钱🀄"):
        assert shared.say(text, "oODD") != "FAILED"


def test_three_deliveries_are_one_message_and_the_same_reply(shared: Line) -> None:
    who = "oTWICE"
    for number, text in enumerate(("上海自查", "1", "下一题是什么")):
        fields = {"Content": text, "MsgId": f"77{number}"}
        said = envelope(who, "text", int(shared.platform.now()), fields)
        assert len({shared.platform.deliver(*shared.platform.sign(said)) for _ in range(3)}) == 1


def test_three_deliveries_of_an_event_without_an_id_are_one(shared: Line) -> None:
    at = int(shared.platform.now())
    pushed = [shared.platform.sign(envelope("oEVENT3", "event", at, {"Event": "subscribe"})) for _ in range(3)]
    assert len({shared.platform.deliver(*one) for one in pushed}) == 1


# ---------------------------------------------------------------- what is not let in
def test_forged_stale_and_foreign_callbacks_change_nothing(line: Line) -> None:
    said = envelope(WANG, "text", int(line.platform.now()), {"Content": "上海自查", "MsgId": "5"})
    query, body = line.platform.sign(said)
    stale = line.platform.sign(said, line.platform.now() - 3600)
    foreign = Tencent(receiver="wxffffffffffffffff").sign(said)
    unsealed, _ = Tencent(mode="plain").sign(said)
    cases = {
        "another signature": ({**query, "msg_signature": "0" * 40}, body),
        "the signature without the body": ({**query, "msg_signature": query["signature"]}, body),
        "no signature": ({"timestamp": query["timestamp"], "nonce": query["nonce"], "encrypt_type": "aes"}, body),
        "another time": ({**query, "timestamp": str(int(query["timestamp"]) + 1)}, body),
        "an hour old": stale,
        "another app's": foreign,
        "not sealed": (unsealed, said),
        "not sealed, and said to be": ({**query}, said),
        "no number as time": ({**query, "timestamp": "٣"}, body),
    }
    for name, (its_query, its_body) in cases.items():
        answer = httpx.post(line.platform.callback, params=its_query, content=its_body.encode())
        assert answer.status_code in (400, 403), name
        assert answer.text == "", name
    assert line.desk.run(contacts.count).result() == 0


def test_a_body_that_is_too_long_is_refused_before_it_is_read(shared: Line) -> None:
    query, _ = shared.platform.sign("x")
    answer = httpx.post(shared.platform.callback, params=query, content=b"<xml>" + b"a" * 70_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "given",
    [
        replace(GIVEN, token=""),
        replace(GIVEN, aes_key=""),
        replace(GIVEN, template="T1"),
        replace(GIVEN, notice_fields="a=what"),
    ],
)
def test_a_program_that_would_let_in_everybody_does_not_start(library: Library, given: WeChat) -> None:
    database = new_database()
    with pytest.raises(ConfigError, match=r"\[wechat\]"):
        create_app(Desk(library, None, database), Settings(wechat=given))
    database.close()


# ---------------------------------------------------------------- the menu
def test_the_menu_is_made_from_the_settings_and_each_of_its_buttons_is_understood(
    shared: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    with serving(shared.platform.app()) as api:
        file.write_text(
            f'[storage]\nurl = "sqlite:///{tmp_path}/steward.db"\n[wechat]\napp_id = "{APP_ID}"\napi_url = "{api}"\n',
            encoding="utf-8",
        )
        monkeypatch.setenv("STEWARD_CONFIG", str(file))
        monkeypatch.setenv("STEWARD_WECHAT_SECRET", SECRET)
        told = CliRunner().invoke(main, ["wechat", "menu"])
    assert told.output.endswith("The menu is made.\n"), told.output
    (made,) = [said for path, said in shared.platform.calls if path == "menu/create"]
    keys = [one["key"] for row in made["button"] for one in row.get("sub_button", [row])]
    assert len(keys) > 8
    for key in keys:
        told_by = plain(shared.platform.push("oKEYS", "event", Event="CLICK", EventKey=key))
        assert told_by not in ("", "FAILED")
        assert "不在我能回答的范围" not in told_by
