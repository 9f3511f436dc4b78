"""What an outside watch sees: that the program is up, that it can work, and its figures."""

import asyncio
import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.app import create_app
from bot.desk import Desk
from bot.figures import Figures, Stock
from bot.health import Health
from bot.observer import BUSY, FAILED, Several
from bot.pulse import Pulse
from bot.readiness import OVERDUE, SECONDS_WITHOUT_DELIVERY, STARTING, Readiness
from bot.settings import Settings, Watch
from handlers.conversation import Message
from handlers.push import Push
from knowledge.library import Library
from storage import contacts, outbox, outbox_view
from storage.database import Busy, Database
from storage.outbox import Letter, State
from tests.cast import GRANT, LI, NOW, TODAY, ZHANG

TOKEN = "correct-horse"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def readiness(desk: Desk, clock: Clock) -> Readiness:
    return Readiness(desk, ["web"], "deliver", clock)


class Quick:
    """A desk whose database answers at once, and says that nothing is there."""

    def run(self, unit: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(Stock({}, None))
        return future

    def moment(self) -> datetime:
        return NOW

    def waiting(self) -> int:
        return 4096


class Deaf(Quick):
    """A desk whose database does not answer."""

    def run(self, unit: Any) -> Future[Any]:
        return Future()


def put(desk: Desk, channel: str, at: datetime) -> None:
    def unit(session: Session) -> None:
        contact = contacts.find_or_make(session, channel, "li", at)
        outbox.put(session, [Letter(f"k:{channel}", contact.id, Push("x").dump(), at)], at)

    desk.run(unit).result()


def trouble(readiness: Readiness, clock: Clock, later: float = 2.0) -> str:
    clock.now += later
    return asyncio.run(readiness.trouble())


def test_it_is_ready_once_delivering_has_worked(readiness: Readiness, clock: Clock) -> None:
    assert trouble(readiness, clock) == STARTING
    readiness.did("plan", True)
    readiness.did("deliver", False)
    assert trouble(readiness, clock) == STARTING
    readiness.did("deliver", True)
    assert trouble(readiness, clock) == ""


def test_without_delivering_it_is_not_ready_any_more(readiness: Readiness, clock: Clock) -> None:
    assert trouble(readiness, clock, SECONDS_WITHOUT_DELIVERY + 1) == "jobs"
    readiness.did("deliver", True)
    assert trouble(readiness, clock) == ""
    assert trouble(readiness, clock, SECONDS_WITHOUT_DELIVERY) == "jobs"


def test_what_stands_still_in_the_outbox_is_told_but_not_what_moves(
    desk: Desk, readiness: Readiness, clock: Clock
) -> None:
    put(desk, "telegram", NOW - OVERDUE * 2)  # there is no such channel here
    clock.now += OVERDUE.total_seconds()
    readiness.did("deliver", True)
    assert trouble(readiness, clock) == ""
    put(desk, "web", NOW - OVERDUE - timedelta(seconds=1))
    assert trouble(readiness, clock) == "outbox"
    readiness.sent("web", State.WAITING)
    assert trouble(readiness, clock) == ""


def test_a_database_that_does_not_answer_within_a_second_is_told(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    begun = time.monotonic()
    assert trouble(Readiness(Deaf(), ["web"], "deliver", clock), clock) == "database"
    assert time.monotonic() - begun < 1.5
    assert "TimeoutError" in caplog.text


def test_asking_often_costs_nothing(readiness: Readiness, clock: Clock) -> None:
    readiness.did("deliver", True)
    assert trouble(readiness, clock, SECONDS_WITHOUT_DELIVERY - 0.4) == ""
    assert trouble(readiness, clock, 0.9) == ""  # as it was found
    assert trouble(readiness, clock, 0.2) == "jobs"


def test_both_are_pages_and_say_a_word(desk: Desk) -> None:
    with TestClient(create_app(desk, Settings())) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        end = time.monotonic() + 5
        while (response := client.get("/readyz")).status_code == 503 and time.monotonic() < end:
            assert response.json() == {"status": "not ready", "reason": STARTING}
            time.sleep(0.1)
        assert response.json() == {"status": "ready"}
        assert response.headers["cache-control"] == "no-store"
        assert client.get("/metrics").status_code == 404


def visit(desk: Quick, token: str = "", host: str = "127.0.0.1") -> TestClient:
    readiness = Readiness(desk, ["web"], "deliver")
    return TestClient(Starlette(routes=Health(desk, readiness, Figures(), token).routes()), client=(host, 50_000))


def test_a_program_without_its_database_is_up_but_not_ready() -> None:
    client = visit(Deaf())
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "not ready", "reason": "database"})
    figures = client.get("/metrics").text
    assert "steward_database_up 0.0" in figures
    assert "steward_database_waiting 4096.0" in figures


