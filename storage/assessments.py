"""Assessments: the result of each year, and which studios failed year after year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, UniqueConstraint, bindparam, insert, select, update
from sqlmodel import Field, Session, SQLModel

from knowledge.vocabulary import Grade
from storage.columns import Instant
from storage.register import Studio
from storage.scope import Scope, inside, values


class AssessmentRecord(SQLModel, table=True):
    """The table."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("studio_id", "year"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    studio_id: int = Field(foreign_key="studio.id", ondelete="CASCADE")
    year: int
    grade: str
    noted_by: int | None = Field(default=None, foreign_key="staff.id", ondelete="SET NULL")
    noted_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class Assessment:
    """The result of one year."""

    year: int
    grade: Grade


_table = SQLModel.metadata.tables["assessment"]
_studio = SQLModel.metadata.tables["studio"]
_here = _table.c.studio_id == bindparam("studio")
_INSERT = insert(_table)
_CHANGE = (
    update(_table)
    .where(_here, _table.c.year == bindparam("of"))
    .values(grade=bindparam("new"), noted_by=bindparam("by"), noted_at=bindparam("now"))
)
_ALL = select(_table.c.year, _table.c.grade).where(_here).order_by(_table.c.year)
_FAILED = (
    select(_table.c.studio_id, _table.c.year)
    .join(_studio, _studio.c.id == _table.c.studio_id)
    .where(_table.c.grade == Grade.FAILED, _table.c.year > bindparam("since", type_=Integer), inside(_studio))
    .order_by(_table.c.studio_id, _table.c.year)
)


def keep(session: Session, studio: Studio, result: Assessment, noted_by: int | None, now: datetime) -> Grade | None:
    """Note the result of a year; the grade that stood there before, if any, is given back."""
    before = next((one.grade for one in of(session, studio) if one.year == result.year), None)
    connection = session.connection()
    if before is None:
        row = {"studio_id": studio.id, "year": result.year, "grade": result.grade, "noted_by": noted_by}
        connection.execute(_INSERT, {**row, "noted_at": now})
    elif before is not result.grade:
        given = {"studio": studio.id, "of": result.year, "new": result.grade, "by": noted_by, "now": now}
        connection.execute(_CHANGE, given)
    return before


def of(session: Session, studio: Studio) -> list[Assessment]:
    """All results of a studio, oldest first."""
    rows = session.connection().execute(_ALL, {"studio": studio.id}).all()
    return [Assessment(row.year, Grade(row.grade)) for row in rows]


def failed_in_row(results: list[Assessment]) -> tuple[int, ...]:
    """The failed years that follow one another without a gap up to the last result; a year not noted ends them."""
    years: list[int] = []
    for one in sorted(results, key=lambda one: one.year, reverse=True):
        if one.grade is not Grade.FAILED or (years and one.year != years[0] - 1):
            break
        years.insert(0, one.year)
    return tuple(years)


def failed_years(session: Session, scope: Scope, since: int) -> Mapping[int, tuple[int, ...]]:
    """The failed years after one year, by the number of the studio, within a scope."""
    found: dict[int, tuple[int, ...]] = {}
    for row in session.connection().execute(_FAILED, {"since": since, **values(scope)}).all():
        found[row.studio_id] = (*found.get(row.studio_id, ()), row.year)
    return found
