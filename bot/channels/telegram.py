"""The channel of Telegram: updates are fetched or come in by a webhook, pushes go out to private chats and groups."""

import asyncio
import hashlib
import hmac
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import BotCommand, Update
from telegram.error import InvalidToken, TelegramError

from bot.config import ConfigError
from bot.delivery import DeliveryFailed
from bot.intake import Intake
from bot.settings import Settings
from bot.telegram.arriving import COMMANDS, WANTED, Malformed, chat_of, parse, read
from bot.telegram.connection import Bounds, failure_of, open_bot, seconds_of_pause
from bot.telegram.polling import REFUSED, Poller, tell
from bot.telegram.showing import push_parts
from bot.telegram.speaking import Progress, Speaker
from bot.telegram.talking import CHANNEL, Desk, Talks
from handlers.push import Push

PATH = "/telegram"
HEADER = "x-telegram-bot-api-secret-token"
LONGEST_BODY = 256 * 1024  # bytes; an update with the longest text and its marks has some 60,000
CALL_SECONDS = 40.0  # Telegram hangs up after a minute
CONNECTIONS = 20  # that Telegram may call us by at the same time
MOST_HALF_SENT = 1_000

log = logging.getLogger(__name__)


class Telegram:
    """The route, the fetching, and the way out.

    Args:
        desk: answers.
        settings: the settings in force, with a token.
        bounds: how long Telegram is waited for.

    Raises:
        ConfigError: a webhook is wanted without an address.
    """

    name = CHANNEL

    def __init__(self, desk: Desk, settings: Settings, bounds: Bounds | None = None) -> None:
        self._settings = settings.telegram
        self._public_url = settings.web.public_url
        if self._settings.webhook and not self._public_url:
            raise ConfigError("[telegram] webhook: Telegram has to know where; set [web] public_url")
        self._bounds = bounds or Bounds()
        self._bot = open_bot(self._settings.token, self._settings.api_url, self._bounds, self._secret())
        self._speaker = Speaker(self._bot)
        self._talks = Talks(desk, self._speaker, self._page, self._bounds)
        self._intake = Intake()
        self._half_sent: OrderedDict[str, Progress] = OrderedDict()  # pushes in several parts
        self._is_known = False  # whether the bot knows who it is

    def routes(self) -> list[BaseRoute]:
        """What to mount."""
        return [Route(PATH, self.take_call, methods=["POST"])] if self._settings.webhook else []

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Take what comes in while inside; what is under way at the end is finished."""
        poller = Poller(self._bot, self._take, self._bounds)
        task = asyncio.create_task(self._work(poller), name="telegram")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self._intake.finish(self._bounds.stop)
            if not self._settings.webhook:
                await poller.acknowledge()
            await self._bot.shutdown()

    async def take_call(self, request: Request) -> Response:
        """An update that Telegram hands in; only once it is completely handled it hears that all is well."""
        given = request.headers.get(HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self._secret().encode()):
            return _answer(403)
        body = await _read_body(request)
        if body is None:
            return _answer(413)
        if not self._is_known:
            return _answer(503)
        try:
            update = parse(body, self._bot)
            is_for_us = read(update, self._bot.bot) is not None
        except Malformed:
            return _answer(400)
        return _answer(200 if not is_for_us or await self._is_settled(update) else 503)

    async def send(self, address: str, push: Push, key: str) -> None:
        """Send a push; one in several parts goes on where it was cut off."""
        try:
            chat = chat_of(address)
        except ValueError:
            raise DeliveryFailed("no address of Telegram's", is_permanent=True) from None
        progress, parts = self._half_sent.setdefault(key, Progress()), push_parts(push, self._page(push.link))
        try:
            await self._speaker.say(chat, parts, progress)
        except TelegramError as error:
            if isinstance(error, InvalidToken):
                log.error(REFUSED)  # its own text may hold the token
            raise failure_of(error) from None
        finally:
            is_half_sent = 0 < progress.parts < len(parts)
            if not is_half_sent:
                self._half_sent.pop(key, None)
            elif len(self._half_sent) > MOST_HALF_SENT:
                self._half_sent.popitem(last=False)

    async def _work(self, poller: Poller) -> None:
        """Make ourselves known, however long that takes, then fetch if nobody calls."""
        failures = 0
        while not self._is_known:
            try:
                await self._begin()
                self._is_known = True
            except TelegramError as error:
                failures += 1
                tell(error, failures)
                await asyncio.sleep(seconds_of_pause(error, failures, self._bounds))
        if not self._settings.webhook:
            await poller.run()

    async def _begin(self) -> None:
        await self._bot.initialize()
        await self._bot.set_my_commands([BotCommand(name, shown) for name, (_, shown) in COMMANDS.items()])
        if self._settings.webhook:
            url, secret = f"{self._public_url}{PATH}", self._secret()
            await self._bot.set_webhook(url, max_connections=CONNECTIONS, allowed_updates=WANTED, secret_token=secret)
        else:
            await self._bot.delete_webhook()

    def _take(self, update: Update) -> asyncio.Task[bool]:
        lane = update.effective_chat.id if update.effective_chat else 0
        return self._intake.take(update.update_id, lane, lambda: self._handle(update))

    async def _handle(self, update: Update) -> None:
        arrival = read(update, self._bot.bot)
        if arrival is not None:
            await self._talks.handle(arrival)

    async def _is_settled(self, update: Update) -> bool:
        done, _ = await asyncio.wait({self._take(update)}, timeout=CALL_SECONDS)
        return any(not task.cancelled() and task.result() for task in done)

    def _page(self, link: str) -> str:
        return f"{self._public_url}{link}" if link and self._public_url else ""

    def _secret(self) -> str:
        made = hmac.new(self._settings.token.encode(), b"studio-steward webhook", hashlib.sha256).hexdigest()
        return self._settings.webhook_secret or made


async def _read_body(request: Request) -> bytes | None:
    """The body; none if it is longer than any update."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return bytes(body)


def _answer(status: int) -> Response:
    return JSONResponse({"ok": status == 200}, status, {"Cache-Control": "no-store"})
