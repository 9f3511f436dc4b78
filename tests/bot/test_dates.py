"""`steward dues`, as JSON lines and as a table."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main


def steward(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["dues", *arguments, "--today", "2026-11-20"], input=text, prog_name="steward")


def ask(*rows: Any) -> list[dict[str, Any]]:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return [json.loads(line) for line in steward("--jsonl", text=text).output.splitlines()]


def test_a_line_gets_its_dues() -> None:
    (answer,) = ask({"programme": "cccc", "conferred_on": None, "from": "2027-05-31", "until": "2027-06-01"})
    assert answer["dues"] == [
        {
            "on": "2027-05-31",
            "what": "application-deadline",
            "clause": "五（五）",
            "certain": True,
            "assumption": "“5月底前”按5月31日计",
        },
        {
            "on": "2027-06-01",
            "what": "review-period-start",
            "clause": "五（五）",
            "certain": True,
            "assumption": "“6至8月”按6月1日至8月31日计",
        },
    ]


def test_a_studio_has_its_term_and_not_the_call() -> None:
    (answer,) = ask({"programme": "tcwta", "conferred_on": "2024-03-01", "from": "2024-01-01", "until": "2040-12-31"})
    assert [(due["on"], due["what"], due["certain"]) for due in answer["dues"]] == [
        ("2028-03-01", "term-end", True),
        ("2028-03-01", "re-application", False),
    ]


def test_a_call_that_is_over_is_called_closed() -> None:
    (answer,) = ask({"programme": "tcwta", "conferred_on": None, "from": "2024-02-01", "until": "2024-03-31"})
    assert [due["what"] for due in answer["dues"]] == ["call-closed"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("tea", "not JSON"),
        ("[]", 'expected {"programme"'),
        ({"programme": "paris"}, "programme: expected one of tcwta"),
        ({"programme": "cccc", "from": "2027-05", "until": "2027-06-01"}, "from: expected a day"),
        ({"programme": "cccc", "from": "2027-02-30", "until": "2027-06-01"}, "from: expected a day"),
        ({"programme": "cccc", "from": "2027-02-03"}, "until: expected a day"),
        (
            {"programme": "cccc", "conferred_on": 3, "from": "2027-02-03", "until": "2027-06-01"},
            "conferred_on: expected",
        ),
        ({"programme": "cccc", "from": "0001-01-01", "until": "9999-12-31"}, "until: more than 200 years"),
    ],
)
def test_a_bad_line_gets_an_error_and_the_run_goes_on(line: Any, error: str) -> None:
    good = {"programme": "cccc", "conferred_on": None, "from": "2027-05-31", "until": "2027-05-31"}
    first, second = ask(line, good)
    assert error in first["error"]
    assert first["line"] == 1
    assert len(second["dues"]) == 1


def test_the_end_of_time_is_no_fault() -> None:
    (answer,) = ask({"programme": "jiaozuo", "conferred_on": "9990-01-01", "from": "9990-01-01", "until": "9999-12-31"})
    assert "dues" in answer


def test_a_person_reads_a_table() -> None:
    told = steward("shanghai", "--conferred", "2024-02-29", "--until", "2031-01-01").output
    assert "2027-02-28" in told
    assert "日期待定" in told
    assert "第十条" in told
    assert steward("shanghai").output.strip() == "The document sets no date in this time."
    assert steward("paris").exit_code == 1
    assert steward("cccc", "--jsonl").exit_code == 2
