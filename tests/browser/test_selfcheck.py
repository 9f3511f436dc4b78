from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.chatting import Chat, OpenChat

DIGITS = ("有", "上海", "技师", "是", "是", "2", "是", "是", "专门的固定场所", "有")


def press(chat: Chat, name: str) -> Locator:
    """Presses an option; the answer, once it is there."""
    before = chat.answers.count()
    chat.options.get_by_text(name, exact=True).or_(chat.page.get_by_role("button", name=name, exact=True)).last.click()
    expect(chat.answers).to_have_count(before + 1)
    return chat.answers.last


def finish(chat: Chat) -> None:
    chat.ask("上海自查")
    for text in DIGITS:
        chat.ask(text)
    expect(chat.answers.last).to_contain_text("需说明")


def test_a_whole_self_check_by_thumb(phone: Chat) -> None:
    phone.page.locator(".starter").first.click()
    expect(phone.answers.last).to_contain_text("要对照哪个项目")
    assert "焦作" in phone.options.all_inner_texts()
    press(phone, "长春")
    expect(phone.answers.last).to_contain_text("第1题")
    press(phone, "长春")
    press(phone, "不是")
    answer = press(phone, "没有")
    expect(answer).to_contain_text("暂不符合")
    expect(answer.get_by_role("link", name="看完整结果")).to_be_visible()


def test_progress_is_shown_as_a_bar(chat: Chat) -> None:
    answer = chat.ask("上海自查")
    bar = answer.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-label", "自查进度：答了0题，约共11题")
    expect(answer.locator(".words")).not_to_contain_text("░")
    expect(chat.ask("有").get_by_role("progressbar")).to_have_attribute("value", "1")


def test_a_question_on_the_policy_leaves_the_question_open(chat: Chat) -> None:
    chat.ask("交建自查")
    answer = chat.ask("场地一定要自己的吗")
    expect(answer).to_contain_text("自查停在这里")
    expect(chat.options).to_have_text(["是", "不是", "不清楚"])


def test_reload_keeps_the_question_and_its_buttons(chat: Chat) -> None:
    chat.ask("上海自查")
    chat.ask("有")
    chat.reload()
    expect(chat.options).to_have_text(["上海", "长春", "焦作", "其他地方", "不清楚"])
    expect(press(chat, "上海")).to_contain_text("第3题")


def test_a_button_of_an_older_page_is_not_filed(chat: Chat) -> None:
    """Two pages of the same visitor: the older one still shows a question that has moved on."""
    chat.ask("上海自查")
    other = Chat(chat.page.context.new_page(), chat.url, chat.complaints)
    other.open()
    chat.ask("有")
    answer = press(other, "不是")
    expect(answer).to_contain_text("没有记到现在这题")
    other.page.close()


def test_a_number_is_typed_and_a_digit_means_itself(chat: Chat) -> None:
    chat.ask("上海自查，我们在上海，领衔人是技师")
    for text in ("有", "是", "是"):
        chat.ask(text)
    expect(chat.answers.last).to_contain_text("几个人")
    expect(chat.options).to_have_text(["不清楚"])
    chat.ask("1")
    expect(chat.ask("改人数")).to_contain_text("几个人")


def test_the_result_can_be_kept_printed_and_downloaded(phone: Chat, tmp_path: Path) -> None:
    finish(phone)
    phone.answers.last.get_by_role("link", name="看完整结果").click()
    page = phone.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("上海市技师创新工作室")
    expect(page.locator(".verdict")).to_contain_text("需说明")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("summary").first.click()
    expect(page.locator(".clause").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    file = tmp_path / "result.docx"
    download.value.save_as(file)
    assert download.value.suggested_filename.startswith("自查结果-上海市技师创新工作室")
    assert file.read_bytes().startswith(b"PK")
    page.emulate_media(media="print")
    expect(page.get_by_text("删除这次自查")).to_be_hidden()
    expect(page.get_by_role("heading", name="下一步")).to_be_visible()


def test_only_the_owner_can_delete_it(open_chat: OpenChat) -> None:
    owner, stranger = open_chat(), open_chat()
    finish(owner)
    link = owner.answers.last.get_by_role("link", name="看完整结果").get_attribute("href")
    stranger.page.goto(f"{owner.url}{link}")
    expect(stranger.page.locator(".verdict")).to_be_visible()
    expect(stranger.page.get_by_text("删除这次自查")).to_have_count(0)
    owner.page.goto(f"{owner.url}{link}")
    confirm = owner.page.get_by_role("button", name="确定删除")
    expect(confirm).to_be_hidden()
    owner.page.get_by_text("删除这次自查").click()
    confirm.click()
    expect(owner.page.get_by_role("heading", level=1)).to_have_text("已删除")
    owner.page.goto(f"{owner.url}{link}")
    expect(owner.page.get_by_role("heading", level=1)).to_have_text("这个链接打不开了")
    owner.complaints.clear()  # the browser writes down that the page is not found
