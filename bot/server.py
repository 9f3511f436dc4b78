"""Running the web application with uvicorn."""

import logging
import signal
import socket
from collections.abc import Callable

import uvicorn

from bot.app import create_app
from bot.config import ConfigError
from bot.figures import Figures
from bot.log import Logbook, configure
from bot.observer import Several
from bot.opening import letters_of, open_desk, planner_of
from bot.settings import Settings

LONGEST_QUEUE = 512  # connections that wait to be accepted
SECONDS_TO_ANSWER = 5  # what is under way when the program is to stop
QUIET = {"log_config": None, "access_log": False, "server_header": False}  # its log would hold addresses

log = logging.getLogger(__name__)


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until interrupted or told to end; what was begun is finished first.

    Args:
        settings: the settings in force.
        say: tells the operator where the page is.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    configure(settings)
    signal.signal(signal.SIGTERM, _leave)
    with take_port(settings.web.host, settings.web.port) as listener:
        figures = Figures() if settings.watch.metrics else None
        observer = Several(Logbook(), *([figures] if figures else []))
        desk = open_desk(settings, observer=observer)
        try:
            letters = letters_of(planner_of(desk.library, settings))
            app = create_app(desk, settings, planner=letters, observer=observer, figures=figures)
            config = uvicorn.Config(app, timeout_graceful_shutdown=SECONDS_TO_ANSWER, **QUIET)  # type: ignore[arg-type]
            _greet(settings, say)
            uvicorn.Server(config).run([listener])
        except KeyboardInterrupt:
            _part(settings, say)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what was taken is committed, however often it is asked
            desk.close()
            log.info("stopped")


def _leave(_signal: int, _frame: object) -> None:
    """End by unwinding, with status 0. While uvicorn runs it has the signal, and gives it back when it has ended."""
    raise SystemExit(0)


def _greet(settings: Settings, say: Callable[[str], None]) -> None:
    address = _address(settings.web.host, settings.web.port)
    if settings.log.format == "json":
        log.info("serving", extra={"address": address})
    else:
        say(f"Studio Steward: {address}  (Ctrl+C stops it)")


def _part(settings: Settings, say: Callable[[str], None]) -> None:
    if settings.log.format != "json":
        say("")


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


def take_port(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else so that a used port is told at once.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return listen(host, port, family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise ConfigError(f"[web] host, port: cannot listen on {host}:{port} ({reason})") from None


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"
