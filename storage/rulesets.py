"""The rules that self-checks began with, each version once, so that a check ends by the rules it began with."""

from functools import cache
from importlib import import_module

from sqlalchemy import Insert, Text, bindparam, select
from sqlmodel import Field, Session, SQLModel


class RuleSetRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "rule_set"

    version: str = Field(primary_key=True)
    text: str = Field(sa_type=Text)


_table = SQLModel.metadata.tables["rule_set"]
_FIND = select(_table.c.text).where(_table.c.version == bindparam("named"))


@cache
def _insertion(dialect: str) -> Insert:
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert
    statement: Insert = insert(_table).on_conflict_do_nothing()
    return statement


def keep(session: Session, version: str, text: str) -> None:
    """Keep a version, unless it is kept already."""
    connection = session.connection()
    connection.execute(_insertion(connection.dialect.name), {"version": version, "text": text})


def find(session: Session, version: str) -> str | None:
    """The rules of a version."""
    found: str | None = session.connection().execute(_FIND, {"named": version}).scalar_one_or_none()
    return found
