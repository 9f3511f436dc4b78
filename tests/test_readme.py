"""What the READMEs show is what the program says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main

ROOT = Path(__file__).parents[1]
SHOWN = re.compile(
    r"```console\n\$ \.venv/bin/steward (ask .+?|check .+?|dues .+?|knowledge show .+?)\n(.*?)```", re.DOTALL
)
STUDIO = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[0]
SAMPLES = [
    pytest.param(command, shown, id=f"{file}-{number}")
    for file in ("README.md", "README.zh-CN.md")
    for number, (command, shown) in enumerate(SHOWN.findall((ROOT / file).read_text(encoding="utf-8")))
    if "<" not in command and "|" not in command
]


@pytest.mark.parametrize(("command", "shown"), SAMPLES)
def test_a_sample_is_what_the_program_says(
    command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("studio.json").write_text(STUDIO, encoding="utf-8")
    words = shlex.split(command)
    if words[0] == "ask" and "--today" not in words:
        words += ["--today", "2026-11-20"]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 0
    assert said.output.strip() == shown.strip()
