"""Clause labels: 第十二条, 五、3, 三（一）, 附件1说明8 — however people write them."""

import re
from dataclasses import dataclass

from knowledge.quantities import number

_N = r"(\d+|[一二三四五六七八九十百零]+)"
LAST = 99  # no document has more articles
_DIGITS = "零一二三四五六七八九"
_ARTICLE = re.compile(rf"第\s*{_N}\s*条(?:\s*第?\s*{_N}\s*(?:款|项|点|个|小点))?")
_SHORT_ARTICLE = re.compile(rf"(?<![\d一二三四五六七八九十第有共这那前]){_N}\s*条(?!件|款|例|文)")
_CHAPTER = re.compile(rf"第\s*{_N}\s*章")
_PART = re.compile(
    rf"第\s*{_N}\s*(?:部分|大?点|节|大项|大条|块|大部分|段)(?:里|中|下)?(?:面)?(?:的)?(?:\s*[、,，]?\s*第?\s*[(]?{_N}[)]?\s*(?:点|条|项|款|小点|小项|个))?"
)
_DOTTED = re.compile(rf"(?<![\d一二三四五六七八九十]){_N}\s*[、.]\s*(\d+|[一二三四五六七八九十]+)(?![\d年月万个])")
_BRACKET = re.compile(rf"(?<![\d第附件]){_N}\s*[(]\s*{_N}\s*[)]")
_FORM_NOTE = re.compile(
    rf"(?:填表说明|说明|填写说明|附件\s*[1一]\s*(?:的)?(?:填表)?(?:说明)?)\s*(?:里|中)?(?:的)?\s*第?\s*{_N}\s*(?:条|项|点|款)?"
)
_ANNEX = re.compile(r"附件\s*([1-9一二三四五])")


@dataclass(frozen=True)
class ClauseReference:
    """A clause as somebody named it: candidate labels, the plainest first, and a sub-item."""

    said: str
    labels: tuple[str, ...]
    item: int = 0
    article: int = 0


def chinese(value: int) -> str:
    """A number below a hundred in Chinese numerals (12 -> 十二)."""
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (
        _DIGITS[ones] if ones or not tens else ""
    )


def find_clause(text: str) -> ClauseReference | None:
    """The clause a normalised text names, if it names one."""
    for reader in (_annex_part, _form_note, _numbered, _bracket, _point, _article, _part, _dotted, _annex):
        if reference := reader(text):
            return reference
    return None


def neighbour(label: str, step: int) -> ClauseReference | None:
    """The label one step before or behind another (五、3 -> 五、4; 第八条 -> 第九条)."""
    hit = re.search(r"^(.*?)(\d+|[一二三四五六七八九十]+)([）条]?)$", label)
    if not hit:
        return None
    value = _value(hit[2]) + step
    if value > LAST:
        return None
    written = str(value) if hit[2].isdigit() else chinese(value)
    label = f"{hit[1]}{written}{hit[3]}"
    return ClauseReference(label, (label,)) if value > 0 else None


def _annex_part(text: str) -> ClauseReference | None:
    """附件2里二（二） is a part of annex 2, not of the document."""
    hit = re.search(rf"附件\s*[2二][^,，。]{{0,8}}?(?:{_N}\s*[(]|第?{_N}\s*(?:部分|点|条|大|块|章|项|节|段))", text)
    return ClauseReference("附件2", ("附件2",)) if hit else None


def _numbered(text: str) -> ClauseReference | None:
    """第四部分的“三是” -> 四（三）."""
    hit = re.search(rf"第?\s*{_N}\s*(?:部分|大?点)[^,，。]{{0,6}}?[“\"「]?([一二三四五六七八九十])是[”\"」]?", text)
    if not hit:
        return None
    first, second = chinese(_value(hit[1])), chinese(_value(hit[2]))
    return ClauseReference(f"{first}（{second}）", (f"{first}（{second}）", f"{first}、{_value(hit[2])}"))


def _value(text: str | None) -> int:
    return int(number(text)) if text else 0


def _form_note(text: str) -> ClauseReference | None:
    hit = _FORM_NOTE.search(text)
    if not hit or not _value(hit[1]):
        return None
    if hit[0].startswith("说明") and "第" not in hit[0] and "条" not in hit[0]:
        return None
    value = _value(hit[1])
    return ClauseReference(f"填表说明第{value}条", (f"附件1说明{value}",), article=value)


def _bracket(text: str) -> ClauseReference | None:
    hit = _BRACKET.search(text)
    if not hit:
        return None
    first, second = chinese(_value(hit[1])), _value(hit[2])
    return ClauseReference(f"{first}（{chinese(second)}）", (f"{first}（{chinese(second)}）", f"{first}、{second}"))


def _point(text: str) -> ClauseReference | None:
    """第三部分第七条: the point of a part, though it is called an article."""
    hit = re.search(rf"第\s*{_N}\s*(?:部分|大点|大项|大条)[^,，。第]{{0,4}}第\s*{_N}\s*(?:条|点|项|款)", text)
    if not hit:
        return None
    part, point = chinese(_value(hit[1])), _value(hit[2])
    return ClauseReference(f"{part}、{point}", (f"{part}、{point}", f"{part}（{chinese(point)}）", part), item=point)


def _article(text: str) -> ClauseReference | None:
    hit = _ARTICLE.search(text)
    if not hit:
        hit = _SHORT_ARTICLE.search(text)
        if not hit or not 10 <= _value(hit[1]) <= 99:
            return None
        name = chinese(_value(hit[1]))
        return ClauseReference(f"第{name}条", (f"第{name}条",), article=_value(hit[1]))
    if _value(hit[1]) > 99:
        return None
    value, item = _value(hit[1]), _value(hit[2])
    name = chinese(value)
    return ClauseReference(f"第{name}条", (f"第{name}条", name), item=item, article=value)


def _part(text: str) -> ClauseReference | None:
    hit = _PART.search(text)
    if not hit or _value(hit[1]) > 20:
        return None
    part, point = chinese(_value(hit[1])), _value(hit[2])
    if not point:
        return ClauseReference(f"第{part}部分", (part,))
    return ClauseReference(f"{part}、{point}", (f"{part}、{point}", f"{part}（{chinese(point)}）", part), item=point)


def _dotted(text: str) -> ClauseReference | None:
    hit = _DOTTED.search(text)
    if not hit or _value(hit[1]) > 20 or _value(hit[2]) > 20 or hit[1].isdigit():
        return None
    part, point = chinese(_value(hit[1])), _value(hit[2])
    return ClauseReference(f"{part}、{point}", (f"{part}、{point}", f"{part}（{chinese(point)}）"), item=point)


def _annex(text: str) -> ClauseReference | None:
    hit = _ANNEX.search(text)
    if not hit:
        return None
    label = f"附件{_value(hit[1])}"
    return ClauseReference(label, (label,))
