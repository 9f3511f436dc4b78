"""The commands on staff and studios, as an operator types them."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main

HEAD = "项目,工作室名称,所在单位,命名日期,领衔人\n"
GOOD = HEAD + "焦作,王建国创新工作室,焦作机床厂,2024年3月1日,王建国\n长春,陈工创新工作室,长客,2023.12.6,陈工\n"
BAD = HEAD + "北京,王建国创新工作室,,2024-02-30,\n焦作,刘芳创新工作室,沁阳铝厂,2024-03,刘芳\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and nothing of ours in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("STEWARD_CONFIG", "STEWARD_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def steward(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="steward")


def write(text: str, name: str = "a.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_dry_run_lists_every_bad_cell_and_the_import_enters_nothing() -> None:
    for arguments in (["--dry-run"], []):
        result = steward("studios", "import", write(BAD), *arguments)
        assert result.exit_code == 1
        assert result.stdout.splitlines() == [
            "row 2, 命名日期: “2024-02-30” is no day of the calendar",
            "row 2, 所在单位: must not be empty",
            "row 2, 项目: “北京” is none of the five programmes",
            "row 3, 命名日期: “2024-03” lacks the month or the day; write it like 2024-03-01",
        ]
        assert "4 problems in 2 of 2 rows; nothing was entered." in result.stderr
    assert "No studio was found." in steward("studios", "list").output


def test_a_file_is_entered_then_changed_then_left() -> None:
    file = write(GOOD)
    assert "Would enter 2, change 0, leave 0" in steward("studios", "import", file, "--dry-run").output
    assert "Entered 2, changed 0, left 0" in steward("studios", "import", file).output
    write(GOOD.replace("陈工\n", "陈师傅\n"))
    result = steward("studios", "import", file, "--dry-run")
    assert result.output.splitlines() == [
        "row 3: T2 陈工创新工作室: 领衔人",
        "Would enter 0, change 1, leave 1 as they are.",
    ]
    assert "Entered 0, changed 1, left 1" in steward("studios", "import", file).output
    assert "Entered 0, changed 0, left 2" in steward("studios", "import", file).output


def test_studios_are_listed_and_shown() -> None:
    steward("studios", "import", write(GOOD))
    assert steward("studios", "list", "机床").output.split()[:4] == ["T1", "焦作", "王建国创新工作室", "焦作机床厂"]
    assert steward("studios", "list", "--programme", "长春").output.startswith("T2")
    assert "No studio" in steward("studios", "list", "--standing", "停用").output
    assert "1 more" in steward("studios", "list", "--limit", "1").stderr
    assert re.search("命名日期 +2023-12-06", steward("studios", "show", "T2").output)
    for arguments in (["show", "T9"], ["show", "x"], ["list", "--programme", "北京"], ["list", *"一二三四五"]):
        result = steward("studios", *arguments)
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")


def test_one_studio_is_added_once() -> None:
    arguments = ["--programme", "焦作", "--name", "甲", "--unit", "厂", "--conferred-on", "2024/3/1"]
    assert steward("studios", "add", *arguments).output == "Entered.\n"
    again = steward("studios", "add", *arguments)
    assert again.exit_code == 1
    assert "工作室名称: the register has it as T1" in again.output
    odd = steward("studios", "add", *arguments[:-1], "24.3.1", "--members", "x")
    assert [line.partition(":")[0] for line in odd.stderr.splitlines()] == ["命名日期", "成员人数", "Error"]


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv"])
def test_the_register_goes_out_and_comes_back(name: str) -> None:
    steward("studios", "import", write(GOOD))
    assert "2 studios are in" in steward("studios", "export", name).output
    assert "--force" in steward("studios", "export", name).output
    assert steward("studios", "export", name, "--force").exit_code == 0
    assert "left 2 as they are" in steward("studios", "import", name).output


def test_a_template_without_rows_enters_nothing() -> None:
    assert steward("studios", "template", "t.xlsx").exit_code == 0
    assert "Entered 0" in steward("studios", "import", "t.xlsx").output


def test_a_column_that_is_not_of_the_register_is_told() -> None:
    result = steward("studios", "import", write("序号,项目,名称,单位\n1,焦作,甲,厂\n"))
    assert "“序号” is not one of the register" in result.stderr
    assert "Entered 1" in result.stdout


def test_a_code_is_told_once_and_can_be_revoked() -> None:
    result = steward("staff", "invite", "李干事", "--scope", "焦作/山阳区总工会")
    code = re.search("[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", result.output)
    assert code
    listed = steward("staff", "list").output
    assert listed.split()[:5] == ["S1", "李干事", "staff", "焦作/山阳区总工会", "invited"]
    assert code[0] not in listed
    assert steward("staff", "revoke", "s1").exit_code == 0
    assert "revoked" in steward("staff", "list").output
    assert steward("staff", "revoke", "S1").exit_code == 1
    told = [line.split()[2:4] for line in steward("staff", "trail").output.splitlines()]
    assert told == [["revoked", "李干事"], ["invited", "李干事"]]


def test_whoever_is_invited_without_a_name_gets_one() -> None:
    assert "The trail is empty." in steward("staff", "trail").output
    for number in (1, 2):
        lines = steward("staff", "invite", "--scope", "焦作").output.splitlines()
        assert re.fullmatch("[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", lines[0])
        assert f"工作人员{number}" in lines[1]
    assert steward("staff", "revoke", "工作人员1").exit_code == 0
    assert "工作人员1" in steward("staff", "invite", "--scope", "焦作").output


def test_an_admin_sees_everything_unless_a_scope_is_given() -> None:
    steward("staff", "invite", "赵主席", "--admin")
    steward("staff", "invite", "钱主席", "--admin", "--scope", "长春")
    rows = [line.split()[2:4] for line in steward("staff", "list").output.splitlines()]
    assert rows == [["admin", "全部"], ["admin", "长春"]]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["李干事"], 2), (["李干事", "--scope", "北京"], 1), (["李干事", "--scope", "焦作", "--days", "0"], 2)],
)
def test_an_invitation_that_cannot_be_meant_is_told(arguments: list[str], status: int) -> None:
    result = steward("staff", "invite", *arguments)
    assert result.exit_code == status
    assert "Error: " in result.output
    assert "Nobody" in steward("staff", "list").output


def test_two_colleagues_do_not_share_a_name() -> None:
    steward("staff", "invite", "李干事", "--scope", "焦作")
    assert "There is a 李干事 already" in steward("staff", "invite", "李干事", "--scope", "长春").output
    steward("staff", "revoke", "S1")
    assert steward("staff", "invite", "李干事", "--scope", "长春").exit_code == 0
