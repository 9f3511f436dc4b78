"""A copy of the database while the program runs, looked through before it is called a copy."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engine import parse_url

PAGES_AT_ONCE = 1_000  # so that the running program can write in between


class BackupFailed(Exception):
    """There is no copy; the message says why."""


def back_up(url: str, file: Path) -> int:
    """Copy a SQLite database into a file, which is there whole or not at all.

    Args:
        url: the database.
        file: the copy; it must not be there yet.

    Returns:
        The size of the copy in bytes.

    Raises:
        BackupFailed: it is another kind of database, the file is there, or the copy is not sound.
    """
    address = parse_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise BackupFailed("only a SQLite file is copied; for PostgreSQL use pg_dump")
    if not Path(address.database).exists():
        raise BackupFailed(f"there is no {address.database}")
    if file.exists():
        raise BackupFailed(f"{file} is there already")
    part = file.with_name(file.name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.touch(mode=0o600)
        _copy(address.database, part)
        part.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def _copy(database: str, part: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy, pages=PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it
        found = [row[0] for row in copy.execute("PRAGMA integrity_check")]
        found += [f"{row[0]}: a row without its owner" for row in copy.execute("PRAGMA foreign_key_check")]
    if found != ["ok"]:
        raise BackupFailed(f"the copy is not sound: {found[0]}")
