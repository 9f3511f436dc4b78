"""The desk: library, originals and database joined, so that a channel hands in a message and gets the reply."""

import logging
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.channels import Unanswered
from bot.intake import Stage
from bot.observer import NOBODY, Observer, watched
from handlers.checking.report import Report, load_reports
from handlers.conversation import BEIJING, Message, Reply, Terms
from handlers.push import HEADING, Push
from handlers.reminding.planning import Planner, calendar_topic, open_rows
from handlers.reminding.telling import whose
from handlers.router import respond
from knowledge.library import Library
from knowledge.originals import Originals
from knowledge.reading import ClauseView, read_clause
from knowledge.vocabulary import Status
from storage import (
    arrivals,
    contacts,
    doubts,
    farewells,
    messages,
    outbox,
    selfchecks,
    staff,
    subscriptions,
    trail,
)
from storage.database import Busy, Database
from storage.doubts import Doubt
from storage.messages import Exchange
from storage.outbox import Letter

if TYPE_CHECKING:
    from bot.delivery import Channel
    from bot.ics import Entry

IN_MEMORY = "sqlite://"
CALENDAR = timedelta(days=800)  # how far a private calendar looks ahead
MOST_CONTACTS = 100_000
KEEP_SETTLED = timedelta(days=400)  # so long the story of a reminder can be looked up
KEEP_FAREWELLS = timedelta(days=1)
KEEP_ARRIVALS = timedelta(days=7)  # no platform hands anything in again for so long
LONGEST_HISTORY = 50

T = TypeVar("T")
log = logging.getLogger(__name__)


def now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


def today_in_beijing() -> date:
    """The day answers are for, wherever the machine stands."""
    return now().astimezone(BEIJING).date()


@dataclass(frozen=True)
class Result:
    """A finished self-check as its page shows it."""

    reports: tuple[Report, ...]
    expires_at: datetime
    is_mine: bool


