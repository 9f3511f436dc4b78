"""`steward dues`, as JSON lines, as a table and as a calendar file."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar

from bot.__main__ import main

WHATS = {
    *("application-deadline", "call-closed", "review-period-start", "review-period-end", "naming-round", "target-date"),
    *("assessment-filing", "annual-summary", "annual-conference", "term-end", "re-application", "cycle-review"),
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and nothing of ours in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STEWARD_CONFIG", raising=False)


def steward(*arguments: str, text: str | None = None, today: str = "2026-11-20") -> Result:
    return CliRunner().invoke(main, ["dues", *arguments, "--today", today], input=text, prog_name="steward")


def ask(*rows: Any, today: str = "2026-11-20") -> list[dict[str, Any]]:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return [json.loads(line) for line in steward("--jsonl", text=text, today=today).output.splitlines()]


def row(programme: str, conferred_on: str | None, start: str, end: str) -> dict[str, str | None]:
    return {"programme": programme, "conferred_on": conferred_on, "from": start, "until": end}


def test_a_line_gets_its_dues() -> None:
    (answer,) = ask(row("cccc", None, "2027-05-31", "2027-06-01"))
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
    (answer,) = ask(row("tcwta", "2024-03-01", "2024-01-01", "2040-12-31"))
    assert [(due["on"], due["what"], due["certain"]) for due in answer["dues"]] == [
        ("2028-03-01", "term-end", True),
        ("2028-03-01", "re-application", False),
    ]


@pytest.mark.parametrize(
    ("today", "what"),
    [("2024-02-28", "application-deadline"), ("2024-02-29", "application-deadline"), ("2024-03-01", "call-closed")],
)
def test_a_call_that_is_over_is_called_closed(today: str, what: str) -> None:
    (answer,) = ask(row("tcwta", None, "2024-02-01", "2024-03-31"), today=today)
    assert [(due["on"], due["what"]) for due in answer["dues"]] == [("2024-02-29", what)]


def test_other_programs_are_told_nothing_but_what_is_agreed() -> None:
    programmes = ("tcwta", "jiaozuo", "changchun", "cccc", "shanghai")
    answers = ask(
        *(row(one, named, "0001-01-01", "9999-12-31") for one in programmes for named in (None, "2024-02-29"))
    )
    found = [due for answer in answers for due in answer["dues"]]
    assert {due["what"] for due in found} == WHATS
    assert all(list(due) == ["on", "what", "clause", "certain", "assumption"] for due in found)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("tea", "not JSON"),
        ("", "not JSON"),
        ("[]", 'expected {"programme", "conferred_on", "from", "until"}'),
        ({"programme": "cccc", "from": "2027-02-03", "until": "2027-06-01"}, 'expected {"programme", "conferred_on"'),
        ({"programme": "cccc", "conferred_on": None, "from": "2027-02-03"}, 'expected {"programme"'),
        (row("paris", None, "2027-01-01", "2027-12-31"), "programme: expected one of tcwta, jiaozuo"),
        ({**row("cccc", None, "2027-01-01", "2027-12-31"), "programme": ["cccc"]}, "programme: expected one of"),
        (row("cccc", None, "2027-05", "2027-06-01"), 'from: expected a day such as "2027-05-31"'),
        (row("cccc", None, "2027-W05-1", "2027-06-01"), "from: expected a day"),
        (row("cccc", None, "２０２７-05-01", "2027-06-01"), "from: expected a day"),
        (row("cccc", None, "2027-02-30", "2027-06-01"), "from: there is no day 2027-02-30"),
        (row("cccc", "2023-02-29", "2027-02-03", "2027-06-01"), "conferred_on: there is no day 2023-02-29"),
        (row("cccc", "", "2027-02-03", "2027-06-01"), "conferred_on: expected a day"),
        ({**row("cccc", None, "2027-02-03", "2027-06-01"), "until": 20270601}, "until: expected a day"),
        (row("cccc", None, "2027-06-02", "2027-06-01"), "until: before from"),
    ],
)
def test_a_bad_line_gets_an_error_and_the_run_goes_on(line: Any, error: str) -> None:
    good = row("cccc", None, "2027-05-31", "2027-05-31")
    before, bad, after = ask(good, line, good)
    assert bad.keys() == {"error", "line"}
    assert error in bad["error"]
    assert bad["line"] == 2
    assert before == after
    assert len(after["dues"]) == 1


def test_the_end_of_time_is_no_fault() -> None:
    filings, term = ask(
        row("jiaozuo", "9990-01-01", "9990-01-01", "9999-12-31"),
        row("tcwta", "9998-01-01", "9990-01-01", "9999-12-31"),
    )
    assert filings["dues"][-1]["on"] == "9999-12-31"
    assert term["dues"] == []
    assert steward("cccc", "--from", "9999-06-01").exit_code == 0
    assert steward("cccc", "--from", "0001-01-01").exit_code == 0


def test_a_person_reads_a_table() -> None:
    told = steward("shanghai", "--conferred", "2024-02-29", "--until", "2031-01-01").output
    first, second = (line for line in told.splitlines() if line.startswith("20"))
    assert first.split()[:4] == ["2027-02-28", "周期末审核", "第十条", "不确定"]
    assert "按2月28日" in first
    assert "文件未明说" in first
    assert second.startswith("2030-02-28")
    assert "2016年的文件" in told


def test_what_has_no_day_and_what_is_over_is_told_apart() -> None:
    shanghai = steward("shanghai").output
    assert "没有能算出日期的事项" in shanghai
    assert "命名  第五条  市职工技协每年选树一批" in shanghai
    before, over = steward("tcwta").output.split("已经过去的一次性日期：")
    assert "2024" not in before.replace("2023〕", "")
    assert "2024-02-29  征集已截止" in over
    assert "不能再报" in over
    still_open = steward("tcwta", today="2024-01-10").output
    assert "2024-02-29  申报截止" in still_open
    assert "已经" not in still_open


def test_rounds_have_a_date_once_the_operator_tells_a_year() -> None:
    assert "命名  第十二条" not in steward("jiaozuo").output
    Path("config.toml").write_text("[calendar]\njiaozuo_round = 2024", encoding="utf-8")
    assert "2027-12-31  命名" in steward("jiaozuo").output


def test_a_day_of_a_changed_clause_is_told_but_not_as_certain() -> None:
    Path("papers").mkdir()
    Path("papers/cccc.txt").write_text("每年6月底前提交", encoding="utf-8")
    Path("config.toml").write_text("[knowledge]\noriginals = 'papers'", encoding="utf-8")
    cccc, changchun = ask(
        row("cccc", None, "2027-05-31", "2027-05-31"), row("changchun", None, "2027-12-31", "2027-12-31")
    )
    assert [(due["on"], due["certain"]) for due in cccc["dues"]] == [("2027-05-31", False)]
    assert "原文与整理时的版本不一致" in cccc["dues"][0]["assumption"]
    assert [due["certain"] for due in changchun["dues"]] == [True]


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (["paris"], 1, "There is no programme paris; there are tcwta, jiaozuo, changchun, cccc, shanghai."),
        ([], 2, "Give either a programme or --jsonl"),
        (["cccc", "--jsonl"], 2, "Give either a programme or --jsonl"),
        (["--jsonl", "--from", "2027-01-01"], 2, "the lines have their own days"),
        (["cccc", "--from", "2027-01-02", "--until", "2027-01-01"], 2, "--until is before --from"),
        (["cccc", "--conferred", "gestern"], 2, "--conferred"),
    ],
)
def test_what_cannot_be_meant_is_told(arguments: list[str], status: int, complaint: str) -> None:
    result = steward(*arguments)
    assert result.exit_code == status
    assert complaint in result.output


def events(*arguments: str, today: str = "2026-11-20") -> dict[str, Any]:
    calendar = Calendar.from_ical(steward(*arguments, "--ics", today=today).stdout_bytes)
    found = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    return found


def test_a_calendar_program_reads_the_dates() -> None:
    found = events("jiaozuo", "--conferred", "2024-03-01", "--until", "2027-12-31")
    assert [str(event["DTSTART"].dt) for event in found.values()] == ["2026-12-31"] * 2 + ["2027-12-31"] * 2
    filing = found["jiaozuo.20240301.assessment-filing.2026@studio-steward"]
    assert str(filing["SUMMARY"]) == "焦作（2024年3月1日命名）：考核情况报送备案"
    assert "依据：焦工文〔2015〕6号 第十六条" in str(filing["DESCRIPTION"])
    assert str(filing["STATUS"]) == "CONFIRMED"
    assert [alarm["TRIGGER"].dt.days for alarm in filing.walk("VALARM")] == [-60, -30, -7, -1]
    summary = found["jiaozuo.20240301.annual-summary.2026@studio-steward"]
    assert str(summary["STATUS"]) == "TENTATIVE"
    assert "日期不确定" in str(summary["SUMMARY"])


def test_an_event_keeps_its_identity_whenever_it_is_asked_for() -> None:
    window = ("--from", "2026-01-01", "--until", "2028-12-31")
    earlier, later = (set(events("cccc", *window, today=day)) for day in ("2026-01-01", "2028-06-01"))
    assert earlier == later
    assert earlier & set(events("changchun", *window)) == set()


def test_what_is_over_does_not_ring() -> None:
    found = events("cccc", "--from", "2026-01-01", "--until", "2027-12-31")
    rings = {event["DTSTART"].dt.isoformat(): bool(event.walk("VALARM")) for event in found.values()}
    assert rings["2026-05-31"] is False
    assert rings["2027-05-31"] is True
