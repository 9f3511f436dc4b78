from playwright.sync_api import expect

from tests.browser.chatting import Chat, OpenChat
from tests.browser.serving import Server

QUESTION = "焦作多久命名一次？"


def test_a_reload_keeps_the_talk(chat: Chat) -> None:
    words = chat.ask(QUESTION).locator(".words").inner_text()
    options = chat.options.all_inner_texts()
    chat.reload()
    expect(chat.questions).to_have_text([QUESTION])
    assert chat.answers.locator(".words").inner_text() == words
    assert chat.options.all_inner_texts() == options
    expect(chat.page.locator("#welcome")).to_be_hidden()


def test_a_restart_of_the_server_keeps_the_talk_and_what_it_was_about(chat: Chat, server: Server) -> None:
    chat.ask("焦作的工作室牌匾做多大？")
    server.stop()
    server.start()
    chat.reload()
    expect(chat.answers).to_have_count(1)
    answer = chat.ask("那多久命名一次？")
    expect(answer.get_by_role("button", name="焦工文〔2015〕6号 第十二条")).to_be_visible()


def test_another_visitor_sees_nothing_of_it(chat: Chat, open_chat: OpenChat) -> None:
    chat.ask(QUESTION)
    expect(open_chat().questions).to_have_count(0)


def test_clearing_asks_first_and_then_deletes_everything(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.page.get_by_role("button", name="清除我的数据").click()
    dialog = chat.page.get_by_role("dialog", name="清除我的数据？")
    expect(dialog.get_by_role("button", name="取消")).to_be_focused()
    dialog.get_by_role("button", name="全部清除").click()
    expect(dialog).to_be_hidden()
    expect(chat.questions).to_have_count(0)
    expect(chat.page.locator("#welcome")).to_be_visible()
    chat.reload()
    expect(chat.questions).to_have_count(0)
    chat.ask(QUESTION)
    expect(chat.questions).to_have_count(1)


def test_a_cleared_talk_is_not_remembered(chat: Chat) -> None:
    chat.ask("焦作的工作室牌匾做多大？")
    chat.page.get_by_role("button", name="清除我的数据").click()
    chat.page.get_by_role("button", name="全部清除").click()
    expect(chat.questions).to_have_count(0)
    answer = chat.ask("那个牌子做多大？")
    expect(answer.locator(".status")).to_have_text("请选择")


def test_cancelling_keeps_the_talk(chat: Chat) -> None:
    chat.ask(QUESTION)
    opener = chat.page.get_by_role("button", name="清除我的数据")
    opener.click()
    chat.page.get_by_role("button", name="取消").click()
    expect(opener).to_be_focused()
    chat.reload()
    expect(chat.questions).to_have_text([QUESTION])
