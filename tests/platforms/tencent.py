"""WeChat and WeCom on loopback: they push callbacks signed and sealed, and hold calls to tokens, windows and quotas.

The sealing is werobot's, so that both ends of the line were not written by the same hand.
"""

import asyncio
import base64
import json
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from werobot.crypto import PrpCrypto
from werobot.utils import get_signature

APP_ID, SECRET, TOKEN = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef", "callbackToken7"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = "gh_0123456789ab"
CORP_ID, AGENT_ID = "ww0123456789abcdef", 1000002
DAY = 24 * 3600
NESTED = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent")


@dataclass
class Follower:
    """What the platform knows of a person."""

    talk_until: float = 0.0
    talk_left: int = 0
    click_until: float = 0.0
    click_left: int = 0
    credits: Counter[str] = field(default_factory=Counter)
    follows: bool = True
    got: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Tencent:
    """The platform's side of the line.

    Args:
        callback: the address it pushes to.
        receiver: the app's id, which stands in what is sealed.
        mode: safe, compatible or plain.
        patience: seconds it waits for an answer to a callback; three times in all.
    """

    callback: str = ""
    receiver: str = APP_ID
    mode: str = "safe"
    patience: float = 5.0
    lasts: int = 7200
    daily: int = 500_000
    is_verified: bool = True
    followers: dict[str, Follower] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # what befalls the next calls, one each
    seen_ids: dict[str, float] = field(default_factory=dict)
    shift: float = 0.0  # seconds the platform's clock is ahead
    message: int = 10_000

    # ------------------------------------------------------------ pushing
    def now(self) -> float:
        return time.time() + self.shift

    def seal(self, said: str) -> str:
        return str(PrpCrypto(base64.b64decode(AES_KEY + "=")).encrypt(said, self.receiver).decode())

    def unseal(self, body: str) -> str:
        fields = xml(body)
        signature = get_signature(TOKEN, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        assert signature == fields["MsgSignature"]
        opened = PrpCrypto(base64.b64decode(AES_KEY + "=")).decrypt(fields["Encrypt"], self.receiver)
        return str(opened.decode())

    def sign(self, said: str, at: float | None = None) -> tuple[dict[str, str], str]:
        """The query and the body of a callback."""
        stamp, nonce = str(int(at or self.now())), secrets.token_hex(5)
        query = {"timestamp": stamp, "nonce": nonce, "signature": get_signature(TOKEN, stamp, nonce)}
        if self.mode == "plain":
            return query, said
        sealed = self.seal(said)
        more = {"encrypt_type": "aes", "msg_signature": get_signature(TOKEN, stamp, nonce, sealed)}
        if self.receiver == CORP_ID:  # a company's app is sent nothing else
            query, more = {"timestamp": stamp, "nonce": nonce}, {"msg_signature": more["msg_signature"]}
        inner = said.removeprefix("<xml>").removesuffix("</xml>") if self.mode == "compatible" else ""
        outer = inner or f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
        return query | more, f"<xml>{outer}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"

    def push(self, sender: str, kind: str = "text", **fields: str) -> str:
        """Push something; what the person is shown in return: empty for silence, FAILED where the bot is at fault."""
        self.message += 1
        follower = self.followers.setdefault(sender, Follower())
        self._open(follower, kind, fields)
        if kind != "event":
            fields.setdefault("MsgId", str(self.message))
        query, body = self.sign(envelope(sender, kind, int(self.now()), fields))
        return self.deliver(query, body)

    def says(self, sender: str, text: str) -> str:
        return self.push(sender, Content=text)

    def deliver(self, query: dict[str, str], body: str, times: int = 3) -> str:
        """Three attempts, as the platform makes them."""
        for _ in range(times):
            try:
                answer = httpx.post(self.callback, params=query, content=body.encode(), timeout=self.patience)
            except httpx.TimeoutException:
                continue
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            return self.shown(answer)
        return "FAILED"

    def shown(self, answer: httpx.Response) -> str:
        if answer.status_code != 200:
            return "FAILED"
        if answer.text in ("", "success"):
            return ""
        try:
            fields = xml(self.unseal(answer.text) if "<Encrypt>" in answer.text else answer.text)
        except ElementTree.ParseError:
            return "FAILED"
        text = fields["Content"]
        return text if len(text.encode()) <= 2048 else "FAILED"

    def _open(self, follower: Follower, kind: str, fields: dict[str, str]) -> None:
        event = fields.get("Event", "")
        if (kind == "event" and event in ("CLICK", "subscribe", "SCAN")) or (
            kind != "event" and "bizmsgmenuid" in fields
        ):
            follower.click_until, follower.click_left = self.now() + 60, 3
        elif kind != "event":
            follower.talk_until, follower.talk_left = self.now() + 2 * DAY, 5
        if event == "subscribe":
            follower.follows = True
        if event == "unsubscribe":
            follower.follows, follower.talk_left, follower.click_left = False, 0, 0

    # ------------------------------------------------------------ being called
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/cgi-bin/stable_token", self.give_stable_token, methods=["POST"]),
                Route("/cgi-bin/gettoken", self.give_token, methods=["GET"]),
                Route("/cgi-bin/{path:path}", self.take_call, methods=["POST", "GET"]),
            ]
        )

    async def give_stable_token(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        self.calls.append(("stable_token", {"force_refresh": asked.get("force_refresh")}))
        assert "secret" not in str(request.url)
        if fault := await self._fault():
            return fault
        if (asked["appid"], asked["secret"]) != (APP_ID, SECRET):
            return error(40125, "invalid appsecret rid: 1")
        good = next((one for one, until in self.tokens.items() if until > self.now()), "")
        return self._hand_out("" if asked.get("force_refresh") else good)

    async def give_token(self, request: Request) -> Response:
        self.calls.append(("gettoken", {}))
        if fault := await self._fault():
            return fault
        if (request.query_params["corpid"], request.query_params["corpsecret"]) != (CORP_ID, SECRET):
            return error(40013, "invalid corpid")
        return self._hand_out("")

    def _hand_out(self, good: str) -> Response:
        if not good:
            self.tokens.clear()
            good = secrets.token_hex(8)
            self.tokens[good] = self.now() + self.lasts
        return JSONResponse({"access_token": good, "expires_in": int(self.tokens[good] - self.now())})

    async def take_call(self, request: Request) -> Response:
        path, body = request.path_params["path"], await request.body()
        said = json.loads(body) if body else {}
        if fault := await self._fault(path, said):
            return fault
        until = self.tokens.get(request.query_params.get("access_token", ""))
        if until is None:
            return error(40001, "invalid credential, access_token is invalid or not latest rid: 2")
        if until < self.now():
            return error(42001, "access_token expired rid: 3")
        if sum(1 for one, _ in self.calls if one == path) >= self.daily:
            return error(45009, "reach max api daily quota limit")
        self.calls.append((path, said))
        rule = {
            "message/custom/send": self._custom,
            "message/template/send": self._template,
            "message/subscribe/bizsend": self._notice,
            "message/send": self._app_message,
        }.get(path)
        return rule(said) if rule else JSONResponse({"errcode": 0, "errmsg": "ok"})

    def _custom(self, said: dict[str, Any]) -> Response:
        if not self.is_verified:
            return error(48001, "api unauthorized rid: 4")
        follower = self.followers.get(said["touser"])
        if follower is None:
            return error(40003, "invalid openid")
        if len(said["text"]["content"].encode()) > 2048:
            return error(45002, "content size out of limit")
        now = self.now()
        if follower.click_until > now and follower.click_left:
            follower.click_left -= 1
        elif follower.talk_until > now:
            if not follower.talk_left:
                return error(45047, "out of response count limit")
            follower.talk_left -= 1
        else:
            return error(45015, "response out of time limit or subscription is canceled")
        follower.got.append(said)
        return JSONResponse({"errcode": 0, "errmsg": "ok"})

    def _template(self, said: dict[str, Any]) -> Response:
        follower = self.followers.get(said["touser"])
        if follower is None or not follower.follows:
            return error(43004, "require subscribe")
        if not self._is_new(said.get("client_msg_id", ""), said["touser"]):
            return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": 1})
        follower.got.append(said)
        return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": 1})

    def _notice(self, said: dict[str, Any]) -> Response:
        follower = self.followers.get(said["touser"])
        if follower is None or follower.credits[said["template_id"]] <= 0:
            return error(43101, "user refuse to accept the msg")
        if any(len(one["value"]) > 20 for one in said["data"].values()):
            return error(47003, "argument invalid")
        follower.credits[said["template_id"]] -= 1
        follower.got.append(said)
        return JSONResponse({"errcode": 0, "errmsg": "ok"})

    def _app_message(self, said: dict[str, Any]) -> Response:
        if said["agentid"] != AGENT_ID:
            return error(301002, "not allow operate another agent with this accesstoken")
        unknown = [one for one in said["touser"].split("|") if one not in self.followers]
        if len(unknown) == len(said["touser"].split("|")):
            return JSONResponse({"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(unknown)})
        if said.get("enable_duplicate_check") and not self._is_new(json.dumps(said), "all"):
            return JSONResponse({"errcode": 0, "errmsg": "ok"})
        for one in set(said["touser"].split("|")) - set(unknown):
            self.followers[one].got.append(said)
        return JSONResponse({"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(unknown)})

    def _is_new(self, name: str, person: str) -> bool:
        key = f"{person} {name}"
        is_new = not name or key not in self.seen_ids
        self.seen_ids[key] = self.now()
        return is_new

    async def _fault(self, path: str = "", said: dict[str, Any] | None = None) -> Response | None:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "html":
            return PlainTextResponse("<html>Log in to the network first</html>", media_type="text/html")
        if fault == "429":
            return PlainTextResponse("", 429)
        if fault == "hang":
            await asyncio.sleep(30)
        if fault == "accept and hang":
            if said is not None and path == "message/custom/send":
                self._custom(said)
            await asyncio.sleep(30)
        if fault.lstrip("-").isdecimal():
            return error(int(fault), "as told by the test")
        return None


def xml(body: str) -> dict[str, str]:
    return {one.tag: one.text or "" for one in ElementTree.fromstring(body)}


def envelope(sender: str, kind: str, at: int, fields: dict[str, str], receiver: str = ACCOUNT) -> str:
    """A push as XML, before it is sealed."""
    parts = {"ToUserName": receiver, "FromUserName": sender, "CreateTime": str(at), "MsgType": kind} | fields
    inner = "".join(f"<{name}>{_as_xml(name, value)}</{name}>" for name, value in parts.items())
    return f"<xml>{inner}</xml>"


def _as_xml(name: str, value: str) -> str:
    return value if name in NESTED else "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def error(code: int, told: str) -> Response:
    return JSONResponse({"errcode": code, "errmsg": told})
