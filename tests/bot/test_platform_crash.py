"""Whole talks on WeChat with the program killed between messages: nothing is lost, asked twice or done twice."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.platforms.loopback import serving
from tests.platforms.tencent import AES_KEY, APP_ID, SECRET, TOKEN, Tencent

ROOT = Path(__file__).parents[2]
LI = "oLI00000000000000000000000000"
LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]+)&msgmenuid=([^"]+)">([^<]+)</a>')


class Bot:
    """The program on its own database, started and killed as the test likes."""

    def __init__(self, folder: Path, platform: Tencent, api: str, every: int) -> None:
        self.platform = platform
        self.every, self.said = every, 0
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        platform.callback = f"http://127.0.0.1:{self.port}/wechat"
        (folder / "config.toml").write_text(
            f'[storage]\nurl = "sqlite:///{folder}/steward.db"\n[web]\nport = {self.port}\n'
            f'[wechat]\napp_id = "{APP_ID}"\napi_url = "{api}"\n',
            encoding="utf-8",
        )
        self.environment = {
            **os.environ,
            "STEWARD_CONFIG": str(folder / "config.toml"),
            "STEWARD_WECHAT_SECRET": SECRET,
            "STEWARD_WECHAT_TOKEN": TOKEN,
            "STEWARD_WECHAT_AES_KEY": AES_KEY,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> str:
        command = [sys.executable, "-m", "bot", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        ).stdout

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=self.environment)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the program did not start")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def say(self, text: str) -> str:
        """A message, often after a crash; its reply must not be the platform's apology."""
        self.said += 1
        if self.said % self.every == 0:
            self.kill()
            self.start()
        shown = self.platform.says(LI, text)
        assert shown != "FAILED"
        return shown


@contextmanager
def running(folder: Path, every: int) -> Iterator[Bot]:
    platform = Tencent()
    with serving(platform.app()) as api:
        bot = Bot(folder, platform, api, every)
        bot.start()
        try:
            yield bot
        finally:
            bot.kill()


EVERY = [pytest.param(1, marks=pytest.mark.soak), 4]


@pytest.mark.parametrize("every", EVERY)
def test_a_self_check_goes_on_after_a_crash(tmp_path: Path, every: int) -> None:
    with running(tmp_path, every) as bot:
        shown = bot.say("上海自查")
        asked = [shown]
        for _ in range(20):
            if "自查结果" in shown:
                break
            shown = bot.say(LINK.findall(shown)[0][0] if LINK.search(shown) else "5")
            asked.append(shown)
        assert "自查结果" in shown
        assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("every", EVERY)
def test_staff_keep_the_register_and_a_reminder_is_done_after_crashes(tmp_path: Path, every: int) -> None:
    with running(tmp_path, every) as bot:
        code = bot.command("staff", "invite", "李干事", "--scope", "焦作").split()[0]
        assert "已开通" in bot.say(f"邀请码 {code}")
        bot.say("新增 焦作 王建国创新工作室 单位 焦作机床厂 命名 2020年3月1日 第一联系人 李干事")
        assert "T1" in bot.say("确认")
        assert "王建国" in bot.say("查 T1")
        number = re.findall(r"D\d+", bot.say("未办") + bot.command("remind", "plan") + bot.say("未办"))
        assert number
        told = bot.say(f"已办 {number[-1]}")
        assert "已登记办结" in told
        assert "之前已经" in bot.say(f"已办 {number[-1]}")
