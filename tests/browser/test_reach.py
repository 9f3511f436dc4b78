"""Who can use the page: narrow phones, keyboards, screen readers, both colour schemes."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import Chat, OpenChat

QUESTION = "焦作办法里说的基本条件一共六条，分别是啥"
UNBROKEN = "A" * 300
# Every visible text against the ground behind it; the lowest contrast and what has it.
LOWEST_CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                       return .2126 * r + .7152 * g + .0722 * b; };
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = numbers(getComputedStyle(e).backgroundColor);
                        if (c.length === 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const rows = [...document.querySelectorAll('body *')].filter(e => own(e) && e.checkVisibility()).map(e => {
    const [a, b] = [numbers(getComputedStyle(e).color).slice(0, 3), ground(e)].map(light).sort((x, y) => y - x);
    return [(a + .05) / (b + .05), e.className + ' ' + e.textContent.slice(0, 20)]; });
  return rows.sort((x, y) => x[0] - y[0])[0];
}"""


@pytest.mark.parametrize("width", [320, 360, 390, 430])
def test_a_phone_never_scrolls_sideways(open_chat: OpenChat, width: int) -> None:
    chat = open_chat(width, 568, has_touch=True, is_mobile=True)
    assert spills(chat) == []
    chat.ask(QUESTION)
    chat.ask(f"焦作 {UNBROKEN}")
    assert spills(chat) == []
    chat.answers.first.locator(".clause").first.tap()
    expect(chat.sheet.locator(".points li").first).to_be_visible()
    assert spills(chat) == []


def spills(chat: Chat) -> list[str]:
    """The scrolling parts whose content is wider than they are."""
    spilling: list[str] = chat.page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('main, .bubble, .sheet-body')]
                 .filter(e => e.scrollWidth > e.clientWidth).map(e => e.tagName + '.' + e.className)"""
    )
    return spilling


def test_everything_to_press_is_large_enough_for_a_finger(phone: Chat) -> None:
    too_small = """() => [...document.querySelectorAll('button')].filter(e => e.checkVisibility())
                         .filter(e => e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"""
    assert phone.page.evaluate(too_small) == []
    phone.ask(QUESTION)
    assert phone.page.evaluate(too_small) == []


def test_on_a_desktop_the_talk_is_a_centred_column(chat: Chat) -> None:
    chat.ask(QUESTION)
    box = chat.page.locator("#log").bounding_box()
    assert box is not None
    assert box["width"] < 760
    assert abs(box["x"] + box["width"] / 2 - 640) < 10


def test_a_keyboard_is_enough_for_everything(chat: Chat) -> None:
    press = chat.page.keyboard.press
    press("Tab")
    expect(chat.page.get_by_role("link", name="跳到输入框")).to_be_focused()
    press("Enter")
    expect(chat.box).to_be_focused()
    chat.page.keyboard.type(QUESTION)
    press("Enter")
    expect(chat.answers).to_have_count(1)
    expect(chat.box).to_be_focused()
    tab_back_to(chat, "clause")
    press("Enter")
    expect(chat.sheet).to_be_visible()
    press("Escape")
    expect(chat.sheet).to_be_hidden()
    tab_back_to(chat, "quiet")
    press("Enter")
    press("Tab")
    press("Enter")
    expect(chat.questions).to_have_count(0)


def tab_back_to(chat: Chat, class_name: str) -> None:
    for _ in range(20):
        chat.page.keyboard.press("Shift+Tab")
        if chat.page.evaluate("document.activeElement.className") == class_name:
            assert chat.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    pytest.fail(f"the keyboard does not reach .{class_name}")


def test_an_answer_is_announced_and_its_parts_have_names(chat: Chat) -> None:
    log = chat.page.get_by_role("log", name="问答记录")
    expect(log).to_have_attribute("aria-live", "polite")
    chat.ask(QUESTION)
    expect(log.get_by_role("heading", name="我问")).to_have_count(1)
    expect(log.get_by_role("heading", name="管家答")).to_have_count(1)
    nameless = """() => [...document.querySelectorAll('button')].filter(e => e.checkVisibility())
                        .filter(e => !e.ariaLabel && !e.innerText.trim()).map(e => e.outerHTML)"""
    assert chat.page.evaluate(nameless) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable_in_both_colour_schemes(open_chat: OpenChat, scheme: Literal["light", "dark"]) -> None:
    chat = open_chat(390, 844, color_scheme=scheme)
    assert_readable(chat)
    chat.ask(QUESTION)
    chat.ask("明天的天气怎么样？")
    chat.break_sending(503)
    chat.box.fill("焦作")
    chat.box.press("Enter")
    expect(chat.page.get_by_role("button", name="重试")).to_be_visible()
    chat.mend_sending()
    assert_readable(chat)
    chat.answers.first.locator(".clause").first.click()
    expect(chat.sheet.locator(".points li").first).to_be_visible()
    assert_readable(chat)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_result_is_readable_and_easy_to_press_in_both(open_chat: OpenChat, scheme: Literal["light", "dark"]) -> None:
    chat = open_chat(360, 740, color_scheme=scheme, has_touch=True, is_mobile=True)
    for text in ("交建自查", "是", "劳模", "2"):
        chat.ask(text)
    chat.answers.last.get_by_role("link", name="看完整结果").tap()
    for summary in (chat.page.locator("summary").first, chat.page.locator("summary").last):
        summary.tap()
    expect(chat.page.get_by_role("button", name="确定删除")).to_be_visible()
    assert_readable(chat)
    assert spills(chat) == []
    too_small = """() => [...document.querySelectorAll('a, button, summary')]
                         .filter(e => e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"""
    assert chat.page.evaluate(too_small) == []


def assert_readable(chat: Chat) -> None:
    contrast, what = chat.page.evaluate(LOWEST_CONTRAST)
    assert contrast >= 4.5, what


def test_the_policy_forbids_everything_from_elsewhere(chat: Chat) -> None:
    response = chat.page.request.get(chat.url)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    addresses = chat.page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert [address for address in addresses if not address.startswith(chat.url)] == []
