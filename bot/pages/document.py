"""The result of a self-check as a Word document."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from handlers.checking.report import NOT_A_DECISION, SOFT, SOFT_MEANS, Group, Report, grouped

BODY, HEAD = "宋体", "黑体"  # what every Chinese Word has
INK = RGBColor(0x1B, 0x22, 0x2A)
COLUMNS = ((3.0, "条款"), (5.6, "条件"), (4.4, "您的情况"), (3.6, "怎么办"))  # centimetres; 16.6 between the margins


def write(reports: Sequence[Report]) -> bytes:
    """A document with a chapter for each programme.

    Args:
        reports: what was found.

    Returns:
        The bytes of a .docx file.
    """
    document: Any = Document()
    _prepare(document)
    document.core_properties.title = "创新工作室申报条件自查结果"
    document.core_properties.author = "工作室管家"
    for number, report in enumerate(reports):
        if number:
            document.add_page_break()
        _chapter(document, report)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _prepare(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    _set_font(document.styles["Normal"], BODY, 10.5)
    document.styles["Normal"].paragraph_format.line_spacing = 1.35
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles.element.find(f".//{qn('w:lang')}").set(qn("w:eastAsia"), "zh-CN")  # breaks lines
    for name, size in (("Title", 18), ("Heading 1", 14), ("Heading 2", 12)):
        _set_font(document.styles[name], HEAD, size)
        document.styles[name].font.color.rgb = INK


def _set_font(style: Any, name: str, size: float) -> None:
    """Chinese text follows the East Asian font of a style, which has to be named apart."""
    style.font.name, style.font.size = name, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        if attribute.endswith("Theme"):
            del fonts.attrib[attribute]
    fonts.set(qn("w:eastAsia"), name)


def _chapter(document: Any, report: Report) -> None:
    title = document.add_paragraph("自查结果", style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(f"{report.title}　·　{report.reference}　·　自查日期 {report.made_on}")
    verdict = document.add_paragraph(style="Heading 1")
    verdict.add_run(f"结论：{report.headline}")
    for group in grouped(report):
        means = f"：{group.means}" if group.means else ""
        document.add_paragraph(f"{group.name}（{len(group.rows)}项）{means}", style="Heading 2")
        _table(document, group)
    if report.flips:
        document.add_paragraph("最小改动", style="Heading 2")
        for one in report.flips:
            document.add_paragraph(one + "。", style="List Bullet")
    document.add_paragraph("下一步", style="Heading 2")
    for what, says in report.steps:
        document.add_paragraph(f"{what}：{says}。", style="List Bullet")
    if any(row.is_marked_soft for row in report.rows):
        document.add_paragraph(SOFT_MEANS)
    for note in report.notes:
        document.add_paragraph(note.strip("（）"))
    if not any(NOT_A_DECISION in note for note in report.notes):
        document.add_paragraph(NOT_A_DECISION)


def _table(document: Any, group: Group) -> None:
    table = document.add_table(rows=1, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    for column, (width, _) in zip(table.columns, COLUMNS, strict=True):
        column.width = Cm(width)  # LibreOffice goes by the columns, Word by the cells
    _fill(table.rows[0], [name for _, name in COLUMNS], is_head=True)
    for row in group.rows:
        remedy = row.remedy if group.kind in ("unmet", "below") else ""
        _fill(table.add_row(), [row.clause, row.says + (f"（{SOFT}）" if row.is_marked_soft else ""), row.why, remedy])
    header = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way to repeat a head
    header.append(header.makeelement(qn("w:tblHeader"), {}))


def _fill(row: Any, texts: Sequence[str], is_head: bool = False) -> None:
    for cell, text, (width, _) in zip(row.cells, texts, COLUMNS, strict=True):
        cell.width = Cm(width)
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        run = cell.paragraphs[0].add_run(text)
        run.bold = is_head
        run.font.size = Pt(9.5)
