"""A sealed WeChat callback with everything kept, against a bare application that only opens, echoes and closes."""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

from starlette.types import Receive, Scope, Send

from tests.platforms.tencent import AES_KEY, APP_ID, TOKEN, Tencent, envelope

ROOT = Path(__file__).parents[1]
CALLBACKS = 1_500
LINES = 8  # connections that are kept open
ROUNDS = 3
ASKED = ("焦作评上给多少钱？", "那牌匾多大？", "上海要几个人", "长春有效期几年", "交建的材料几月前交")


def measure_callbacks() -> list[tuple[str, str, str]]:
    """Both on loopback in processes of their own, in turns."""
    return asyncio.run(_measure())


async def _measure() -> list[tuple[str, str, str]]:
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(
            f'[storage]\nurl = "sqlite:///{folder}/bench.db"\n[web]\nport = 8000\n'
            f'[wechat]\napp_id = "{APP_ID}"\ntoken = "{TOKEN}"\naes_key = "{AES_KEY}"\n',
            encoding="utf-8",
        )
        async with _running("serve_ours", str(config)) as our_port, _running("serve_bare") as bare_port:
            for number in range(ROUNDS):
                bare += await _storm(bare_port, number)
                ours += await _storm(our_port, number)
    rows = []
    for what, part in (("median", 0.5), ("99th percentile", 0.99)):
        mine, floor = _quantile(ours, part), _quantile(bare, part)
        told = f"{mine * 1e3:.1f} ms"
        rows.append((f"a sealed WeChat callback, {LINES} lines, everything kept, {what}", told, ""))
        rows.append(
            (f"  against opening, echoing and closing only ({floor * 1e3:.1f} ms)", f"{mine / floor:.1f} ×", "")
        )
    return rows


def _quantile(times: list[float], part: float) -> float:
    return statistics.quantiles(times, n=1000)[int(part * 1000) - 1]


@asynccontextmanager
async def _running(what: str, *words: str) -> AsyncIterator[int]:
    script = f"import sys; from bench.callbacks import {what}; {what}(*sys.argv[1:])"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, *words, cwd=ROOT, stdout=pipe)
    try:
        assert process.stdout is not None
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


async def _storm(port: int, seed: int) -> list[float]:
    """Callbacks over connections that stay open; how long each took. The first of each line are not counted."""
    platform, times = Tencent(), []
    requests = [_request(platform, seed * CALLBACKS + number) for number in range(CALLBACKS)]

    async def line(at: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, request in enumerate(requests[at::LINES]):
            begun = time.perf_counter()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("HTTP/1.1 200"), head
            length = next(one for one in head.splitlines() if one.lower().startswith("content-length"))
            await reader.readexactly(int(length.partition(":")[2]))
            if number >= 10:
                times.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(line(at) for at in range(LINES)))
    return times


def _request(platform: Tencent, number: int) -> bytes:
    fields = {"Content": ASKED[number % len(ASKED)], "MsgId": str(10_000 + number)}
    query, body = platform.sign(envelope(f"o{number % 200}", "text", int(platform.now()), fields))
    content = body.encode()
    head = f"POST /wechat?{urlencode(query)} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


# ---------------------------------------------------------------- what runs in the other processes
def serve_ours(config: str) -> None:
    """The program as it is served, with SQLite on a disk."""
    from bot.app import create_app
    from bot.config import read_settings
    from bot.opening import open_desk

    settings = read_settings({"STEWARD_CONFIG": config})
    _serve(create_app(open_desk(settings), settings))


def serve_bare() -> None:
    """The least that a callback can be."""
    from urllib.parse import parse_qs

    import xmltodict
    from wechatpy import create_reply, parse_message
    from wechatpy.crypto import WeChatCrypto

    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    assert xmltodict

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        query = {name: value[0] for name, value in parse_qs(scope["query_string"].decode()).items()}
        said = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        message = parse_message(said)
        closed = crypto.encrypt_message(create_reply(message.content, message).render(), query["nonce"]).encode()
        headers = [(b"content-type", b"text/xml"), (b"content-length", str(len(closed)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": closed})

    _serve(app)


def _serve(app: object) -> None:
    import uvicorn

    from bot.server import listen

    listener = listen("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="auto")  # type: ignore[arg-type]
    uvicorn.Server(config).run([listener])
