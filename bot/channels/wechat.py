"""The channel of a WeChat official account (公众号、服务号): callbacks in, messages and notices out."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute
from wechatpy.replies import TextReply

from bot.channels import SORRY, Unanswered
from bot.delivery import DeliveryFailed
from bot.ledgers import ReachLedger, Unit
from bot.tencent import wording
from bot.tencent.callback import DONE, in_time, routes
from bot.tencent.calls import Call, Platform
from bot.tencent.envelope import Envelope, Refused, Signed, read_body, read_fields
from bot.tencent.failures import CallFailed, Kind, delivery_failed
from bot.tencent.incoming import Incoming, read_agreements, read_incoming
from handlers.conversation import Event, Message, Reply
from handlers.push import Push

CHANNEL = "wechat"
LONGEST_FIELD = 20  # characters of a field of a notice
NO_WAY = "the person has not written for 48 hours and no notice can be sent"

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What this channel needs of the desk."""

    def submit(self, message: Message, also: Unit | None = None) -> Future[Reply]:
        """Answer one message, and do something in the same transaction."""


@dataclass(frozen=True)
class Notice:
    """A template of the account's.

    Args:
        id: the template's.
        fields: by the name of a field, what it says: what, due or text.
    """

    id: str
    fields: Mapping[str, str]


