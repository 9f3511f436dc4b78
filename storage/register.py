"""The register (台账): a row for every studio. Each query takes the scope of whoever looks."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Row, String, Text, bindparam, func, or_, select, update
from sqlmodel import Field, Session, SQLModel

from knowledge.vocabulary import Standing
from storage.columns import Instant
from storage.inserts import insert_or_leave
from storage.scope import OutOfScope, Scope, inside, values

MOST_WORDS = 4  # of one search
_ALL_AT_ONCE = 1_000  # rows read together on a walk


class StudioRecord(SQLModel, table=True):
    """The table.

    `key` is what makes a studio the same: programme, name and unit, however they are spaced; `hay` is what words are
    looked for in.
    """

    __tablename__ = "studio"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    hay: str = Field(sa_type=Text)
    programme: str = Field(index=True)
    name: str
    unit: str
    level: str
    kind: str
    union_in_charge: str
    leader: str
    members: int | None
    site_area: float | None
    conferred_on: date | None
    standing: str
    first_contact: int | None = Field(default=None, foreign_key="staff.id", ondelete="SET NULL")
    second_contact: int | None = Field(default=None, foreign_key="staff.id", ondelete="SET NULL")
    notes: str = Field(sa_type=Text)
    added_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class Studio:
    """A studio in the register.

    Args:
        programme: which document governs it.
        level: at which level it was named (市级).
        kind: what it works on, as its unit calls it.
        union_in_charge: the union above its unit.
        members: how many people.
        site_area: square metres.
        first_contact: the number of the staff who looks after it.
        second_contact: who is told when the first does not react.
        id: its number in the register; 0 for one that is not in it yet.
    """

    programme: str
    name: str
    unit: str
    level: str = ""
    kind: str = ""
    union_in_charge: str = ""
    leader: str = ""
    members: int | None = None
    site_area: float | None = None
    conferred_on: date | None = None
    standing: Standing = Standing.GOOD
    first_contact: int | None = None
    second_contact: int | None = None
    notes: str = ""
    id: int = 0

    @property
    def key(self) -> str:
        """What makes it the same studio."""
        return "\n".join((self.programme, fold(self.name), fold(self.unit)))

    @property
    def hay(self) -> str:
        """What words are looked for in."""
        return "\n".join(map(fold, (self.name, self.unit, self.union_in_charge, self.leader)))


@dataclass(frozen=True)
class Search:
    """What is looked for; what is empty does not matter.

    Args:
        words: each must stand in name, unit, union or leader.
    """

    programme: str = ""
    standing: str = ""
    words: tuple[str, ...] = ()


_table = SQLModel.metadata.tables["studio"]
_COLUMNS = tuple(_table.c[one.name] for one in fields(Studio))
_mine = inside(_table)


def _optional(column: Any, name: str) -> Any:
    given = bindparam(name, type_=String)
    return or_(given == "", column == given)


_FIND = select(*_COLUMNS).where(_table.c.id == bindparam("number", type_=Integer), _mine)
_BY_KEY = select(*_COLUMNS).where(_table.c.key == bindparam("which", type_=String), _mine)
_matches = (
    _mine,
    _optional(_table.c.programme, "programme"),
    _optional(_table.c.standing, "standing"),
    *(
        or_(
            bindparam(f"word{at}", type_=String) == "",
            _table.c.hay.like(bindparam(f"like{at}", type_=String), escape="\\"),
        )
        for at in range(MOST_WORDS)
    ),
)
_SEARCH = (
    select(*_COLUMNS)
    .where(*_matches, _table.c.id > bindparam("after", type_=Integer))
    .order_by(_table.c.id)
    .limit(bindparam("most", type_=Integer))
)
_COUNT = select(func.count()).select_from(_table).where(*_matches)
_NUMBERS = (
    select(_table.c.programme, _table.c.standing, func.count().label("number"))
    .where(_mine)
    .group_by(_table.c.programme, _table.c.standing)
    .order_by(_table.c.programme, _table.c.standing)
)
_CHANGE = (
    update(_table)
    .where(_table.c.id == bindparam("number", type_=Integer), _mine)
    .values(
        key=bindparam("new_key"),
        hay=bindparam("new_hay"),
        changed_at=bindparam("now"),
        **{one.name: bindparam(f"new_{one.name}") for one in _COLUMNS if one.name != "id"},
    )
)
_TAKEN = select(_table.c.id).where(
    _table.c.key == bindparam("which", type_=String), _table.c.id != bindparam("number", type_=Integer)
)


_LET_GO = tuple(
    update(_table).where(column == bindparam("staff", type_=Integer)).values({column.name: None})
    for column in (_table.c.first_contact, _table.c.second_contact)
)


def fold(text: str) -> str:
    """A name without what does not tell names apart: spaces, width, case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def add(session: Session, scope: Scope, studio: Studio, now: datetime) -> Studio | None:
    """Enter a studio; none if it is in the register already.

    Raises:
        OutOfScope: it would lie where the one who enters it may not see it.
    """
    _must_cover(scope, (studio,))
    connection = session.connection()
    statement = insert_or_leave(_table, connection.dialect.name).returning(_table.c.id)
    number = connection.execute(statement, _row(studio, now)).scalar_one_or_none()
    return None if number is None else replace(studio, id=number)


