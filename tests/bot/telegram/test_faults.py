"""What goes wrong on the way: nothing is lost, nothing comes twice without a word, and the token is in no line."""

import logging
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.app import create_app
from bot.config import ConfigError, read_settings, render
from bot.delivery import DeliveryFailed
from bot.desk import Desk
from bot.settings import Settings
from bot.telegram.polling import REFUSED, TAKEN
from handlers.push import PERHAPS_AGAIN, Push
from tests.bot.telegram.conftest import Bot
from tests.cast import GRANT
from tests.platforms.telegram import GROUP, LI, TOKEN, WANG, Telegram, buttons

PUSH = Push("申报截止", ("已办 D7",), "/calendar/x.ics")


@pytest.mark.parametrize("how", ["500", "429", "rubbish"])
def test_a_reply_that_was_refused_for_now_comes_once(hurried: Bot, telegram: Telegram, how: str) -> None:
    telegram.fail("sendMessage", how, 2 if how == "500" else 1)
    telegram.write(WANG, GRANT)
    with hurried():
        telegram.wait_settled()
    (said,) = telegram.said(WANG)
    assert "焦工文" in said
    assert not said.startswith(PERHAPS_AGAIN)


def test_a_reply_without_an_answer_is_sent_again_with_a_word(hurried: Bot, telegram: Telegram) -> None:
    telegram.fail("sendMessage", "late")
    telegram.write(WANG, GRANT)
    with hurried():
        first, second = telegram.wait_said(WANG, 2)
        telegram.wait_settled()
    assert second == PERHAPS_AGAIN + first


def test_telegram_away_for_long_loses_nothing(hurried: Bot, telegram: Telegram) -> None:
    telegram.fail("getMe", "500", 2)
    telegram.fail("getUpdates", "500", 3)
    telegram.fail("sendMessage", "500", 7)  # more than one try of a message makes
    telegram.write(WANG, GRANT)
    telegram.write(WANG, "那长春呢？")
    with hurried():
        telegram.wait_settled()
    assert ["焦工文" in one for one in telegram.said(WANG)] == [True, False]
    assert not any(one.startswith(PERHAPS_AGAIN) for one in telegram.said(WANG))


def test_one_who_cannot_be_answered_holds_up_nobody(hurried: Bot, telegram: Telegram) -> None:
    telegram.blocked.add(LI)
    telegram.fail("sendMessage", "hang", 2)
    for who in (LI, WANG):
        telegram.write(who, GRANT)
    with hurried():
        telegram.wait_settled()
    assert len(telegram.said(WANG)) == 1
    assert telegram.said(LI) == []


def test_a_hang_in_one_talk_does_not_hold_up_the_others(hurried: Bot, telegram: Telegram) -> None:
    telegram.write(LI, GRANT)
    with hurried():
        telegram.fail("sendMessage", "hang", 6)
        telegram.wait(lambda: len(telegram.faults) == 0 or telegram.faults[0][2] < 6)
        telegram.faults.clear()
        telegram.fail("sendMessage", "hang")
        telegram.write(WANG, GRANT)
        telegram.wait_settled()
    assert len(telegram.said(LI)) == len(telegram.said(WANG)) == 1


def test_buttons_that_telegram_refuses_do_not_cost_the_answer(hurried: Bot, telegram: Telegram) -> None:
    telegram.fail("sendMessage", "400:inline keyboard button URL 'x' is invalid")
    telegram.write(WANG, GRANT)
    with hurried():
        telegram.wait_settled()
    assert len(telegram.said(WANG)) == 1
    assert not buttons(telegram.last(WANG))


def test_a_press_that_came_too_late_to_be_acknowledged_counts(hurried: Bot, telegram: Telegram) -> None:
    with hurried():
        telegram.write(WANG, "长春自查")
        telegram.wait_said(WANG, 1)
        telegram.fail("answerCallbackQuery", "400:query is too old")
        telegram.fail("editMessageReplyMarkup", "400:message is not modified")
        telegram.press(WANG, "长春")
        assert "第2题" in telegram.wait_said(WANG, 2)[1]
        telegram.wait_settled()


@pytest.mark.parametrize("alarm", [REFUSED, TAKEN])
def test_what_only_the_operator_can_mend_is_told_once(
    hurried: Bot, telegram: Telegram, caplog: pytest.LogCaptureFixture, alarm: str
) -> None:
    if alarm == REFUSED:
        telegram.is_token_good = False
    else:
        telegram.fail("getUpdates", "409", 4)
    with hurried():
        telegram.wait(lambda: alarm in caplog.text)
        telegram.is_token_good = True
        telegram.write(WANG, GRANT)
        telegram.wait_said(WANG, 1)
    assert caplog.text.count(alarm) == 1


def test_the_token_is_in_no_line(
    hurried: Bot, telegram: Telegram, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, name)
    for how in ("500", "rubbish", "hang", "409", "400:no"):
        telegram.fail("getUpdates", how)
        telegram.fail("sendMessage", how.replace("400:no", "rubbish"))
    telegram.is_token_good = False
    with hurried() as client:
        logging.getLogger("httpx").setLevel(logging.DEBUG)  # as an operator may set it
        telegram.wait(lambda: REFUSED in caplog.text)
        error = failing(client)
        telegram.is_token_good = True
        telegram.write(WANG, GRANT)
        telegram.wait_said(WANG, 1)
        telegram.wait_settled()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    written = caplog.text + "".join(capfd.readouterr()) + repr(error) + repr(error.__cause__)
    assert "HTTP Request" in written
    assert TOKEN not in written
    assert TOKEN.partition(":")[2] not in written


