"""How replies look on Telegram: within its limits, whatever they say."""

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.showing import LONGEST, MOST_BUTTONS, push_parts, reply_parts, split, units
from handlers.conversation import Asked, Reply
from handlers.push import Push
from knowledge.vocabulary import Status

URL = "https://steward.example/x"


def rows(reply: Reply, url: str = "") -> list[list[str | object]]:
    keyboard = reply_parts(reply, "tg-7", url)[-1].keyboard
    assert keyboard is not None
    return [[button.callback_data or button.url or "" for button in row] for row in keyboard.inline_keyboard]


def test_short_options_share_a_row_and_long_ones_do_not() -> None:
    reply = Reply("问", Status.ANSWERED, options=("是", "不是", "这一个选项的字数比较多", "不清楚"))
    assert [len(row) for row in rows(reply)] == [2, 1, 1]


def test_an_option_that_fits_is_carried_and_a_long_one_is_pointed_at() -> None:
    long = "长" * 21  # 63 bytes, and the sign before it
    assert rows(Reply("问", Status.ANSWERED, options=("长" * 20, long))) == [[f"t:{'长' * 20}"], ["o:tg-7:1"]]


def test_what_answers_a_question_is_always_pointed_at() -> None:
    reply = Reply("问", Status.CLARIFY, options=("是", "不是"), question=Asked("place", "yes", (0, 3)))
    assert rows(reply) == [["o:tg-7:0", "o:tg-7:1"]]


def test_the_page_is_the_last_of_at_most_a_hundred_buttons() -> None:
    shown = rows(Reply("问", Status.ANSWERED, options=tuple(f"选项{number}" for number in range(150))), URL)
    assert sum(map(len, shown)) == MOST_BUTTONS
    assert shown[-1] == [URL]


def test_buttons_stand_under_the_last_part() -> None:
    first, last = reply_parts(Reply("长" * 5000, Status.ANSWERED, options=("好",)), "tg-7", "")
    assert first.keyboard is None
    assert last.keyboard is not None


def test_a_push_leaves_out_what_no_button_can_carry() -> None:
    (part,) = push_parts(Push("到期", ("已办 D7", "长" * 30)), "")
    assert part.keyboard is not None
    assert [button.text for row in part.keyboard.inline_keyboard for button in row] == ["已办 D7"]


@given(st.lists(st.text(st.sampled_from("长a😀 "), max_size=40), max_size=12), st.integers(4, 30))
def test_no_piece_is_too_long_and_nothing_is_lost(lines: list[str], longest: int) -> None:
    text = "\n".join(lines)
    pieces = split(text, longest)
    assert all(0 < units(piece) <= longest and piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_text_is_cut_at_line_ends() -> None:
    lines = ["行" * 1000] * 10
    pieces = split("\n".join(lines))
    assert all(set(piece.split("\n")) == {lines[0]} for piece in pieces)
    assert max(map(units, pieces)) <= LONGEST
