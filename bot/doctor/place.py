"""Checks of where the program stands: settings, files, disk, port, clock, the address outside."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from bot.config import PATH_VARIABLE, ConfigError, read_settings, secrets_of
from bot.doctor.finding import Context, Finding, Level
from bot.server import take_port

LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 256 * 1024**2  # bytes
MOST_SKEW = timedelta(seconds=60)
OTHERS = 0o007  # the rights of who is neither the owner nor of its group
LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def check_settings(context: Context) -> Iterator[Finding]:
    """Where the settings come from, and who else can read the secrets in them."""
    source = context.settings.source
    if source is None:
        yield Finding("settings", Level.OK, "There is no config.toml; every default holds.")
        return
    in_file = secrets_of(read_settings({PATH_VARIABLE: str(source)}))
    if in_file and _is_open(source):
        says = f"{source} holds a secret and can be read by others."
        yield Finding("settings", Level.WARNING, says, f"chmod o= {source}, or put the secret into the environment")
    else:
        yield Finding("settings", Level.OK, f"{source} is understood.")


def check_files(context: Context) -> Iterator[Finding]:
    """Who else can read the conversations, and how much room is left for them."""
    file = context.file
    if file is None:
        yield Finding("disk", Level.OK, "A server keeps the database; its disk is looked after there.")
        return
    if file.exists() and _is_open(file):
        yield Finding("files", Level.WARNING, f"{file} can be read by others.", f"chmod o= {file}*")
    folder = next((one for one in file.absolute().parents if one.exists()), Path("/"))
    yield _space(folder, shutil.disk_usage(folder).free)


def _space(folder: Path, free: int) -> Finding:
    says = f"{free / 1024**3:.1f} GiB are free at {folder}."
    if free >= LITTLE_SPACE:
        return Finding("disk", Level.OK, says)
    level = Level.WARNING if free >= NO_SPACE else Level.PROBLEM
    return Finding("disk", level, says, "make room: old copies and logs first")


def check_port(context: Context) -> Iterator[Finding]:
    """Whether the port is ours or free."""
    web = context.settings.web
    if _is_ours(context, _here(context)):
        yield Finding("port", Level.OK, f"The program runs at {_here(context)}.")
        return
    try:
        take_port(web.host, web.port).close()
    except ConfigError as error:
        do = "stop the other program, or set another [web] port, in the web server before it too"
        yield Finding("port", Level.PROBLEM, f"Not ours and not free: {error}.", do)
    else:
        do = "steward serve, or systemctl start steward"
        yield Finding("port", Level.OK, f"The program does not run; port {web.port} is free.", do)


def check_outside(context: Context) -> Iterator[Finding]:
    """Whether people and platforms reach the pages."""
    url = context.settings.web.public_url
    if not url:
        yield Finding("outside", Level.OK, "No [web] public_url is set; no message has a link.")
        return
    if url.startswith("http://") and not url.startswith(LOCAL):
        yield Finding("outside", Level.WARNING, f"{url} is not HTTPS: what people write passes openly.", "use https://")
    response = context.get(f"{url}/healthz")
    if response is None:
        do = "look at the name, the certificate, the firewall and the web server; or this machine has no way out"
        yield Finding("outside", Level.WARNING, f"{url} cannot be reached from here.", do)
    elif not _is_ours(context, url):
        says = f"{url}/healthz answers with {response.status_code}, and not as this program does."
        yield Finding("outside", Level.PROBLEM, says, "look at proxy_pass and server_name in the web server")
    else:
        yield Finding("outside", Level.OK, f"{url} leads to the program.")


def check_clock(context: Context) -> Iterator[Finding]:
    """Whether the clock is right: signatures, due days and links that end depend on it."""
    url = context.settings.web.public_url
    response = context.get(f"{url}/healthz") if url else None
    yield compare_clock(context, url, response.headers.get("date", "") if response else "")


def compare_clock(context: Context, other: str, date: str) -> Finding:
    """Our clock beside another machine's.

    Args:
        context: has ours.
        other: the address of the other, better a platform's than our own.
        date: its Date header; empty where it could not be asked.
    """
    theirs = _read_date(date)
    if theirs is None:
        return Finding("clock", Level.OK, "The clock was compared with none: no other machine could be asked.")
    skew = context.now - theirs
    if abs(skew) <= MOST_SKEW:
        return Finding("clock", Level.OK, f"The clock agrees with that of {other}.")
    says = f"The clock is {abs(skew.total_seconds()):.0f} s {'ahead of' if skew > timedelta() else 'behind'} {other}."
    return Finding("clock", Level.PROBLEM, says, "timedatectl set-ntp true")


def _read_date(written: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(written)
    except ValueError:
        return None
    return read if read.tzinfo else None


def _is_open(file: Path) -> bool:
    return bool(file.stat().st_mode & OTHERS)


def _here(context: Context) -> str:
    web = context.settings.web
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)  # noqa: S104 - as it is written in settings
    return f"http://{f'[{host}]' if ':' in host else host}:{web.port}"


def _is_ours(context: Context, url: str) -> bool:
    response = context.get(f"{url}/healthz")
    return response is not None and response.status_code == 200 and response.text.strip() == '{"status":"ok"}'
