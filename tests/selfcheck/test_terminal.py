"""A self-check in the terminal: options by their numbers, a number as itself, and on after a stop."""

from bot.channels import terminal
from bot.desk import Desk


def talk(desk: Desk, *typed: str) -> list[str]:
    """What the terminal shows, a text for each thing said."""
    shown: list[str] = []
    terminal.chat(desk, iter(typed), shown.append)
    return shown


def test_a_whole_self_check_by_numbers(desk: Desk) -> None:
    shown = talk(desk, "上海自查", "1", "1", "2", "1", "1", "2", "1", "1", "1", "1")
    assert "第1题" in shown[1]
    assert "  1 是" in shown[1]
    assert "几个人" in shown[6]
    assert "  1 " not in shown[6]  # a digit is the answer itself there
    assert "需说明" in shown[11]
    assert "团队人数：2人" in shown[11]


def test_commands_and_a_stop_in_between(desk: Desk) -> None:
    first = talk(desk, "长春自查", "2", "进度", "暂停", "焦作评上给多少钱")
    assert any("哪个城市" in text for text in first)
    assert "先停在第2题" in first[-3]
    again = talk(desk, "继续", "2", "上一题", "2", "稍后再说", "退出")
    assert "第2题" in again[1]
    assert "带头人" in again[2]
    assert "第2题" in again[3]
    assert "已退出" in again[-2]
