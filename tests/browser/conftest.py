"""A real Chromium and the real program. Set CHROMIUM_PATH to name a browser that is not found by itself."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser.chatting import Chat, OpenChat
from tests.browser.serving import Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONE_FOUND = (
    "The browser tests need Chromium and found none: install it (Debian: apt-get install chromium fonts-noto-cjk; "
    "elsewhere: python -m playwright install chromium), or set CHROMIUM_PATH to its executable."
)
WATCH_POLICY = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# One browser a module, not a session: while Playwright's loop is open, no test elsewhere could run a loop of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium_path() or playwright.chromium.executable_path
        if not Path(path).exists():
            pytest.fail(f"{NONE_FOUND} (Looked for {path}.)", pytrace=False)
        try:
            chromium = playwright.chromium.launch(executable_path=path)
        except Error as error:
            pytest.fail(f"{path} does not start: {error.message}", pytrace=False)
        yield chromium
        chromium.close()


def chromium_path() -> str | None:
    if named := os.environ.get("CHROMIUM_PATH"):
        return named
    return next((found for name in NAMES if (found := shutil.which(name)) and _starts(found)), None)


def _starts(path: str) -> bool:
    """Some distributions keep a stub in a browser's place that only says how to install it."""
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("served"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_chat(browser: Browser, server: Server) -> Iterator[OpenChat]:
    """Opens the page for a new visitor; whatever the browser complained about fails the test at its end."""
    opened: list[Chat] = []

    def open_one(width: int = 1280, height: int = 800, **settings: Any) -> Chat:
        settings = {"locale": "zh-CN", "reduced_motion": "reduce", **settings}
        page = browser.new_context(viewport={"width": width, "height": height}, **settings).new_page()
        page.set_default_timeout(10_000)  # milliseconds
        chat = Chat(page, server.url, watch(page))
        opened.append(chat)
        chat.open()
        return chat

    yield open_one
    for chat in opened:
        chat.page.context.close()
    assert [complaint for chat in opened for complaint in chat.complaints] == []


@pytest.fixture
def chat(open_chat: OpenChat) -> Chat:
    """A new visitor at a desk."""
    return open_chat()


@pytest.fixture
def phone(open_chat: OpenChat) -> Chat:
    """A new visitor with a phone."""
    return open_chat(390, 844, has_touch=True, is_mobile=True, device_scale_factor=2)


def watch(page: Page) -> list[str]:
    complaints: list[str] = []
    page.add_init_script(WATCH_POLICY)
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
