"""The real program in a process of its own: `serve` on a free loopback port with a database that nobody else uses."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 30


class Server:
    """`python -m bot serve`; stopped and started again it keeps its port and its database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        storage = f'[storage]\nurl = "sqlite:///{folder / "steward.db"}"\n'
        web = f"[web]\nport = {self._port}\nmessages_a_minute = 600\n"
        (folder / "config.toml").write_text(storage + web, encoding="utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("STEWARD_")}
        environment["STEWARD_CONFIG"] = str(self._folder / "config.toml")
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "bot", "serve"]
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self._wait()

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    @property
    def _log(self) -> Path:
        return self._folder / "server.log"

    def _wait(self) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        said = self._log.read_text(encoding="utf-8", errors="replace")
        self.stop()
        raise RuntimeError(f"`steward serve` did not answer within {SECONDS_TO_START} s; it said:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
