"""`steward wechat`: what is set up on the platform from here."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from bot.config import CannotStart, read_settings


@click.group()
def wechat() -> None:
    """Set up the WeChat official account."""


@wechat.command()
@click.option("--show", "is_shown_only", is_flag=True, help="Only print what would be made.")
def menu(is_shown_only: bool) -> None:
    """Make the account's menu from the settings.

    [wechat] menu in config.toml has its rows; followers see it within minutes.
    """
    settings = read_settings().wechat
    buttons = render_menu(settings.menu)
    for row in buttons["button"]:
        below = "  ".join(one["name"] for one in row.get("sub_button", ()))
        click.echo(f"{row['name']}: {below or row['key']}")
    if is_shown_only:
        return
    if not (settings.app_id and settings.secret):
        raise CannotStart("[wechat] app_id, secret: must be set to make a menu")
    _make(settings, buttons)
    click.echo("The menu is made.")


def render_menu(rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The menu in the platform's form: each button says something as if it had been typed."""
    return {"button": [_button(row) for row in rows]}


def _button(row: Sequence[str]) -> Mapping[str, Any]:
    first, *below = row
    if not below:
        return _leaf(first)
    return {"name": first.partition("=")[0], "sub_button": [_leaf(one) for one in below]}


def _leaf(text: str) -> Mapping[str, Any]:
    name, _, said = text.partition("=")
    return {"type": "click", "name": name, "key": said or name}


def _make(settings: Any, buttons: Mapping[str, Any]) -> None:
    from bot.opening import open_desk
    from bot.platforms import wechat_platform
    from bot.tencent.failures import CallFailed

    desk = open_desk(read_settings())
    platform = wechat_platform(desk, settings)
    assert platform is not None  # noqa: S101 - the secret is there
    try:
        platform.call_now(lambda client: client.menu.create(buttons))
    except CallFailed as failure:
        raise CannotStart(f"The menu was not made: {failure.reason}") from None
    finally:
        platform.close()
        desk.close()
