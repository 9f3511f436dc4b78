"""Staff: who looks after which studios, and the one-time codes that let them in."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import scrypt
from typing import Any

from sqlalchemy import Index, Row, bindparam, insert, select, update
from sqlmodel import Field, Session, SQLModel

from knowledge.vocabulary import Role
from storage.columns import Instant
from storage.contacts import Contact
from storage.scope import Scope

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look alike
CODE_LENGTH = 8
_PEPPER = b"studio-steward invitation"  # the work is in scrypt: a stolen table does not give the codes away soon

_CODE_IN_TEXT = re.compile(
    r"(?P<word>邀请码\D{0,4}?)[\dA-Za-z０-９Ａ-Ｚａ-ｚ]{4}[ \-—–_－]*[\dA-Za-z０-９Ａ-Ｚａ-ｚ]{4}"
    r"|(?<![\w-])(?=[\d-]*[A-Za-z])[\dA-Za-z]{4}[-—–_－][\dA-Za-z]{4}(?![\w-])",
    re.ASCII,
)


class StaffRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "staff"
    __table_args__ = (Index("ix_staff_contact_id", "contact_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    programme: str
    body: str
    is_everything: bool
    code_digest: str = Field(unique=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="SET NULL")
    invited_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    bound_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True)
class Staff:
    """Somebody who looks after studios, or who was invited to.

    Args:
        name: what colleagues call this person; unique among those not revoked.
        scope: the studios this person sees.
        contact_id: the contact that used the code; none before, and none after that contact was deleted.
        expires_at: until when the code could be used.
        bound_at: when it was used.
    """

    id: int
    name: str
    role: Role
    scope: Scope
    contact_id: int | None
    invited_at: datetime
    expires_at: datetime
    bound_at: datetime | None
    revoked_at: datetime | None

    def is_active(self) -> bool:
        """Whether this person can act."""
        return self.contact_id is not None and self.revoked_at is None


_table = SQLModel.metadata.tables["staff"]
_COLUMNS = tuple(column for column in _table.c if column.name != "code_digest")
_is_current = _table.c.revoked_at.is_(None)
_INVITE = insert(_table).returning(_table.c.id)
_OF_CONTACT = select(*_COLUMNS).where(_table.c.contact_id == bindparam("contact"), _is_current)
_USE = (
    update(_table)
    .where(
        _table.c.code_digest == bindparam("digest"),
        _table.c.bound_at.is_(None),
        _table.c.expires_at > bindparam("now"),
        _is_current,
    )
    .values(contact_id=bindparam("contact"), bound_at=bindparam("now"))
)
_ALL = select(*_COLUMNS).order_by(_table.c.id)
_REVOKE = update(_table).where(_table.c.id == bindparam("which"), _is_current).values(revoked_at=bindparam("now"))


def show_code(code: str) -> str:
    """A code as people read it: XXXX-XXXX."""
    return f"{code[:4]}-{code[4:]}"


def read_code(typed: str) -> str:
    """A code out of what was typed, whatever its width, case and hyphens; empty if it has not the form of one."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(one for one in plain if one not in " -—–_")
    return code if len(code) == CODE_LENGTH and set(code) <= set(SIGNS) else ""


def hide_codes(text: str) -> str:
    """A text with what may be a code struck out; messages are kept, codes are not."""
    return _CODE_IN_TEXT.sub(lambda hit: (hit["word"] or "") + "…", text)


def digest(code: str) -> str:
    """What is kept of a code."""
    return scrypt(code.encode(), salt=_PEPPER, n=2**14, r=8, p=1).hex()


def invite(
    session: Session, code: str, name: str, role: Role, scope: Scope, now: datetime, expires_at: datetime
) -> Staff:
    """Keep an invitation; of the code only a digest."""
    row = {
        "name": name,
        "role": role,
        "programme": scope.programme,
        "body": scope.body,
        "is_everything": scope.is_everything,
        "code_digest": digest(code),
        "invited_at": now,
        "expires_at": expires_at,
    }
    number = session.connection().execute(_INVITE, row).scalar_one()
    return Staff(number, name, role, scope, None, now, expires_at, None, None)


def use_code(session: Session, code: str, contact: Contact, now: datetime) -> bool:
    """Bind the contact that uses the code first; false if it is unknown, used, too old or revoked."""
    values = {"digest": digest(code), "contact": contact.id, "now": now}
    return session.connection().execute(_USE, values).rowcount > 0


def of_contact(session: Session, contact: Contact) -> Staff | None:
    """Who this contact is, if it is staff now."""
    row = session.connection().execute(_OF_CONTACT, {"contact": contact.id}).first()
    return _read(row) if row else None


def everybody(session: Session) -> list[Staff]:
    """All that were ever invited, oldest first."""
    return [_read(row) for row in session.connection().execute(_ALL).all()]


def current(session: Session) -> list[Staff]:
    """Those not revoked, invited ones too, oldest first."""
    return [one for one in everybody(session) if one.revoked_at is None]


def by_name(session: Session, name: str) -> Staff | None:
    """The one of this name that is not revoked."""
    return next((one for one in current(session) if one.name == name), None)


def names(session: Session) -> dict[int, str]:
    """What everybody is called, by number."""
    return {one.id: one.name for one in everybody(session)}


def revoke(session: Session, which: int, now: datetime) -> bool:
    """End what somebody may see, or a code that nobody used; false if there is none to end."""
    return session.connection().execute(_REVOKE, {"which": which, "now": now}).rowcount > 0


def _read(row: Row[Any]) -> Staff:
    scope = Scope(row.programme, row.body, row.is_everything)
    times = (row.invited_at, row.expires_at, row.bound_at, row.revoked_at)
    return Staff(row.id, row.name, Role(row.role), scope, row.contact_id, *times)
