"""The channel of the web page: messages, history and clauses as JSON under /api."""

import json
import re
from asyncio import wrap_future
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import SORRY, Unanswered
from bot.rate import Rate
from bot.visitors import address_of, end_visit
from handlers.conversation import Message, Reply
from handlers.push import Push

CHANNEL = "web"
LONGEST_BODY = 64 * 1024  # bytes
LONGEST_NAME = 64  # characters of a question's id
VISITORS_OF_A_HOST = 20  # so many busy people may share one network address
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

NOT_JSON = "请求的格式不对，应为 JSON：{“id”: …, “text”: …}。"
TOO_BIG = "这段话太长了，请只发要问的那一两句。"
TOO_MANY = "发得有点快，请歇一分钟再问。"
BUSY = "现在问的人有点多，请过几秒再发一次。"
NO_CLAUSE = "没有找到这一条。"


class Desk(Protocol):
    """What this channel needs of the desk."""

    def submit(self, message: Message) -> Future[Reply]:
        """Answer one message."""

    def history(self, channel: str, address: str) -> Future[list[tuple[str, str, Reply]]]:
        """The newest messages: id, text and reply."""

    def keep_push(self, channel: str, address: str, push: Push) -> Future[None]:
        """Put a push into the conversation."""

    def forget(self, channel: str, address: str) -> Future[bool]:
        """Delete what is kept of a contact."""

    def clause(self, document: str, clause: str) -> dict[str, Any] | None:
        """A clause in our words."""

    def label(self, document: str, clause: str) -> str:
        """How a citation is shown."""


class Refused(Exception):
    """A request that is not taken.

    Args:
        status: the HTTP status.
        sentence: why, for the person.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Web:
    """The routes under /api, and the way out to who talks there.

    Args:
        desk: answers.
        messages_a_minute: how many messages a visitor may send.
    """

    name = CHANNEL

    def __init__(self, desk: Desk, messages_a_minute: int) -> None:
        self._desk = desk
        self._visitors = Rate(messages_a_minute)
        self._hosts = Rate(messages_a_minute * VISITORS_OF_A_HOST)  # against who takes a new cookie each time

    def routes(self) -> list[BaseRoute]:
        """What to mount."""
        return [
            Route("/api/messages", _kindly(self.show_messages), methods=["GET"]),
            Route("/api/messages", _kindly(self.take_message), methods=["POST"]),
            Route("/api/messages", _kindly(self.delete_messages), methods=["DELETE"]),
            Route("/api/pushes", _kindly(self.show_pushes), methods=["GET"]),
            Route("/api/clauses/{document}/{clause:path}", _kindly(self.show_clause), methods=["GET"]),
        ]

    async def take_message(self, request: Request) -> Response:
        """A message, answered: POST {"id", "text"}, and "question" where it answers one by a button."""
        address = address_of(request)
        host = request.client.host if request.client else ""
        if not (self._hosts.allows(host) and self._visitors.allows(address)):
            raise Refused(429, TOO_MANY)
        message_id, text, question = _parse(await _read_body(request))
        reply = await wrap_future(self._desk.submit(Message(CHANNEL, address, text, message_id, question)))
        return JSONResponse({"id": message_id, **self._render(reply)})

    async def show_messages(self, request: Request) -> Response:
        """The newest messages of this visitor, oldest first."""
        kept = await wrap_future(self._desk.history(CHANNEL, address_of(request)))
        shown = [{"id": id_, "text": text, "reply": {"id": id_, **self._render(reply)}} for id_, text, reply in kept]
        return JSONResponse({"messages": shown})

    async def show_pushes(self, request: Request) -> Response:
        """What this visitor was told unasked, oldest first; the page looks from time to time while it is open."""
        kept = await wrap_future(self._desk.history(CHANNEL, address_of(request)))
        return JSONResponse({"pushes": [{"id": id_, **self._render(reply)} for id_, text, reply in kept if not text]})

    async def send(self, address: str, push: Push, key: str) -> None:
        """Put a push into the conversation, where the page shows it at once or when it is opened."""
        await wrap_future(self._desk.keep_push(CHANNEL, address, push))

    async def delete_messages(self, request: Request) -> Response:
        """Delete everything kept of this visitor, and let the cookie go."""
        await wrap_future(self._desk.forget(CHANNEL, address_of(request)))
        response = Response(status_code=204)
        end_visit(request, response)
        return response

    async def show_clause(self, request: Request) -> Response:
        """A clause in our words."""
        view = self._desk.clause(request.path_params["document"], request.path_params["clause"])
        if view is None:
            raise Refused(404, NO_CLAUSE)
        return JSONResponse(view)

    def _render(self, reply: Reply) -> dict[str, Any]:
        citations = [self._cite(one.document, one.clause) for one in reply.citations]
        rendered: dict[str, Any] = {"text": reply.text, "status": reply.status, "citations": citations}
        rendered["options"] = reply.options
        if reply.link:
            rendered["link"] = reply.link.removeprefix("/")
        if reply.question:
            done, everything = reply.question.progress
            rendered["question"] = {
                "id": reply.question.id,
                "kind": reply.question.kind,
                "done": done,
                "of": everything,
            }
        return rendered

    def _cite(self, document: str, clause: str) -> dict[str, str]:
        return {"document": document, "clause": clause, "label": self._desk.label(document, clause)}


def _kindly(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose refusals and faults are sentences, never to be kept by a cache."""

    async def answer(request: Request) -> Response:
        try:
            response = await endpoint(request)
        except Refused as refusal:
            response = _error(refusal.status, refusal.sentence)
        except Unanswered:
            response = _error(500, SORRY)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def _error(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)


async def _read_body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(400, NOT_JSON)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Refused(413, TOO_BIG)
    return bytes(body)


def _parse(body: bytes) -> tuple[str, str, str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, NOT_JSON) from None
    given = value if isinstance(value, dict) else {}
    message_id, text, question = given.get("id"), given.get("text"), given.get("question", "")
    if not isinstance(text, str) or not isinstance(message_id, str) or not MESSAGE_ID.fullmatch(message_id):
        raise Refused(400, NOT_JSON)
    if not isinstance(question, str) or len(question) > LONGEST_NAME:
        raise Refused(400, NOT_JSON)
    return message_id, text, question
