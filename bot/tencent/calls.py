"""Calls to the platforms: wechatpy's clients with our own token, time limits, one retry at most, and no secret told."""

import logging
import threading
import time
from asyncio import get_running_loop
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.client.base import BaseWeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.work import WeChatClient as WeComClient

from bot.ledgers import Pass
from bot.tencent.failures import CallFailed, Kind, of_code

SECONDS = (5.0, 10.0)  # to connect, to answer
AT_ONCE = 8  # calls
EARLY = timedelta(minutes=3)  # a token is renewed before it ends
LEASE = timedelta(seconds=40)  # to renew it
MOST_WAITED = 15.0  # seconds for another process to renew it
BETWEEN_FORCED = timedelta(minutes=30)  # the platform gives 20 a day
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Call = Callable[[Any], Any]

log = logging.getLogger(__name__)


class Ledger(Protocol):
    """The token as all processes know it."""

    def now(self) -> datetime:
        """The moment, aware."""

    def find(self) -> Pass | None:
        """The token."""

    def lease(self, until: datetime) -> bool:
        """Take the right to renew it."""

    def keep(self, renewed: Pass) -> None:
        """Keep a new one."""


class Elsewhere(HTTPAdapter):
    """Sends every request to another host: a proxy of the operator's, or one on loopback.

    wechatpy has addresses in many places, so changing one of them would not do.
    """

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = urlsplit(base)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send it there."""
        asked = urlsplit(request.url or "")
        request.url = urlunsplit((self._base.scheme, self._base.netloc, asked.path, asked.query, ""))
        return super().send(request, *args, **kwargs)


class Platform:
    """Calls one platform as one app.

    Args:
        make: a client of wechatpy's; each thread has its own, as they share nothing safely.
        ask_token: asks the platform for a token; told whether it must be another than before.
        ledger: where the token is kept.
        base: another address of the platform; its own if empty.
    """

    def __init__(
        self,
        make: Callable[[], BaseWeChatClient],
        ask_token: Callable[[BaseWeChatClient, bool], Mapping[str, Any]],
        ledger: Ledger,
        base: str = "",
    ) -> None:
        self._make = make
        self._ask_token = ask_token
        self._ledger = ledger
        self._base = base
        self._mine = threading.local()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="platform")

    async def call(self, call: Call) -> Mapping[str, Any]:
        """Make a call in a thread of its own.

        Raises:
            CallFailed: it was not carried out, or not surely.
        """
        return await get_running_loop().run_in_executor(self._threads, self.call_now, call)

    def call_now(self, call: Call) -> Mapping[str, Any]:
        """Make a call and wait for it; a token that is not taken is renewed once.

        Raises:
            CallFailed: it was not carried out, or not surely.
        """
        token = self.token()
        try:
            return self._try(call, token)
        except CallFailed as failure:
            if failure.kind is not Kind.PASS:
                raise
        return self._try(call, self.token(stale=token))

    def token(self, stale: str = "") -> str:
        """The token, renewed where it ends soon or was refused; of several threads and processes one renews it.

        Raises:
            CallFailed: the platform gave none.
        """
        waited_from = time.monotonic()
        while True:
            now = self._ledger.now()
            if good := self._good(stale, now):
                return good.token
            if self._ledger.lease(now + LEASE):
                good = self._good(stale, now)  # another may have renewed it while this one came for the right to
                if good:
                    self._ledger.keep(good)
                return good.token if good else self._renew(stale, now)
            if time.monotonic() - waited_from > MOST_WAITED:
                raise CallFailed(Kind.LATER, 0, "no access token yet")
            time.sleep(0.2)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _good(self, stale: str, now: datetime) -> Pass | None:
        kept = self._ledger.find()
        return kept if kept and kept.token != stale and kept.expires_at - now > EARLY else None

    def _renew(self, stale: str, now: datetime) -> str:
        kept = self._ledger.find()
        forced_at = kept.forced_at if kept else LONG_AGO
        kept_again = kept or Pass("", now, forced_at)
        try:
            answer = self._token_answer(False)
            if stale and answer["access_token"] == stale:  # refused, and yet the platform has no other: insist
                if now - forced_at < BETWEEN_FORCED:
                    raise CallFailed(Kind.ALARM, 0, "the platform gives a token that it does not take")
                forced_at = now
                answer = self._token_answer(True)
            token, seconds = str(answer["access_token"]), float(answer.get("expires_in", 7200))
            kept_again = Pass(token, now + timedelta(seconds=seconds), forced_at)
        except (KeyError, TypeError, ValueError):
            raise CallFailed(Kind.LATER, 0, "the answer with the token cannot be read") from None
        finally:
            self._ledger.keep(kept_again)  # gives the right to renew it back, whatever happened
        return token

    def _token_answer(self, is_forced: bool) -> Mapping[str, Any]:
        return _checked(lambda: self._ask_token(self._client(), is_forced))

    def _try(self, call: Call, token: str) -> Mapping[str, Any]:
        client = self._client()
        client.session.set(client.access_token_key, token)
        return _checked(lambda: call(client))

    def _client(self) -> BaseWeChatClient:
        if not hasattr(self._mine, "client"):
            client = self._make()
            client._http.trust_env = False  # noqa: SLF001 - wechatpy gives no other way
            if self._base:
                client._http.mount("https://", Elsewhere(self._base))  # noqa: SLF001
            self._mine.client = client
        return self._mine.client


def official_account(app_id: str, secret: str, ledger: Ledger, base: str = "") -> Platform:
    """WeChat as an official account; its token is the stable one, which many may ask for."""

    def ask_token(client: BaseWeChatClient, is_forced: bool) -> Any:
        body = {"grant_type": "client_credential", "appid": app_id, "secret": secret, "force_refresh": is_forced}
        # asked as if it had a token already, so that wechatpy does not fetch one with the secret in the address
        return client.post("https://api.weixin.qq.com/cgi-bin/stable_token", data=body, params="")

    return Platform(lambda: WeChatClient(app_id, secret, timeout=SECONDS, auto_retry=False), ask_token, ledger, base)


def company(corp_id: str, secret: str, ledger: Ledger, base: str = "") -> Platform:
    """WeCom as an app of a company."""

    def ask_token(client: BaseWeChatClient, _is_forced: bool) -> Any:
        asked = {"corpid": corp_id, "corpsecret": secret, "access_token": ""}
        return client.get("https://qyapi.weixin.qq.com/cgi-bin/gettoken", params=asked)

    return Platform(lambda: WeComClient(corp_id, secret, timeout=SECONDS, auto_retry=False), ask_token, ledger, base)


def _checked(call: Callable[[], Any]) -> Mapping[str, Any]:
    """What a call gave back, if it was carried out.

    Raises:
        CallFailed: whatever went wrong; its words have no address in them, as addresses have secrets in them.
    """
    try:
        answer = call()
    except WeChatClientException as error:
        if error.errcode:
            raise of_code(int(error.errcode)) from None
        raise CallFailed(Kind.LATER, 0, "the platform answered with an HTTP error") from None
    except requests.ConnectTimeout:
        raise CallFailed(Kind.LATER, 0, "the platform cannot be reached in time") from None
    except requests.Timeout:
        raise CallFailed(Kind.LATER, 0, "no answer in time", is_maybe_done=True) from None
    except requests.ConnectionError as error:
        raise CallFailed(Kind.LATER, 0, "the connection broke", _has_left(error)) from None
    except (requests.RequestException, ValueError):
        raise CallFailed(Kind.LATER, 0, "the answer cannot be read", is_maybe_done=True) from None
    if not isinstance(answer, dict) or not answer:
        raise CallFailed(Kind.LATER, 0, "the answer is not the platform's")
    return answer


def _has_left(error: requests.ConnectionError) -> bool:
    """Whether the request may have reached the platform before the connection broke."""
    return "NewConnectionError" not in str(error) and "NameResolutionError" not in str(error)
