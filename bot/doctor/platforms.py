"""Checks of the platforms: settings that belong together, the token, the way there, the callback's way here."""

import secrets
from collections.abc import Callable, Iterator

import httpx

from bot.config import CannotStart
from bot.doctor.finding import Context, Finding, Level
from bot.doctor.place import compare_clock
from bot.platforms import TELEGRAM, WECHAT, WECOM, demand_wechat, demand_wecom
from bot.settings import WeChat, WeCom
from bot.tencent.envelope import sign

OK, WRONG_SIGNATURE = 200, 403
OWN_ADDRESS = {WECHAT: "https://api.weixin.qq.com", WECOM: "https://qyapi.weixin.qq.com"}
CODES_OF_ADDRESS = (40164, 60020, 89503)
TOKEN = {WECHAT: "/cgi-bin/stable_token", WECOM: "/cgi-bin/gettoken"}
WHERE = {WECHAT: "docs/wechat.md", WECOM: "docs/wecom.md"}
SAFER = 'set the mode to 安全模式 on the platform, then mode = "safe"'


def check_wechat(context: Context) -> Iterator[Finding]:
    """The official account: whether it is set up whole, reachable, and reaches us."""
    given = context.settings.wechat
    if not given.app_id:
        yield Finding(WECHAT, Level.OK, "No [wechat] app_id is set; the program is not on WeChat.")
        return
    if given.mode != "safe":
        says = f"The mode is {given.mode}; only safe keeps what people write from whoever carries it."
        yield Finding(WECHAT, Level.WARNING, says, SAFER)
    asked = {"grant_type": "client_credential", "appid": given.app_id, "secret": given.secret}
    yield from _tencent(context, WECHAT, given, lambda: demand_wechat(given), asked)


def check_wecom(context: Context) -> Iterator[Finding]:
    """The company's app: whether it is set up whole, reachable, and reaches us."""
    given = context.settings.wecom
    if not given.corp_id:
        yield Finding(WECOM, Level.OK, "No [wecom] corp_id is set; the program is not on WeCom.")
        return
    asked = {"corpid": given.corp_id, "corpsecret": given.secret}
    yield from _tencent(context, WECOM, given, lambda: demand_wecom(given), asked)


def _tencent(
    context: Context, platform: str, given: WeChat | WeCom, demand: Callable[[], None], asked: dict[str, str]
) -> Iterator[Finding]:
    """What WeChat and WeCom have in common."""
    try:
        demand()
    except CannotStart as error:
        yield Finding(platform, Level.PROBLEM, f"{error}.", f"see {WHERE[platform]}")
        return
    if given.secret:
        yield from _token(context, platform, given.api_url, asked)
    else:
        do = f"set STEWARD_{platform.upper()}_SECRET; see {WHERE[platform]}"
        yield Finding(platform, Level.WARNING, "There is no secret: answers only, no reminder can be sent.", do)
    yield from _callback(context, platform, given.token)


def check_telegram(context: Context) -> Iterator[Finding]:
    """The bot: whether Telegram can be reached and takes the token, and how messages come here."""
    given = context.settings.telegram
    if not given.token:
        yield Finding(TELEGRAM, Level.OK, "No [telegram] token is set; the program is not on Telegram.")
        return
    if given.webhook and not context.settings.web.public_url:
        do = "set [web] public_url, or webhook = false"
        yield Finding(TELEGRAM, Level.PROBLEM, "A webhook is wanted, but Telegram does not know where.", do)
    response = context.post(f"{given.api_url}/bot{given.token}/getMe", {})
    if response is None:
        do = "look at the firewall and the proxy; in mainland China it takes a way abroad or another api_url"
        yield Finding(TELEGRAM, Level.PROBLEM, f"{given.api_url} cannot be reached from here.", do)
        return
    yield compare_clock(context, given.api_url, response.headers.get("date", ""))
    if response.status_code == OK:
        how = "Telegram calls us" if given.webhook else "the program fetches"
        yield Finding(TELEGRAM, Level.OK, f"Telegram takes the token; {how}.")
    else:
        do = "ask BotFather for the token again; see docs/telegram.md"
        yield Finding(TELEGRAM, Level.PROBLEM, f"Telegram does not take the token ({response.status_code}).", do)


def _token(context: Context, platform: str, api_url: str, asked: dict[str, str]) -> Iterator[Finding]:
    """Ask for the token as the program does; WeChat's stable one is the same for all who ask."""
    base = api_url or OWN_ADDRESS[platform]
    ask = context.post if platform == WECHAT else context.get
    response = ask(base + TOKEN[platform], asked)
    if response is None:
        do = "look at the firewall and the name servers of this machine"
        yield Finding(platform, Level.PROBLEM, f"{base} cannot be reached from here.", do)
        return
    yield compare_clock(context, base, response.headers.get("date", ""))
    yield _judge(platform, base, response)


def _judge(platform: str, base: str, response: httpx.Response) -> Finding:
    """What the platform's answer to the question for a token means."""
    try:
        answer = response.json()
        code, has_token = int(answer.get("errcode", 0)), bool(answer.get("access_token"))
    except (ValueError, AttributeError, TypeError):
        do = "a proxy or a log-in page may stand in between"
        return Finding(platform, Level.PROBLEM, f"{base} answers, but not as the platform does.", do)
    if has_token:
        return Finding(platform, Level.OK, "The platform takes id and secret.")
    if code in CODES_OF_ADDRESS:
        do = f"enter this server's outgoing address on the platform; see {WHERE[platform]}"
        return Finding(platform, Level.PROBLEM, f"The platform refuses this server's address ({code}).", do)
    do = f"compare id and secret with the platform; see {WHERE[platform]}"
    return Finding(platform, Level.PROBLEM, f"The platform gives no token ({code}).", do)


def _callback(context: Context, platform: str, token: str) -> Iterator[Finding]:
    """Greet our own callback from outside as the platform does, once wrongly and once rightly."""
    url = context.settings.web.public_url
    if not url:
        do = "set [web] public_url to the address the platform is told"
        yield Finding(platform, Level.WARNING, "No [web] public_url is set, so the callback is not tried.", do)
        return
    stamp, nonce, echo = str(int(context.now.timestamp())), secrets.token_hex(4), secrets.token_hex(8)
    asked = {"timestamp": stamp, "nonce": nonce, "signature": "0" * 40, "msg_signature": "0" * 40, "echostr": echo}
    response = context.get(f"{url}/{platform}", asked)
    if response is None or response.status_code != WRONG_SIGNATURE:
        told = "cannot be reached" if response is None else f"answers {response.status_code}"
        do = "is the program running, and does the web server hand /wechat and /wecom on with their query?"
        yield Finding(platform, Level.PROBLEM, f"{url}/{platform} {told}.", do)
        return
    if platform == WECHAT:  # WeCom's greeting is sealed; that it refuses what is not tells enough
        response = context.get(f"{url}/{platform}", {**asked, "signature": sign(token, stamp, nonce)})
        if response is None or response.text != echo:
            do = "is the running program the one of these settings? Restart it; look at its clock"
            yield Finding(platform, Level.PROBLEM, f"{url}/{platform} does not take our own signature.", do)
            return
    yield Finding(platform, Level.OK, f"{url}/{platform} answers as the platform wants it.")
