"""The channel of an app in WeCom (企业微信): callbacks in, app messages with buttons out."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute
from wechatpy.work.replies import TextReply

from bot.channels import SORRY, Unanswered
from bot.delivery import DeliveryFailed
from bot.rate import Rate
from bot.tencent import wording
from bot.tencent.callback import in_time, routes
from bot.tencent.calls import Platform
from bot.tencent.envelope import Envelope, Signed, read_body, read_fields
from bot.tencent.failures import CallFailed, delivery_failed
from bot.tencent.incoming import Incoming, read_incoming
from handlers.conversation import Event, Message, Reply
from handlers.push import Push

CHANNEL = "wecom"
CARD = "template_card_event"
A_MINUTE, AN_HOUR = 30, 1_000  # messages to one member; the platform drops what is beyond without a word
MOST_BUTTONS = 6
LONGEST_TITLE, LONGEST_BUTTON = 26, 10  # characters
PAUSES = (0.0, 2.0, 10.0)  # seconds before each attempt to answer a press
TAKEN = "已收到"
TITLE = "请选择"

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What this channel needs of the desk."""

    def submit(self, message: Message) -> Future[Reply]:
        """Answer one message."""


class WeCom:
    """The routes for the platform, and the way out to members of the company.

    Args:
        desk: answers.
        envelope: opens and closes what goes between the platform and us.
        agent_id: the app's number.
        platform: calls the platform; none where the app has no secret, then nothing is sent unasked.
        public_url: where our pages are reached; empty if they are not.
        on_refusal: told of refused callbacks.
    """

    name = CHANNEL

    def __init__(
        self,
        desk: Desk,
        envelope: Envelope,
        agent_id: int,
        platform: Platform | None = None,
        public_url: str = "",
        on_refusal: Callable[[str, str], None] = lambda _channel, _reason: None,
    ) -> None:
        self._desk = desk
        self._envelope = envelope
        self._agent_id = agent_id
        self._platform = platform
        self._public_url = public_url
        self._on_refusal = on_refusal
        self._minute, self._hour = Rate(A_MINUTE), Rate(AN_HOUR, period=3600)
        self._under_way: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------ in
    def routes(self) -> list[BaseRoute]:
        """What to mount."""
        return routes(CHANNEL, self.greet, self.take, self._on_refusal)

    async def greet(self, request: Request) -> Response:
        """The platform looks whether this server has the key; it wants the opened text within a second."""
        signed = Signed.of(request.query_params)
        return PlainTextResponse(self._envelope.open_text(signed, signed.echo))

    async def take(self, request: Request) -> Response:
        """What somebody wrote or pressed."""
        signed = Signed.of(request.query_params)
        said = self._envelope.open_body(signed, await read_body(request))
        incoming = read_incoming(CHANNEL, read_fields(said))
        if incoming.message is None:
            return PlainTextResponse("")
        if incoming.event == CARD:
            return await self._take_press(incoming)
        text = await self._answer(incoming)
        if not text:
            return PlainTextResponse("")
        reply = TextReply(source=incoming.receiver, target=incoming.sender, content=text).render()
        return Response(self._envelope.close(reply, signed.nonce), media_type="text/xml")

    async def _answer(self, incoming: Incoming) -> str:
        """The passive reply; nothing where none is due or it does not come in time."""
        try:
            reply = await self._submit(incoming)
        except Unanswered:
            return SORRY
        is_leaving = incoming.message is not None and incoming.message.event is Event.LEFT
        return "" if reply is None or is_leaving else self._render(reply)

    async def _submit(self, incoming: Incoming) -> Reply | None:
        assert incoming.message is not None  # noqa: S101 - `take` has looked
        message = replace(incoming.message, manner=wording.MANNER)
        return await in_time(self._desk.submit(message), partial(self._say, incoming.sender))

    async def _take_press(self, incoming: Incoming) -> Response:
        """A button of a card: the platform takes no text in return, so the answer goes out as a message."""
        try:
            reply = await self._submit(incoming)
        except Unanswered:
            return PlainTextResponse("", 503)  # any other status than 200 makes the platform send it again
        if reply is not None:
            task = asyncio.create_task(self._answer_press(incoming, reply))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return PlainTextResponse("")

    async def _answer_press(self, incoming: Incoming, reply: Reply) -> None:
        await self._say(incoming.sender, reply)
        code = incoming.fields.get("ResponseCode")
        if not isinstance(code, str) or self._platform is None:
            return
        body = {
            "userids": [incoming.sender],
            "agentid": self._agent_id,
            "response_code": code,
            "button": {"replace_name": TAKEN},
        }
        try:
            await self._platform.call(lambda client: client.post("message/update_template_card", data=body))
        except CallFailed as failure:  # the answer is there; only the button still looks as if nobody had pressed it
            log.info("A card of %s was not updated: %s", CHANNEL, failure.reason)

    async def _say(self, address: str, reply: Reply) -> None:
        """A reply as a message of its own."""
        for pause in PAUSES:
            await asyncio.sleep(pause)
            try:
                await self._send_text(address, self._render(reply))
            except DeliveryFailed as failure:
                if failure.is_permanent:
                    break
            else:
                return
        log.warning("A reply on %s could not be sent", CHANNEL)

    def _render(self, reply: Reply) -> str:
        return wording.render_reply(reply, self._public_url, has_links=False)

    # ------------------------------------------------------------ out
    async def send(self, address: str, push: Push, key: str) -> None:
        """Tell somebody: the text, and behind it a card whose buttons say what can be answered.

        Raises:
            DeliveryFailed: the platform did not take it, or the member has had enough for this minute or hour.
        """
        text = wording.render_push(push, self._public_url, has_links=False)
        await self._send_text(address, text, {"enable_duplicate_check": 1, "duplicate_check_interval": 1800})
        if push.options:
            try:
                await self._send(address, self._card(push, key))
            except DeliveryFailed as failure:  # the text has arrived and says what to answer
                log.info("A card on %s was not sent: %s", CHANNEL, failure.reason)

    def _card(self, push: Push, key: str) -> dict[str, Any]:
        buttons = [
            {"text": option[:LONGEST_BUTTON], "style": 1 if at == 0 else 2, "key": option}
            for at, option in enumerate(push.options[:MOST_BUTTONS])
        ]
        return {
            "msgtype": "template_card",
            "template_card": {
                "card_type": "button_interaction",
                "main_title": {"title": (push.title or TITLE)[:LONGEST_TITLE]},
                "button_list": buttons,
                "task_id": hashlib.sha256(key.encode()).hexdigest()[:32],
            },
        }

    async def _send_text(self, address: str, text: str, more: Mapping[str, Any] | None = None) -> None:
        await self._send(address, {"msgtype": "text", "text": {"content": text}, **(more or {})})

    async def _send(self, address: str, said: Mapping[str, Any]) -> None:
        if self._platform is None:
            raise DeliveryFailed("the app has no secret, so nothing can be sent", is_held=True)
        if not (self._minute.allows(address) and self._hour.allows(address)):
            raise DeliveryFailed("the member has had as many messages as the platform delivers")
        try:
            answer = await self._platform.call(lambda client: client.message.send(self._agent_id, [address], msg=said))
        except CallFailed as failure:
            raise delivery_failed(failure, "WeCom") from None
        if address in str(answer.get("invaliduser", "")).split("|"):
            raise DeliveryFailed("the app may not write to this member, or there is none", is_permanent=True)