class Desk:
    """Everything that is needed to answer, and nothing of any channel.

    Args:
        library: what the documents say.
        originals: the operator's copies of them, if configured.
        database: where conversations are kept; the desk closes it.
        clock: tells the moment, aware.
        today: the day answers are for; the clock's day in Beijing if not given.
        terms: what people are promised.
        observer: looks on while messages are answered.
    """

    def __init__(
        self,
        library: Library,
        originals: Originals | None,
        database: Database,
        clock: Callable[[], datetime] = now,
        today: date | None = None,
        terms: Terms | None = None,
        observer: Observer = NOBODY,
    ) -> None:
        self.library = library
        self.originals = originals
        self._database = database
        self._clock = clock
        self._today = today
        self._terms = terms or Terms()
        self._observer = observer
        self._view = lru_cache(maxsize=1024)(self._read)

    def submit(self, message: Message, also: Callable[[Session], None] | None = None) -> Future[Reply]:
        """Answer one message in one transaction; the future ends after the commit.

        Args:
            message: what came in.
            also: done in the same transaction, behind it; for a message that comes again once more.

        Raises:
            Busy: too much is waiting already.
        """
        moment, today, secret = self._clock(), self.today(), secrets.token_urlsafe(24)

        def unit(session: Session) -> Reply:
            try:
                reply = respond(session, message, self.library, self.originals, today, moment, secret, self._terms)
                if also:
                    also(session)
                return reply
            except Exception as error:
                log.exception("A message on %s could not be answered", message.channel)
                raise Unanswered from error

        return watched(self._observer, message.channel, lambda: self._database.run(unit))

    def waiting(self) -> int:
        """How many units of work are waiting or under way."""
        return self._database.waiting()

    def moment(self) -> datetime:
        """The moment, aware."""
        return self._clock()

    def today(self) -> date:
        """The day answers are for."""
        return self._today or self._clock().astimezone(BEIJING).date()

    def answer(self, message: Message) -> Reply:
        """Answer one message and wait for it.

        Raises:
            Unanswered: something broke.
        """
        try:
            return self.submit(message).result()
        except (Busy, DBAPIError) as error:
            log.exception("The database did not take a message on %s", message.channel)
            raise Unanswered from error

    def history(self, channel: str, address: str) -> Future[list[tuple[str, str, Reply]]]:
        """The newest messages of a contact, oldest first: id, text and reply."""

        def unit(session: Session) -> list[tuple[str, str, Reply]]:
            contact = contacts.find(session, channel, address)
            kept = messages.history(session, contact, LONGEST_HISTORY) if contact else []
            return [(one.message_id, one.text, Reply.load(one.reply)) for one in kept]

        return self._database.run(unit)

    def option(self, channel: str, address: str, message_id: str, number: int) -> Future[tuple[str, str] | None]:
        """What a button under a reply says, counted from 0, and the question it answers; none if that is not kept."""

        def unit(session: Session) -> tuple[str, str] | None:
            contact = contacts.find(session, channel, address)
            stored = messages.find_reply(session, contact, message_id) if contact else None
            reply = Reply.load(stored) if stored else None
            if reply is None or number >= len(reply.options):
                return None
            return reply.options[number], reply.question.id if reply.question else ""

        return self._database.run(unit)

    def stage(self, channel: str, address: str, message_id: str) -> Future[Stage]:
        """How far the handling of what a platform handed in has come."""

        def unit(session: Session) -> Stage:
            if arrivals.is_settled(session, channel, message_id):
                return Stage.SETTLED
            contact = contacts.find(session, channel, address)
            is_answered = contact is not None and messages.find_reply(session, contact, message_id) is not None
            return Stage.ANSWERED if is_answered else Stage.NEW

        return self._database.run(unit)

    def settle(self, channel: str, message_id: str) -> Future[None]:
        """Note that what a platform handed in is completely handled."""
        moment = self._clock()
        return self._database.run(lambda session: arrivals.settle(session, channel, message_id, moment))

    def keep_push(self, channel: str, address: str, push: Push) -> Future[None]:
        """Put a push into the conversation, as a reply to nothing that was said."""
        moment = self._clock()

        def unit(session: Session) -> None:
            contact = contacts.find_or_make(session, channel, address, moment)
            reply = Reply(HEADING + push.text, Status.ANSWERED, (), push.options, link=push.link)
            messages.keep(session, contact, Exchange(f"push-{secrets.token_urlsafe(12)}", "", reply.dump()), moment)

        return self._database.run(unit)

    def forget(self, channel: str, address: str) -> Future[bool]:
        """Delete a contact and everything kept of it."""
        return self._database.run(lambda session: contacts.forget(session, channel, address))

    def result(self, token: str, channel: str, address: str) -> Future[Result | None]:
        """The self-check a link leads to, and whether it is this contact's; none where the link has ended."""

        def unit(session: Session) -> Result | None:
            kept = selfchecks.find(session, token, self._clock())
            if kept is None:
                return None
            contact = contacts.find(session, channel, address)
            return Result(
                load_reports(kept.report), kept.expires_at, contact is not None and contact.id == kept.contact_id
            )

        return self._database.run(unit)

    def forget_result(self, token: str, channel: str, address: str) -> Future[bool]:
        """Delete a self-check, if it is this contact's."""

        def unit(session: Session) -> bool:
            kept, contact = selfchecks.find(session, token, self._clock()), contacts.find(session, channel, address)
            return kept is not None and contact is not None and selfchecks.forget(session, contact, kept.id)

        return self._database.run(unit)

    def calendar(self, token: str, planner: Planner) -> "Future[list[Entry] | None]":
        """What stands in the calendar a private link leads to; none where the link has ended or its owner's rights."""
        today = self.today()

        def unit(session: Session) -> "list[Entry] | None":
            from bot.ics import Entry  # with a library that answering does not need

            contact_id = next(iter(subscriptions.subscribers(session, calendar_topic(token))), None)
            who = next((one for one in staff.current(session) if contact_id and one.contact_id == contact_id), None)
            if who is None:
                return None
            rows = open_rows(session, planner, who, today, today + CALENDAR)
            return [Entry(due, whose(matter, studio, self.library), matter.key) for matter, due, studio in rows]

        return self._database.run(unit)

    def doubts(self, limit: int) -> list[Doubt]:
        """The newest questions kept for staff, newest first."""
        return self._database.run(lambda session: doubts.newest(session, limit)).result()

    def run(self, unit: Callable[[Session], T]) -> Future[T]:
        """Carry out a unit of work in one transaction.

        Raises:
            Busy: too much is waiting already.
        """
        return self._database.run(unit)

    def plan(self, planner: Callable[[Session, date, datetime], Sequence[Letter]]) -> Future[int]:
        """Put what is to be sent into the outbox; the future tells how many letters were new."""
        moment, today = self._clock(), self.today()
        return self._database.run(lambda session: outbox.put(session, planner(session, today, moment), moment))

    def deliver(self, *channels: "Channel") -> None:
        """Send what is due on these channels now, and wait for it; what does not go through waits for another time."""
        import asyncio

        from bot.delivery import Courier, Lane

        courier = Courier(self, [Lane(channel) for channel in channels], self._clock)

        async def once() -> None:
            await courier.deliver()
            await courier.finish()

        try:
            asyncio.run(once())
        except (Busy, DBAPIError):
            log.exception("What is due could not be looked up")

    def tidy(self, keep_days: int) -> Future[int]:
        """Let go of what is too old or too much; the future tells how many contacts went."""
        before = self._clock() - timedelta(days=keep_days)
        settled_before = self._clock() - KEEP_SETTLED

        def unit(session: Session) -> int:
            doubts.trim(session)
            trail.trim(session)
            outbox.trim(session, settled_before)
            farewells.trim(session, self._clock() - KEEP_FAREWELLS)
            arrivals.trim(session, self._clock() - KEEP_ARRIVALS)
            return contacts.forget_unseen(session, before) + contacts.forget_older(session, MOST_CONTACTS)

        return self._database.run(unit)

    def bound(self, most_contacts: int, most_messages: int) -> None:
        """Keep a database in memory small: only so many contacts and messages, the newest."""

        def unit(session: Session) -> None:
            contacts.forget_older(session, most_contacts)
            messages.trim(session, most_messages)
            doubts.trim(session)

        self._database.run(unit).result()

    def clause(self, document: str, clause: str) -> dict[str, Any] | None:
        """A clause in our words, and its passage where the originals are configured; the fields of a `ClauseView`."""
        view = self._view(document, clause)
        return asdict(view) if view else None

    def label(self, document: str, clause: str) -> str:
        """How a citation is shown: the number of the document and the clause."""
        view = self._view(document, clause)
        return view.reference if view else clause

    def close(self) -> None:
        """Finish what was begun and close the database."""
        self._database.close()

    def _read(self, document: str, clause: str) -> ClauseView | None:
        return read_clause(self.library, document, clause, self.originals)