def add_all(session: Session, scope: Scope, studios: Sequence[Studio], now: datetime) -> None:
    """Enter many studios, none of which may be in the register.

    Raises:
        OutOfScope: one would lie where the one who enters it may not see it.
    """
    _must_cover(scope, studios)
    if studios:
        session.connection().execute(_table.insert(), [_row(one, now) for one in studios])


def find(session: Session, scope: Scope, number: int) -> Studio | None:
    """The studio with this number, if it lies in the scope."""
    row = session.connection().execute(_FIND, {"number": number, **values(scope)}).one_or_none()
    return _read(row) if row else None


def find_same(session: Session, scope: Scope, studio: Studio) -> Studio | None:
    """The studio of the same programme, name and unit, if it lies in the scope."""
    row = session.connection().execute(_BY_KEY, {"which": studio.key, **values(scope)}).one_or_none()
    return _read(row) if row else None


def search(session: Session, scope: Scope, wanted: Search, after: int = 0, most: int = 100) -> list[Studio]:
    """The studios that are looked for, by number, those after one number."""
    given = {"after": after, "most": most, **_bound(wanted), **values(scope)}
    return [_read(row) for row in session.connection().execute(_SEARCH, given).all()]


def count(session: Session, scope: Scope, wanted: Search) -> int:
    """How many studios are looked for."""
    return session.connection().execute(_COUNT, {**_bound(wanted), **values(scope)}).scalar_one()


def walk(session: Session, scope: Scope) -> Iterator[Studio]:
    """Every studio of the scope, by number."""
    after = 0
    while rows := search(session, scope, Search(), after, _ALL_AT_ONCE):
        yield from rows
        after = rows[-1].id


def numbers(session: Session, scope: Scope) -> list[tuple[str, Standing, int]]:
    """How many studios of each programme stand how."""
    rows = session.connection().execute(_NUMBERS, values(scope)).all()
    return [(row.programme, Standing(row.standing), row.number) for row in rows]


def is_taken(session: Session, studio: Studio) -> bool:
    """Whether another studio, in whatever scope, has the same programme, name and unit."""
    given = {"which": studio.key, "number": studio.id}
    return session.connection().execute(_TAKEN, given).first() is not None


def change(session: Session, scope: Scope, studio: Studio, now: datetime) -> bool:
    """Put a studio in the place of the one with its number; false if that does not lie in the scope.

    Raises:
        OutOfScope: it would leave what the one who changes it may see.
    """
    return change_all(session, scope, (studio,), now) == 1


def change_all(session: Session, scope: Scope, studios: Sequence[Studio], now: datetime) -> int:
    """Put studios in the place of those with their numbers; returns how many lay in the scope.

    Raises:
        OutOfScope: one would leave what the one who changes it may see.
    """
    _must_cover(scope, studios)
    given = [{"number": one.id, "now": now, **values(scope), **_new_values(one)} for one in studios]
    return session.connection().execute(_CHANGE, given).rowcount if given else 0


def let_go(session: Session, staff_id: int) -> int:
    """Take somebody from all studios, whatever the scope; returns from how many as first or second contact."""
    return sum(session.connection().execute(one, {"staff": staff_id}).rowcount for one in _LET_GO)


def _must_cover(scope: Scope, studios: Iterable[Studio]) -> None:
    if not all(scope.covers(one) for one in studios):
        raise OutOfScope


def _bound(wanted: Search) -> Mapping[str, str]:
    words = [fold(one) for one in wanted.words][:MOST_WORDS]
    words += [""] * (MOST_WORDS - len(words))
    given = {"programme": wanted.programme, "standing": wanted.standing}
    given |= {f"word{at}": word for at, word in enumerate(words)}
    return given | {f"like{at}": f"%{_literal(word)}%" for at, word in enumerate(words)}


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _kept(studio: Studio) -> dict[str, Any]:
    row = {one.name: getattr(studio, one.name) for one in fields(studio) if one.name != "id"}
    return {**row, "key": studio.key, "hay": studio.hay}


def _row(studio: Studio, now: datetime) -> dict[str, Any]:
    return {**_kept(studio), "added_at": now, "changed_at": now}


def _new_values(studio: Studio) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in _kept(studio).items()}


def _read(row: Row[Any]) -> Studio:
    found = row._asdict()
    return Studio(**{**found, "standing": Standing(found["standing"])})
