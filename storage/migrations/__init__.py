"""The history of the tables, carried out by Alembic."""

from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, text

from storage.engine import SchemaUnknown

_LOCK = 7_309_211  # any number, the same for every process of this program


class Stand(StrEnum):
    """The tables beside those of this release."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


def stand(engine: Engine) -> Stand:
    """How the tables stand; nothing is changed."""
    script = ScriptDirectory(str(Path(__file__).parent))
    with engine.connect() as connection:
        heads = set(MigrationContext.configure(connection).get_current_heads())
    if heads == set(script.get_heads()):
        return Stand.CURRENT
    known = {one.revision for one in script.walk_revisions()}
    return Stand.OLDER if heads <= known else Stand.NEWER


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date in one transaction, while other processes wait.

    Raises:
        SchemaUnknown: the database has a revision that this release does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise SchemaUnknown(str(error)) from error
