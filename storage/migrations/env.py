"""What Alembic runs: on the program's own connection, or with `-x url=...` for writing a new revision."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from storage.database import TABLES
from storage.engine import open_engine, parse_url


def run(connection: Connection) -> None:
    """Carry out the revisions on this connection."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


assert TABLES  # noqa: S101 - importing them fills the metadata
given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.get_x_argument(as_dictionary=True)["url"]
    with open_engine(parse_url(url)).begin() as own:
        run(own)
