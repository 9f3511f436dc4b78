"""The loader names file, clause and reason of what it cannot read."""

from pathlib import Path

import pytest

from knowledge.library import ORDER, Library, LibraryError, load
from tests.knowledge.asking import plant

TCWTA = "programmes/tcwta.toml"
NOT_YET = "the lexicon's and the phrasings' readers raise their own errors"


def test_the_programmes_stand_in_their_order(library: Library) -> None:
    assert tuple(library.programmes) == ORDER


def test_every_fact_knows_its_clause(library: Library) -> None:
    for programme in library.programmes.values():
        for clause in programme.clauses:
            assert programme.by_label[clause.id] is clause
            assert {(fact.programme, fact.clause) for fact in clause.facts} == {(programme.id, clause.id)}


def test_a_copied_folder_loads_alike(library: Library, copied: Path) -> None:
    other = load(copied)
    assert [fact.says for fact in other.facts()] == [fact.says for fact in library.facts()]
    assert other.asks == library.asks


@pytest.mark.parametrize(
    ("pattern", "replacement", "clause", "what"),
    [
        (r"\[document\]", "[document", "", "not TOML"),
        (r'name = "中国技协"\n', "", "[document]", "name"),
        (r'inquire = "', 'enquire = "', "[document]", "enquire"),
        (r'heading = "征集时间"', 'title = "征集时间"', "五、1", "unknown key title"),
        (r'(id = "deadline"\n  aspects = )', r'colour = "red"\n  \1', "五、1", "unknown key colour"),
        (r'(id = "deadline"\n  )aspects = \[[^\]]*\]\n', r"\1", "五、1", "lacks 'aspects'"),
        (
            r'(id = "deadline"\n  aspects = \[[^\]]*\]\n  )modality = "states"',
            r'\1modality = "could"',
            "五、1",
            "could",
        ),
        (r"values = \{ until = ", "values = { til = ", "五、1", "unknown value til"),
        (r'(\ncopies = \{ )near = "', r'\1near = "no-such-', "[silences] copies", "no fact 'no-such-"),
        (r"(\ncopies = \{ )near = ", r"\1nearest = ", "[silences] copies", "unknown key nearest"),
    ],
)
def test_what_the_loader_refuses_is_named(copied: Path, pattern: str, replacement: str, clause: str, what: str) -> None:
    plant(copied, TCWTA, pattern, replacement)
    with pytest.raises(LibraryError) as refused:
        load(copied)
    assert refused.value.file == "tcwta.toml"
    assert refused.value.clause == clause
    assert what in refused.value.what
    assert str(refused.value).startswith("tcwta.toml: ")


def test_a_file_that_is_not_utf_8_is_named(copied: Path) -> None:
    path = copied / TCWTA
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(LibraryError, match=r"tcwta\.toml: not TOML"):
        load(copied)


@pytest.mark.parametrize(
    ("file", "pattern", "replacement"),
    [
        ("lexicon.toml", r"\[aspects\]", "[aspects"),
        ("lexicon.toml", r"\[smalltalk\]", "[small-talk]"),
        ("lexicon.toml", r'topic = "meaning", ', ""),
        ("asks/tcwta.toml", r" = \[", " = "),
        (TCWTA, r'stretches = \[\[1, "', 'stretches = [["'),
        (TCWTA, r"stretches = \[\[1, ", 'stretches = [["one", '),
    ],
)
def test_other_files_are_named_too(copied: Path, file: str, pattern: str, replacement: str) -> None:
    plant(copied, file, pattern, replacement)
    with pytest.raises(LibraryError, match=Path(file).name.replace(".", r"\.")):
        load(copied)
