"""Settings: what is not understood is named, with what is allowed."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bot.config import SECTIONS, ConfigError, read_settings, render
from bot.settings import Settings

ROOT = Path(__file__).parents[2]

ALLOWED = ", ".join(SECTIONS)
BAD = {
    "[storage]\nulr = 'sqlite://'": "[storage] ulr: unknown key; allowed: url, keep_days. Did you mean url?",
    "[stroage]\nurl = 'x'": f"[stroage]: unknown section; allowed: {ALLOWED}. Did you mean",
    "source = 'x'": f"[source]: unknown section; allowed: {ALLOWED}.",
    "web = 3": "web: expected a section [web], got 3",
    "[wechat]\nmenu = [['一'], ['二'], ['三'], ['四']]": "[wechat] menu: at most 3 buttons with at most 5 below each",
    "[wechat]\nmenu = [['自查', '很长的名字' ], ['非常非常长的名字']]": "[wechat] menu: '非常非常长的名字' is longer",
    "[wechat]\nmenu = 'x'": "[wechat] menu: expected rows of texts such as",
    "[wechat]\ntoken = 'a b'": "[wechat] token: expected 3 to 32 letters and digits, got another value",
    "[web]\npublic_url = 'steward'": "[web] public_url: expected an address such as https://HOST, got 'steward'",
    "[web]\nport = '80'": "[web] port: expected a whole number, got '80'",
    "[web]\nport = true": "[web] port: expected a whole number, got True",
    "[web]\nport = 0": "[web] port: expected 1 to 65535, got 0",
    "[web]\nport = 65536": "[web] port: expected 1 to 65535, got 65536",
    "[web]\nhost = ''": "[web] host: expected a text, got ''",
    "[storage]\nkeep_days = 1.5": "[storage] keep_days: expected a whole number, got 1.5",
    "[knowledge]\noriginals = 1": "[knowledge] originals: expected a text with a path, got 1",
    "[web\nport = 1": "is not TOML",
}


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_every_default_works(tmp_path: Path) -> None:
    assert read_settings({}, tmp_path) == Settings()


@pytest.mark.parametrize(("text", "complaint"), BAD.items())
def test_what_is_not_understood_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_settings({}, tmp_path)
    assert str(caught.value).startswith(f"{file}: ")
    assert complaint in str(caught.value)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read"):
        read_settings({"STEWARD_CONFIG": str(tmp_path / "nowhere.toml")}, tmp_path)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes("# 设置".encode("gb18030"))
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings({}, tmp_path)


def test_paths_in_the_file_start_at_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "[knowledge]\noriginals = 'papers'")
    settings = read_settings({"STEWARD_CONFIG": str(file)})
    assert settings.knowledge.originals == tmp_path / "papers"
    assert settings.source == file


def test_the_environment_outdoes_the_file_and_its_password_is_never_shown(tmp_path: Path) -> None:
    write(tmp_path, "[storage]\nurl = 'sqlite:///x.db'\nkeep_days = 7")
    address = "postgresql://steward:geheim@db/steward"
    settings = read_settings({"STEWARD_DATABASE_URL": address}, tmp_path)
    assert settings.storage.url == address
    assert settings.storage.keep_days == 7
    assert "geheim" not in render(settings)
    assert "postgresql://steward:***@db/steward" in render(settings)


def test_secrets_come_from_the_environment_and_are_never_shown(tmp_path: Path) -> None:
    write(tmp_path, "[wechat]\napp_id = 'wx1'\nsecret = 'geheim1'\n[wecom]\nsecret = 'geheim2'\n")
    given = {"STEWARD_WECHAT_TOKEN": "geheim3", "STEWARD_WECHAT_AES_KEY": "a" * 43, "STEWARD_WECHAT_SECRET": "geheim4"}
    settings = read_settings(given, tmp_path)
    assert (settings.wechat.secret, settings.wechat.token, settings.wecom.secret) == ("geheim4", "geheim3", "geheim2")
    shown = render(settings)
    assert "geheim" not in shown
    assert "a" * 43 not in shown
    with pytest.raises(ConfigError) as refusal:
        read_settings({"STEWARD_WECHAT_AES_KEY": "geheim"}, tmp_path)
    assert "geheim" not in str(refusal.value)


def test_what_is_shown_can_be_read_again(tmp_path: Path) -> None:
    before = read_settings({}, tmp_path)
    write(tmp_path, render(before))
    after = read_settings({}, tmp_path)
    assert replace(after, source=None) == before


def test_the_example_names_every_setting_with_its_default(tmp_path: Path) -> None:
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    write(tmp_path, example)
    assert replace(read_settings({}, tmp_path), source=None) == Settings()
    for name in SECTIONS:
        assert f"\n[{name}]\n" in example
        for one in fields(getattr(Settings(), name)):
            assert re.search(rf"^(# )?{one.name} = ", example, re.MULTILINE)
