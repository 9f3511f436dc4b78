"""Inserts that let an existing row be; both databases write them alike, each in its own module."""

from functools import cache
from importlib import import_module

from sqlalchemy import Insert, Table


@cache
def insert_or_leave(table: Table, dialect: str) -> Insert:
    """An insert that does nothing where a unique key is taken."""
    statement: Insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(table).on_conflict_do_nothing()
    return statement
