"""A talk on Telegram: what came in goes to the desk, and its reply is shown, whatever happens in between."""

import asyncio
import logging
from asyncio import wrap_future
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Protocol

from telegram.error import TelegramError

from bot.channels import SORRY, Unanswered
from bot.intake import NotNow, Stage
from bot.telegram.arriving import Arrival, Press
from bot.telegram.connection import Bounds, failure_of, seconds_of_pause
from bot.telegram.showing import OPTION, TEXT, Part, reply_parts
from bot.telegram.speaking import Progress, Speaker
from handlers.accounts import is_linking
from handlers.conversation import Event, Manner, Message, Reply
from handlers.registering.commands import Act, has_form, read_command

CHANNEL = "telegram"
MANNER = Manner(is_numbered=True)  # a bare number is an option of the last reply
PAGING = ("更多", "下一页", "上一页")  # options that turn a page rather than go on with the talk
ATTEMPTS = 3  # to send at a time
MOST_TRIES = 10  # such times, each after Telegram was there again
MOST_REMEMBERED = 1_000

TOO_OLD = "这个按钮已经失效了，请直接打字。"
NOT_HERE = "邀请码和绑定码请不要发在群里，私下发给我才有效。码如果已经被群里的人看到，请换一个。"

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What a talk needs of the desk."""

    def submit(self, message: Message) -> Future[Reply]:
        """Answer one message; the same one again gets the same reply."""

    def option(self, channel: str, address: str, message_id: str, number: int) -> Future[tuple[str, str] | None]:
        """What a button under a reply says, and the question it answers."""

    def stage(self, channel: str, address: str, message_id: str) -> Future[Stage]:
        """How far the handling has come."""

    def settle(self, channel: str, message_id: str) -> Future[None]:
        """Note that something is completely handled."""


class Talks:
    """Handles what comes in.

    Args:
        desk: answers.
        speaker: says it.
        page: the address of a page of ours by its path; empty where there is none.
        bounds: how long to wait between two attempts.
    """

    def __init__(self, desk: Desk, speaker: Speaker, page: Callable[[str], str], bounds: Bounds) -> None:
        self._desk = desk
        self._speaker = speaker
        self._page = page
        self._bounds = bounds
        self._progress: OrderedDict[str, Progress] = OrderedDict()

    async def handle(self, arrival: Arrival) -> None:
        """Answer what came in, once.

        Raises:
            NotNow: it is to come again.
        """
        stage = await wrap_future(self._desk.stage(CHANNEL, arrival.address, arrival.id))
        if stage is not Stage.SETTLED:
            # What was answered before this process began, and is not settled, was perhaps shown: only then is it so
            # little known that the reply is labelled.
            progress = self._progress.setdefault(arrival.id, Progress(is_maybe=stage is Stage.ANSWERED))
            await self._answer(arrival, progress)
            await wrap_future(self._desk.settle(CHANNEL, arrival.id))
        self._progress.pop(arrival.id, None)
        while len(self._progress) > MOST_REMEMBERED:
            self._progress.popitem(last=False)

    async def _answer(self, arrival: Arrival, progress: Progress) -> None:
        if arrival.is_group and _is_code(arrival.text):
            await self._say(arrival, [Part(NOT_HERE)], progress)
            return
        message = await self._read(arrival)
        if message is None:
            return
        try:
            reply = await wrap_future(self._desk.submit(message))
        except Unanswered:
            await self._say(arrival, [Part(SORRY)], progress)
            return
        if arrival.event is Event.LEFT:
            return  # there is nobody to say it to
        url = "" if arrival.is_group else self._page(reply.link)  # such a page is for one person
        await self._show(arrival, message, reply_parts(reply, arrival.id, url), progress)

    async def _read(self, arrival: Arrival) -> Message | None:
        """The message it is for the desk; none where a button leads nowhere any more."""
        text, question = arrival.text, ""
        if arrival.press:
            pressed = await self._option(arrival, arrival.press)
            if pressed is None:
                await self._speaker.acknowledge(arrival.press.query, TOO_OLD, is_alert=True)
                return None
            text, question = pressed
            await self._speaker.acknowledge(arrival.press.query, text)
        return Message(CHANNEL, arrival.address, text, arrival.id, question, arrival.event, MANNER)

    async def _option(self, arrival: Arrival, press: Press) -> tuple[str, str] | None:
        """What the pressed button says, and the question it answers."""
        if press.data.startswith(TEXT):
            return press.data.removeprefix(TEXT), ""
        message_id, _, number = press.data.removeprefix(OPTION).rpartition(":")
        if not press.data.startswith(OPTION) or not (number.isascii() and number.isdecimal() and len(number) < 4):
            return None
        return await wrap_future(self._desk.option(CHANNEL, arrival.address, message_id, int(number)))

    async def _show(self, arrival: Arrival, message: Message, parts: list[Part], progress: Progress) -> None:
        is_page = arrival.press is not None and message.text in PAGING and len(parts) == 1
        if is_page and await self._insist(lambda: self._turn_page(arrival, parts[0]), progress):
            return
        await self._say(arrival, parts, progress)
        if message.question:
            await self._speaker.take_buttons(arrival.chat, arrival.message)

    async def _turn_page(self, arrival: Arrival, part: Part) -> bool:
        return await self._speaker.turn_page(arrival.chat, arrival.message, part)

    async def _say(self, arrival: Arrival, parts: list[Part], progress: Progress) -> None:
        answered = arrival.message if arrival.is_group else 0

        async def say() -> bool:
            await self._speaker.say(arrival.chat, parts, progress, answered)
            return True

        await self._insist(say, progress)

    async def _insist(self, act: Callable[[], Awaitable[bool]], progress: Progress) -> bool:
        """Do something with Telegram; false if it cannot be done.

        Raises:
            NotNow: Telegram is not to be had now.
        """
        progress.tries += 1
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await act()
            except TelegramError as error:
                failure, pause = failure_of(error), seconds_of_pause(error, attempt, self._bounds)
            progress.is_maybe |= failure.is_maybe_sent
            if failure.is_permanent or progress.tries >= MOST_TRIES:
                log.warning("A reply on Telegram was not sent: %s", failure.reason)
                return False
            await asyncio.sleep(pause)
        raise NotNow


def _is_code(text: str) -> bool:
    """Whether somebody sends an invitation code, or is about to link the account that a whole group reads."""
    if is_linking(text):
        return True
    command = read_command(text)
    return command is not None and command.act is Act.CODE and has_form(command) and bool(command.rest)
