import json

from playwright.sync_api import Route, expect

from tests.browser.chatting import Chat

QUESTION = "焦作多久命名一次？"


def test_a_question_that_did_not_get_through_is_sent_again_under_the_same_id(chat: Chat) -> None:
    sent: list[str] = []
    chat.page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    chat.break_sending(0)
    chat.box.fill(QUESTION)
    chat.box.press("Enter")
    expect(chat.page.locator(".problem").first).to_contain_text("没有连上服务")
    expect(chat.questions).to_have_text([QUESTION])
    chat.mend_sending()
    chat.page.get_by_role("button", name="重试").click()
    expect(chat.answers).to_have_count(1)
    expect(chat.questions).to_have_text([QUESTION])
    expect(chat.page.get_by_role("button", name="重试")).to_be_hidden()
    first, second = (json.loads(body)["id"] for body in sent)
    assert first == second


def test_a_question_whose_answer_got_lost_is_not_asked_twice(chat: Chat) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    chat.page.route("**/api/messages", lose_the_answer)
    chat.box.fill(QUESTION)
    chat.box.press("Enter")
    expect(chat.page.get_by_role("button", name="重试")).to_be_visible()
    chat.mend_sending()
    chat.page.get_by_role("button", name="重试").click()
    expect(chat.answers).to_have_count(1)
    chat.reload()
    expect(chat.questions).to_have_count(1)


def test_an_unsent_question_outlives_a_reload(chat: Chat) -> None:
    chat.break_sending(503)
    chat.box.fill(QUESTION)
    chat.box.press("Enter")
    expect(chat.page.get_by_role("button", name="重试")).to_be_visible()
    chat.mend_sending()
    chat.reload()
    expect(chat.questions).to_have_text([QUESTION])
    chat.page.get_by_role("button", name="重试").click()
    expect(chat.answers).to_have_count(1)


def test_the_servers_own_sentence_is_shown_when_it_asks_for_patience(chat: Chat) -> None:
    chat.break_sending(429, json.dumps({"error": "您问得有点快，请稍等一分钟。"}))
    chat.box.fill(QUESTION)
    chat.box.press("Enter")
    expect(chat.page.locator(".problem").first).to_have_text("您问得有点快，请稍等一分钟。")
    expect(chat.page.get_by_role("button", name="重试")).to_be_visible()
    chat.mend_sending()


def test_a_text_that_is_too_long_goes_back_into_the_box(chat: Chat) -> None:
    text = "焦作的工作室" * 6_000
    chat.box.fill(text)
    chat.box.press("Enter")
    chat.page.get_by_role("button", name="修改后再发").click()
    expect(chat.box).to_have_value(text)
    expect(chat.questions).to_have_count(0)
    expect(chat.page.locator("#welcome")).to_be_visible()
    chat.complaints.clear()


def test_without_the_old_talk_one_can_still_ask(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.page.route("**/api/messages", lambda route: route.abort(), times=1)
    chat.page.reload()
    expect(chat.page.get_by_text("以前的对话暂时取不回来")).to_be_visible()
    chat.ask("那牌匾做多大？")
    chat.mend_sending()
    chat.page.get_by_role("button", name="再取一次").click()
    expect(chat.questions).to_have_text([QUESTION, "那牌匾做多大？"])
