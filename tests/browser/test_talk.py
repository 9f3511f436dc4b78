import re

from playwright.sync_api import expect

from tests.browser.chatting import Chat

MONEY = "焦作市级的命名下来，市总一次性拨多少经费？"


def test_an_empty_talk_offers_the_five_programmes_and_some_questions(chat: Chat) -> None:
    welcome = chat.page.get_by_role("region", name="可以这样问")
    expect(welcome.locator(".row")).to_have_count(5)
    assert 4 <= welcome.locator(".chip").count() <= 6


def test_every_offered_question_is_answered(chat: Chat) -> None:
    offered = chat.page.locator("#welcome [data-question]:not(.starter)").evaluate_all(
        "all => all.map(one => one.dataset.question)"
    )
    for question in offered:
        answer = chat.ask(question)
        expect(answer.locator(".status:is([data-status=out_of_scope], [data-status=clarify])")).to_have_count(0)


def test_a_press_on_an_offered_question_asks_it(chat: Chat) -> None:
    offered = chat.page.locator("#welcome .chip").first
    question = offered.inner_text()
    offered.click()
    expect(chat.questions).to_have_text([question])
    expect(chat.answers).to_have_count(1)
    expect(chat.page.locator("#welcome")).to_be_hidden()


def test_an_answer_has_its_words_and_its_clause(chat: Chat) -> None:
    answer = chat.ask(MONEY)
    expect(answer.locator(".words")).to_contain_text(re.compile(r"1\s*万"))
    expect(answer.get_by_role("button", name="焦工文〔2015〕6号 第二十条")).to_be_visible()


def test_a_follow_up_is_understood_from_the_talk(chat: Chat) -> None:
    chat.ask("焦作的工作室牌匾做多大？")
    answer = chat.ask("那多久命名一次？")
    expect(answer.locator(".words")).to_contain_text(re.compile("(3|三)\\s*年"))
    expect(answer.get_by_role("button", name="焦工文〔2015〕6号 第十二条")).to_be_visible()


def test_a_choice_is_made_by_a_press_and_then_it_is_gone(chat: Chat) -> None:
    expect(chat.ask("那个牌子做多大？").locator(".status")).to_have_text("请选择")
    chat.options.get_by_text("焦作", exact=True).click()
    expect(chat.questions.last).to_have_text("焦作")
    expect(chat.answers).to_have_count(2)
    expect(chat.answers.last.locator(".words")).to_contain_text("60")
    expect(chat.answers.first.locator(".next")).to_be_hidden()


def test_what_is_outside_the_documents_is_marked(chat: Chat) -> None:
    expect(chat.ask("明天焦作的天气怎么样？").locator(".status")).to_have_text("超出范围")


def test_html_in_a_question_stays_text(chat: Chat) -> None:
    nasty = "<img src=x onerror=alert(1)><b>焦作</b>多久命名一次？<script>alert(2)</script>"
    chat.page.on("dialog", lambda dialog: chat.complaints.append("a script ran"))
    chat.ask(nasty)
    expect(chat.questions.last).to_have_text(nasty)
    expect(chat.page.locator("#log :is(img, b, script)")).to_have_count(0)
    chat.reload()
    expect(chat.questions.last).to_have_text(nasty)


def test_shift_enter_makes_a_line_and_the_line_is_kept(chat: Chat) -> None:
    chat.box.press_sequentially("焦作的工作室")
    height = chat.box.bounding_box()
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("多久命名一次？")
    grown = chat.box.bounding_box()
    assert height is not None
    assert grown is not None
    assert grown["height"] > height["height"]
    chat.box.press("Enter")
    expect(chat.questions).to_have_count(1)
    assert chat.questions.inner_text() == "焦作的工作室\n多久命名一次？"
    expect(chat.box).to_have_value("")


def test_enter_that_ends_a_composition_does_not_send(chat: Chat) -> None:
    chat.box.focus()
    keyboard = chat.page.context.new_cdp_session(chat.page)
    keyboard.send("Input.imeSetComposition", {"text": "jiao'zuo", "selectionStart": 8, "selectionEnd": 8})
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 13})
    expect(chat.questions).to_have_count(0)
    keyboard.send("Input.insertText", {"text": "焦作多久命名一次"})
    expect(chat.box).to_have_value("焦作多久命名一次")
    chat.page.keyboard.press("Enter")
    expect(chat.questions).to_have_text(["焦作多久命名一次"])


def test_the_late_enter_of_safaris_input_methods_does_not_send(chat: Chat) -> None:
    chat.box.fill("焦作")
    chat.box.evaluate("box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229}))")
    expect(chat.questions).to_have_count(0)
    expect(chat.box).to_have_value("焦作")


def test_blank_text_is_not_sent(chat: Chat) -> None:
    chat.box.fill("  \n ")
    chat.box.press("Enter")
    chat.page.get_by_role("button", name="发送").click(force=True)
    expect(chat.questions).to_have_count(0)


def test_an_answer_is_copied_with_its_source(chat: Chat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = chat.ask(MONEY)
    answer.get_by_role("button", name="复制回答").click()
    expect(answer.locator(".copied")).to_have_text("已复制")
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert "第二十条" in copied
    assert answer.locator(".words p").first.inner_text() in copied


def test_a_reminder_appears_without_a_reload(chat: Chat) -> None:
    """An applicant's subscription is answered by a push: here it is put into the talk as the courier would."""
    chat.ask("交建的材料几月前交？")
    push = {
        "id": "push-1",
        "text": "提醒：申报截止：中国交建",
        "status": "answered",
        "citations": [],
        "options": ["退订"],
    }
    chat.page.route("**/api/pushes", lambda route: route.fulfill(json={"pushes": [push]}))
    chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(chat.answers.last).to_contain_text("提醒：申报截止")
    expect(chat.options).to_have_text(["退订"])
    chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(chat.answers).to_have_count(2)
