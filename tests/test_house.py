"""The house itself: what is installed is pinned, and what is written down is true."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("bot", "handlers", "storage", "knowledge")
LONGEST_FILE = 400
PINNED = re.compile(r"^[a-z0-9-]+==[^ ]+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_without_an_address(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        assert PINNED.match(line) or HASH.match(line), line


def test_what_is_asked_for_is_pinned() -> None:
    for name in ("requirements", "requirements-dev"):
        pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"{name}.txt").read_text(encoding="utf-8"), re.MULTILINE))
        asked = re.findall(r"^([\w-]+)", (ROOT / f"{name}.in").read_text(encoding="utf-8"), re.MULTILINE)
        assert {one.lower().replace("_", "-") for one in asked if one != "-r"} <= pinned


def test_tests_and_program_run_on_the_same_versions() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert versions("requirements.txt").items() <= versions("requirements-dev.txt").items()


def test_no_file_of_the_program_is_too_long() -> None:
    files = [file for floor in FLOORS for file in (ROOT / floor).rglob("*.py")]
    lengths = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def test_make_help_names_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"^([a-z]+):", makefile, re.MULTILINE):
        if target not in ("environment", "browser", "peers"):
            assert f"make {target} " in told


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").iterdir()), ids=lambda script: script.name)
def test_every_script_can_be_read_by_a_plain_shell(script: Path) -> None:
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


def test_a_python_that_is_found_but_does_not_start_is_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "python3"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    script = f'PATH="{tmp_path}:$PATH" PYTHON= scripts/python.sh'
    found = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert str(shim) not in found.stdout


def test_the_version_is_the_newest_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] in (version, "Unreleased")
