"""Numbers as people write them into cells: what is one, and what is wrong with what is none."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,_ ']\d{3})+(?:\.\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def parse_number(text: str) -> float | str:
    """The number, or in words what is wrong with the text."""
    if _NUMBER.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else f"{text!r} is too large for a number"
    if _NOT_FINITE.fullmatch(text):
        return f"{text!r} is not a finite number"
    if _THOUSANDS.fullmatch(text):
        return f"{text!r} is not a number; write it without separators of thousands"
    if text.endswith("%"):
        return f"{text!r} is not a number; write the share, 0.05 for 5 %, or the unit percent"
    return f"{text!r} is not a number"
