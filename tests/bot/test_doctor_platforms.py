"""The doctor looks at the platforms: what is missing, wrong, unreachable, and what is to be done."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import create_app
from bot.desk import Desk
from bot.doctor.finding import Check, Context, Finding, Level
from bot.doctor.platforms import check_telegram, check_wechat, check_wecom
from bot.settings import Settings, Web, WeChat, WeCom
from bot.settings import Telegram as TelegramSection
from knowledge.library import Library
from storage.database import Database
from tests.platforms import telegram
from tests.platforms.loopback import serving
from tests.platforms.tencent import AES_KEY, AGENT_ID, APP_ID, CORP_ID, SECRET, TOKEN, Tencent

WECHAT = WeChat(app_id=APP_ID, secret=SECRET, token=TOKEN, aes_key=AES_KEY)
WECOM = WeCom(CORP_ID, AGENT_ID, SECRET, TOKEN, AES_KEY)


def examine(settings: Settings, check: Check) -> list[Finding]:
    with Context(settings, datetime.now(UTC), seconds=2) as context:
        found = list(check(context))
    told = " ".join(f"{one.says} {one.do}" for one in found)
    assert SECRET not in told
    assert TOKEN not in told
    return found


@pytest.fixture(scope="module")
def settings(library: Library) -> Iterator[Settings]:
    """The program on loopback, and its platforms."""
    database = Database("sqlite://")
    database.migrate()
    with serving(Tencent().app()) as api:
        given = Settings(wechat=replace(WECHAT, api_url=api), wecom=replace(WECOM, api_url=api))
        with serving(create_app(Desk(library, None, database), given)) as bot:
            yield replace(given, web=Web(public_url=bot))
    database.close()


@pytest.mark.parametrize("check", [check_wechat, check_wecom])
def test_all_is_well(settings: Settings, check: Check) -> None:
    assert {one.level for one in examine(settings, check)} == {Level.OK}


@pytest.mark.parametrize("check", [check_wechat, check_wecom, check_telegram])
def test_a_platform_that_is_not_used_is_no_problem(check: Check) -> None:
    (found,) = examine(Settings(), check)
    assert found.level is Level.OK


def told(settings: Settings, check: Check = check_wechat) -> str:
    return "\n".join(f"{one.level}: {one.says}" for one in examine(settings, check) if one.level is not Level.OK)


def test_what_is_missing_is_named(settings: Settings) -> None:
    assert "problem: [wechat] token" in told(replace(settings, wechat=replace(settings.wechat, token="")))
    assert "no reminder can be sent" in told(replace(settings, wechat=replace(settings.wechat, secret="")))
    assert "The mode is plain" in told(replace(settings, wechat=replace(settings.wechat, mode="plain")))
    assert "the callback is not tried" in told(replace(settings, web=Web()))
    assert "problem: [wecom] aes_key" in told(replace(settings, wecom=replace(settings.wecom, aes_key="")), check_wecom)


def test_a_wrong_secret_a_wrong_address_and_another_program_are_told_apart(settings: Settings) -> None:
    wrong = replace(settings.wechat, secret="0" * 32)
    assert "gives no token (40125)" in told(replace(settings, wechat=wrong))
    nowhere = replace(settings.wechat, api_url="http://127.0.0.1:9")
    assert "cannot be reached from here" in told(replace(settings, wechat=nowhere))
    assert "/wechat cannot be reached" in told(replace(settings, web=Web(public_url="http://127.0.0.1:9")))
    other = replace(settings.wechat, token="anotherToken")
    assert "does not take our own signature" in told(replace(settings, wechat=other))


@pytest.mark.parametrize(
    ("fault", "says"), [("40164", "refuses this server's address (40164)"), ("html", "not as the platform does")]
)
def test_an_address_that_is_not_allowed_and_a_page_in_between(library: Library, fault: str, says: str) -> None:
    platform = Tencent(faults=[fault])
    with serving(platform.app()) as api:
        assert says in told(Settings(wechat=replace(WECHAT, api_url=api)))


def test_a_clock_that_is_wrong_is_a_problem(settings: Settings) -> None:
    with Context(settings, datetime.fromtimestamp(time.time() + 3600, UTC)) as context:
        found = [one for one in check_wechat(context) if one.check == "clock"]
    assert [one.level for one in found] == [Level.PROBLEM]


def test_telegram_is_asked_who_the_bot_is() -> None:
    with telegram.running() as platform:
        given = Settings(telegram=TelegramSection(token=telegram.TOKEN, api_url=platform.url))
        assert told(given, check_telegram) == ""
        platform.is_token_good = False
        assert "problem: Telegram does not take the token (401)" in told(given, check_telegram)
    assert "cannot be reached from here" in told(given, check_telegram)
    assert telegram.TOKEN not in told(given, check_telegram)
    without_address = replace(given, telegram=replace(given.telegram, webhook=True))
    assert "does not know where" in told(without_address, check_telegram)
