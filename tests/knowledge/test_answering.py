"""Whatever is typed, on whatever day: an answer that can be sent, rests on clauses that exist, offers nothing past."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.answering import Answer
from knowledge.library import Library, load
from knowledge.memory import Memory
from knowledge.vocabulary import Status
from tests.cast import TODAY
from tests.knowledge.asking import ask, body, talk
from tests.knowledge.test_trust import POOL

LONGEST, MOST_CITATIONS, MOST_OPTIONS = 600, 8, 10
DAYS = (date(2023, 6, 1), date(2024, 2, 28), date(2024, 3, 1), date(2026, 11, 20), date(2030, 1, 1))
OURS = load()
PIECES = [
    *(
        "2024年2月29日",
        "去年",
        "今天",
        "24年25年",
        "二十人",
        "3个人",
        "15平",
        "2家常务理事",
        "3家小会员",
        "国家级",
        "三万",
    ),
    *(
        "第十二条",
        "五、3",
        "附件1",
        "第六条",
        "下一条",
        "上一条",
        "原文",
        "连续三年",
        "没合格",
        "一共",
        "什么时候到期",
        "还剩几个",
    ),
    *(
        "，",
        "？",
        "。",
        " ",
        "\n",
        "！",
        "\u200b",
        "🙂",
        "不是",
        "那",
        "呢",
        "它",
        "他们",
        "哪家",
        "对吧",
        "<b>",
        "' OR 1=1 --",
    ),
    *(name for one in OURS.lexicon.programmes.values() for name in one.names[:3]),
    *(form for forms in OURS.lexicon.words.values() for form in forms[:2]),
    *(phrasing for _, phrasing in OURS.asks[::7]),
]
TYPED = st.text(st.characters(codec=None), max_size=60) | st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
TALKS = st.lists(TYPED, min_size=1, max_size=4)


def is_fit(library: Library, found: Answer) -> bool:
    assert 0 < len(found.text.strip()) <= len(found.text) <= LONGEST
    assert len(set(found.citations)) == len(found.citations) <= MOST_CITATIONS
    assert len(found.options) <= MOST_OPTIONS
    assert Memory.load(found.memory.dump()) == found.memory
    for one in found.citations:
        assert one.clause in library.programmes[one.document].by_label, one
    if found.status in (Status.OUT_OF_SCOPE, Status.SMALLTALK, Status.HELP):
        assert found.citations == ()
    return True


@given(turns=TALKS, today=st.sampled_from(DAYS))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_whatever_is_typed_gets_a_fit_answer(turns: list[str], today: date) -> None:
    for found in talk(OURS, turns, today):
        assert is_fit(OURS, found)


@pytest.mark.soak
@given(turns=TALKS, today=st.dates(date(2015, 1, 1), date(2045, 12, 31)))
@settings(max_examples=30_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_typed_for_long_gets_a_fit_answer(turns: list[str], today: date) -> None:
    for found in talk(OURS, turns, today):
        assert is_fit(OURS, found)


@pytest.mark.parametrize("turns", POOL, ids=" / ".join)
def test_every_question_of_the_pool_gets_a_fit_answer(library: Library, turns: list[str]) -> None:
    for today in DAYS:
        assert all(is_fit(library, found) for found in talk(library, turns, today))


@pytest.mark.parametrize(
    "text", ["", " ", "？", "。" * 500, "长" * 100_000, "\x00\x07", "\ud83d", "🙂🙂", "1" * 5000, "第" * 99]
)
def test_odd_input_gets_a_fit_answer(library: Library, text: str) -> None:
    assert is_fit(library, ask(library, text))


CRASHES = {
    "a day no calendar has": ["2024年2月30日中国技协命名的，什么时候到期"],
    "such a day in a form": ["交建申报表的日期2024年2月30日怎么填"],
    "two numerals side by side": ["交建附件1说明8一起讲讲"],
    "a step from an article no document has": ["焦作第九十九条", "下一条"],
}


@pytest.mark.parametrize("kind", CRASHES)
def test_what_once_broke_breaks_no_more(library: Library, kind: str) -> None:
    assert all(is_fit(library, found) for found in talk(library, CRASHES[kind]))


# ------------------------------------------------------------------------------------------- what is past


DATED = (
    "中国技协征集到什么时候", "中国技协什么时候截止", "技协那个征集结束了没有", "中国技协现在还能报名吗",
    "中国技协还来得及申报吗", "长春命名目标多少个", "长春到哪年命名500个", "长春500个的目标", "交建总目标多少个",
    "交建到2020年命名多少个",
    "交建什么时候交材料", "离交建截止还有多久", "焦作考核情况什么时候备案", "长春考核情况什么时候报",
    "各家申报截止是什么时候",
)  # fmt: skip
NEXT = re.compile(r"下一次(?:最晚)?是(\d{4})年(?:(\d{1,2})月)?(?:(\d{1,2})日)?")
OVER = re.compile(r"已(?:结束|过期|过|截止)|结束了|过去")
OPEN = re.compile(r"^(?:可以|能|会|赶得上|来得及)[，。]|还可以报|还能报名|正在征集")


def nexts(text: str) -> Iterator[date]:
    for year, month, day in NEXT.findall(text):
        yield date(int(year), int(month or 12), int(day or 28))


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("question", DATED)
def test_the_past_is_never_offered_as_open(library: Library, question: str, today: date) -> None:
    found = ask(library, question, today=today)
    for fact in library.facts():
        until = fact.values.until
        if until and until < today and fact.says in found.text:
            rest = found.text.split(fact.says)[1]
            assert OVER.search(rest[:12]), found.text
            assert not OPEN.search(body(found)), found.text
    assert all(day >= today for day in nexts(found.text)), found.text


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_yearly_day_comes_next(library: Library, today: date) -> None:
    found = ask(library, "交建什么时候交材料", today=today)
    year = today.year + ((today.month, today.day) > (5, 31))
    assert list(nexts(found.text)) == [date(year, 5, 31)]


@pytest.mark.parametrize("today", [date(2024, 3, 1), date(2026, 11, 20), date(2030, 1, 1)], ids=str)
def test_li_cannot_apply_any_more(library: Library, today: date) -> None:
    found = ask(library, "中国技协现在还能报名吗", today=today)
    assert re.match(r"不|已|晚了", body(found)), found.text
    assert OVER.search(found.text)


@pytest.mark.parametrize("today", [date(2023, 12, 20), date(2024, 2, 28), date(2024, 2, 29)], ids=str)
def test_li_can_apply_until_the_last_day(library: Library, today: date) -> None:
    assert not re.match(r"不|已|晚了", body(ask(library, "中国技协现在还能报名吗", today=today)))


def test_a_target_that_is_over_is_not_said_yes_to(library: Library) -> None:
    assert not re.match(r"是|可以|能|来得及", body(ask(library, "长春500个的目标还来得及吗")))


def test_the_next_round_is_still_to_come(library: Library) -> None:
    found = ask(library, "焦作2018年命名过一次，下次是哪年")
    assert "2027" in found.text
    assert all(day >= TODAY for day in nexts(found.text)), found.text


# ------------------------------------------------------------------------------------------- what is not stated


SILENT = {
    "tcwta": (
        "给多少钱",
        "团队最少几个人",
        "申报表交几份",
        "场地要多大面积",
        "由谁解释",
        "牌匾多大",
        "总共要命名多少个",
    ),
    "jiaozuo": (
        "有效期几年",
        "申报截止是什么时候",
        "场地要多大面积",
        "团队最少几个人",
        "申报收费吗",
        "联系电话多少",
        "申报表交几份",
    ),
    "changchun": (
        "给多少钱",
        "申报截止是什么时候",
        "有效期几年",
        "能用人名命名吗",
        "申请表交几份",
        "牌匾多大",
        "由谁解释",
    ),
    "cccc": ("有效期几年", "文号是多少", "申报收费吗", "知识产权归谁", "联系电话多少", "牌匾多大", "由谁解释"),
    "shanghai": (
        "给多少钱",
        "每批多少个",
        "场地要多大面积",
        "申报收费吗",
        "能用人名命名吗",
        "牌匾多大",
        "要交哪些材料",
    ),
}


@pytest.mark.parametrize(("slug", "question"), [(slug, one) for slug, row in SILENT.items() for one in row])
def test_what_a_document_does_not_state_is_said_so(library: Library, slug: str, question: str) -> None:
    programme = library.programmes[slug]
    found = ask(library, programme.name + question)
    assert found.status in (Status.NOT_STATED, Status.PARTIAL)
    assert re.search(r"没有|未", found.text)
    assert {one.document for one in found.citations} <= {slug}


def test_every_silence_is_told_with_what_is_nearest(library: Library) -> None:
    for programme in library.programmes.values():
        for aspect, silence in programme.silences.items():
            assert programme.facts_on(aspect) == tuple(one for one in programme.facts_on(aspect) if one.is_note)
            assert silence.says or silence.near
            assert silence.near is None or silence.near.programme == programme.id
