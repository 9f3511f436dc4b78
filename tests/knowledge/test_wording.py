"""Width, script, stray signs and sounds are brought to one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.wording import LONGEST, normalise, readings, sounds


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("焦作評上給多少錢", "焦作评上给多少钱"),
        ("長春的領銜人後來當上勞模", "长春的领衔人后来当上劳模"),
        ("ＣＣＣＣ　几份", "cccc 几份"),
        ("第１２条", "第12条"),
        ("焦\x00作\x07牌匾", "焦作牌匾"),
        ("长\u200b春\ufeff市", "长春市"),
        ("\u202e焦作", "焦作"),
        ("  几  份 　 呢 ", "几 份 呢"),
        ("JiaoZuo", "jiaozuo"),
        ("㎡", "m2"),
        ("半个\ud83d字", "半个字"),
        ("", ""),
    ],
)
def test_what_is_typed_is_brought_to_one_spelling(typed: str, read: str) -> None:
    assert normalise(typed) == read


@pytest.mark.parametrize("gap", ["\n", "\t", "\r\n", "\u2028"])
def test_a_line_break_keeps_two_lines_apart(gap: str) -> None:
    assert normalise(f"焦作给多少钱{gap}长春呢") != normalise("焦作给多少钱长春呢")


def test_punctuation_is_one_kind() -> None:
    assert normalise("焦作?,长春!") == normalise("焦作？，长春！")


def test_of_a_long_story_the_end_is_read() -> None:
    assert normalise("从前" * LONGEST + "给多少钱").endswith("给多少钱")
    assert len(normalise("字" * 100_000)) <= LONGEST


@given(text=st.text(st.characters(codec=None), max_size=80))
def test_any_text_becomes_clean(text: str) -> None:
    read = normalise(text)
    read.encode("utf-8")
    assert read == read.strip()
    assert not any(one < " " or one == "\x7f" for one in read)
    assert normalise(read) == read or len(normalise(read)) <= len(read)


@pytest.mark.parametrize(
    ("one", "other"), [("坐", "作"), ("废", "费"), ("摸", "模"), ("声", "身"), ("知", "资"), ("长", "常")]
)
def test_alike_sounding_characters_share_a_sound(one: str, other: str) -> None:
    assert set(sounds(one)) & set(sounds(other))


def test_a_word_with_two_readings_has_both() -> None:
    assert len(readings("长春")) == 2
    assert len(readings("工作室")) >= 1
    assert len(readings("行长行长行长行长")) <= 8
