"""Who is asking on the web: a random token in a cookie, known to the database only by its digest."""

import hashlib
import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "steward"
MAX_AGE = 180 * 24 * 3600  # seconds
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}", re.ASCII)
_GREETED = {("GET", "/"), ("POST", "/api/messages")}  # where a visitor gets the cookie


class Visitors:
    """Gives every request a visitor, and a new visitor the cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = HTTPConnection(scope).cookies.get(COOKIE, "")
        token = given if _TOKEN.fullmatch(given) else secrets.token_urlsafe(32)
        scope.setdefault("state", {})["visitor"] = token
        is_greeted = (scope["method"], scope["path"]) in _GREETED

        async def greet(message: Message) -> None:
            if is_greeted and message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _cookie(scope, token, MAX_AGE))
            await send(message)

        await self._app(scope, receive, greet)


def address_of(request: Request) -> str:
    """The visitor's address as it is kept: a digest, so that the database alone lets nobody in."""
    token: str = request.state.visitor
    return hashlib.sha256(token.encode()).hexdigest()


def end_visit(request: Request, response: Response) -> None:
    """Take the cookie back."""
    response.headers.append("set-cookie", _cookie(request.scope, "", 0))


def _cookie(scope: Scope, token: str, max_age: int) -> str:
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{COOKIE}={token}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}"
