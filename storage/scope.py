"""Scope: which studios somebody may see and change. Every query on them takes one, so none can forget it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Boolean, ColumnElement, FromClause, String, and_, bindparam, or_


class OutOfScope(Exception):
    """A studio was to be put where the one who acts may not see it."""


class Placed(Protocol):
    """What decides whether a studio lies in a scope."""

    @property
    def programme(self) -> str:
        """The programme it is of."""

    @property
    def unit(self) -> str:
        """The unit it belongs to."""

    @property
    def union_in_charge(self) -> str:
        """The union above that unit."""


@dataclass(frozen=True)
class Scope:
    """A part of the register; one that says nothing contains nothing.

    Args:
        programme: only studios of this programme.
        body: only those with this union in charge, or of this unit; all of the programme if empty.
        is_everything: the whole register.
    """

    programme: str = ""
    body: str = ""
    is_everything: bool = False

    def covers(self, studio: Placed) -> bool:
        """Whether a studio lies in it."""
        is_near = not self.body or self.body in (studio.union_in_charge, studio.unit)
        return self.is_everything or (bool(self.programme) and studio.programme == self.programme and is_near)


EVERYTHING = Scope(is_everything=True)


def inside(table: FromClause) -> ColumnElement[bool]:
    """The condition that a row of studios lies in the scope whose `values` are bound."""
    body = bindparam("scope_body", type_=String)
    return or_(
        bindparam("scope_everything", type_=Boolean),
        and_(
            table.c.programme == bindparam("scope_programme", type_=String),
            table.c.programme != "",
            or_(body == "", table.c.union_in_charge == body, table.c.unit == body),
        ),
    )


def values(scope: Scope) -> Mapping[str, str | bool]:
    """What `inside` needs."""
    return {
        "scope_everything": scope.is_everything,
        "scope_programme": scope.programme,
        "scope_body": scope.body,
    }
