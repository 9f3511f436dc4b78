"""The platforms that the settings name: each with its channel, its pace, and what it leaves behind at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from bot import config
from bot.channels.wechat import Notice, WeChat
from bot.channels.wecom import WeCom
from bot.config import ConfigError, Settings
from bot.delivery import Lane
from bot.desk import Desk
from bot.ledgers import PassLedger, ReachLedger
from bot.pace import Pace
from bot.tencent.calls import Platform, company, official_account
from bot.tencent.envelope import Envelope

WECHAT, WECOM = WeChat.name, WeCom.name
WECHAT_PACE = Pace(per_second=20, burst=20, at_once=8, timeout=40)  # a token may have to be renewed on the way
WECOM_PACE = Pace(per_second=15, burst=15, at_once=8, timeout=40, shuns=frozenset({0, 30}))


@dataclass(frozen=True)
class Outlet:
    """A platform joined to the desk.

    Args:
        lane: the way out.
        routes: the ways in.
        close: called when the program ends.
    """

    lane: Lane
    routes: Sequence[BaseRoute]
    close: Callable[[], None]


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
    return found


def wechat_platform(desk: Desk, given: config.WeChat) -> Platform | None:
    """Calls to WeChat; none where the account has no secret."""
    if not given.secret:
        return None
    return official_account(given.app_id, given.secret, PassLedger(desk, f"wechat {given.app_id}"), given.api_url)


def wecom_platform(desk: Desk, given: config.WeCom) -> Platform | None:
    """Calls to WeCom; none where the app has no secret."""
    if not given.secret:
        return None
    name = f"wecom {given.corp_id} {given.agent_id}"
    return company(given.corp_id, given.secret, PassLedger(desk, name), given.api_url)


def _wechat(desk: Desk, settings: Settings, on_refusal: Callable[[str, str], None]) -> Outlet:
    given = settings.wechat
    demand_wechat(given)
    platform = wechat_platform(desk, given)
    channel = WeChat(
        desk,
        Envelope(given.token, given.aes_key, given.app_id, desk.moment),
        given.mode,
        ReachLedger(desk, WeChat.name),
        platform,
        _notice("template", given.template, given.template_fields),
        _notice("notice", given.notice, given.notice_fields),
        settings.web.public_url,
        given.menu_links,
        on_refusal,
    )
    return Outlet(Lane(channel, WECHAT_PACE), channel.routes(), platform.close if platform else lambda: None)


def _wecom(desk: Desk, settings: Settings, on_refusal: Callable[[str, str], None]) -> Outlet:
    given = settings.wecom
    demand_wecom(given)
    platform = wecom_platform(desk, given)
    envelope = Envelope(given.token, given.aes_key, given.corp_id, desk.moment)
    channel = WeCom(desk, envelope, given.agent_id, platform, settings.web.public_url, on_refusal)
    return Outlet(Lane(channel, WECOM_PACE), channel.routes(), platform.close if platform else lambda: None)


def demand_wechat(given: config.WeChat) -> None:
    """Look whether the section [wechat] is whole.

    Raises:
        ConfigError: it is not.
    """
    _demand(WECHAT, token=given.token, aes_key=given.aes_key or given.mode == "plain")
    _notice("template", given.template, given.template_fields)
    _notice("notice", given.notice, given.notice_fields)


def demand_wecom(given: config.WeCom) -> None:
    """Look whether the section [wecom] is whole.

    Raises:
        ConfigError: it is not.
    """
    _demand(WECOM, token=given.token, aes_key=given.aes_key, agent_id=given.agent_id)


def _demand(section: str, **needed: object) -> None:
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise ConfigError(f"[{section}] {', '.join(missing)}: must be set; without it anybody could speak as anybody")


def _notice(name: str, template: str, fields: str) -> Notice | None:
    if bool(template) != bool(fields):
        raise ConfigError(f"[wechat] {name}, {name}_fields: one does nothing without the other")
    pairs = (one.strip().split("=") for one in fields.split(",") if one.strip())
    return Notice(template, dict(pairs)) if template else None