class Counting(Quick):
    """A desk that counts how often its database is asked."""

    asked = 0

    def run(self, unit: Any) -> Future[Any]:
        self.asked += 1
        return super().run(unit)


def test_the_outbox_is_counted_only_now_and_then(clock: Clock) -> None:
    desk = Counting()
    health = Health(desk, Readiness(desk, ["web"], "deliver"), Figures(), "", clock)
    client = TestClient(Starlette(routes=health.routes()), client=("127.0.0.1", 50_000))
    for later in (0, 15, 14, 2, 15):
        clock.now += later
        assert client.get("/metrics").status_code == 200
    assert desk.asked == 2


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 403),
        ("unix", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 403),
        ("127.0.0.1", {"Authorization": "Bearer x"}, 200),
    ],
)
def test_without_a_token_only_this_machine_gets_the_figures(host: str, headers: dict[str, str], status: int) -> None:
    assert visit(Quick(), host=host).get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("given", "status"),
    [(f"Bearer {TOKEN}", 200), (f"bearer  {TOKEN} ", 200), ("Bearer correct", 401), (TOKEN, 401), ("", 401)],
)
def test_with_a_token_only_who_brings_it_gets_the_figures(given: str, status: int) -> None:
    for host in ("127.0.0.1", "203.0.113.9"):
        response = visit(Quick(), TOKEN, host).get("/metrics", headers={"Authorization": given, "X-Real-IP": host})
        assert response.status_code == status
        assert TOKEN not in response.text


