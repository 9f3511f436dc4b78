"""Running the web application with uvicorn."""

import socket
from collections.abc import Callable

import uvicorn

from bot.app import create_app
from bot.config import ConfigError, Settings
from bot.desk import letters_of, open_desk, planner_of

LONGEST_QUEUE = 512  # connections that wait to be accepted


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        settings: the settings in force.
        say: tells the operator where the page is.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    with _listen(settings.web.host, settings.web.port) as listener:
        desk = open_desk(settings)
        try:
            config = uvicorn.Config(
                create_app(desk, settings, planner=letters_of(planner_of(desk.library, settings))),
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
            say(f"Studio Steward: {_address(settings.web.host, settings.web.port)}  (Ctrl+C stops it)")
            uvicorn.Server(config).run([listener])
        except KeyboardInterrupt:
            say("")
        finally:
            desk.close()


def listen(host: str, port: int, family: int = socket.AF_INET) -> socket.socket:
    """A listening socket that is TCP by name: only of such does asyncio send what is short at once.

    On others each answer waits 40 ms for the other side's acknowledgement.

    Raises:
        OSError: the address cannot be listened on.
    """
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(LONGEST_QUEUE)
    except OSError:
        listener.close()
        raise
    return listener


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else so that a used port is told at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return listen(host, port, family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise ConfigError(f"[web] host, port: cannot listen on {host}:{port} ({reason})") from None


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"
