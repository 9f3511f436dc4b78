"""The register as a file: XLSX with drop-downs and explanations, or CSV. The template is the same without studios."""

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import IO, Any

from bot.config import CannotStart
from bot.sheets import protect
from knowledge.entries import COLUMNS, REQUIRED, Column, show_number
from knowledge.library import Library
from knowledge.vocabulary import Standing
from storage.register import Studio

SHEET = "台账"
HELP_SHEET = "填写说明"
LEVELS = ("国家级", "省级", "市级", "县级", "基层单位")
KINDS = ("技术开发", "技术攻关", "技能传授", "技术协作", "培训服务", "其他")
LAST_ROW = 100_001  # as far as the drop-downs reach
EXPLAINED: Mapping[Column, str] = {
    Column.NUMBER: "系统给的编号，如 T12。新登记的留空，不要改动。",
    Column.PROGRAMME: "必填，从下拉里选。",
    Column.NAME: "必填，写全称。",
    Column.UNIT: "必填，写全称。项目、名称、单位都相同就算同一个工作室，再次导入是更新。",
    Column.LEVEL: "可从下拉里选，也可自己写。",
    Column.KIND: "可从下拉里选，也可自己写。",
    Column.UNION: "管这个单位的工会，写全称；按工会分工的工作人员凭它看到自己的工作室。",
    Column.LEADER: "姓名。",
    Column.MEMBERS: "整数。",
    Column.SITE_AREA: "平方米，只写数字。",
    Column.CONFERRED: "年月日齐全，如 2024-03-01、2024/3/1、2024年3月1日。",
    Column.STANDING: "从下拉里选；新登记的留空就是正常。只有正常的会提醒。",
    Column.FIRST_CONTACT: "负责的工作人员，写邀请时登记的名字。",
    Column.SECOND_CONTACT: "第一联系人没有回应时提醒的人。",
    Column.NOTES: "最多500字。",
}
GENERAL = (
    "一行一个工作室，第一行是表头，不要合并单元格。",
    "表里没有的列，导入时不动；有列而单元格空着，已登记的内容会被清空（状态除外）。",
    "先试一遍：steward studios import 文件 --dry-run，会列出每一处问题，什么也不写入。",
)

Names = Mapping[int, str]


def write_register(
    file: Path, studios: Iterable[Studio], names: Names, library: Library, is_forced: bool = False
) -> int:
    """Write studios into a new file; nothing is left behind where it fails.

    Args:
        file: ends in .xlsx or .csv.
        studios: what is written.
        names: what the staff is called, by number.
        library: what the programmes are called.
        is_forced: whether a file that is there may be replaced.

    Returns:
        how many studios were written.

    Raises:
        CannotStart: the file is there already, cannot be written or is of another kind.
    """
    writers = {".xlsx": _write_xlsx, ".csv": _write_csv}
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise CannotStart(f"{file}: only .xlsx and .csv are written")
    if file.exists() and not is_forced:
        raise CannotStart(f"{file}: is there already; choose another name or give --force")
    count = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal count
        for one in studios:
            count += 1
            yield [_cell(column, one, names, library) for column in COLUMNS]

    try:
        _in_its_place(file, lambda target: writer(target, rows(), library))
    except OSError as error:
        raise CannotStart(f"{file}: cannot be written ({error.strerror})") from error
    return count


def _in_its_place(file: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write beside the file and put it there when it is whole, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")
    try:
        with os.fdopen(handle, "w+b") as target:
            write(target)
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _cell(column: Column, studio: Studio, names: Names, library: Library) -> Any:
    value = getattr(studio, column)
    if column is Column.NUMBER:
        return show_number(value) if value else ""
    if column is Column.PROGRAMME:
        return library.programmes[value].name if value in library.programmes else value
    if column in (Column.FIRST_CONTACT, Column.SECOND_CONTACT):
        value = names.get(value, "")
    if isinstance(value, Standing):
        return value.chinese
    return protect(value) if isinstance(value, str) else value


def _write_csv(target: IO[bytes], rows: Iterable[list[Any]], library: Library) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(column.heading for column in COLUMNS)
    for row in rows:
        writer.writerow("" if cell is None else cell for cell in row)
    text.detach()


def _write_xlsx(target: IO[bytes], rows: Iterable[list[Any]], library: Library) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "D2"
    for at, column in enumerate(COLUMNS):
        sheet.column_dimensions[_letter(at)].width = 30 if column in (Column.NAME, Column.UNIT, Column.NOTES) else 14

    def cell(value: Any, is_bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=value)
        if is_bold:
            made.font = Font(bold=True)
        if isinstance(value, date):
            made.number_format = "yyyy-mm-dd"
        return made

    sheet.append([cell(_head(column), is_bold=True) for column in COLUMNS])
    for row in rows:
        sheet.append([cell(one) if isinstance(one, date) else one for one in row])
    _add_choices(sheet, library)
    _explain(book.create_sheet(HELP_SHEET))
    book.save(target)


def _head(column: Column) -> str:
    return column.heading + ("*" if column in REQUIRED else "")


def _add_choices(sheet: Any, library: Library) -> None:
    """Drop-downs: of programme and standing nothing else is taken, of level and kind they are only offered."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = {
        Column.PROGRAMME: [one.name for one in library.programmes.values()],
        Column.STANDING: [one.chinese for one in Standing],
        Column.LEVEL: LEVELS,
        Column.KIND: KINDS,
    }
    for column, words in choices.items():
        rule = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        rule.showErrorMessage = column in (Column.PROGRAMME, Column.STANDING)
        rule.error = "请从下拉里选一个。"
        letter = _letter(list(COLUMNS).index(column))
        rule.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.data_validations.append(rule)


def _explain(sheet: Any) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 90
    for sentence in GENERAL:
        sheet.append(["", sentence])
    sheet.append([])
    for column in COLUMNS:
        sheet.append([_head(column), EXPLAINED[column]])


def _letter(at: int) -> str:
    return chr(ord("A") + at)
