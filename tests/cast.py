"""Who is who in the tests, and when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from handlers.conversation import Message

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

GRANT = "焦作评上给多少钱？"
FOLLOW_UP = "那牌匾呢？"
WEATHER = "明天天气怎么样？"


@dataclass(frozen=True)
class Person:
    """Somebody on a channel."""

    name: str
    channel: str
    address: str

    def says(self, text: str, id: str = "1") -> Message:  # noqa: A002 - as the channels call it
        return Message(self.channel, self.address, text, id)


ZHANG = Person("张师傅", "web", "zhang")  # leads a studio
LI = Person("李干事", "web", "li")  # is staff
ZHAO = Person("赵主席", "web", "zhao")  # is admin
WANG = Person("王同志", "terminal", "wang")  # only asks
