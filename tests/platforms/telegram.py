"""A Bot API server on loopback, as strict as Telegram's own: what it refuses, the real one refuses.

A `Telegram` runs in a thread of its own. Tests speak as people (`write`, `press`), read what the bot said (`said`,
`shown`) and make it misbehave (`fail`).
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.platforms.loopback import let_speak

TOKEN = "123456:" + "s3cr3t-T0ken_" * 3
ME: dict[str, Any] = {"id": 123456, "is_bot": True, "first_name": "工作室管家", "username": "steward_bot"}
LI, WANG, GROUP = 1001, 1002, -100777
NAMES = {LI: "李干事", WANG: "王同志"}
LONGEST, LONGEST_DATA, MOST_BUTTONS = 4096, 64, 100
Fault = Callable[[], Response | str]


class Refused(Exception):
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        self.response = JSONResponse({**body, **({"parameters": parameters} if parameters else {})}, status)


@dataclass
class Telegram:
    """What the server knows.

    Args:
        calls: every call but those that fetch, with its values.
        chats: the messages of each chat by number.
    """

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    chats: dict[int, dict[int, dict[str, Any]]] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[str, str, int]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=dict)
    delivered: list[int] = field(default_factory=list)
    fetches: int = 0
    is_token_good: bool = True
    queries: dict[str, float] = field(default_factory=dict)
    url: str = ""
    number: int = 0
    fetcher: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def begin_anew(self) -> None:
        """Forget everything, as before the first test; the address stays."""
        fresh = Telegram(chats={LI: {}, WANG: {}, GROUP: {}}, url=self.url)
        with self.lock:
            vars(self).update({**vars(fresh), "lock": self.lock, "fetcher": self.fetcher + 1})

    # ------------------------------------------------------------ what people do
    def update(self, **what: Any) -> int:
        with self.lock:
            self.number += 1
            self.waiting.append({"update_id": self.number, **what})
            return self.number

    def write(self, who: int, text: str, chat: int = 0, **more: Any) -> int:
        return self.update(message=self.message(who, chat, **{"text": text, **more}))

    def message(self, who: int, chat: int = 0, **content: Any) -> dict[str, Any]:
        with self.lock:
            place = self._place(chat or who)
            number = 1 + sum(len(kept) for kept in self.chats.values())
            made = {"message_id": number, "date": int(time.time()), "chat": place, "from": self.person(who), **content}
            self.chats.setdefault(chat or who, {})[number] = made
            return made

    def press(self, who: int, text: str, chat: int = 0) -> int:
        """Press the newest button with this text."""
        with self.lock:
            for message in reversed(self.chats[chat or who].values()):
                for button in buttons(message):
                    if button["text"] == text:
                        return self.press_data(who, button["callback_data"], message)
        raise AssertionError(f"there is no button {text}")

    def press_data(self, who: int, data: str, message: dict[str, Any]) -> int:
        query = f"q{len(self.queries) + 1}"
        self.queries[query] = time.monotonic()
        pressed = {"id": query, "from": self.person(who), "chat_instance": "1", "message": message, "data": data}
        return self.update(callback_query=pressed)

    def person(self, who: int) -> dict[str, Any]:
        return {"id": who, "is_bot": False, "first_name": NAMES.get(who, "某某")}

    def _place(self, chat: int) -> dict[str, Any]:
        return (
            {"id": chat, "type": "private", "first_name": "x"}
            if chat > 0
            else {"id": chat, "type": "supergroup", "title": "工会群"}
        )

    # ------------------------------------------------------------ what tests look at
    def said(self, chat: int) -> list[str]:
        """What the bot said in a chat, as it now stands there."""
        with self.lock:
            return [one["text"] for one in self.chats.get(chat, {}).values() if one["from"]["id"] == ME["id"]]

    def last(self, chat: int) -> dict[str, Any]:
        with self.lock:
            return [one for one in self.chats[chat].values() if one["from"]["id"] == ME["id"]][-1]

    def called(self, method: str) -> list[dict[str, Any]]:
        with self.lock:
            return [values for name, values in self.calls if name == method]

    def wait(self, until: Callable[[], object], seconds: float = 15.0) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, f"in vain; calls: {self.calls[-5:]}"
            time.sleep(0.005)

    def wait_said(self, chat: int, number: int) -> list[str]:
        self.wait(lambda: len(self.said(chat)) >= number)
        return self.said(chat)

    def wait_settled(self) -> None:
        """Until every update is acknowledged."""
        self.wait(lambda: not self.waiting)

    def fail(self, method: str, how: str, times: int = 1) -> None:
        """Let calls fail: 500, 429, 400:text, drop (before it is done), late (done, but never answered)."""
        with self.lock:
            self.faults.append((method.lower(), how, times))

    # ------------------------------------------------------------ the server
    def fault(self, method: str) -> str:
        with self.lock:
            for at, (name, how, times) in enumerate(self.faults):
                if name == method:
                    self.faults[at : at + 1] = [(name, how, times - 1)] if times > 1 else []
                    return how
        return ""

    async def serve(self, request: Request) -> Response:
        method = request.path_params["method"].lower()
        if request.path_params["token"] != TOKEN or not self.is_token_good:
            return Refused(401, "Unauthorized").response
        values = {name: _value(value) for name, value in parse_qsl((await request.body()).decode())}
        fault = self.fault(method)
        try:
            if fault not in ("", "late"):
                return await _misbehave(fault)
            if method == "getupdates":
                return _ok(await self.get_updates(values))
            with self.lock:
                self.calls.append((method, values))
                result = getattr(self, f"do_{method}")(values)
        except Refused as refusal:
            return refusal.response
        return await _misbehave("hang") if fault == "late" else _ok(result)

    async def get_updates(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook.get("url"):
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self.fetches += 1
        self.fetcher = mine = self.fetcher + 1
        if offset := values.get("offset", 0):
            with self.lock:
                self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
        until = time.monotonic() + float(values.get("timeout", 0))
        while not self.waiting and time.monotonic() < until:
            await asyncio.sleep(0.005)
            if self.fetcher != mine:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        return self.waiting[: values.get("limit", 100)]

    def do_getme(self, _values: dict[str, Any]) -> dict[str, Any]:
        return {**ME, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def do_setmycommands(self, values: dict[str, Any]) -> bool:
        for command in values["commands"]:
            is_good = command["command"].replace("_", "").isalnum() and command["command"].islower()
            if not is_good or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def do_setwebhook(self, values: dict[str, Any]) -> bool:
        self.webhook = values
        return True

    def do_deletewebhook(self, _values: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    def do_getwebhookinfo(self, _values: dict[str, Any]) -> dict[str, Any]:
        waiting = len(self.waiting)
        return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": waiting}

    def do_sendmessage(self, values: dict[str, Any]) -> dict[str, Any]:
        chat = values["chat_id"]
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat in self.moved:
            moved = self.moved[chat]
            raise Refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=moved)
        if chat not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        return self.message(int(ME["id"]), chat, **{**_checked(values), "from": ME})

    def do_editmessagetext(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._edit(values, _checked(values))

    def do_editmessagereplymarkup(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._edit(values, {**self._find(values), **_keyboard(values)})

    def _find(self, values: dict[str, Any]) -> dict[str, Any]:
        message = self.chats.get(values["chat_id"], {}).get(values["message_id"])
        if message is None or message["from"]["id"] != ME["id"]:
            raise Refused(400, "Bad Request: message to edit not found")
        return {"text": message["text"]}

    def _edit(self, values: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        self._find(values)
        message = self.chats[values["chat_id"]][values["message_id"]]
        before = {name: message[name] for name in ("text", "reply_markup") if name in message}
        if before == content:
            raise Refused(400, "Bad Request: message is not modified: specified new message content is the same")
        message.pop("reply_markup", None)
        message.update(content)
        return message

    def do_answercallbackquery(self, values: dict[str, Any]) -> bool:
        if values["callback_query_id"] not in self.queries:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        del self.queries[values["callback_query_id"]]
        return True


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    text = str(values["text"])
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > LONGEST:
        raise Refused(400, "Bad Request: message is too long")
    replied = {"replied": values["reply_parameters"]["message_id"]} if "reply_parameters" in values else {}
    return {"text": text.strip(), **_keyboard(values), **replied}


def _keyboard(values: dict[str, Any]) -> dict[str, Any]:
    if "reply_markup" not in values:
        return {}
    rows = values["reply_markup"]["inline_keyboard"]
    every = [button for row in rows for button in row]
    if len(every) > MOST_BUTTONS or any(len(row) > 8 for row in rows):
        raise Refused(400, "Bad Request: reply markup is too long")
    for button in every:
        if not 1 <= len(button.get("callback_data", "x").encode()) <= LONGEST_DATA:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if not button["text"] or ("url" in button and not button["url"].startswith("https://")):
            raise Refused(400, "Bad Request: inline keyboard button URL is invalid")
    return {"reply_markup": {"inline_keyboard": rows}}


async def _misbehave(how: str) -> Response:
    if how == "500":
        return JSONResponse({"ok": False, "error_code": 500, "description": "Internal Server Error"}, 500)
    if how == "429":
        return Refused(429, "Too Many Requests: retry after 1", retry_after=1).response
    if how.startswith("400:"):
        return Refused(400, f"Bad Request: {how[4:]}").response
    if how.startswith("409"):
        return Refused(409, "Conflict: terminated by other getUpdates request").response
    if how == "rubbish":
        return Response(b"<html>", 502)
    await asyncio.sleep(3)  # hang: longer than any bound of a test
    return Response(status_code=504)


def _ok(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


@contextmanager
def running(port: int = 0) -> Iterator[Telegram]:
    """A server, with the chats of 李干事, 王同志 and a group."""
    telegram = Telegram()
    app = Starlette(routes=[Route("/bot{token}/{method}", telegram.serve, methods=["POST"])])
    config = uvicorn.Config(
        app, "127.0.0.1", port, log_config=None, log_level="critical", timeout_graceful_shutdown=0, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    telegram.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    telegram.begin_anew()
    try:
        yield telegram
    finally:
        server.should_exit = True
        thread.join(10)
        let_speak()
