"""Rows out of a file that somebody made: XLSX or CSV, and a kind word about every other thing."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config import CannotStart
from bot.sheets import unprotect
from knowledge.entries import REQUIRED, Column, column_of

MOST_BYTES = 20_000_000  # of the file
MOST_UNPACKED = 300_000_000  # of what it unfolds to
MOST_PARTS = 2_000  # files inside it
MOST_ROWS = 100_000
MOST_COLUMNS = 100
HEAD_ROWS = 20  # the headings are looked for in the first rows; sheets often begin with a title

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# What openpyxl and the unpacking beneath it raise where a file is not what it says.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

Row = tuple[int, tuple[object, ...]]


class UnreadableSheet(CannotStart):
    """A file that cannot be read as a register; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Sheet:
    """A sheet whose headings were found.

    Args:
        columns: the place of each column.
        unknown: headings that name no column.
        about: how many rows it says to have.
        rows: row number and cells, blank rows left out.
    """

    columns: dict[Column, int]
    unknown: tuple[str, ...]
    about: int
    rows: Iterator[Row]


def read_sheet(file: Path) -> Sheet:
    """The one sheet of a file that has the headings of the register.

    Raises:
        UnreadableSheet: it is no such file; the rows raise it too, where they go on for too long.
    """
    try:
        content = _read_bytes(file)
    except OSError as error:
        raise UnreadableSheet(f"{file}: cannot be read ({error.strerror})") from error
    suffix = file.suffix.lower()
    if content.startswith(_OLD_EXCEL):
        raise UnreadableSheet(f"{file}: is an old (.xls) or password-protected Excel file; save it as plain .xlsx")
    if content.startswith(_ZIP) != (suffix == ".xlsx") or suffix not in (".xlsx", ".csv"):
        is_named = ".xlsx" if content.startswith(_ZIP) else ".csv"
        raise UnreadableSheet(f"{file}: only .xlsx and .csv are read; its content looks like {is_named}")
    grids = _xlsx_grids(file, content) if suffix == ".xlsx" else [("", *_csv_grid(file, content))]
    return _choose(file, grids)


def _read_bytes(file: Path) -> bytes:
    if file.stat().st_size > MOST_BYTES:
        raise UnreadableSheet(f"{file}: is larger than {MOST_BYTES // 1_000_000} MB; split it")
    return file.read_bytes()


Grid = tuple[str, int, Iterator[Row]]


def _choose(file: Path, grids: list[Grid]) -> Sheet:
    found: list[tuple[str, Sheet]] = []
    nearest: set[Column] = set()
    for name, about, rows in grids:
        for at, (_, cells) in enumerate(rows):
            columns = _columns(file, cells)
            if set(REQUIRED) <= set(columns):
                found.append((name, Sheet(columns, _unknown(cells), about, _bounded(file, rows))))
                break
            nearest = max(nearest, set(columns), key=len)
            if at >= HEAD_ROWS:
                break
    if len(found) > 1:
        names = ", ".join(name for name, _ in found)
        raise UnreadableSheet(f"{file}: several sheets have studios ({names}); keep one of them in the file")
    if not found:
        lacking = ", ".join(column.heading for column in REQUIRED if column not in nearest)
        raise UnreadableSheet(f"{file}: no row of headings, lacking {lacking} (see `steward studios template`)")
    return found[0][1]


def _columns(file: Path, cells: tuple[object, ...]) -> dict[Column, int]:
    columns: dict[Column, int] = {}
    for at, cell in enumerate(cells):
        column = column_of(str(cell or ""))
        if column in columns:
            raise UnreadableSheet(f"{file}: two columns mean {column.heading}; keep one of them")
        if column:
            columns[column] = at
    return columns


def _unknown(cells: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(" ".join(str(cell).split()) for cell in cells if cell not in (None, "") and not column_of(str(cell)))


def _bounded(file: Path, rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise UnreadableSheet(f"{file}: has more than {MOST_ROWS} rows; split it")
        yield row


# ---------------------------------------------------------------- CSV
def _csv_grid(file: Path, content: bytes) -> tuple[int, Iterator[Row]]:
    text = _decode(file, content)
    if "\x00" in text:
        raise UnreadableSheet(f"{file}: is not text; only .xlsx and .csv are read")
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    return text.count("\n"), _csv_rows(file, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _decode(file: Path, content: bytes) -> str:
    if content.startswith(_UTF16):
        raise UnreadableSheet(f"{file}: is UTF-16 text; save it as “CSV UTF-8”")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet(f"{file}: is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”")


def _csv_rows(file: Path, rows: Iterator[list[str]]) -> Iterator[Row]:
    try:
        for number, cells in enumerate(rows, start=1):
            if any(cell.strip() for cell in cells):
                yield number, tuple(map(unprotect, cells[:MOST_COLUMNS]))
    except csv.Error as error:
        raise UnreadableSheet(f"{file}: is not CSV ({error})") from error


# ---------------------------------------------------------------- XLSX
def _xlsx_grids(file: Path, content: bytes) -> list[Grid]:
    _weigh(file, content)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except _BROKEN as error:
        raise UnreadableSheet(f"{file}: is broken or no workbook ({type(error).__name__}); save it anew") from error
    if book.epoch.year == 1904:
        raise UnreadableSheet(f"{file}: counts days from 1904; turn that off in Excel's options and save it anew")
    return [_xlsx_grid(file, sheet) for sheet in book.worksheets]


def _weigh(file: Path, content: bytes) -> None:
    """Refuse what unfolds to far more than a register has, before it is unfolded."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableSheet(f"{file}: is broken ({error}); save it anew") from error
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise UnreadableSheet(f"{file}: unfolds to far more than a register has; it is not read")


def _xlsx_grid(file: Path, sheet: Any) -> Grid:
    about = min(sheet.max_row or 0, MOST_ROWS)
    sheet.reset_dimensions()  # what a file says of its size need not be true
    return sheet.title, about, _xlsx_rows(file, sheet)


def _xlsx_rows(file: Path, sheet: Any) -> Iterator[Row]:
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            if any(cell is not None and cell != "" for cell in cells):
                yield number, tuple(unprotect(cell) if isinstance(cell, str) else cell for cell in cells)
    except _BROKEN as error:
        raise UnreadableSheet(f"{file}: is broken ({type(error).__name__}); save it anew") from error
