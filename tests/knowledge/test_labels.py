"""Clause labels, however people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.labels import chinese, find_clause, neighbour
from knowledge.library import Library
from knowledge.quantities import number


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("第十二条", "第十二条"), ("第12条", "第十二条"), ("第 12 条", "第十二条"), ("12条讲啥", "第十二条"),
        ("第二十条第二款", "第二十条"), ("第三条第1项", "第三条"), ("五、3", "五、3"), ("五.3", "五、3"),
        ("三(一)", "三（一）"), ("三(1)", "三（一）"), ("第三部分第一点", "三、1"), ("第五部分", "五"),
        ("附件1", "附件1"), ("附件一", "附件1"), ("附件2", "附件2"), ("附件2的二(二)", "附件2"),
        ("附件1说明8", "附件1说明8"), ("附件1第8条", "附件1说明8"), ("填表说明第八条", "附件1说明8"),
        ("第四部分的“三是”", "四（三）"),
    ],
)  # fmt: skip
def test_a_label_is_found(typed: str, label: str) -> None:
    found = find_clause(typed)
    assert found is not None
    assert found.labels[0] == label


@pytest.mark.parametrize(
    "typed", ["有三条要求", "这三条", "第一百条", "2024.3.1", "三点五万", "条件有哪些", "给多少钱", ""]
)
def test_what_is_no_label_is_left_alone(typed: str) -> None:
    assert find_clause(typed) is None


def test_every_label_of_the_library_is_found(library: Library) -> None:
    for programme in library.programmes.values():
        for clause in programme.clauses:
            written = clause.id.replace("（", "(").replace("）", ")")
            numbered = [one for one in clause.id if one in "一二三四五六七八九十0123456789"]
            if not numbered or len(clause.id) == 1:
                continue
            found = find_clause(written)
            assert found is not None, clause.id
            assert clause.id in found.labels


@pytest.mark.parametrize(
    ("label", "after", "before"),
    [
        ("第九条", "第十条", "第八条"), ("第十条", "第十一条", "第九条"), ("第二十条", "第二十一条", "第十九条"),
        ("五、3", "五、4", "五、2"), ("三（七）", "三（八）", "三（六）"), ("附件1说明10", "附件1说明11", "附件1说明9"),
    ],
)  # fmt: skip
def test_a_clause_has_neighbours(label: str, after: str, before: str) -> None:
    found = [neighbour(label, step) for step in (1, -1)]
    assert [one.labels[0] if one else None for one in found] == [after, before]


@pytest.mark.parametrize(("label", "step"), [("第一条", -1), ("五、1", -1), ("通知", 1), ("前言", -1), ("申报表", 1)])
def test_some_clauses_have_no_neighbour(label: str, step: int) -> None:
    assert neighbour(label, step) is None


def test_a_step_past_the_ninety_ninth_article_breaks_nothing() -> None:
    neighbour("第九十九条", 1)


@pytest.mark.parametrize("typed", ["附件1说明8一起讲", "附件1说明8三条", "1五、3"])
def test_two_numerals_side_by_side_break_nothing(typed: str) -> None:
    find_clause(typed)


@given(value=st.integers(1, 99))
def test_numerals_are_written_as_they_are_read(value: int) -> None:
    assert number(chinese(value)) == value


@given(value=st.integers(1, 99), is_chinese=st.booleans())
def test_every_article_is_found(value: int, is_chinese: bool) -> None:
    found = find_clause(f"焦作第{chinese(value) if is_chinese else value}条说什么")
    assert found is not None
    assert (found.labels[0], found.article) == (f"第{chinese(value)}条", value)
