"""A room where several people talk to the program, on one session."""

from sqlmodel import Session

from handlers.conversation import Event, Message, Reply, Terms
from handlers.router import respond
from knowledge.library import Library
from tests.cast import NOW, TODAY, Person


class Room:
    """Each message has an id and a secret of its own unless an id is given."""

    def __init__(self, session: Session, library: Library, terms: Terms | None = None) -> None:
        self.session, self.library, self.terms = session, library, terms or Terms()
        self.now = NOW
        self._number = 0

    def hear(self, message: Message) -> Reply:
        self._number += 1
        secret = f"secret {self._number} {message.address}"
        return respond(self.session, message, self.library, None, TODAY, self.now, secret, self.terms)

    def say(self, person: Person, text: str, message_id: str = "") -> str:
        return self.hear(person.says(text, message_id or f"m{self._number}")).text

    def does(self, person: Person, event: Event, message_id: str = "") -> Reply:
        message_id = message_id or f"m{self._number}"
        return self.hear(Message(person.channel, person.address, "", message_id, event=event))
