"""Whatever is posted to the callbacks is answered shortly: no fault, no word, nothing changed, nothing kept."""

import random
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.app import create_app
from bot.desk import Desk
from bot.settings import Settings, WeChat, WeCom
from knowledge.library import Library
from storage import contacts
from storage.database import Database
from tests.platforms.tencent import AES_KEY, AGENT_ID, APP_ID, CORP_ID, SECRET, TOKEN, Tencent, envelope

pytestmark = pytest.mark.no_cover  # so much of the same that measuring it would take most of the time

PLATFORMS = {"/wechat": Tencent(), "/wecom": Tencent(receiver=CORP_ID)}
ODD = ["", "\x00", "<", "]]>", "&", "&a;", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<xml>", "</xml>", "A" * 5000, "-1", "🀄"]
TEXTS = ["焦作给多少钱", "自查", "已办 D1", "绑定 ABCD-2345", "邀请码 ABCD-2345", "更多", "1"]


class Target:
    """The application in this process; a fault of ours is raised here."""

    def __init__(self, library: Library) -> None:
        self.database = Database("sqlite://")
        self.database.migrate()
        self.desk = Desk(library, None, self.database, clock=lambda: datetime.now(UTC))
        settings = Settings(
            wechat=WeChat(app_id=APP_ID, secret=SECRET, token=TOKEN, aes_key=AES_KEY, api_url="http://127.0.0.1:9"),
            wecom=WeCom(CORP_ID, AGENT_ID, SECRET, TOKEN, AES_KEY, "http://127.0.0.1:9"),
        )
        self.client = TestClient(create_app(self.desk, settings), raise_server_exceptions=True)

    def post(self, path: str, query: dict[str, str], body: bytes) -> int:
        return int(self.client.post(path, params=query, content=body).status_code)


@pytest.fixture(scope="module")
def target(library: Library) -> Iterator[Target]:
    target = Target(library)
    yield target
    target.database.close()


NAMES = st.sampled_from(["timestamp", "nonce", "signature", "msg_signature", "encrypt_type"])
PATHS = st.sampled_from(list(PLATFORMS))


@given(body=st.binary(max_size=300), query=st.dictionaries(NAMES, st.text(max_size=50)), path=PATHS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_at_all_is_refused(target: Target, body: bytes, query: dict[str, str], path: str) -> None:
    before = target.database.run(contacts.count).result()
    assert 400 <= target.post(path, query, body) < 500
    assert target.database.run(contacts.count).result() == before


@given(said=st.text(max_size=200), path=PATHS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_sealed_rightly_but_makes_no_sense_is_refused_or_passed_over(
    target: Target, said: str, path: str
) -> None:
    query, body = PLATFORMS[path].sign(said)
    assert target.post(path, query, body.encode("utf-8", "replace")) in (200, 400)


def mutated(chance: random.Random, text: str) -> str:
    """A text with some of it cut out, doubled, or replaced by what often breaks things."""
    for _ in range(chance.randint(0, 2)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.randint(0, 12))
        text = text[:at] + chance.choice([*ODD, text[at:end] * 2, chr(chance.randrange(0x20, 0x2FFF))]) + text[end:]
    return text


def storm(target: Target, number: int, seed: int) -> dict[int, int]:
    """Sealed bodies, mutated inside and outside; how often each status came."""
    chance = random.Random(seed)
    seen: dict[int, int] = {}
    for at in range(number):
        path = chance.choice(list(PLATFORMS))
        platform = PLATFORMS[path]
        fields = {"Content": chance.choice(TEXTS), "MsgId": str(at % 50)}
        kind = chance.choice(["text", "text", "event", "voice", "image"])
        if kind == "event":
            fields = {"Event": chance.choice(["subscribe", "CLICK", "unsubscribe", "SCAN"]), "EventKey": "自查"}
        said = envelope(f"o{at % 20}", kind, int(platform.now()), fields)
        is_inside = chance.random() < 0.5
        query, body = platform.sign(mutated(chance, said) if is_inside else said)
        if not is_inside:
            body = mutated(chance, body)
            query = {name: mutated(chance, value) if chance.random() < 0.2 else value for name, value in query.items()}
        status = target.post(path, query, body.encode("utf-8", "surrogatepass"))
        seen[status] = seen.get(status, 0) + 1
    return seen


def test_hundreds_of_mutated_bodies_do_no_harm(target: Target) -> None:
    seen = storm(target, 500, seed=5)
    assert set(seen) <= {200, 400, 403, 413}
    assert seen[200] > 50
    assert seen[403] > 25


@pytest.mark.soak
def test_a_hundred_thousand_mutated_bodies_do_no_harm_and_nothing_grows(target: Target) -> None:
    storm(target, 5_000, seed=1)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    seen = storm(target, 100_000, seed=2)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert set(seen) <= {200, 400, 403, 413}
    assert after - before < 20e6
