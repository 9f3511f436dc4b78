"""The commands, as an operator types them."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from bot.__main__ import STATES, main
from handlers.push import Push
from storage import contacts, outbox
from storage.database import Database
from storage.outbox import Letter
from tests.cast import FOLLOW_UP, GRANT, NOW

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and nothing of ours in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("STEWARD_CONFIG", "STEWARD_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def steward(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=text, prog_name="steward")


def commands(group: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = group.commands if isinstance(group, click.Group) else {}
    return [path, *(deeper for name, one in inner.items() for deeper in commands(one, (*path, name)))]


@pytest.mark.parametrize("path", commands(main), ids=" ".join)
def test_help_reads_well_everywhere(path: tuple[str, ...]) -> None:
    result = steward(*path, "--help")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith(f"Usage: {' '.join(['steward', *path])}")
    assert max(map(len, lines)) <= 100
    assert lines[2].strip().endswith((".", ":"))
    assert "Args:" not in result.output
    for line in lines:
        assert not line.rstrip().endswith("...") or "Usage" in line


def test_one_question_is_answered_in_plain_text() -> None:
    result = steward("ask", GRANT)
    assert result.exit_code == 0
    assert "万元" in result.output
    assert not Path("data").exists()


def test_one_question_is_answered_as_json() -> None:
    answer = json.loads(steward("ask", GRANT, "--json", "--today", "2026-11-20").output)
    assert answer.keys() == {"answer", "status", "citations", "options"}
    assert answer["citations"][0]["document"] == "jiaozuo"


def test_lines_are_answered_on_standard_output() -> None:
    lines = [json.dumps({"conversation": 1, "text": GRANT}), "nonsense"]
    answers = [json.loads(line) for line in steward("ask", "--jsonl", text="\n".join(lines)).output.splitlines()]
    assert [line.get("status", line.get("error")) for line in answers] == ["answered", "not JSON"]


@pytest.mark.parametrize("arguments", [(), (GRANT, "--jsonl"), (GRANT, "--today", "20261120")])
def test_what_cannot_be_meant_is_told(arguments: tuple[str, ...]) -> None:
    result = steward("ask", *arguments)
    assert result.exit_code == 2
    assert "Error: " in result.output


def test_a_bad_setting_is_one_line() -> None:
    Path("config.toml").write_text("[web]\nprot = 1", encoding="utf-8")
    for arguments in (["ask", GRANT], ["chat"], ["serve"], ["config", "show"], ["doubts"]):
        result = steward(*arguments)
        assert result.exit_code == 1
        assert result.output.startswith("Error: config.toml: [web] prot: unknown key; allowed: host, port,")
        assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://db/x", "allowed: sqlite:///FILE or postgresql://"),
        ("sqlite:////proc/nowhere/x.db", "cannot be opened"),
        ("postgresql://steward@127.0.0.1:1/x", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_had_is_one_line(url: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_DATABASE_URL", url)
    result = steward("chat")
    assert result.exit_code == 1
    assert result.output.startswith("Error: [storage] url: ")
    assert complaint in result.output
    assert len(result.output.splitlines()) == 1


def test_originals_that_are_not_there_are_told() -> None:
    Path("config.toml").write_text("[knowledge]\noriginals = 'papers'", encoding="utf-8")
    assert steward("ask", GRANT).output == "Error: [knowledge] originals: there is no folder papers\n"


def test_a_chat_is_kept_and_can_be_cleared() -> None:
    said = steward("chat", text=f"{GRANT}\n/什么\n/退出\n").output
    assert "万元" in said
    assert "没有这个命令" in said
    assert said.rstrip().endswith("再见。")
    remembered = steward("chat", text=FOLLOW_UP).output
    cleared = steward("chat", text=f"/清除\n{FOLLOW_UP}").output
    assert "对话记录已删除。" in cleared
    assert remembered.splitlines()[4:] != cleared.splitlines()[5:]


def test_an_option_is_chosen_by_its_number() -> None:
    said = steward("chat", text="名额有几个？\n1\n").output
    assert "\n  1 " in said


def test_doubts_are_listed_for_staff() -> None:
    assert steward("doubts").output == "No doubts are kept.\n"
    steward("chat", text="明天天气怎么样？\n")
    listed = steward("doubts").output
    assert "out_of_scope" in listed
    assert "明天天气怎么样？" in listed


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = steward("serve", "--port", str(port))
    assert result.exit_code == 1
    assert result.output == f"Error: [web] host, port: cannot listen on 127.0.0.1:{port} (Address already in use)\n"


def test_a_clause_is_shown_in_our_words() -> None:
    shown = steward("knowledge", "show", "jiaozuo", "第十二条").output.splitlines()
    assert shown[0].startswith("焦工文〔2015〕6号 第十二条")
    assert shown[1].startswith("- ")


def test_the_clauses_of_a_document_are_listed() -> None:
    shown = steward("knowledge", "show", "shanghai").output
    assert shown.startswith("上海")
    assert "\n第一条 " in shown


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["beijing"], "There is no document beijing; there are tcwta, jiaozuo, changchun, cccc, shanghai."),
        (["jiaozuo", "第九十九条"], "There is no 第九十九条 in jiaozuo; `steward knowledge show jiaozuo` lists all."),
    ],
)
def test_what_is_not_there_cannot_be_shown(arguments: list[str], complaint: str) -> None:
    result = steward("knowledge", "show", *arguments)
    assert result.exit_code == 1
    assert result.output == f"Error: {complaint}\n"


def test_the_grid_has_no_hole() -> None:
    grid = steward("knowledge", "grid").output
    assert grid.split()[:5] == ["tcwta", "jiaozuo", "changchun", "cccc", "shanghai"]
    assert "支持资金" in grid
    assert "?" not in grid


def test_the_topics_are_listed_with_their_points() -> None:
    listed = steward("knowledge", "topics").output
    assert len(listed.splitlines()) >= 40
    assert "牌匾证书" in listed


def test_nothing_is_wrong_with_the_knowledge_base() -> None:
    result = steward("knowledge", "check")
    assert result.output == "Nothing is wrong (no originals configured).\n"
    assert result.exit_code == 0


def test_the_settings_in_force_are_shown() -> None:
    assert "port = 8000" in steward("config", "show").output


@pytest.mark.parametrize("locale", ["C", "POSIX", "zh_CN.GBK"])
def test_output_is_utf8_whatever_the_locale(locale: str) -> None:
    environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment.pop("PYTHONIOENCODING", None)
    line = json.dumps({"conversation": 1, "text": GRANT}).encode()
    command = [sys.executable, "-m", "bot", "ask", "--jsonl"]
    done = subprocess.run(command, input=line, capture_output=True, env=environment, cwd=ROOT, check=True)
    assert "万元" in json.loads(done.stdout.decode("utf-8"))["answer"]
    assert done.stderr == b""


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    lines = b"".join(json.dumps({"conversation": n, "text": "你好"}).encode() + b"\n" for n in range(50))
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "bot", "ask", "--jsonl"]
    done = subprocess.run(command, input=lines, stdout=writer, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 1


def put(key: str, channel: str = "terminal") -> None:
    def unit(session: Session) -> None:
        contact = contacts.find_or_make(session, channel, "local", NOW)
        outbox.put(session, [Letter(key, contact.id, Push(f"{key}！").dump(), NOW)], NOW)

    database = Database("sqlite:///data/steward.db")
    database.migrate()
    database.run(unit).result()
    database.close()


def test_what_is_to_be_sent_is_listed_delivered_and_told() -> None:
    put("changchun:7")
    put("changchun:8", "web")
    listed = steward("remind", "list").output
    assert listed.splitlines()[:2] == [
        "waiting 2  claimed 0  held 0  sent 0  failed 0  withdrawn 0",
        "The oldest not delivered was to leave at 2026-11-20 10:00.",
    ]
    assert "changchun:7  waiting  terminal  2026-11-20 10:00  2026-11-20 10:00  0" in listed
    delivered = steward("remind", "deliver").output
    assert delivered == "\n提醒：（补发，原定11月20日）changchun:7！\n\n"
    assert steward("remind", "deliver").output == ""
    assert "changchun:7" not in steward("remind", "list").output
    assert "changchun:7  sent" in steward("remind", "list", "--state", "sent").output
    story = steward("remind", "why", "changchun:7").output
    assert "state          sent, said to be late\n" in story
    assert "2026-11-20 10:00  planned\n" in story
    assert story.rstrip().endswith("  sent late")
    assert "local" not in story


def test_a_reminder_that_is_not_there_is_told() -> None:
    result = steward("remind", "why", "nothing")
    assert result.exit_code == 1
    assert result.output == "Error: There is no nothing; `steward remind list` lists what is not delivered.\n"
    assert steward("remind", "list").output == "waiting 0  claimed 0  held 0  sent 0  failed 0  withdrawn 0\n"


def test_the_states_offered_are_the_states_there_are() -> None:
    assert set(STATES) == set(outbox.State)