def read(shown: bytes) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(shown.decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_messages_sends_jobs_and_refusals_are_counted(database: Database, library: Library) -> None:
    figures = Figures()
    desk = Desk(library, None, database, lambda: NOW, TODAY, observer=figures)
    for id_ in ("1", "2", "2"):
        desk.answer(ZHANG.says(GRANT, id_))
    put(desk, "web", NOW - timedelta(seconds=90))
    settings = Settings(watch=Watch(metrics=True, metrics_token=TOKEN))
    with TestClient(create_app(desk, settings, observer=figures, figures=figures)) as client:
        end = time.monotonic() + 5
        while desk.run(outbox_view.counts).result()[State.SENT] == 0 and time.monotonic() < end:
            time.sleep(0.05)
        shown = read(client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content)
    assert shown["steward_messages_total", "web", "answered"] == 3
    assert shown["steward_repeats_total", "web"] == 1
    assert shown["steward_answer_seconds_count", "web"] == 2
    assert shown["steward_answer_seconds_bucket", "web", "+Inf"] == 2
    assert shown["steward_sends_total", "web", "sent"] == 1
    assert shown["steward_outbox", "waiting"] == 0
    assert shown["steward_oldest_undelivered_seconds",] == 0
    assert time.time() - shown["steward_job_last_success_timestamp_seconds", "deliver"] < 60
    assert shown["steward_database_up",] == 1
    assert shown["process_resident_memory_bytes",] > 0


def test_how_late_the_oldest_is(database: Database) -> None:
    stock = Stock({State.HELD: 2}, NOW - timedelta(seconds=90))
    shown = read(Figures().show(3, stock, NOW))
    assert shown["steward_oldest_undelivered_seconds",] == 90
    assert shown["steward_outbox", "held"] == 2
    assert shown["steward_database_waiting",] == 3
    early = read(Figures().show(0, Stock({}, NOW + timedelta(days=1)), NOW))
    assert early["steward_oldest_undelivered_seconds",] == 0


def test_labels_stay_few_whatever_comes_in() -> None:
    figures = Figures()
    for number in range(100):
        figures.answered(f"made-up-{number}", "answered", 0.1, False)
        figures.refused(f"made-up-{number}", "signature")
        figures.refused("wechat", f"made-up-{number}")
    figures.did("plan", False)
    shown = read(figures.show(0, None, NOW))
    assert shown["steward_messages_total", "other", "answered"] == 100
    assert shown["steward_callbacks_refused_total", "other", "signature"] == 100
    assert shown["steward_callbacks_refused_total", "wechat", "other"] == 100
    assert shown["steward_job_failures_total", "plan"] == 1
    assert not any("made-up" in part for key in shown for part in key)


class Overrun:
    """A database that takes nothing."""

    def run(self, unit: Any) -> Future[Any]:
        raise Busy

    def close(self) -> None:
        pass


class Notes:
    """An observer that writes down."""

    def __init__(self) -> None:
        self.statuses: list[str] = []

    def answered(self, channel: str, status: str, seconds: float, is_repeat: bool) -> None:
        self.statuses.append(status)

    def sent(self, channel: str, outcome: str) -> None: ...

    def did(self, job: str, is_done: bool) -> None: ...

    def refused(self, channel: str, reason: str) -> None: ...


def test_what_was_never_answered_is_observed_too(library: Library) -> None:
    notes = Notes()
    desk = Desk(library, None, Overrun(), observer=Several(notes))  # type: ignore[arg-type]
    with pytest.raises(Busy):
        desk.submit(Message("web", "x", GRANT, "1"))

    class Cut(Overrun):
        def run(self, unit: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.cancel()
            return future

    Desk(library, None, Cut(), observer=notes).submit(LI.says(GRANT))  # type: ignore[arg-type]
    assert notes.statuses == [BUSY, FAILED]


@contextmanager
def hearing(statuses: list[int]) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that hears pulses; the statuses are answered in turn, the last one for good."""
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ping/5ecret", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_pulse_goes_out_only_while_all_is_well(caplog: pytest.LogCaptureFixture) -> None:
    found = ["", "database", "database", ""]

    async def tell() -> str:
        return found.pop(0)

    async def live(url: str) -> None:
        pulse = Pulse(url, tell)
        for _ in range(4):
            await pulse.beat()

    with hearing([200]) as (url, heard), caplog.at_level(logging.INFO, "bot.pulse"):
        asyncio.run(live(url))
    assert heard == ["/ping/5ecret"] * 2
    assert [record.levelname for record in caplog.records if record.name == "bot.pulse"] == ["WARNING", "INFO"]


def test_a_pulse_that_fails_is_logged_once_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    async def tell() -> str:
        return ""

    async def live(*urls: str) -> None:
        for url in urls:
            pulse = Pulse(url, tell)
            for _ in range(3):
                await pulse.beat()

    with hearing([500]) as (url, heard):
        asyncio.run(live(url))
    asyncio.run(live(url, "http://[", "http://nowhere.invalid/5ecret"))
    assert len(heard) == 3
    lines = [record for record in caplog.records if record.name == "bot.pulse"]
    assert [record.getMessage() for record in lines] == ["No pulse goes out"] * 4
    assert vars(lines[0])["reason"] == "status 500"
    assert not any("5ecret" in str(vars(record)) for record in lines)


def test_the_running_program_gives_a_pulse(desk: Desk) -> None:
    with hearing([200]) as (url, heard), TestClient(create_app(desk, Settings(watch=Watch(pulse_url=url)))):
        end = time.monotonic() + 10
        while not heard and time.monotonic() < end:
            time.sleep(0.05)
    assert heard == ["/ping/5ecret"]
