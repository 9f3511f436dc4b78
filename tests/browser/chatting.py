"""The chat page as a person uses it, so that a test reads like what somebody does."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, Route, expect


@dataclass
class Chat:
    """One visitor's page. `complaints` collects what the browser objects to: console errors, blocked content."""

    page: Page
    url: str
    complaints: list[str]

    def open(self) -> None:
        self.page.goto(self.url)
        self.wait_until_ready()

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """History is there, or the welcome is."""
        expect(self.page.locator("#welcome:not([hidden]), #log > .turn").first).to_be_visible()

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("输入问题")

    @property
    def questions(self) -> Locator:
        return self.page.locator(".question > .bubble")

    @property
    def answers(self) -> Locator:
        return self.page.locator(".answer")

    @property
    def sources(self) -> Locator:
        return self.answers.last.get_by_role("group", name="依据的条款").get_by_role("button")

    @property
    def options(self) -> Locator:
        return self.page.get_by_role("group", name=re.compile("接着可以问|可以这样回答")).get_by_role("button")

    @property
    def sheet(self) -> Locator:
        return self.page.locator("#clause")

    def ask(self, text: str) -> Locator:
        """Sends a text by the Enter key; the answer, once it is there."""
        before = self.answers.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.answers).to_have_count(before + 1)
        return self.answers.last

    def break_sending(self, status: int, body: str = "") -> None:
        """From now on the server answers every message with this status; 0 is no network at all."""

        def refuse(route: Route) -> None:
            if route.request.method != "POST":
                route.fallback()
            elif status == 0:
                route.abort("internetdisconnected")
            else:
                route.fulfill(status=status, content_type="application/json", body=body)

        self.page.route("**/api/messages", refuse)

    def mend_sending(self) -> None:
        """The server answers again; what the browser wrote about the failure was expected."""
        self.page.unroute("**/api/messages")
        self.complaints.clear()


OpenChat = Callable[..., Chat]  # width and height in CSS pixels, and settings of Browser.new_context
