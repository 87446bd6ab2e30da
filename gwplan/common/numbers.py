"""Parsing of numbers in cells, with messages for invalid ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST, LEAST = 1e15, 1e-30
"""Limits on the size of numbers, as written and in model units: anything beyond is a mistake and would spoil numerical sums."""
LONGEST = 60
"""Maximum characters of a number; longer texts are cut to this in messages."""
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE][+-]?\d+)?", re.ASCII)
_PLAIN = re.compile(r"(?:[+-]?\d{1,15}(?:\.\d{0,15})?\n)*", re.ASCII)
"""Lines of numbers of a usual size, without an exponent: each is 0 or lies between 1e-15 and 1e15."""
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,_ ']\d{3})+(?:\.\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_DIGIT = re.compile(r"[1-9]")


def beyond(value: float) -> str:
    """A message if the size of a number is outside the limits or not finite; blank otherwise."""
    if not abs(value) <= MOST:
        return f"is above {MOST:g}, the largest size of a number"
    return f"is below {LEAST:g}, the smallest size of a number other than 0" if 0 < abs(value) < LEAST else ""


def parse_number(text: str) -> float | str:
    """The number, or a message on what is wrong with the text."""
    found = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if found:
        value = float(text)
        # 1e-400 is read as 0, though it is written as something else.
        wrong = beyond(value or (LEAST / 2 if _DIGIT.search(found[1]) else 0.0))
        return f"{text!r} {wrong}" if wrong else value
    shown = repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
    if _NOT_FINITE.fullmatch(text):
        return f"{shown} is not a finite number"
    if _THOUSANDS.fullmatch(text):
        return f"{shown} is not a number; write it without separators of thousands"
    if text.endswith("%"):
        return f"{shown} is not a number; write the share, 0.05 for 5 %, or the unit percent"
    return f"{shown} is not a number{foreign_digit(text)}"


def plain_numbers(cells: Sequence[str]) -> list[float] | None:
    """The numbers of many cells, as `parse_number` reads each; None unless all are plain digits with or without a point."""
    text = "".join(f"{cell}\n" for cell in cells)
    return list(map(float, cells)) if text.count("\n") == len(cells) and _PLAIN.fullmatch(text) else None


def wrong_size(text: str) -> str:
    """A message if a text is a number that is not finite, too large or too small; blank otherwise, also for dates and labels."""
    number = parse_number(text)
    return number if isinstance(number, str) and (_NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text)) else ""


def foreign_digit(text: str) -> str:
    """`; '٣' is not one of the digits 0 to 9`, for the first digit of another script; blank if there is none."""
    sign = next((sign for sign in text if sign.isdigit() and not sign.isascii()), None)
    return "" if sign is None else f"; {sign!r} is not one of the digits 0 to 9"
