"""The register as files: what is exported comes back the same, what is mangled is told, and nothing is half done."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.config import CannotStart
from bot.desk import IN_MEMORY
from bot.office import Office
from bot.sheets import SIGNS, protect, unprotect
from bot.sheets.importing import Plan
from bot.sheets.reading import UnreadableSheet, read_sheet
from bot.sheets.writing import write_register
from knowledge.entries import COLUMNS, SHEET_ERRORS, Column, clean
from knowledge.library import ORDER, Library
from knowledge.vocabulary import Standing
from storage.database import Database
from storage.register import Studio
from tests.cast import NOW, TODAY

HEADINGS = [about.heading for about in COLUMNS.values()]
KINDS = st.sampled_from([".xlsx", ".csv"])
FIRST = [
    "",
    "焦作",
    "王建国创新工作室",
    "焦作机床厂",
    "市级",
    "",
    "山阳区总工会",
    "王建国",
    "12",
    "60.5",
    "2024-03-01",
    "正常",
]
BAD = {
    Column.PROGRAMME: "北京",
    Column.NAME: "",
    Column.UNIT: " ",
    Column.MEMBERS: "约12",
    Column.SITE_AREA: "大",
    Column.CONFERRED: "2024-02-30",
    Column.STANDING: "很好",
    Column.NUMBER: "7",
    Column.FIRST_CONTACT: "没有这个人",
    Column.LEADER: "长" * 41,
}


def words(longest: int, least: int = 0) -> st.SearchStrategy[str]:
    """Texts as the register keeps them, formulae and all."""
    plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=longest)
    odd = st.sampled_from(
        ["=1+1", "+86", "-3", "@SUM(A1)", "'引号", "'=1", "＝1", "a,b;c", '说"好"', "<b>&amp;", "_x000D_"]
    )
    cut = st.one_of(plain, odd).map(lambda text: clean(text)[:longest].strip())
    return cut.filter(lambda text: len(text) >= least and text not in SHEET_ERRORS)


STUDIOS = st.lists(
    st.builds(
        Studio,
        programme=st.sampled_from(ORDER),
        name=words(30, 1),
        unit=words(30, 1),
        level=words(10),
        kind=words(10),
        union_in_charge=words(30),
        leader=words(20),
        members=st.none() | st.integers(1, 10_000),
        site_area=st.none() | st.integers(1, 100_000_000).map(lambda value: value / 100),
        conferred_on=st.none() | st.dates(date(1950, 1, 1), TODAY),
        standing=st.sampled_from(Standing),
        notes=words(60),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)


@pytest.fixture
def office(library: Library) -> Office:
    return new_office(library)


def new_office(library: Library) -> Office:
    database = Database(IN_MEMORY)
    database.migrate()
    return Office(library, database, lambda: NOW)


def write_csv(folder: Path, *rows: list[str], encoding: str = "utf-8-sig", name: str = "a.csv") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file = folder / name
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def enter(office: Office, file: Path, is_dry: bool = False) -> Plan:
    return office.import_sheet(read_sheet(file), is_dry, lambda: None, lambda _: None)


def kept(office: Office) -> list[Studio]:
    return office.search((), None, None, 1_000)[1]


def result(plan: Plan) -> tuple[int, int, int, int]:
    return len(plan.fresh), len(plan.changed), len(plan.same), len(plan.problems)


@pytest.mark.no_cover
@given(studios=STUDIOS, kind=KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_exported_comes_back_the_same(library: Library, studios: list[Studio], kind: str) -> None:
    one, other = new_office(library), new_office(library)
    with TemporaryDirectory() as folder:
        first, second, bare = (Path(folder) / f"{name}{kind}" for name in ("first", "second", "bare"))
        numbered = [replace(studio, id=0) for studio in studios]
        write_register(first, numbered, {}, library)
        assert result(enter(one, first)) == (len(studios), 0, 0, 0)
        assert [replace(studio, id=0) for studio in kept(one)] == studios
        assert one.export(second, False) == len(studios)
        assert result(enter(one, second)) == (0, 0, len(studios), 0)
        write_register(bare, numbered, {}, library)
        enter(other, bare)
        assert kept(other) == kept(one)
    one.close()
    other.close()


@given(st.text())
def test_a_protected_text_is_no_formula_and_comes_back(text: str) -> None:
    assert not protect(text).startswith(SIGNS)
    assert unprotect(protect(text)) == text


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
def test_no_cell_of_a_file_is_a_formula(office: Office, library: Library, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"out{kind}"
    write_register(file, [Studio("jiaozuo", "=HYPERLINK(1)", "+1", leader="@x", notes="-2")], {}, library)
    if kind == ".csv":
        cells = [cell for row in csv.reader(io.StringIO(file.read_text("utf-8-sig"))) for cell in row]
        assert not any(cell.startswith(SIGNS) for cell in cells)
    else:
        sheet = load_workbook(file)["台账"]
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert result(enter(office, file)) == (1, 0, 0, 0)
    assert kept(office)[0].name == "=HYPERLINK(1)"


@given(mangled=st.lists(st.lists(st.sampled_from(list(BAD)), unique=True, max_size=3), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_mangled_cell_is_told_and_nothing_is_half_done(library: Library, mangled: list[list[Column]]) -> None:
    office = new_office(library)
    rows = []
    for number, columns in enumerate(mangled):
        row = FIRST + [""] * (len(HEADINGS) - len(FIRST))
        row[HEADINGS.index("工作室名称")] = f"{number}号工作室"
        for column in columns:
            row[HEADINGS.index(column.heading)] = BAD[column]
        rows.append(row)
    with TemporaryDirectory() as folder:
        plan = enter(office, write_csv(Path(folder), HEADINGS, *rows))
    told = {(problem.row, problem.column) for problem in plan.problems}
    wrong = {(at, column.heading) for at, columns in enumerate(mangled, start=2) for column in columns}
    late = {place for place in wrong if place[1] == "第一联系人"}  # whether there is such a person is asked last
    whole = {place for place in wrong if len(mangled[place[0] - 2]) == 1}
    assert wrong - late <= told <= wrong
    assert whole <= told
    assert len(kept(office)) == (0 if wrong else len(mangled))
    office.close()


def test_a_fault_while_writing_leaves_nothing_behind(office: Office, library: Library, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    write_register(file, [Studio("jiaozuo", f"{at}号", "厂") for at in range(1_200)], {}, library)

    def fail(_: int) -> None:
        raise RuntimeError("the lamp went out")

    with pytest.raises(RuntimeError):
        office.import_sheet(read_sheet(file), False, lambda: None, fail)
    assert kept(office) == []


def test_a_dry_run_enters_nothing(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path, HEADINGS, FIRST)
    assert result(enter(office, file, is_dry=True)) == (1, 0, 0, 0)
    assert kept(office) == []


def test_a_row_brings_a_known_studio_up_to_date(office: Office, tmp_path: Path) -> None:
    enter(office, write_csv(tmp_path, HEADINGS, FIRST))
    file = write_csv(
        tmp_path, ["工作室名称", "单位", "项目", "领衔人"], ["王建国 创新工作室", "焦作机床厂", "焦作市", "李卫东"]
    )
    plan = enter(office, file)
    assert [str(change) for change in plan.changed] == ["row 2: T1 王建国创新工作室: 工作室名称, 领衔人"]
    (studio,) = kept(office)
    assert (studio.leader, studio.members, studio.conferred_on) == ("李卫东", 12, date(2024, 3, 1))


def test_by_its_number_a_studio_may_be_renamed(office: Office, tmp_path: Path) -> None:
    enter(office, write_csv(tmp_path, HEADINGS, FIRST))
    renamed = ["T1", "焦作", "王建国技术创新工作室", "焦作机床厂"]
    assert result(enter(office, write_csv(tmp_path, HEADINGS[:4], renamed))) == (0, 1, 0, 0)
    assert [one.name for one in kept(office)] == ["王建国技术创新工作室"]


def test_an_empty_standing_wakes_no_studio(office: Office, tmp_path: Path) -> None:
    enter(office, write_csv(tmp_path, HEADINGS, [*FIRST[:-1], "停用"]))
    assert result(enter(office, write_csv(tmp_path, HEADINGS, [*FIRST[:-1], ""]))) == (0, 0, 1, 0)
    assert kept(office)[0].standing is Standing.SUSPENDED


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["T9", *FIRST[1:]]], "row 2, 台账编号: the register has no T9"),
        ([["T1", "焦作", "别的", "别处"]], "row 2, 台账编号: T1 is 甲 of 厂, which is not what this row says"),
        ([["T1", "长春", "甲", "厂"]], "row 2, 台账编号: T1 is 甲 of 厂, which is not what this row says"),
        ([["T1", "焦作", "乙", "厂"]], "row 2, 工作室名称: T2 has this name and unit already"),
        ([FIRST, FIRST], "row 3, 工作室名称: is the same studio as row 2"),
        ([["T1", "焦作", "丙", "厂"], ["", "焦作", "甲", "厂"]], "row 3, 工作室名称: is the same studio as row 2"),
    ],
)
def test_a_row_that_would_mix_up_studios_is_told(
    office: Office, tmp_path: Path, rows: list[list[str]], told: str
) -> None:
    enter(office, write_csv(tmp_path, HEADINGS, ["", "焦作", "甲", "厂"], ["", "焦作", "乙", "厂"]))
    before = kept(office)
    assert [str(problem) for problem in enter(office, write_csv(tmp_path, HEADINGS, *rows)).problems] == [told]
    assert kept(office) == before


def test_a_contact_must_be_staff_who_sees_the_studio(office: Office, tmp_path: Path) -> None:
    for name, scope in (("李干事", "焦作"), ("陈干事", "长春")):
        office.invite(name, False, scope, 7)
    head = ["项目", "工作室名称", "所在单位", "第一联系人", "第二联系人"]
    plan = enter(office, write_csv(tmp_path, head, ["焦作", "甲", "厂", "陈干事", "赵干事"]))
    assert [problem.column for problem in plan.problems] == ["第一联系人", "第二联系人"]
    assert result(enter(office, write_csv(tmp_path, head, ["焦作", "甲", "厂", "李干事", ""]))) == (1, 0, 0, 0)
    assert office.names()[kept(office)[0].first_contact or 0] == "李干事"
    file = tmp_path / "out.xlsx"
    office.export(file, False)
    assert result(enter(office, file)) == (0, 0, 1, 0)
    assert office.revoke("S1") == 1
    assert kept(office)[0].first_contact is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_of_every_office_program_is_read(office: Office, tmp_path: Path, encoding: str, separator: str) -> None:
    text = "焦作市台账\r\n\r\n" + "\r\n".join(separator.join(row) for row in (HEADINGS[:12], FIRST)) + "\r\n"
    text = text if separator == "," else text.removeprefix("焦作市台账\r\n\r\n")
    file = tmp_path / "a.csv"
    file.write_bytes(text.encode(encoding))
    assert result(enter(office, file)) == (1, 0, 0, 0)


def test_a_workbook_with_a_title_dates_and_a_second_sheet_is_read(office: Office, tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("说明", 0).append(["随便写的"])
    sheet = book["Sheet"]
    sheet.append(["2026年工作室台账"])
    sheet.append([])
    sheet.append(["序号", "项目", "工作室名称", "所在单位", "命名时间", "成员人数"])
    sheet.append([1, "焦作", "甲", "厂", date(2024, 3, 1), 12])
    sheet.append([2, "焦作", "乙", "厂", 20240301, "=3+4"])
    sheet.append([3, "焦作", "丙", "厂", 45352, 12.0])
    file = tmp_path / "a.xlsx"
    book.save(file)
    found = read_sheet(file)
    assert found.unknown == ("序号",)
    assert result(office.import_sheet(found, False, lambda: None, lambda _: None)) == (3, 0, 0, 0)
    assert {one.conferred_on for one in kept(office)} == {date(2024, 3, 1)}


def xlsx_of(*sheets: str) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        book = Workbook()
        for name in sheets:
            book.create_sheet(name).append(HEADINGS)
        book.save(file)

    return make


def counting_from_1904(file: Path) -> None:
    from openpyxl.utils.datetime import MAC_EPOCH

    book = Workbook()
    book.epoch = MAC_EPOCH
    book.active.append(HEADINGS)  # type: ignore[union-attr]
    book.save(file)


def bomb(file: Path) -> None:
    kind = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(file, "w", kind) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(310):
            part.write(b" " * 1_000_000)


def entities(file: Path) -> None:
    xlsx_of("台账")(file)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    laugh = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    sheet = next(name for name in parts if name.endswith("sheet2.xml"))
    parts[sheet] = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laugh}]><worksheet>&a9;</worksheet>'.encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def cut_off(file: Path) -> None:
    xlsx_of("台账")(file)
    file.write_bytes(file.read_bytes()[:3_000])


HOSTILE = [
    ("none.csv", None, "cannot be read"),
    ("folder.csv", Path.mkdir, "cannot be read"),
    ("old.xls", lambda file: file.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "old (.xls) or password-protected"),
    ("old.xlsx", lambda file: file.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "old (.xls) or password-protected"),
    ("text.xlsx", lambda file: file.write_text("a,b"), "its content looks like .csv"),
    ("book.csv", xlsx_of("台账"), "its content looks like .xlsx"),
    ("photo.png", lambda file: file.write_bytes(b"\x89PNG"), "only .xlsx and .csv are read"),
    ("picture.csv", lambda file: file.write_bytes(b"\x89PNG\r\n\xff\xff\xff"), "is neither UTF-8 nor GB18030"),
    ("wide.csv", lambda file: file.write_bytes("项目".encode("utf-16")), "is UTF-16 text"),
    ("nul.csv", lambda file: file.write_bytes(b"a\x00b"), "is not text"),
    ("empty.csv", lambda file: file.write_bytes(b""), "no row of headings"),
    ("other.csv", lambda file: file.write_text("项目,单位\n焦作,厂\n"), "no row of headings, lacking 工作室名称"),
    ("twice.csv", lambda file: file.write_text("项目,单位,工作室,名称\n"), "two columns mean 工作室名称"),
    ("long.csv", lambda file: file.write_text("项目,单位,名称\n" + "长" * 200_000), "is not CSV"),
    ("large.csv", lambda file: file.write_bytes(b"x" * 20_000_001), "is larger than 20 MB"),
    ("two.xlsx", xlsx_of("今年", "去年"), "several sheets have studios (今年, 去年)"),
    ("mac.xlsx", counting_from_1904, "counts days from 1904"),
    ("cut.xlsx", cut_off, "is broken"),
    ("zip.xlsx", lambda file: file.write_bytes(b"PK\x03\x04"), "is broken"),
    ("bomb.xlsx", bomb, "unfolds to far more"),
    ("laugh.xlsx", entities, "is broken"),
]


@pytest.mark.parametrize(("name", "make", "told"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_a_file_that_is_no_register_is_refused_kindly(
    office: Office, tmp_path: Path, name: str, make: Callable[[Path], object] | None, told: str
) -> None:
    file = tmp_path / name
    if make:
        make(file)
    with pytest.raises(UnreadableSheet) as refused:
        enter(office, file)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.no_cover
def test_more_rows_than_a_register_has_are_refused(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text("项目,名称,单位\n" + "焦作,甲,厂\n" * 100_001, encoding="utf-8")
    with pytest.raises(UnreadableSheet, match="more than 100000 rows"):
        enter(office, file)


def test_a_file_is_not_replaced_unless_asked(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    write_register(file, (), {}, library)
    with pytest.raises(CannotStart, match="--force"):
        write_register(file, (), {}, library)
    write_register(file, (), {}, library, is_forced=True)
    assert [one.name for one in tmp_path.iterdir()] == ["t.xlsx"]
    assert file.stat().st_mode & 0o077 == 0


def test_what_cannot_be_written_is_told_and_leaves_nothing(library: Library, tmp_path: Path) -> None:
    for file in (tmp_path / "none" / "t.xlsx", tmp_path / "t.pdf"):
        with pytest.raises(CannotStart, match="written"):
            write_register(file, (), {}, library)

    def broken() -> Iterator[Studio]:
        yield Studio("jiaozuo", "甲", "厂")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_register(tmp_path / "t.csv", broken(), {}, library)
    assert list(tmp_path.iterdir()) == []


def test_the_template_explains_every_column_and_offers_choices(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    write_register(file, (), {}, library)
    book = load_workbook(file)
    sheet, explained = book["台账"], book["填写说明"]
    heads = [str(cell.value) for cell in sheet[1]]
    assert [head.rstrip("*") for head in heads] == HEADINGS
    assert {str(row[0].value) for row in explained.iter_rows()} >= set(heads)
    rules = {str(rule.sqref).partition("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["B"].formula1 == '"中国技协,焦作,长春,中国交建,上海"'
    assert rules["B"].showErrorMessage
    assert not rules["E"].showErrorMessage
    assert rules["L"].formula1 == '"正常,停用,已到期,已撤销"'


@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_thousands_of_studios_are_entered_at_once(library: Library, tmp_path: Path, number: int) -> None:
    office = new_office(library)
    day = date(2020, 1, 1)
    many = [
        Studio(
            ORDER[at % 5], f"{at}号创新工作室", f"第{at % 700}工厂", leader="王", conferred_on=day + timedelta(at % 900)
        )
        for at in range(number)
    ]
    file = tmp_path / "many.xlsx"
    write_register(file, many, {}, library)
    assert result(enter(office, file)) == (number, 0, 0, 0)
    count, _ = office.search(("创新",), None, None, 1)
    assert count == number
    office.close()
