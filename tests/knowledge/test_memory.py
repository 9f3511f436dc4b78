"""What a conversation remembers comes back from storage, and what cannot be read is forgotten."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answering import answer
from knowledge.library import Library
from knowledge.memory import Memory
from tests.cast import FOLLOW_UP, GRANT, TODAY, WANG
from tests.knowledge.asking import talk

WORDS = st.text(max_size=12)
ROWS = st.lists(WORDS, max_size=4).map(tuple)
MEMORIES = st.builds(
    Memory,
    programmes=ROWS,
    recent=ROWS,
    text=WORDS,
    aspects=ROWS,
    facts=ROWS,
    cited=st.lists(st.tuples(WORDS, WORDS), max_size=4).map(tuple),
    clause=WORDS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(Memory.__dataclass_fields__)), inner)
    ),
)


@given(memory=MEMORIES)
def test_a_memory_comes_back_as_it_went(memory: Memory) -> None:
    assert Memory.load(memory.dump()) == memory


@given(text=st.text(max_size=40))
def test_garbage_is_forgotten(text: str) -> None:
    assert isinstance(Memory.load(text), Memory)


@given(value=JSON)
def test_other_peoples_json_is_no_danger(value: object) -> None:
    found = Memory.load(json.dumps(value))
    assert Memory.load(found.dump()) == found


@pytest.mark.parametrize("text", ["", "null", "[]", "1", '"x"', "{", '{"cited": [["a"]]}', '{"programmes": 5}'])
def test_what_is_no_memory_is_a_fresh_one(text: str) -> None:
    assert Memory.load(text) == Memory()


def test_deep_nesting_is_a_fresh_one() -> None:
    assert Memory.load("[" * 100_000) == Memory()


def test_a_conversation_goes_on_from_its_stored_memory(library: Library) -> None:
    first, second = talk(library, [GRANT, FOLLOW_UP])
    stored = answer(FOLLOW_UP, Memory.load(first.memory.dump()), library, TODAY)
    assert stored == second
    assert WANG.name not in first.memory.dump()


def test_a_long_conversation_stays_small(library: Library) -> None:
    turns = [
        f"{name}{ask}"
        for name in ("焦作", "上海", "交建", "长春", "技协")
        for ask in ("申报条件", "给多少钱", "怎么撤销")
    ]
    assert max(len(one.memory.dump()) for one in talk(library, turns * 3)) < 4_000


OLD = (
    Memory(
        programmes=("gone",), recent=("gone",), text="给多少钱", aspects=("gone",), facts=("gone",), clause="第三条"
    ),
    Memory(programmes=("gone", "jiaozuo"), text="给多少钱"),
    Memory(recent=("gone", "gone too")),
    Memory(cited=(("gone", "第三条"),)),
)


@pytest.mark.parametrize("memory", OLD)
def test_what_the_library_no_longer_has_is_forgotten(library: Library, memory: Memory) -> None:
    for turn in ("那牌匾呢", "哪家多", "下一条", "原文", "他们都要吗"):
        assert answer(turn, memory, library, TODAY).text.strip()
