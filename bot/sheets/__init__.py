"""Spreadsheets of the register: reading what people made, writing what they open."""

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")  # a sheet takes a cell that begins so for a formula
MARK = "'"


def protect(text: str) -> str:
    """A text that no sheet takes for a formula; `unprotect` gives back the text."""
    return MARK + text if text.startswith((*SIGNS, MARK)) else text


def unprotect(text: str) -> str:
    """The text behind the mark that `protect` put before it."""
    return text[1:] if text.startswith(MARK) and text[1:].startswith((*SIGNS, MARK)) else text
