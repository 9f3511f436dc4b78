"""The page of a self-check's result and its Word document."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from starlette.testclient import TestClient

from bot.app import create_app
from bot.desk import Desk
from bot.settings import Settings
from handlers.checking.ending import LINK_DAYS
from knowledge.library import Library
from storage.database import Database
from tests.cast import NOW, TODAY

TYPED = ("交建自查", "是", "劳模", "2")


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk, Settings())) as client:
        yield client


def _result(client: TestClient) -> str:
    replies = [
        client.post("/api/messages", json={"id": str(number), "text": text}).json() for number, text in enumerate(TYPED)
    ]
    assert "暂不符合" in replies[-1]["text"]
    link: str = replies[-1]["link"]
    return f"/{link}"


def test_the_page_has_every_finding_with_its_clause(client: TestClient) -> None:
    page = client.get(_result(client))
    assert page.status_code == 200
    for piece in (
        "暂不符合",
        "团队3人以上",
        "三（二）",
        "把团队补到3人",
        "待补信息",
        "2027年5月31日",
        "不是命名单位的决定",
    ):
        assert piece in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    assert "no-referrer" in page.headers["referrer-policy"]


def test_the_word_document_says_the_same_in_chinese_fonts(client: TestClient) -> None:
    answer = client.get(f"{_result(client)}.docx")
    assert answer.status_code == 200
    assert "filename*=UTF-8''%E8%87%AA" in answer.headers["content-disposition"]
    document = Document(BytesIO(answer.content))
    text = "\n".join(one.text for one in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "暂不符合" in text
    assert "不是命名单位的决定" in text
    assert {"三（二）", "团队3人以上", "团队人数：2人", "把团队补到3人"} <= set(cells)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"


def test_soft_requirements_are_marked_alike_on_the_page_and_in_word(client: TestClient) -> None:
    link = _result(client)
    page = client.get(link).text
    document = Document(BytesIO(client.get(f"{link}.docx").content))
    marked = [
        cell.text for table in document.tables for row in table.rows for cell in row.cells if "（软性" in cell.text
    ]
    assert "场所一般不少于20平方米（软性要求）" in marked
    assert page.count('<span class="soft">') == len(marked)
    assert "不标的是硬条件" in page
    assert any("不标的是硬条件" in one.text for one in document.paragraphs)


def test_the_columns_of_the_word_document_fill_the_space_between_the_margins(client: TestClient) -> None:
    document = Document(BytesIO(client.get(f"{_result(client)}.docx").content))
    for table in document.tables:
        assert sum(column.width.cm for column in table.columns if column.width) == pytest.approx(21 - 2 * 2.2, rel=0.01)


def test_a_result_for_several_programmes_opens_with_a_verdict_for_each(client: TestClient) -> None:
    replies = [
        client.post("/api/messages", json={"id": str(number), "text": text}).json()
        for number, text in enumerate(("交建自查，我们在焦作，3个人，场地18平", "不是", "没有"))
    ]
    page = client.get(f"/{replies[-1]['link']}").text
    contents = page.partition("<nav")[2].partition("</nav>")[0]
    for programme, verdict in (("cccc", "不属于本项目范围"), ("jiaozuo", "暂不符合")):
        assert f'href="#{programme}"' in contents
        assert f'id="{programme}"' in page
        assert verdict in contents


def test_a_link_of_nothing_says_so_kindly(client: TestClient) -> None:
    for path in ("/selfcheck/nothing", "/selfcheck/nothing.docx", "/selfcheck/..%2f.docx"):
        page = client.get(path)
        assert page.status_code == 404
        assert "Traceback" not in page.text
    assert "打不开" in client.get("/selfcheck/nothing").text


def test_a_stranger_sees_it_by_its_link_but_cannot_delete_it(client: TestClient, desk: Desk) -> None:
    link = _result(client)
    with TestClient(create_app(desk, Settings())) as stranger:
        assert "删除这次自查" not in stranger.get(link).text
        assert stranger.post(f"{link}/delete").status_code == 404
    assert "删除这次自查" in client.get(link).text
    deleted = client.post(f"{link}/delete")
    assert (deleted.status_code, "已删除" in deleted.text) == (200, True)
    assert client.get(link).status_code == 404


def test_the_link_ends(client: TestClient, database: Database, library: Library) -> None:
    link = _result(client)
    later = NOW + timedelta(days=LINK_DAYS, seconds=1)
    with TestClient(create_app(Desk(library, None, database, clock=lambda: later, today=TODAY), Settings())) as after:
        assert after.get(link).status_code == 404


def test_links_cannot_be_guessed(client: TestClient) -> None:
    token = _result(client).rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{32,}", token)
