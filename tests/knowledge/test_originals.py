"""The operator's own copies: cut into clauses, held against their fingerprints."""

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.library import Clause, Library, Programme
from knowledge.originals import Originals, fingerprint, read_originals, split
from knowledge.reading import read_clause
from tests.knowledge.asking import ask

PIECES = {
    "前言": "茶事办法",
    "第一条": "第一条 茶要热。",
    "第二条": "第二条 水要清，壶要净。",
    "第三条": "第三条 客来三杯。",
}
TEXT = "\n\n".join(PIECES.values())


@pytest.fixture
def tea(library: Library) -> Programme:
    """A programme of four clauses, one stretch each."""

    def clause(order: int, label: str) -> Clause:
        bare = "".join(PIECES[label].split())
        return Clause(label, label, fingerprint(bare), ((order, bare[:3], len(bare)),), ())

    clauses = tuple(clause(order, label) for order, label in enumerate(PIECES))
    return replace(library.programmes["jiaozuo"], id="tea", clauses=clauses, silences={})


@pytest.fixture
def house(library: Library, tea: Programme) -> Library:
    return replace(library, programmes={"tea": tea})


def changed(folder: Path, text: str, house: Library) -> set[str]:
    (folder / "tea.txt").write_text(text, encoding="utf-8")
    return {label for _, label in read_originals(folder, house).changed}


def test_a_document_is_cut_into_its_clauses(tea: Programme) -> None:
    assert split(TEXT, tea) == PIECES


def test_a_clause_in_two_places_is_joined(tea: Programme) -> None:
    first, second, third, fourth = tea.clauses
    stretches = (*first.stretches, (3, "第三条", len("第三条客来三杯。")))
    programme = replace(tea, clauses=(replace(first, stretches=stretches), second, third))
    assert split(TEXT, programme)["前言"] == "茶事办法\n第三条 客来三杯。"
    assert fourth.id not in split(TEXT, programme)


@pytest.mark.parametrize("text", [TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n"), " ".join(TEXT), TEXT + "\n\n"])
def test_white_space_does_not_count(tmp_path: Path, house: Library, text: str) -> None:
    assert changed(tmp_path, text, house) == set()


@pytest.mark.parametrize(
    ("before", "after", "clauses"),
    [
        ("水要清", "水要热", {"第二条"}),
        ("茶要热", "茶热", {"第一条"}),
        ("客来三杯", "客来三大杯", {"第三条"}),
        ("第二条", "第贰条", {"第二条"}),
        ("茶事办法", "茶事办法（试行）", {"前言"}),
        ("第三条 客来三杯。", "", {"第三条"}),
    ],
)
def test_a_change_is_named_by_its_clause(
    tmp_path: Path, house: Library, before: str, after: str, clauses: set[str]
) -> None:
    assert changed(tmp_path, TEXT.replace(before, after), house) == clauses


@pytest.mark.parametrize("text", ["", "茶", "第三条 第二条 第一条", "完全是别的东西" * 100])
def test_any_other_text_is_a_change(tmp_path: Path, house: Library, text: str) -> None:
    assert len(changed(tmp_path, text, house)) >= 3


def test_a_copy_that_is_not_utf_8_is_a_change_and_no_crash(tmp_path: Path, house: Library) -> None:
    (tmp_path / "tea.txt").write_bytes(TEXT.encode("gb18030"))
    assert len(read_originals(tmp_path, house).changed) == len(PIECES)


def test_a_document_without_a_copy_is_absent(tmp_path: Path, house: Library) -> None:
    assert read_originals(tmp_path, house) == Originals(absent=("tea",))


def test_a_folder_in_the_place_of_a_copy_is_no_copy(tmp_path: Path, house: Library) -> None:
    (tmp_path / "tea.txt").mkdir()
    assert read_originals(tmp_path, house).absent == ("tea",)


def test_without_the_originals_wang_is_told_where_to_read(library: Library) -> None:
    found = ask(library, "焦作牌匾多大", "原文")
    programme = library.programmes["jiaozuo"]
    assert programme.title in found.text
    assert programme.inquire in found.text
    assert found.citations == ask(library, "焦作牌匾多大").citations


def test_with_the_originals_wang_sees_the_passage(library: Library, originals: Originals) -> None:
    found = ask(library, "焦作牌匾多大", "原文", originals=originals)
    passage = originals.passages["jiaozuo", "第十三条"]
    assert passage[:40] in found.text


def test_every_clause_can_be_read_in_the_original(library: Library, originals: Originals) -> None:
    for programme in library.programmes.values():
        for clause in programme.clauses:
            view = read_clause(library, programme.id, clause.id, originals)
            assert view is not None
            assert view.passage
            assert "".join(view.passage.split()).startswith(clause.stretches[0][1])
            assert not {fact.says for fact in clause.facts} - {*view.sentences, *view.notes}
