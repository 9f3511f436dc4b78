"""An app in WeCom on loopback: talks over the sealed line, reminders with buttons, and 已办 by a press."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlmodel import Session

from bot.app import create_app
from bot.config import ConfigError
from bot.delivery import DeliveryFailed
from bot.desk import Desk
from bot.opening import planner_of
from bot.pace import Bucket
from bot.platforms import WECOM_PACE, outlets
from bot.settings import Settings, WeCom
from handlers.push import Push
from knowledge.library import Library
from knowledge.vocabulary import Role
from storage import contacts, outbox_view, register, staff
from storage.database import Database
from storage.outbox import State
from storage.scope import EVERYTHING
from tests.platforms.loopback import serving
from tests.platforms.tencent import AES_KEY, AGENT_ID, CORP_ID, SECRET, TOKEN, Follower, Tencent, envelope

GIVEN = WeCom(corp_id=CORP_ID, agent_id=AGENT_ID, secret=SECRET, token=TOKEN, aes_key=AES_KEY)
LI = "LiGanShi"
PUSH = Push("年度工作总结：王建国创新工作室", ("已办 D7", "稍后 D7 三天后"), "", "年度工作总结", date(2026, 12, 31))


class Line:
    """The platform and the bot, joined."""

    def __init__(self, desk: Desk, platform: Tencent, settings: Settings) -> None:
        self.desk, self.platform, self.settings = desk, platform, settings

    def say(self, text: str, who: str = LI) -> str:
        return self.platform.says(who, text)

    def send(self, *pushes: Push, who: str = LI) -> None:
        async def all_of_them() -> None:
            (one,) = outlets(self.desk, self.settings, lambda _channel, _reason: None)
            async with one.working():
                for at, push in enumerate(pushes):
                    await one.lane.channel.send(who, push, f"key {at}")

        asyncio.run(all_of_them())

    def got(self, who: str = LI) -> list[dict[str, object]]:
        return self.platform.followers[who].got

    def wait_for(self, number: int, who: str = LI) -> None:
        deadline = time.monotonic() + 10
        while len(self.got(who)) < number and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.got(who)) >= number


@pytest.fixture
def line(library: Library) -> Iterator[Line]:
    database = Database("sqlite://")
    database.migrate()
    platform = Tencent(receiver=CORP_ID)
    moment = datetime(2026, 12, 1, 2, 10, tzinfo=UTC)
    platform.shift = moment.timestamp() - time.time()
    desk = Desk(library, None, database, clock=lambda: datetime.fromtimestamp(platform.now(), UTC))
    with serving(platform.app()) as api:
        settings = Settings(wecom=replace(GIVEN, api_url=api))
        with serving(create_app(desk, settings, planner=planner_of(library, settings))) as bot:
            platform.callback = f"{bot}/wecom"
            yield Line(desk, platform, settings)
    database.close()


def test_the_platform_finds_its_server_within_a_second(line: Line) -> None:
    query, _ = line.platform.sign("")
    sealed = line.platform.seal("1616140317555161061")
    from werobot.utils import get_signature

    signature = get_signature(TOKEN, query["timestamp"], query["nonce"], sealed)
    asked = {**query, "msg_signature": signature, "echostr": sealed}
    begun = time.monotonic()
    answer = httpx.get(line.platform.callback, params=asked)
    assert (answer.status_code, answer.text) == (200, "1616140317555161061")
    assert time.monotonic() - begun < 1
    assert httpx.get(line.platform.callback, params={**asked, "echostr": sealed[:-4] + "AAA="}).status_code == 403


def test_a_question_a_follow_up_and_an_option_by_its_number(line: Line) -> None:
    assert "市级1万元" in line.say("焦作评上给多少钱？")
    assert "60cm×40cm" in line.say("那牌匾多大？")
    assert "href" not in line.say("给多少钱")
    assert line.say("2").startswith("焦作")


def test_opening_the_app_is_not_answered_and_a_menu_press_says_its_words(line: Line) -> None:
    assert line.platform.push(LI, "event", Event="enter_agent", AgentID=str(AGENT_ID)) == ""
    assert "市级1万元" in line.platform.push(LI, "event", Event="click", EventKey="焦作评上给多少钱")
    assert "自查" in line.platform.push(LI, "event", Event="subscribe")


def test_forged_stale_and_foreign_callbacks_change_nothing(line: Line) -> None:
    said = envelope(LI, "text", int(line.platform.now()), {"Content": "上海自查", "MsgId": "5"})
    query, body = line.platform.sign(said)
    foreign_platform = Tencent(receiver="wwffffffffffffffff", shift=line.platform.shift)
    foreign_query, foreign_body = foreign_platform.sign(said)
    for its_query, its_body in (
        ({**query, "msg_signature": "0" * 40}, body),
        ({**query, "timestamp": str(int(query["timestamp"]) + 1)}, body),
        line.platform.sign(said, line.platform.now() - 3600),
        (foreign_query, foreign_body),
        (query, said),
        (query, ""),
    ):
        answer = httpx.post(line.platform.callback, params=its_query, content=its_body.encode())
        assert (answer.status_code in (400, 403), answer.text) == (True, "")
    assert line.desk.run(contacts.count).result() == 0


def test_staff_are_let_in_keep_the_register_are_reminded_and_report_it_done_by_a_press(line: Line) -> None:
    now = line.desk.moment()

    def invite(session: Session) -> None:
        staff.invite(session, "ABCD2345", "李干事", Role.STAFF, EVERYTHING, now, now + timedelta(days=7))

    line.desk.run(invite).result()
    assert "没有开通" in line.say("查全部")
    assert "已开通" in line.say("邀请码 ABCD-2345")
    assert "确认" in line.say("新增 焦作 王建国创新工作室 单位 焦作机床厂 命名 2024年3月1日 第一联系人 李干事")
    assert "王建国" in line.say("确认")

    def plan_and_send() -> None:
        line.desk.plan(planner_of(line.desk.library, line.settings)).result()

    plan_and_send()
    line.wait_for(2)
    cards = [one for one in line.got() if one["msgtype"] == "template_card"]
    button = cards[0]["template_card"]["button_list"][0]  # type: ignore[index]
    assert button["key"].startswith("已办 D")
    before = len(line.got())
    fields = {"Event": "template_card_event", "EventKey": button["key"], "TaskId": "t", "ResponseCode": "code"}
    assert line.platform.push(LI, "event", AgentID=str(AGENT_ID), **fields) == ""
    line.wait_for(before + 1)
    assert "已登记办结" in str(line.got()[-1])
    assert line.desk.run(lambda session: register.count(session, EVERYTHING, register.Search())).result() == 1
    deadline = time.monotonic() + 5
    while not any(path == "message/update_template_card" for path, _ in line.platform.calls):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_reminder_is_the_text_and_a_card_with_what_can_be_answered(line: Line) -> None:
    line.platform.followers[LI] = Follower()
    line.send(PUSH)
    text, card = line.got()
    assert text["enable_duplicate_check"] == 1
    assert [one["key"] for one in card["template_card"]["button_list"]] == list(PUSH.options)  # type: ignore[index]
    line.send(PUSH)
    assert sum(one["msgtype"] == "text" for one in line.got()) == 1


def test_an_unknown_member_is_not_taken_for_told(line: Line) -> None:
    with pytest.raises(DeliveryFailed) as failure:
        line.send(PUSH)
    assert failure.value.is_permanent


def test_a_member_gets_no_more_than_the_platform_delivers(line: Line) -> None:
    line.platform.followers[LI] = Follower()
    with pytest.raises(DeliveryFailed) as failure:
        line.send(*(replace(PUSH, text=f"第{number}件", options=()) for number in range(31)))
    assert not failure.value.is_permanent
    assert len(line.got()) == 30


def test_nothing_is_sent_in_the_minutes_when_everybody_sends(library: Library) -> None:
    from bot.delivery import Courier, Lane

    database = Database("sqlite://")
    database.migrate()
    sent = []

    class Out:
        name = "web"

        async def send(self, address: str, push: Push, key: str) -> None:
            sent.append(key)

    at = datetime(2026, 12, 1, 2, 0, 5, tzinfo=UTC)
    clock = [at]
    courier = Courier(database, [Lane(Out(), WECOM_PACE)], lambda: clock[0])

    async def look() -> None:
        await courier.deliver()
        await courier.finish()

    from storage import outbox
    from storage.outbox import Letter

    def put(session: Session) -> None:
        contact = contacts.find_or_make(session, "web", "li", at)
        outbox.put(session, [Letter("k", contact.id, PUSH.dump(), at)], at)

    database.run(put).result()
    asyncio.run(look())
    assert sent == []
    clock[0] = at + timedelta(minutes=1)
    asyncio.run(look())
    assert sent == ["k"]
    assert database.run(lambda session: outbox_view.counts(session)[State.SENT]).result() == 1
    database.close()
    assert Bucket(WECOM_PACE).ready() == WECOM_PACE.burst


@pytest.mark.parametrize("missing", ["token", "aes_key"])
def test_a_program_that_would_let_in_everybody_does_not_start(library: Library, missing: str) -> None:
    database = Database("sqlite://")
    database.migrate()
    with pytest.raises(ConfigError, match=rf"\[wecom\] {missing}"):
        create_app(Desk(library, None, database), Settings(wecom=replace(GIVEN, **{missing: ""})))  # type: ignore[arg-type]
    database.close()
