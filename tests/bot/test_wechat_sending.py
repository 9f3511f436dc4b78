"""Sending on WeChat: only what the platform still allows, by whichever way is open, and what failed is told apart."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from bot.delivery import Courier
from bot.desk import Desk
from bot.ledgers import PassLedger, ReachLedger
from bot.platforms import outlets, wechat_platform
from bot.settings import Settings, WeChat
from bot.tencent.failures import CallFailed, Kind
from handlers.push import Push
from knowledge.library import Library
from storage import contacts, outbox, outbox_view, reaches
from storage.database import Database
from storage.outbox import Letter
from tests.platforms.loopback import serving
from tests.platforms.tencent import AES_KEY, APP_ID, SECRET, TOKEN, Follower, Tencent

LI = "oLI00000000000000000000000000"
GIVEN = WeChat(app_id=APP_ID, secret=SECRET, token=TOKEN, aes_key=AES_KEY)
TEMPLATE = {"template": "T-1", "template_fields": "thing1=what, time2=due"}
NOTICE = {"notice": "N-1", "notice_fields": "thing1=what,time2=due"}
PUSH = Push(
    "年度工作总结：王建国创新工作室\n还有30天。", ("已办 D7",), "", "年度工作总结 王建国创新工作室", date(2026, 12, 31)
)
TWO_DAYS = 2 * 24 * 3600


class Post:
    """The bot's way out, and the platform behind it."""

    def __init__(self, desk: Desk, platform: Tencent, given: WeChat) -> None:
        self.desk, self.platform, self.given = desk, platform, given
        self.settings = Settings(wechat=given)
        self.number = 0

    def hears(self, who: str = LI, is_click: bool = False, ago: float = 0.0) -> None:
        """Somebody wrote: the platform and the bot both know it."""
        follower = self.platform.followers.setdefault(who, Follower())
        at = self.platform.now() - ago
        if is_click:
            follower.click_until, follower.click_left = at + 60, 3
        else:
            follower.talk_until, follower.talk_left = at + TWO_DAYS, 5
        moment = datetime.fromtimestamp(at, UTC)

        def unit(session: Session) -> None:
            contacts.find_or_make(session, "wechat", who, moment)
            ReachLedger(self.desk, "wechat").unit(who, moment, is_click)(session)

        self.desk.run(unit).result()

    def tell(self, who: str = LI, push: Push = PUSH) -> str:
        """Tell somebody something; where it stands after one attempt."""
        self.number += 1
        key, now = f"k{self.number}", self.desk.moment()

        def put(session: Session) -> None:
            contact = contacts.find_or_make(session, "wechat", who, now)
            outbox.put(session, [Letter(key, contact.id, push.dump(), now)], now)

        self.desk.run(put).result()
        return self.again(key)

    def again(self, key: str = "") -> str:
        asyncio.run(self._deliver())
        entry = self.desk.run(lambda session: outbox_view.find(session, key or f"k{self.number}")).result()
        assert entry is not None
        return f"{entry.state}: {entry.last_error}" if entry.last_error else entry.state

    async def _deliver(self) -> None:
        found = outlets(self.desk, self.settings, lambda _channel, _reason: None)
        courier = Courier(self.desk, [one.lane for one in found], self.desk.moment)
        async with found[0].working():
            await courier.deliver()
            await courier.finish()

    def got(self, who: str = LI) -> list[str]:
        return ["text" if "text" in one else str(one["template_id"]) for one in self.platform.followers[who].got]

    def asked(self, path: str) -> int:
        return sum(1 for one, _ in self.platform.calls if one == path)


@contextmanager
def posting(library: Library, database: Database, **more: object) -> Iterator[Post]:
    platform = Tencent()
    desk = Desk(library, None, database, clock=lambda: datetime.fromtimestamp(platform.now(), UTC))
    with serving(platform.app()) as api:
        yield Post(desk, platform, replace(GIVEN, api_url=api, **more))  # type: ignore[arg-type]


@pytest.fixture
def memory() -> Iterator[Database]:
    database = Database("sqlite://")
    database.migrate()
    yield database
    database.close()