class WeChat:
    """The routes for the platform, and the way out to who follows the account.

    Args:
        desk: answers.
        envelope: opens and closes what goes between the platform and us.
        mode: safe, compatible or plain: how the platform sends.
        reach: what may still be sent to whom.
        platform: calls the platform; none where the account has no secret, then nothing is sent unasked.
        template: a template message for reminders.
        notice: a subscription notice for reminders.
        public_url: where our pages are reached; empty if they are not.
        has_links: options are links that can be pressed.
        on_refusal: told of refused callbacks.
    """

    name = CHANNEL

    def __init__(
        self,
        desk: Desk,
        envelope: Envelope,
        mode: str,
        reach: ReachLedger,
        platform: Platform | None = None,
        template: Notice | None = None,
        notice: Notice | None = None,
        public_url: str = "",
        has_links: bool = True,
        on_refusal: Callable[[str, str], None] = lambda _channel, _reason: None,
    ) -> None:
        self._desk = desk
        self._envelope = envelope
        self._mode = mode
        self._reach = reach
        self._platform = platform
        self._template = template
        self._notice = notice
        self._public_url = public_url
        self._has_links = has_links
        self._on_refusal = on_refusal

    # ------------------------------------------------------------ in
    def routes(self) -> list[BaseRoute]:
        """What to mount."""
        return routes(CHANNEL, self.greet, self.take, self._on_refusal)

    async def greet(self, request: Request) -> Response:
        """The platform looks whether this is the server it was told of."""
        signed = Signed.of(request.query_params)
        self._envelope.check(signed)
        return PlainTextResponse(signed.echo)

    async def take(self, request: Request) -> Response:
        """What somebody wrote or did."""
        signed = Signed.of(request.query_params)
        incoming = read_incoming(CHANNEL, await self._open(signed, request))
        for agreement in read_agreements(incoming):
            await self._reach.agree(incoming.sender, agreement.template, agreement.number, agreement.id)
        text = await self._answer(incoming) if incoming.message else ""
        if not text:
            return PlainTextResponse(DONE)
        said = TextReply(source=incoming.receiver, target=incoming.sender, content=text).render()
        return Response(
            self._envelope.close(said, signed.nonce) if signed.is_encrypted else said, 200, None, "text/xml"
        )

    async def _open(self, signed: Signed, request: Request) -> Mapping[str, Any]:
        if self._mode == "plain":
            self._envelope.check(signed)  # before the body is read: it does not cover it anyway
            return read_fields(await read_body(request))
        if not signed.is_encrypted:
            raise Refused(403, "plain")
        return read_fields(self._envelope.open_body(signed, await read_body(request)))

    async def _answer(self, incoming: Incoming) -> str:
        """The passive reply; nothing where none is due or it does not come in time."""
        assert incoming.message is not None  # noqa: S101 - the caller has looked
        message = replace(incoming.message, manner=wording.MANNER)
        is_leaving = message.event is Event.LEFT
        opened = None if is_leaving else self._reach.unit(incoming.sender, incoming.at, incoming.is_click)
        try:
            reply = await in_time(self._desk.submit(message, opened), partial(self._say_later, incoming.sender))
        except Unanswered:
            return SORRY
        if reply is None or is_leaving:
            return ""
        return self._render(reply)

    async def _say_later(self, address: str, reply: Reply) -> None:
        """A reply that the platform did not wait for; it is kept, so the question may also be asked again."""
        try:
            is_said = self._platform is not None and await self._by_message(address, self._render(reply))
        except DeliveryFailed:
            is_said = False
        if not is_said:
            log.warning("A reply on %s came too late", CHANNEL)

    def _render(self, reply: Reply) -> str:
        return wording.render_reply(reply, self._public_url, self._has_links)

    # ------------------------------------------------------------ out
    async def send(self, address: str, push: Push, key: str) -> None:
        """Tell somebody: within the window by a customer-service message, else by a notice.

        Raises:
            DeliveryFailed: there is no way now, or the platform did not take it.
        """
        if self._platform is None:
            raise DeliveryFailed("the account has no secret, so nothing can be sent", is_held=True)
        if await self._by_message(address, wording.render_push(push, self._public_url, self._has_links)):
            return
        if self._template and await self._by_template(self._template, address, push, key):
            return
        notice = self._notice
        if notice and await self._reach.spend(address, notice.id) and await self._by_notice(notice, address, push):
            return
        raise DeliveryFailed(NO_WAY, is_held=True)

    async def _by_message(self, address: str, text: str) -> bool:
        """Whether it went as a customer-service message."""
        window = await self._reach.take(address)
        if window is None:
            return False
        try:
            await self._call(lambda client: client.message.send_text(address, text))
        except CallFailed as failure:
            if failure.kind in (Kind.CLOSED, Kind.REFUSED):
                await self._reach.close(address)
                return False
            if failure.code == 48001:  # an account that is not verified; a notice may be allowed all the same
                await self._reach.give_back(address, window)
                return False
            if not failure.is_maybe_done:
                await self._reach.give_back(address, window)
            raise delivery_failed(failure, "WeChat") from None
        return True

    async def _by_template(self, template: Notice, address: str, push: Push, key: str) -> bool:
        """A template message; the platform knows the same one again for ten minutes."""
        body = {
            "touser": address,
            "template_id": template.id,
            "data": _data(template, push),
            "client_msg_id": hashlib.sha256(key.encode()).hexdigest()[:32],
        }
        if push.link and self._public_url:
            body["url"] = self._public_url + push.link
        return await self._try(lambda client: client.post("message/template/send", data=body))

    async def _by_notice(self, notice: Notice, address: str, push: Push) -> bool:
        body = {"touser": address, "template_id": notice.id, "data": _data(notice, push)}
        try:
            return await self._try(lambda client: client.post("message/subscribe/bizsend", data=body))
        except DeliveryFailed as failure:
            if not failure.is_maybe_sent:
                await self._reach.agree(address, notice.id, 1, "")
            raise

    async def _try(self, call: Call) -> bool:
        try:
            await self._call(call)
        except CallFailed as failure:
            if failure.kind is Kind.REFUSED:
                return False
            raise delivery_failed(failure, "WeChat") from None
        return True

    async def _call(self, call: Call) -> None:
        assert self._platform is not None  # noqa: S101 - `send` has looked
        await self._platform.call(call)


def _data(notice: Notice, push: Push) -> dict[str, dict[str, str]]:
    """The fields of a notice; a field has little room."""
    said = {"what": push.title or push.text, "due": _day(push.due), "text": push.text.replace("\n", " ")}
    return {name: {"value": said[what][:LONGEST_FIELD]} for name, what in notice.fields.items()}


def _day(due: date | None) -> str:
    return f"{due.year}年{due.month}月{due.day}日" if due else "见详情"
