"""Saying something on Telegram: a text in parts, once each, labelled where a part may have arrived before."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.telegram.connection import Bot, is_about_buttons, is_harmless
from bot.telegram.showing import Part
from handlers.push import PERHAPS_AGAIN

log = logging.getLogger(__name__)


@dataclass
class Progress:
    """How much of something has been said.

    Args:
        parts: so many are there for sure.
        is_maybe: the next one may be there too.
        tries: so often it was tried.
    """

    parts: int = 0
    is_maybe: bool = False
    tries: int = 0


class Speaker:
    """Says things with a bot.

    Args:
        bot: sends.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._moved: dict[int, int] = {}  # groups that got another number

    async def say(self, chat: int, parts: Sequence[Part], progress: Progress, answered: int = 0) -> None:
        """Send what has not been sent of a text.

        Args:
            chat: where.
            parts: the text.
            progress: what has been sent; kept up to date, so that it can be gone on with.
            answered: in a group, the message this answers.

        Raises:
            TelegramError: a part could not be sent.
        """
        while progress.parts < len(parts):
            part = parts[progress.parts]
            mark = PERHAPS_AGAIN if progress.is_maybe else ""
            await self._send(chat, Part(mark + part.text, part.keyboard), answered if progress.parts == 0 else 0)
            progress.parts, progress.is_maybe = progress.parts + 1, False

    async def turn_page(self, chat: int, message: int, part: Part) -> bool:
        """Put another text in the place of an old one; false if that one cannot be changed.

        Raises:
            TelegramError: it is a matter of time.
        """
        try:
            await self._bot.edit_message_text(part.text, chat, message, reply_markup=part.keyboard)
        except BadRequest as error:
            return is_harmless(error)
        return True

    async def acknowledge(self, query: str, text: str = "", *, is_alert: bool = False) -> None:
        """Let the pressed button rest. Nothing hangs on it, so what goes wrong is let be."""
        try:
            await self._bot.answer_callback_query(query, text[:200] or None, show_alert=is_alert)
        except TelegramError as error:
            log.debug("A pressed button was not acknowledged: %s", type(error).__name__)

    async def take_buttons(self, chat: int, message: int) -> None:
        """Take the buttons from under a question that is answered. Nothing hangs on it: a stale press is known."""
        try:
            await self._bot.edit_message_reply_markup(chat, message, reply_markup=None)
        except TelegramError as error:
            log.debug("Buttons were left under a message: %s", type(error).__name__)

    async def _send(self, chat: int, part: Part, answered: int) -> None:
        where = self._moved.get(chat, chat)
        try:
            await self._send_to(where, part, answered)
        except ChatMigrated as error:
            self._moved[chat] = error.new_chat_id
            await self._send_to(error.new_chat_id, part, 0)
        except BadRequest as error:
            if part.keyboard is None or not is_about_buttons(error):
                raise
            log.warning("Telegram refuses the buttons of a message; it is sent without: look at [web] public_url")
            await self._send_to(where, Part(part.text), answered)

    async def _send_to(self, chat: int, part: Part, answered: int) -> None:
        reply = ReplyParameters(answered, allow_sending_without_reply=True) if answered else None
        keyboard: InlineKeyboardMarkup | None = part.keyboard
        await self._bot.send_message(chat, part.text, reply_markup=keyboard, reply_parameters=reply)