# ---------------------------------------------------------------- what the platform allows
def test_five_messages_within_two_days_of_a_message_and_then_it_is_held(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        post.hears()
        assert [post.tell().partition(":")[0] for _ in range(7)] == ["sent"] * 5 + ["held"] * 2
        assert post.asked("message/custom/send") == 5


def test_after_two_days_nothing_is_tried(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        post.hears()
        post.platform.shift = TWO_DAYS + 1
        assert post.tell() == "held: the person has not written for 48 hours and no notice can be sent"
        assert post.asked("message/custom/send") == 0


def test_a_press_opens_a_minute_only_and_does_not_shorten_what_is_open(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        post.hears(is_click=True)
        assert post.tell() == "sent"
        post.platform.shift = 61
        assert post.tell().startswith("held")
        post.hears(ago=10)
        post.hears(is_click=True)
        assert [post.tell().partition(":")[0] for _ in range(9)] == ["sent"] * 8 + ["held"]


def test_a_message_that_comes_three_times_opens_one_window(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        at = datetime.fromtimestamp(post.platform.now(), UTC)
        post.hears()
        post.tell()
        unit = ReachLedger(post.desk, "wechat").unit(LI, at - timedelta(seconds=1), is_click=False)
        post.desk.run(unit).result()
        assert post.desk.run(lambda session: reaches.of_person(session, 1)).result()[0].left == 4


def test_where_the_platform_counts_otherwise_its_word_holds(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        post.hears()
        post.platform.followers[LI].talk_left = 1
        assert [post.tell().partition(":")[0] for _ in range(4)] == ["sent", "held", "held", "held"]
        assert post.asked("message/custom/send") == 2


def test_outside_the_window_a_template_goes_out(library: Library, memory: Database) -> None:
    with posting(library, memory, **TEMPLATE) as post:
        post.platform.followers[LI] = Follower()
        assert post.tell() == "sent"
        (sent,) = post.platform.followers[LI].got
        assert sent["data"] == {
            "thing1": {"value": "年度工作总结 王建国创新工作室"},
            "time2": {"value": "2026年12月31日"},
        }
        assert len(sent["client_msg_id"]) == 32


def test_a_template_to_somebody_who_no_longer_follows_is_given_up(library: Library, memory: Database) -> None:
    with posting(library, memory, **TEMPLATE) as post:
        post.platform.followers[LI] = Follower(follows=False)
        assert post.tell() == "failed: the platform says 43004"


def test_a_notice_is_sent_once_for_each_agreement(library: Library, memory: Database) -> None:
    with posting(library, memory, **NOTICE) as post:
        post.hears(ago=TWO_DAYS + 60)
        post.platform.followers[LI].credits["N-1"] = 2
        ledger = ReachLedger(post.desk, "wechat")
        for event in ("e1", "e1", "e1", "e2"):
            asyncio.run(ledger.agree(LI, "N-1", 1, event))
        assert [post.tell().partition(":")[0] for _ in range(3)] == ["sent", "sent", "held"]
        assert post.asked("message/subscribe/bizsend") == 2


def test_an_agreement_the_platform_does_not_know_is_not_tried_again(library: Library, memory: Database) -> None:
    with posting(library, memory, **NOTICE) as post:
        post.hears(ago=TWO_DAYS + 60)
        asyncio.run(ReachLedger(post.desk, "wechat").agree(LI, "N-1", 1, "e1"))
        assert [post.tell().partition(":")[0] for _ in range(2)] == ["held", "held"]
        assert post.asked("message/subscribe/bizsend") == 1


def test_an_account_that_may_not_send_messages_uses_its_template(library: Library, memory: Database) -> None:
    with posting(library, memory, **TEMPLATE) as post:
        post.platform.is_verified = False
        post.hears()
        assert post.tell() == "sent"
        assert post.got() == ["T-1"]


# ---------------------------------------------------------------- what goes wrong
@pytest.mark.parametrize(
    ("fault", "ends"),
    [
        ("-1", "waiting: the platform says -1"),
        ("45009", "waiting: the platform says 45009"),
        ("40003", "failed: the platform says 40003"),
        ("45002", "failed: the platform says 45002"),
        ("429", "waiting: the platform answered with an HTTP error"),
        ("html", "waiting: the answer is not the platform's"),
        ("40164", "waiting: the platform says 40164: this server's address is not on the platform's list"),
        ("99999", "waiting: the platform says 99999"),
    ],
)
def test_each_fault_has_its_consequence_and_costs_no_message(
    library: Library, memory: Database, fault: str, ends: str
) -> None:
    with posting(library, memory) as post:
        post.hears()
        post.tell()
        post.platform.faults = [fault]
        assert post.tell().startswith(ends)
        left = post.desk.run(lambda session: reaches.of_person(session, 1)).result()[0].left
        assert left == 4


def test_a_message_that_was_taken_but_not_answered_is_marked(
    library: Library, memory: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tencent.calls.SECONDS", (1.0, 0.5))
    with posting(library, memory) as post:
        post.hears()
        post.tell()
        post.platform.faults = ["accept and hang"]
        assert post.tell() == "waiting: no answer in time"
        entry = post.desk.run(lambda session: outbox_view.find(session, "k2")).result()
        assert entry is not None
        assert entry.is_maybe_sent
        post.platform.shift = 3600
        post.again()
        assert "（可能重复）" in post.platform.followers[LI].got[-1]["text"]["content"]


# ---------------------------------------------------------------- tokens
def test_one_token_serves_many_and_its_secret_is_in_no_address(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        for who in ("oA", "oB", "oC", "oD"):
            post.hears(who)
            assert post.tell(who) == "sent"
        assert post.asked("stable_token") == 1


def test_a_token_is_renewed_before_it_ends(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        post.hears()
        post.tell()
        post.platform.shift = 7200 - 60
        post.platform.tokens.clear()
        assert post.tell() == "sent"
        assert post.asked("stable_token") == 2


@pytest.mark.parametrize("code", ["40001", "40014", "42001"])
def test_a_token_that_is_refused_is_renewed_once(library: Library, memory: Database, code: str) -> None:
    with posting(library, memory) as post:
        post.hears()
        post.tell()
        post.platform.tokens.clear()
        post.platform.faults = [code]
        assert post.tell() == "sent"
        assert post.asked("stable_token") == 2


def test_a_platform_that_refuses_every_token_is_left_in_peace(library: Library, memory: Database) -> None:
    with posting(library, memory) as post:
        post.hears()
        post.platform.faults = ["", "40001", "", "", "40001"]
        assert post.tell().startswith("waiting")
        assert post.asked("stable_token") <= 3
        post.platform.shift = 120
        post.platform.faults = ["40001", ""]
        assert post.again().startswith("waiting")
        forced = [said for path, said in post.platform.calls if path == "stable_token" and said["force_refresh"]]
        assert len(forced) == 1


def test_many_threads_and_two_programs_fetch_one_token(library: Library, database: Database) -> None:
    with posting(library, database) as post:
        from concurrent.futures import ThreadPoolExecutor

        programs = [wechat_platform(post.desk, post.given) for _ in range(2)]
        with ThreadPoolExecutor(16) as pool:
            found = {one.result() for one in [pool.submit(programs[at % 2].token) for at in range(16)]}  # type: ignore[union-attr]
        assert len(found) == 1
        assert post.asked("stable_token") == 1


def test_a_wrong_secret_is_an_alarm_and_is_not_told(
    library: Library, memory: Database, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "f" * 32
    with posting(library, memory, secret=wrong) as post, caplog.at_level(logging.DEBUG):
        post.hears()
        assert post.tell() == "waiting: the platform says 40125: the secret is wrong"
    assert "WeChat is set up wrongly" in caplog.text
    assert wrong not in caplog.text


def test_a_platform_that_cannot_be_reached_costs_nothing_and_tells_no_secret(
    library: Library, memory: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with posting(library, memory) as post, caplog.at_level(logging.DEBUG):
        post.hears()
        post.settings = Settings(wechat=replace(post.given, api_url="http://127.0.0.1:9"))
        assert post.tell().startswith("waiting: the ")
        with pytest.raises(CallFailed) as failure:
            wechat_platform(post.desk, post.settings.wechat).token()  # type: ignore[union-attr]
        assert failure.value.kind is Kind.LATER
    assert SECRET not in caplog.text
    assert PassLedger(post.desk, f"wechat {APP_ID}").find() is None
