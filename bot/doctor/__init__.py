"""The doctor: is everything as it should be, and if not, what is to be done.

A channel adds checks of its own to `CHECKS`; see `finding.py` for their shape.
"""

from collections.abc import Iterator, Sequence

from bot.doctor.finding import Check, Context, Finding, Level
from bot.doctor.law import check_calendar, check_knowledge, check_rounds
from bot.doctor.memory import check_database, check_outbox, check_staff
from bot.doctor.place import check_clock, check_files, check_outside, check_port, check_settings
from bot.doctor.platforms import check_telegram, check_wechat, check_wecom

CHECKS: tuple[Check, ...] = (
    check_settings,
    check_files,
    check_database,
    check_knowledge,
    check_calendar,
    check_rounds,
    check_staff,
    check_outbox,
    check_port,
    check_outside,
    check_clock,
    check_wechat,
    check_wecom,
    check_telegram,
)


def examine(context: Context, checks: Sequence[Check] = CHECKS) -> Iterator[Finding]:
    """Carry out the checks one after the other; one that breaks is a problem of its own and stops no other."""
    for check in checks:
        try:
            yield from check(context)
        except Exception as error:
            name = getattr(check, "__name__", "check").removeprefix("check_")
            yield Finding(name, Level.PROBLEM, f"The check broke: {type(error).__name__}.", "tell whoever wrote it")
