"""User text made safe to print: no control characters, no text-direction marks, no line breaks in one-line messages."""

from __future__ import annotations

import re

NAME, MESSAGE, FILE_NAME = 200, 1500, 80
"""Maximum characters shown of a file name and of a message, and of a file name that is created."""
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_TURNING = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb"
UNSAFE = re.compile(f"[{_CONTROL}{_TURNING}\ud800-\udfff\ufeff\U000e0000-\U000e0fff]")
"""Control characters (including ESC and C1), text-direction and invisible marks, surrogates."""
_LINK = re.compile(r"https?://[^\s<>\"'\\`{}|^]+")
_NOT_IN_NAMES = re.compile(r"[^\w.+ -]")
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def printable(text: str) -> str:
    """The text with unprintable characters as escapes; line breaks and tabs stay."""
    return UNSAFE.sub(_escape, text)


def one_line(text: str, most: int = MESSAGE) -> str:
    """As `printable`, on one line of at most `most` characters."""
    shown = text if len(text) <= most else f"{text[:most]} ... ({len(text):,} characters)"
    return printable(shown).replace("\n", "\\n").replace("\t", "\\t")


def unprintable(text: str) -> str:
    """The first unprintable character of a text, as an escape; blank if there is none."""
    found = UNSAFE.search(text)
    return _escape(found) if found else ""


def is_link(address: str) -> bool:
    """True for an address that is safe to link: http or https, without other schemes."""
    return _LINK.fullmatch(address) is not None


def file_name(text: str) -> str:
    """A text as part of a file name valid on any system: other characters become `_`, long texts are cut."""
    return _NOT_IN_NAMES.sub("_", text)[:FILE_NAME].strip() or "_"


def cell_text(text: str) -> str:
    """A text as a CSV cell, with a leading `'` if a spreadsheet would read it as a formula. `read_cell` removes it."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def read_cell(text: str) -> str:
    """The inverse of `cell_text`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
