"""The history of the tables, carried out by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, text

from storage.engine import SchemaUnknown

_LOCK = 7_309_211  # any number, the same for every process of this program


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
