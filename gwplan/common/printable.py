"""Text of users made fit to print: no control of the terminal, no turned reading direction, no line breaks where one line is meant."""

from __future__ import annotations

import re

NAME, MESSAGE, FILE_NAME = 200, 1500, 80
"""Characters of the name of a file and of a message that are shown, and of a name that files are given."""
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_TURNING = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb"
UNSAFE = re.compile(f"[{_CONTROL}{_TURNING}\ud800-\udfff\ufeff\U000e0000-\U000e0fff]")
"""Controls (ESC and C1 among them), marks that turn or hide text, halves of characters."""
_LINK = re.compile(r"https?://[^\s<>\"'\\`{}|^]+")
_NOT_IN_NAMES = re.compile(r"[^\w.+ -]")
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def printable(text: str) -> str:
    """The text with what may not be printed written as an escape; line breaks and tabs stay."""
    return UNSAFE.sub(_escape, text)


def one_line(text: str, most: int = MESSAGE) -> str:
    """As `printable`, on one line and not longer than `most` characters."""
    shown = text if len(text) <= most else f"{text[:most]} ... ({len(text):,} characters)"
    return printable(shown).replace("\n", "\\n").replace("\t", "\\t")


def unprintable(text: str) -> str:
    """The first sign of a text that may not be printed, as an escape; blank where there is none."""
    found = UNSAFE.search(text)
    return _escape(found) if found else ""


def is_link(address: str) -> bool:
    """True for an address that a page may make a link of: http or https, and nothing else in it."""
    return _LINK.fullmatch(address) is not None


def file_name(text: str) -> str:
    """A text as part of the name of a file or folder on any system: other signs become `_`, and what is long is cut."""
    return _NOT_IN_NAMES.sub("_", text)[:FILE_NAME].strip() or "_"


def cell_text(text: str) -> str:
    """A text as a cell of a CSV: with a leading `'` where a spreadsheet would take it for a formula. `read_cell` takes it away."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def read_cell(text: str) -> str:
    """What `cell_text` made a cell of."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
