"""An exception as it may stand in a log: what it is and where it came from, without a word of what it says.

The text of an exception is made by whoever raises it, and may hold what a person wrote, a name, an address or a
secret. Its type, the places it passed and the codes of the system and the database do not.
"""

import errno
import traceback
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

ROOT = Path(__file__).parents[1]
MOST_FRAMES = 40  # the innermost
MOST_CAUSES = 5


def describe(error: BaseException) -> dict[str, Any]:
    """Type, code and places of an exception, and those of what led to it.

    Returns:
        {"type", "code", "frames"} and "causes", a list of the same; frames are "file:line function", outermost first.
    """
    told = _alone(error)
    causes = [_alone(one) for one in _causes(error)]
    return {**told, "causes": causes} if causes else told


def lines(told: dict[str, Any]) -> list[str]:
    """The same as lines for a person."""
    shown = [" ".join(filter(None, (told["type"], told.get("code"))))]
    shown += [f"    {frame}" for frame in told["frames"]]
    for cause in told.get("causes", ()):
        shown += ["  because of", *(f"  {line}" for line in lines(cause))]
    return shown


def _alone(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    told: dict[str, Any] = {"type": name}
    if code := _code(error):
        told["code"] = code
    return {**told, "frames": [f"{place(one.filename)}:{one.lineno} {one.name}" for one in frames[-MOST_FRAMES:]]}


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting = [error]
    while waiting and len(found) < MOST_CAUSES:
        one = waiting.pop(0)
        hidden = None if one.__suppress_context__ else one.__context__
        inner = [*one.exceptions] if isinstance(one, BaseExceptionGroup) else []
        led = [cause for cause in (one.__cause__ or hidden, *inner) if cause and cause not in found]
        found += led
        waiting += led
    return found[:MOST_CAUSES]


def _code(error: BaseException) -> str | None:
    """The code that the system or the database gave, which is one of a known few."""
    if isinstance(error, DBAPIError):
        return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno)
    return None


def place(file: str) -> str:
    """A file as it is called in its package, whatever folder that is in."""
    path = Path(file)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(ROOT))
    parts = path.parts
    for folder in ("site-packages", "lib"):
        if folder in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(folder) :])
    return path.name