def test_the_webhooks_secret_is_in_no_line(hurried: Bot, telegram: Telegram, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with hurried(webhook=True, webhook_secret="quite-secret"):
        telegram.wait(lambda: telegram.webhook)
    assert "setWebhook" in caplog.text
    assert "quite-secret" not in caplog.text


def send(client: TestClient, push: Push = PUSH, address: str = str(WANG)) -> None:
    portal = client.portal
    assert portal is not None
    portal.call(client.app_state["channel"].send, address, push, "k")


def failing(client: TestClient, address: str = str(WANG)) -> DeliveryFailed:
    """How a push fails."""
    with pytest.raises(DeliveryFailed) as caught:
        send(client, address=address)
    return caught.value


FAILURES: dict[str, tuple[str, dict[str, Any]]] = {
    "429": ("429", {"retry_after": 1.0}),
    "500": ("500", {}),
    "no answer": ("late", {"is_maybe_sent": True}),
    "no such chat": ("400:chat not found", {"is_permanent": True}),
}


@pytest.mark.parametrize(("how", "facts"), FAILURES.values(), ids=FAILURES)
def test_a_push_fails_with_the_facts(hurried: Bot, telegram: Telegram, how: str, facts: dict[str, Any]) -> None:
    telegram.fail("sendMessage", how)
    with hurried() as client:
        error = failing(client)
    nothing = {"is_permanent": False, "retry_after": None, "is_held": False, "is_maybe_sent": False}
    assert {name: getattr(error, name) for name in nothing} == nothing | facts


def test_a_push_to_who_blocked_us_is_over_for_good(hurried: Bot, telegram: Telegram) -> None:
    telegram.blocked.add(WANG)
    with hurried() as client:
        assert failing(client).is_permanent
        assert failing(client, address="nobody").is_permanent


def test_a_push_while_telegram_cannot_be_reached_was_surely_not_sent(hurried: Bot, telegram: Telegram) -> None:
    with hurried(api_url="http://127.0.0.1:1") as client:
        error = failing(client)
    assert not error.is_maybe_sent
    assert not error.is_permanent


def test_a_refused_token_does_not_end_a_push(
    hurried: Bot, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    with hurried() as client:
        telegram.is_token_good = False
        assert not failing(client).is_permanent
    assert REFUSED in caplog.text


def test_a_push_has_its_options_and_its_page(hurried: Bot, telegram: Telegram) -> None:
    with hurried() as client:
        send(client)
    assert telegram.said(WANG) == ["提醒：申报截止"]
    done, page = buttons(telegram.last(WANG))
    assert done == {"text": "已办 D7", "callback_data": "t:已办 D7"}
    assert page["url"] == "https://steward.example/calendar/x.ics"


def test_a_push_for_a_group_goes_to_the_group_wherever_it_moved(hurried: Bot, telegram: Telegram) -> None:
    telegram.chats[-200] = {}
    telegram.moved[GROUP] = -200
    with hurried() as client:
        send(client, address=f"{GROUP}:{WANG}")
    assert telegram.said(-200) == ["提醒：申报截止"]


def test_a_long_push_that_was_cut_off_goes_on_where_it_was(hurried: Bot, telegram: Telegram) -> None:
    lines = [f"第{number}行{'长' * 500}" for number in range(20)]
    telegram.fail("sendMessage", "")  # the first part goes through
    telegram.fail("sendMessage", "500")
    with hurried() as client:
        with pytest.raises(DeliveryFailed):
            send(client, Push("\n".join(lines)))
        assert len(telegram.said(WANG)) == 1
        send(client, Push("\n".join(lines)))
    assert "\n".join(telegram.said(WANG)) == "提醒：" + "\n".join(lines)
    assert len(telegram.said(WANG)) == 3


def test_a_webhook_needs_an_address(desk: Desk) -> None:
    section = replace(Settings().telegram, token=TOKEN, webhook=True)
    with pytest.raises(ConfigError, match=r"\[web\] public_url"):
        create_app(desk, replace(Settings(), telegram=section))


def test_a_setting_that_is_not_understood_is_named_and_its_secret_is_not() -> None:
    for name in ("STEWARD_TELEGRAM_TOKEN", "STEWARD_TELEGRAM_WEBHOOK_SECRET"):
        with pytest.raises(ConfigError, match=r"\[telegram\] (token|webhook_secret): expected") as caught:
            read_settings({name: "not quite right!"})
        assert "not quite right" not in str(caught.value)
    assert TOKEN not in render(read_settings({"STEWARD_TELEGRAM_TOKEN": TOKEN}))


def test_an_update_the_library_cannot_read_does_not_end_the_fetching(
    hurried: Bot, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.waiting.append({"update_id": 1, "message": {"text": "no chat"}})
    with hurried():
        telegram.wait(lambda: "Updates could not be read" in caplog.text)
        telegram.waiting.clear()
        telegram.number = 1
        telegram.write(WANG, GRANT)
        assert telegram.wait_said(WANG, 1)
