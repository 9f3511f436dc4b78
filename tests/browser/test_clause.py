from playwright.sync_api import Locator, expect

from tests.browser.chatting import Chat

MONEY = "焦作市级的命名下来，市总一次性拨多少经费？"
SOURCE = "焦工文〔2015〕6号 第二十条"


def source(chat: Chat) -> Locator:
    chat.ask(MONEY)
    return chat.answers.last.get_by_role("button", name=SOURCE)


def test_a_citation_opens_its_clause_in_our_words_and_says_where_to_read(chat: Chat) -> None:
    source(chat).click()
    expect(chat.sheet).to_be_visible()
    expect(chat.sheet.get_by_role("heading", level=2)).to_have_text(SOURCE)
    expect(chat.sheet.locator(".points li").first).not_to_be_empty()
    expect(chat.sheet.get_by_role("heading", name="在哪里看")).to_be_visible()


def test_escape_closes_the_clause_and_the_focus_returns(chat: Chat) -> None:
    citation = source(chat)
    citation.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.sheet).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.sheet).to_be_hidden()
    expect(citation).to_be_focused()


def test_the_close_button_and_a_press_beside_close_it_too(chat: Chat) -> None:
    citation = source(chat)
    citation.click()
    chat.sheet.get_by_role("button", name="关闭").click()
    expect(chat.sheet).to_be_hidden()
    expect(citation).to_be_focused()
    citation.click()
    expect(chat.sheet).to_be_visible()
    chat.page.mouse.click(20, 400)
    expect(chat.sheet).to_be_hidden()
    expect(citation).to_be_focused()


def test_on_a_phone_the_clause_is_a_sheet_at_the_bottom(phone: Chat) -> None:
    source(phone).tap()
    expect(phone.sheet.locator(".points li").first).to_be_visible()
    box = phone.sheet.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert round(box["y"] + box["height"]) == 844


def test_a_clause_that_cannot_be_fetched_can_be_tried_again(chat: Chat) -> None:
    citation = source(chat)
    chat.page.route("**/api/clauses/**", lambda route: route.abort())
    citation.click()
    expect(chat.sheet.locator(".problem")).to_be_visible()
    chat.page.unroute("**/api/clauses/**")
    chat.complaints.clear()
    chat.sheet.get_by_role("button", name="重试").click()
    expect(chat.sheet.locator(".points li").first).to_be_visible()


def test_the_original_passage_is_shown_where_the_service_has_it(chat: Chat) -> None:
    citation = source(chat)
    view = {
        "reference": SOURCE,
        "heading": "经费",
        "sentences": ["一句自己的话。"],
        "notes": [],
        "passage": "第一行\n<b>第二行</b>",
        "where_to_read": "发文单位",
    }
    chat.page.route("**/api/clauses/**", lambda route: route.fulfill(json=view))
    citation.click()
    expect(chat.sheet.locator(".passage p")).to_have_text(["第一行", "<b>第二行</b>"])
