"""What puts the program into production: checked as far as it can be without a container engine or a server."""

import configparser
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.__main__ import main
from bot.config import SECTIONS, read_settings
from bot.figures import Figures, Stock
from bot.settings import Settings
from storage.outbox import State

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
FLOORS = ("bot", "handlers", "knowledge", "storage")
HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
}
MOST_EXPOSED = 2.0  # by the measure of systemd-analyze, 0 to 10


def run(*command: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False)


def compose() -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")
    return read


def admitted() -> list[Path]:
    """What .dockerignore lets through to the builder."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    wanted = [line[1:] for line in lines if line.startswith("!")]
    unwanted = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    files = [file for one in wanted for file in [ROOT / one, *(ROOT / one).rglob("*")] if file.is_file()]
    return [file for file in files if not any(fnmatch(part, one) for part in file.parts for one in unwanted)]


def test_the_dockerfile_has_nothing_to_mend() -> None:
    found = run(BIN / "hadolint", ROOT / "Dockerfile")
    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_runs_without_rights_and_tells_whether_it_is_up() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER \d+:\d+$", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile
    assert "/healthz" in dockerfile
    assert "VOLUME /data" in dockerfile


def test_the_builder_gets_what_the_image_is_made_of_and_nothing_else() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE) for word in line.split()
    }
    assert {file.relative_to(ROOT).parts[0] for file in admitted()} == copied


def test_a_wheel_of_it_holds_every_file_of_the_program(tmp_path: Path) -> None:
    for file in admitted():
        copy = tmp_path / "source" / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    built = run(BIN / "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, tmp_path / "source")
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        str(file.relative_to(ROOT))
        for file in admitted()
        if file.relative_to(ROOT).parts[0] in FLOORS and file.suffix != ".mako"  # for writing migrations
    }
    assert needed <= held


def test_compose_is_as_its_specification_wants_it() -> None:
    checked = run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")
    assert checked.returncode == 0, checked.stdout


def test_compose_shows_no_port_outside_and_holds_no_secret() -> None:
    services = compose()["services"]
    assert services.keys() == {"steward", "database"}
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        assert service["env_file"] == "steward.env"
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["healthcheck"]["test"]
        assert service["restart"] == "unless-stopped"
        assert not any("PASSWORD" in name or "TOKEN" in name for name in service.get("environment", {}))
    assert services["steward"]["depends_on"]["database"]["condition"] == "service_healthy"


def test_the_example_of_secrets_names_variables_that_there_are() -> None:
    example = (DEPLOY / "steward.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?(STEWARD_\w+)=", example, re.MULTILINE))
    known = {
        one.metadata.get("variable")
        for name in SECTIONS
        for one in getattr(Settings(), name).__dataclass_fields__.values()
    }
    assert named <= known
    assert not re.search(r"PASSWORD=\S", example)


@pytest.mark.parametrize("unit", [one for one in UNITS if one.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_service_may_do_little(unit: Path) -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, encoding="utf-8")
    service = dict(parser["Service"])
    assert HARDENED.items() <= service.items()
    assert service["User"] == "steward"
    assert service["ExecStart"].count("/opt/studio-steward/.venv/bin/steward") == 1


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/studio-steward/.venv/bin/steward", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    verified = run("systemd-analyze", "verify", "--man=no", *tmp_path.iterdir())
    assert (verified.returncode, verified.stderr) == (0, "")
    measured = run("systemd-analyze", "security", "--offline=true", "--no-pager", tmp_path / "steward.service")
    if "unrecognized option" not in measured.stderr:
        (level,) = re.findall(r"exposure level for steward.service: ([\d.]+)", measured.stdout)
        assert float(level) <= MOST_EXPOSED


def nginx_directives() -> list[str]:
    text = re.sub(r"^\s*#.*$", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert text.count("{") == text.count("}")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert all(line.endswith(("{", "}", ";")) for line in lines)
    return lines


def test_nginx_passes_on_who_asks_and_keeps_the_watch_inside() -> None:
    lines = nginx_directives()
    for line in (
        "client_max_body_size 256k;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header Host $host;",
        "limit_req zone=steward_talk burst=40 nodelay;",
    ):
        assert line in lines
    for page in ("/metrics", "/readyz"):
        assert lines[lines.index(f"location = {page} {{") + 1] == "return 404;"
    assert lines.count("access_log off;") == 2  # no addresses, no private links


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="no nginx")
def test_nginx_understands_its_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    request = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=steward.example.org")
    assert run("openssl", *request, "-keyout", key, "-out", certificate).returncode == 0
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/letsencrypt/live/steward.example.org", str(tmp_path))
    text = text.replace("/var/log/nginx", str(tmp_path))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    main = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {folders}\n{text} }}"
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")
    tested = run("nginx", "-t", "-c", tmp_path / "nginx.conf")
    assert tested.returncode == 0, tested.stderr


def test_alerts_watch_figures_that_there_are() -> None:
    figures = Figures()
    for is_repeat in (True, False):
        figures.answered("web", "answered", 0.1, is_repeat)
    figures.sent("web", State.SENT)
    figures.refused("web", "signature")
    for is_done in (True, False):
        figures.did("plan", is_done)
    shown = figures.show(0, Stock(dict.fromkeys(State, 0), None), datetime.now(UTC)).decode()
    there = set(re.findall(r"^(steward_\w+)", shown, re.MULTILINE))
    (group,) = YAML(typ="safe").load(DEPLOY / "alerts.yml")["groups"]
    assert len(group["rules"]) >= 10
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith((".", "?"))
        assert set(re.findall(r"steward_\w+", rule["expr"])) <= there
        assert rule["expr"].count("(") == rule["expr"].count(")")


DOCS = sorted((ROOT / "docs").glob("running*.md"))


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_the_pages_on_running_name_what_there_is(page: Path, tmp_path: Path) -> None:
    shown = page.read_text(encoding="utf-8")
    called = re.findall(r"(?:sudo |`)steward (\w+)", shown)
    assert {"doctor", "staff", "backup", "remind"} <= set(called) <= set(main.commands)
    for file in re.findall(r"deploy/[\w.-]+", shown):
        assert (ROOT / file.rstrip(".")).exists()
    settings = blocks(page, "toml")
    assert len(settings) >= 3
    for written in settings:
        (tmp_path / "config.toml").write_text(written, encoding="utf-8")
        assert read_settings({}, tmp_path) != Settings()
    for line in blocks(page, "json"):
        assert json.loads(line)["event"] == "message"
    for written in blocks(page, "yaml"):
        assert "scrape_configs" in YAML(typ="safe").load(written)


def test_both_pages_show_the_same_commands() -> None:
    def commands(page: Path) -> list[str]:
        return [line.partition(" #")[0].rstrip() for block in blocks(page, "sh") for line in block.splitlines()]

    english, chinese = DOCS
    assert commands(english) == commands(chinese)


def test_the_command_for_operators_can_be_read_by_a_plain_shell() -> None:
    assert (DEPLOY / "steward").stat().st_mode & 0o111
    assert run("sh", "-n", DEPLOY / "steward").returncode == 0
