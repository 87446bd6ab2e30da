"""The grammar of units: names, numbers, `*`, `/`, `**` with an integer exponent, brackets. Only products are evaluated.

    unit   = factor { ("*" | "/" | " ") factor }
    factor = (name | number | "(" unit ")") [ ("**" | "^") exponent ]

A unit is at most `LONGEST` characters long, brackets are at most `DEEPEST` deep, and no name has an exponent beyond
`HIGHEST` after expanding brackets: any text is parsed in less than a millisecond. A space multiplies only before the
first division: `kW year` is a product, `USD_2026/kW year` is ambiguous and rejected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gwplan.common.numbers import foreign_digit

LONGEST = 120
DEEPEST = 8
HIGHEST = 9
LARGEST = 1e30
"""Maximum ratio between two units: anything beyond is a mistake and would overflow in products."""
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-zµμ°_][\wµμ°]*|%)|(\*\*|\^)|([*/()+-]))", re.ASCII)
_SUPERSCRIPT = re.compile("[²³¹⁰-⁹⁻]")


class NotAUnit(ValueError):
    """A text that is not a unit; the error's text says why, or is blank."""


@dataclass(frozen=True)
class Product:
    """A number times names with integer exponents: `1000 kW/month` is 1000, kW 1, month -1."""

    scale: float = 1.0
    powers: Mapping[str, int] = field(default_factory=dict)

    def times(self, other: Product, sign: int = 1) -> Product:
        """The product with another one, or the quotient if `sign` is -1."""
        return Product(scaled(self.scale, other.scale, sign), merged(self.powers, other.powers, sign))

    def raised(self, exponent: int) -> Product:
        """The product raised to an integer power."""
        return Product(scaled(1.0, self.scale, exponent), merged({}, self.powers, exponent))


def scaled(one: float, other: float, exponent: int) -> float:
    """`one * other ** exponent`; NotAUnit if that is 0 or out of range."""
    try:
        value = one * other**exponent
    except (OverflowError, ZeroDivisionError):
        value = math.inf
    if not 1 / LARGEST <= value <= LARGEST:
        raise NotAUnit(f"its size is out of range (above {LARGEST:g})")
    return value


def merged(one: Mapping[str, int], other: Mapping[str, int], exponent: int) -> dict[str, int]:
    """Names of both with summed exponents, the other's times `exponent`; NotAUnit beyond HIGHEST."""
    found = dict(one)
    for name, power in other.items():
        found[name] = found.get(name, 0) + power * exponent
        if abs(found[name]) > HIGHEST:
            raise NotAUnit(f"it raises {name!r} to a power above {HIGHEST}")
    return found


def parse(text: str) -> Product:
    """Read a unit. NotAUnit with the reason."""
    if len(text) > LONGEST:
        raise NotAUnit(f"it is longer than {LONGEST} characters")
    reader = _Reader(_tokens(text))
    found = reader.product(0)
    if reader.left:
        raise NotAUnit("")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    """Kind (number, name, power or the sign itself) and text of each token."""
    found, place, text = [], 0, text.rstrip()
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise NotAUnit(_strange(text[place:].lstrip()[:1]))
        number, name, power, sign = token.groups()
        kind = "number" if number else "name" if name else "power" if power else sign
        found.append((kind, token[0].strip()))
        place = token.end()
    return found


def _strange(sign: str) -> str:
    """A message for a character that no unit has."""
    if _SUPERSCRIPT.match(sign):
        return f"it has the superscript digit {sign!r}: write **2 or **3"
    if foreign_digit(sign):
        return foreign_digit(sign).removeprefix("; ")
    return f"it has the character {sign!r}" if sign.isprintable() else "it has an unprintable character"


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place = tokens, 0

    @property
    def left(self) -> bool:
        """True while tokens are left."""
        return self.place < len(self.tokens)

    def kind(self) -> str:
        """The kind of the next token, blank at the end."""
        return self.tokens[self.place][0] if self.left else ""

    def take(self) -> str:
        """The text of the next token; NotAUnit at the end."""
        if not self.left:
            raise NotAUnit("")
        self.place += 1
        return self.tokens[self.place - 1][1]

    def product(self, depth: int) -> Product:
        """Factors until a bracket closes or the text ends."""
        if depth > DEEPEST:
            raise NotAUnit(f"it has brackets more than {DEEPEST} deep")
        found, divided = self.factor(depth), False
        while self.kind() not in ("", ")"):
            sign = 1
            if self.kind() in ("*", "/"):
                sign = 1 if self.take() == "*" else -1
                divided = divided or sign < 0
            elif self.kind() in ("number", "name", "(") and not divided:
                pass
            else:
                raise NotAUnit("it is ambiguous: write * or / between all names" if divided and self.kind() != "power" else "")
            found = found.times(self.factor(depth), sign)
        return found

    def factor(self, depth: int) -> Product:
        """A name, a number or a bracket, and its exponent."""
        kind = self.kind()
        if kind == "number":
            found = Product(scaled(1.0, float(self.take()), 1))
        elif kind == "name":
            found = Product(1.0, {self.take(): 1})
        elif kind == "(":
            self.take()
            found = self.product(depth + 1)
            if self.kind() != ")":
                raise NotAUnit("it has a bracket that is not closed")
            self.take()
        else:
            raise NotAUnit("")
        if self.kind() != "power":
            return found
        self.take()
        return found.raised(self.exponent())

    def exponent(self) -> int:
        """An integer from -HIGHEST to HIGHEST."""
        sign = -1 if self.kind() == "-" else 1
        if self.kind() in ("-", "+"):
            self.take()
        text = self.take()
        if not (text.isdigit() and int(text[:2]) <= HIGHEST and len(text) == 1):
            raise NotAUnit(f"it has an exponent that is not an integer up to {HIGHEST}")
        return sign * int(text)

