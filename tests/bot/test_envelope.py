"""The sealing of callbacks, against implementations of other hands and the platform's own published samples."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tencent.envelope import Envelope, Refused, Signed, read_fields, sign

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv" / "peers"
TOKEN, KEY, ID = "callbackToken7", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0123456789abcdef"
AT, NONCE = "1795700000", "n0nce"
NOW = datetime.fromtimestamp(int(AT) + 5, UTC)
TEXTS = [
    *("文" * size + "a" * (size % 3) for size in range(40)),  # every length that padding can have
    "好" * 16_000,
    "🀄<xml>&amp;]]>\n\t",
    "",
]

# Published by the platform in its description of the sealing.
SAMPLE_TOKEN, SAMPLE_ID = "QDG6eK", "wx5823bf96d3bd56c7"
SAMPLE_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
SAMPLE_ECHO = Signed(
    "1409659589",
    "263014780",
    "",
    "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    True,
)
SAMPLE_MESSAGE = Signed("1409659813", "1372623149", "", "477715d11cdb4164915debcba66cb864d751f3e6", "", True)
SAMPLE_SEALED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q=="
)


def ours(token: str = TOKEN, key: str = KEY, receiver: str = ID, at: datetime = NOW) -> Envelope:
    return Envelope(token, key, receiver, lambda: at)


def signed(signature: str, timestamp: str = AT) -> Signed:
    return Signed(timestamp, NONCE, "", signature, "", True)


# ---------------------------------------------------------------- the platform's samples
def sample_envelope(signed_at: str) -> Envelope:
    return ours(SAMPLE_TOKEN, SAMPLE_KEY, SAMPLE_ID, datetime.fromtimestamp(int(signed_at), UTC))


def test_the_platforms_own_sample_of_a_greeting_is_opened() -> None:
    opened = sample_envelope(SAMPLE_ECHO.timestamp).open_text(SAMPLE_ECHO, SAMPLE_ECHO.echo)
    assert opened == "1616140317555161061"


def test_the_platforms_own_sample_of_a_message_is_opened() -> None:
    body = f"<xml><ToUserName><![CDATA[{SAMPLE_ID}]]></ToUserName><Encrypt><![CDATA[{SAMPLE_SEALED}]]></Encrypt></xml>"
    opened = sample_envelope(SAMPLE_MESSAGE.timestamp).open_body(SAMPLE_MESSAGE, body.encode())
    assert read_fields(opened)["Content"] == "hello"


# ---------------------------------------------------------------- other hands
class Peer:
    """A process that seals and opens."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def do(self, **asked: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        given = {"token": TOKEN, "key": KEY, "id": ID, "timestamp": AT, "nonce": NONCE, **asked}
        self._process.stdin.write(json.dumps(given) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    node = shutil.which("node")
    if node is None or not (PEERS / "node_modules" / "wechat-crypto").is_dir():
        pytest.skip("no npm, or it could not fetch the peers")
    command = [node, "--no-deprecation", str(ROOT / "tests/platforms/peers/peer.js"), str(PEERS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Peer(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.parametrize("name", ["work", "other"])
def test_what_another_hand_has_sealed_is_opened(peer: Peer, name: str) -> None:
    for text in TEXTS:
        made = peer.do(peer=name, op="seal", text=text)
        assert ours().open_text(signed(made["signature"]), made["sealed"]) == text


@pytest.mark.parametrize("name", ["work", "other"])
def test_another_hand_opens_what_is_sealed_here(peer: Peer, name: str) -> None:
    for text in TEXTS:
        closed = {one.tag: one.text or "" for one in ElementTree.fromstring(ours().close(text, NONCE))}
        made = peer.do(
            peer=name, op="open", sealed=closed["Encrypt"], timestamp=closed["TimeStamp"], nonce=closed["Nonce"]
        )
        assert (made["text"], made["id"], made["signature"]) == (text, ID, closed["MsgSignature"])


# ---------------------------------------------------------------- what is refused
@given(st.text(max_size=300))
def test_what_is_closed_is_opened_again_and_by_nobody_else(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    closed = read_fields(ours().close(text, NONCE))
    envelope_signed = signed(closed["MsgSignature"], closed["TimeStamp"])
    assert ours().open_text(envelope_signed, closed["Encrypt"]) == text
    for other in (ours(token="anotherToken"), ours(key=KEY[::-1]), ours(receiver="wxffffffffffffffff")):
        with pytest.raises(Refused):
            other.open_text(envelope_signed, closed["Encrypt"])


@pytest.mark.parametrize("timestamp", ["", "x", "٣", "1e9", str(int(AT) - 400), str(int(AT) + 400), "9" * 400])
def test_another_time_is_refused_though_it_is_signed(timestamp: str) -> None:
    with pytest.raises(Refused) as refusal:
        ours().check(Signed(timestamp, NONCE, sign(TOKEN, timestamp, NONCE), "", "", False))
    assert (refusal.value.status, refusal.value.reason) == (403, "time")


def test_an_envelope_without_a_token_is_not_made() -> None:
    with pytest.raises(ValueError, match="everybody"):
        ours(token="")


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<xml/>", b"<xml></xml>", b"<a/>", b"\xff", b"<xml><Encrypt/></xml>", b"<xml><Encrypt>x</Encrypt>"],
)
def test_a_body_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        ours().open_body(signed("0"), body)
