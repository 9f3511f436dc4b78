"""The platforms that the settings name: each with its channel, its pace, and what it leaves behind at the end."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from bot import settings as sections
from bot.config import ConfigError
from bot.delivery import Lane
from bot.desk import Desk
from bot.ledgers import PassLedger, ReachLedger
from bot.pace import Pace
from bot.settings import Settings

if TYPE_CHECKING:  # the library of each platform is loaded only where it is configured
    from bot.channels.wechat import Notice
    from bot.tencent.calls import Platform

WECHAT, WECOM, TELEGRAM = "wechat", "wecom", "telegram"
WECHAT_PACE = Pace(per_second=20, burst=20, at_once=8, timeout=40)  # a token may have to be renewed on the way
TELEGRAM_PACE = Pace(timeout=40)  # longer than its own bounds, which tell more of what went wrong
WECOM_PACE = Pace(per_second=15, burst=15, at_once=8, timeout=40, shuns=frozenset({0, 30}))


@dataclass(frozen=True)
class Outlet:
    """A platform joined to the desk.

    Args:
        lane: the way out.
        routes: the ways in.
        working: what is open while the program works.
    """

    lane: Lane
    routes: Sequence[BaseRoute]
    working: Callable[[], AbstractAsyncContextManager[None]]


def outlets(desk: Desk, settings: Settings, on_refusal: Callable[[str, str], None]) -> list[Outlet]:
    """The platforms that are configured.

    Args:
        desk: answers.
        settings: the settings in force.
        on_refusal: told the channel and the reason of a refused callback.

    Raises:
        ConfigError: one is configured in part only.
    """
    found = []
    if settings.wechat.app_id:
        found.append(_wechat(desk, settings, on_refusal))
    if settings.wecom.corp_id:
        found.append(_wecom(desk, settings, on_refusal))
    if settings.telegram.token:
        found.append(_telegram(desk, settings))
    return found


def wechat_platform(desk: Desk, given: sections.WeChat) -> "Platform | None":
    """Calls to WeChat; none where the account has no secret."""
    from bot.tencent.calls import official_account

    if not given.secret:
        return None
    return official_account(given.app_id, given.secret, PassLedger(desk, f"wechat {given.app_id}"), given.api_url)


def wecom_platform(desk: Desk, given: sections.WeCom) -> "Platform | None":
    """Calls to WeCom; none where the app has no secret."""
    from bot.tencent.calls import company

    if not given.secret:
        return None
    name = f"wecom {given.corp_id} {given.agent_id}"
    return company(given.corp_id, given.secret, PassLedger(desk, name), given.api_url)


def _wechat(desk: Desk, settings: Settings, on_refusal: Callable[[str, str], None]) -> Outlet:
    from bot.channels.wechat import WeChat
    from bot.tencent.envelope import Envelope

    given = settings.wechat
    demand_wechat(given)
    platform = wechat_platform(desk, given)
    channel = WeChat(
        desk,
        Envelope(given.token, given.aes_key, given.app_id, desk.moment),
        given.mode,
        ReachLedger(desk, WECHAT),
        platform,
        _notice("template", given.template, given.template_fields),
        _notice("notice", given.notice, given.notice_fields),
        settings.web.public_url,
        given.menu_links,
        on_refusal,
    )
    return Outlet(Lane(channel, WECHAT_PACE), channel.routes(), lambda: _open(platform))


def _wecom(desk: Desk, settings: Settings, on_refusal: Callable[[str, str], None]) -> Outlet:
    from bot.channels.wecom import WeCom
    from bot.tencent.envelope import Envelope

    given = settings.wecom
    demand_wecom(given)
    platform = wecom_platform(desk, given)
    envelope = Envelope(given.token, given.aes_key, given.corp_id, desk.moment)
    channel = WeCom(desk, envelope, given.agent_id, platform, settings.web.public_url, on_refusal)
    return Outlet(Lane(channel, WECOM_PACE), channel.routes(), lambda: _open(platform))


def _telegram(desk: Desk, settings: Settings) -> Outlet:
    from bot.channels.telegram import Telegram

    channel = Telegram(desk, settings)
    return Outlet(Lane(channel, TELEGRAM_PACE), channel.routes(), channel.working)


@asynccontextmanager
async def _open(platform: "Platform | None") -> AsyncIterator[None]:
    """Calls may be made while inside."""
    try:
        yield
    finally:
        if platform:
            platform.close()


def demand_wechat(given: sections.WeChat) -> None:
    """Look whether the section [wechat] is whole.

    Raises:
        ConfigError: it is not.
    """
    _demand(WECHAT, token=given.token, aes_key=given.aes_key or given.mode == "plain")
    _notice("template", given.template, given.template_fields)
    _notice("notice", given.notice, given.notice_fields)


def demand_wecom(given: sections.WeCom) -> None:
    """Look whether the section [wecom] is whole.

    Raises:
        ConfigError: it is not.
    """
    _demand(WECOM, token=given.token, aes_key=given.aes_key, agent_id=given.agent_id)


def _demand(section: str, **needed: object) -> None:
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise ConfigError(f"[{section}] {', '.join(missing)}: must be set; without it anybody could speak as anybody")


def _notice(name: str, template: str, fields: str) -> "Notice | None":
    from bot.channels.wechat import Notice

    if bool(template) != bool(fields):
        raise ConfigError(f"[wechat] {name}, {name}_fields: one does nothing without the other")
    pairs = (one.strip().split("=") for one in fields.split(",") if one.strip())
    return Notice(template, dict(pairs)) if template else None
