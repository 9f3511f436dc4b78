"""Callbacks in their envelope: signed, mostly encrypted; whatever is wrong with one ends in a short refusal."""

import hashlib
import hmac
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from starlette.requests import ClientDisconnect, Request
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

LONGEST_BODY = 64 * 1024  # bytes; the platforms' own are below 10 KB
WINDOW = 300.0  # seconds that the platform's clock and ours may differ, retries included
_SECONDS = re.compile(r"[0-9]{1,12}")
MALFORMED = (  # all that wechatpy and xmltodict raise on bodies that are not what they should be
    AttributeError,
    ExpatError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    struct.error,
    WeChatException,
)


class Refused(Exception):
    """A callback that is not taken.

    Args:
        status: the HTTP status.
        reason: a word for the log and the figures.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class Signed:
    """What stands in the address of a callback."""

    timestamp: str
    nonce: str
    signature: str
    message_signature: str
    echo: str
    is_encrypted: bool

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Signed":
        """Out of the parameters of a request."""
        timestamp, nonce, plain, sealed, echo = (
            query.get(name, "") for name in ("timestamp", "nonce", "signature", "msg_signature", "echostr")
        )
        return cls(timestamp, nonce, plain, sealed, echo, query.get("encrypt_type") == "aes")


class Envelope:
    """Opens what the platform sends and closes what goes back.

    Args:
        token: the secret both sides sign with.
        aes_key: the 43 characters of the EncodingAESKey; empty where nothing is encrypted.
        receiver: the app's or the company's id, which stands in what is encrypted.
        clock: tells the moment, aware.
    """

    def __init__(self, token: str, aes_key: str, receiver: str, clock: Callable[[], datetime]) -> None:
        if not token:
            raise ValueError("without a token everybody would be let in")
        self._token = token
        self._crypto = WeChatCrypto(token, aes_key, receiver) if aes_key else None
        self._clock = clock

    def check(self, signed: Signed) -> None:
        """Hold the plain signature, which covers time and nonce but not the body, against ours.

        Raises:
            Refused: it is another, or too old.
        """
        self._check(signed.signature, signed)

    def open_text(self, signed: Signed, sealed: str) -> str:
        """What an encrypted text says.

        Raises:
            Refused: it was not sealed with our token and key, for us, just now.
        """
        self._check(signed.message_signature, signed, sealed)
        if self._crypto is None:
            raise Refused(403, "encrypted")
        body = {"Encrypt": sealed}
        try:
            opened: str = self._crypto.decrypt_message(body, signed.message_signature, signed.timestamp, signed.nonce)
        except MALFORMED:
            raise Refused(403, "key") from None
        return opened

    def open_body(self, signed: Signed, body: bytes) -> str:
        """What an encrypted body says.

        Raises:
            Refused: as above, or it has not the form of one.
        """
        sealed = read_fields(body).get("Encrypt")
        if not isinstance(sealed, str) or not sealed:
            raise Refused(400, "form")
        return self.open_text(signed, sealed)

    def close(self, said: str, nonce: str) -> str:
        """A reply, encrypted."""
        assert self._crypto is not None  # noqa: S101 - only what was encrypted is answered so
        timestamp = str(int(self._clock().timestamp()))
        closed: str = self._crypto.encrypt_message(said, nonce, timestamp)
        return closed

    def _check(self, given: str, signed: Signed, *more: str) -> None:
        ours = sign(self._token, signed.timestamp, signed.nonce, *more)
        if not hmac.compare_digest(ours.encode(), given.encode("utf-8", "replace")):
            raise Refused(403, "signature")
        is_time = _SECONDS.fullmatch(signed.timestamp)
        if not is_time or abs(self._clock().timestamp() - int(signed.timestamp)) > WINDOW:
            raise Refused(403, "time")


def sign(*parts: str) -> str:
    """The platforms' signature: SHA-1 over the sorted parts."""
    joined = "".join(sorted(parts)).encode("utf-8", "replace")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def read_fields(body: bytes | str) -> dict[str, Any]:
    """The fields of an XML body: texts, and dictionaries and lists where they are nested.

    Raises:
        Refused: it is no such body.
    """
    try:
        fields = xmltodict.parse(body)["xml"]
        return {str(name): value for name, value in fields.items()}
    except (*MALFORMED, RecursionError):
        raise Refused(400, "form") from None


async def read_body(request: Request) -> bytes:
    """The body of a request, as long as it is not longer than any the platforms send.

    Raises:
        Refused: it is.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                raise Refused(413, "size")
    except ClientDisconnect:
        raise Refused(400, "form") from None
    return bytes(body)
