"""What a platform pushed, as one of ours: a message, something a person did, or nothing for us."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.tencent.envelope import Refused
from handlers.conversation import Event, Message

LONGEST_PART = 64  # characters of what makes an id
QUESTION = "q-"  # in front of the id of a question whose choice was pressed
COMING = ("subscribe", "scan")  # enter_agent comes each time somebody opens the app, so it is not answered
GOING = ("unsubscribe", "unsubscribed")
CHOSEN = ("click", "template_card_event")
AGREED = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
}
WORDLESS = ("image", "video", "shortvideo", "location", "link", "file")


@dataclass(frozen=True)
class Incoming:
    """A push of a platform.

    Args:
        message: what our desk is told; none where it is of no concern to it.
        sender: whose it is.
        receiver: whom it is addressed to, for the reply.
        at: the platform's time.
        event: the event's name in lower case; empty for messages.
        is_click: something was pressed, not written.
        fields: all fields.
    """

    message: Message | None
    sender: str
    receiver: str
    at: datetime
    event: str
    is_click: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Agreement:
    """That somebody agreed to get notices of a template.

    Args:
        number: how many; 0 for none from now on.
        id: names the event.
    """

    template: str
    number: int
    id: str


def read_agreements(incoming: Incoming) -> list[Agreement]:
    """What somebody agreed to in a subscription popup, or took back."""
    if incoming.event not in AGREED:
        return []
    outer = incoming.fields.get(AGREED[incoming.event])
    listed = outer.get("List") if isinstance(outer, dict) else None
    rows = [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, dict)]
    found = []
    for row in rows:
        template, status = row.get("TemplateId"), row.get("SubscribeStatusString")
        if isinstance(template, str) and status in ("accept", "reject"):
            mark = f"{incoming.event} {int(incoming.at.timestamp())}"
            is_taken_back = incoming.event == "subscribe_msg_change_event" or status == "reject"
            found.append(Agreement(template[:LONGEST_PART], 0 if is_taken_back else 1, mark))
    return found


def read_incoming(channel: str, fields: Mapping[str, Any]) -> Incoming:
    """One push out of its fields.

    Raises:
        Refused: it lacks what every push has.
    """
    whole, fields = fields, {name: value for name, value in fields.items() if isinstance(value, str)}
    sender, receiver = fields.get("FromUserName", ""), fields.get("ToUserName", "")
    kind, event = fields.get("MsgType", "").lower(), fields.get("Event", "").lower()
    try:
        at = datetime.fromtimestamp(int(fields["CreateTime"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        raise Refused(400, "form") from None
    if not (sender and receiver and kind) or len(sender) > LONGEST_PART:
        raise Refused(400, "form")
    menu = fields.get("bizmsgmenuid", "")
    message = _message(channel, sender, kind, event, fields)
    is_click = bool(menu) or event in (*CHOSEN, *COMING)
    return Incoming(message, sender, receiver, at, event if kind == "event" else "", is_click, whole)


def _message(channel: str, sender: str, kind: str, event: str, fields: Mapping[str, Any]) -> Message | None:
    said, done = _event(event, fields) if kind == "event" else _written(kind, fields)
    if not said and done is None:
        return None
    menu = fields.get("bizmsgmenuid", "")
    question = menu.removeprefix(QUESTION) if menu.startswith(QUESTION) else ""
    return Message(channel, sender, said, _id(channel, sender, fields), question[:LONGEST_PART], done)


def _written(kind: str, fields: Mapping[str, Any]) -> tuple[str, Event | None]:
    if kind == "text":
        return fields.get("Content", "").strip() or " ", None
    if kind == "voice":
        heard = fields.get("Recognition", "").strip()
        return heard, None if heard else Event.WORDLESS
    return "", Event.WORDLESS if kind in WORDLESS else None


def _event(event: str, fields: Mapping[str, Any]) -> tuple[str, Event | None]:
    if event in COMING:
        return "", Event.ARRIVED
    if event in GOING:
        return "", Event.LEFT
    return (fields.get("EventKey", "").strip(), None) if event in CHOSEN else ("", None)


def _id(channel: str, sender: str, fields: Mapping[str, Any]) -> str:
    """The platform's id of the message; of an event, what tells it from others. Three deliveries have the same."""
    if fields.get("MsgId"):
        return f"{channel}-{fields['MsgId'][:LONGEST_PART]}"
    parts = (sender, *(fields.get(name, "") for name in ("CreateTime", "Event", "EventKey", "TaskId")))
    return f"{channel}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"
