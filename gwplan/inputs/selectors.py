"""Selectors: what a plan must have, or may not have: `KIND[=NAME][@SITE][>=AMOUNT]`, such as `halls@north>=100 MW`.

In a model file the kind is the key and the rest is the text: `[require] halls = "@north >= 100 MW"`, `[exclude] vendor = "amd"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gwplan.common.numbers import beyond, parse_number
from gwplan.common.spelling import suggestion
from gwplan.common.units import UnitError, amount

REQUIRE, EXCLUDE = "require", "exclude"
TABLES = (REQUIRE, EXCLUDE)
"""The tables of a model file that hold selectors."""
OPTIONS = {REQUIRE: "--force", EXCLUDE: "--forbid"}
"""The option that adds to each."""
KINDS = ("halls", "systems", "power", "contracts", "sites", "vendor", "provider", "fuel", "item")
NAMED = ("vendor", "provider", "fuel", "item")
"""Kinds that need a name: without one they would mean everything."""
COUNTED = ("sites", "provider")
"""Kinds that are counted, and have no megawatts."""
POWER = "MW"
GRAMMAR = "KIND[=NAME][@SITE][>=AMOUNT], such as halls@SITE>=100 MW or vendor=NAME"
_TEXT = re.compile(r"\s*(?P<kind>\w+)\s*(?:=\s*)?(?P<rest>.*)", re.DOTALL)
_REST = re.compile(r"\s*(?P<name>[^@<>=]*?)\s*(?:@\s*(?P<site>[^@<>=]*?)\s*)?(?:(?P<sense>>=|<=)\s*(?P<amount>[^@<>=]+))?")


class SelectorError(ValueError):
    """A text that is no selector; the message says why."""


@dataclass(frozen=True)
class Selector:
    """What is required or excluded. name, site: blank for any; sense: `>=` or `<=`, blank in a ban.

    amount: in `unit`, MW or blank for a number (of halls, systems, units, contracts, sites). table: `require` or `exclude`; origin: the
    file or the option that says so, number: its place in its list, from 1.
    """

    table: str
    kind: str
    name: str = ""
    site: str = ""
    sense: str = ""
    amount: float = 0.0
    unit: str = ""
    origin: str = field(default="", compare=False)
    number: int = field(default=1, compare=False)

    @property
    def key(self) -> str:
        """Its key in the model file, as faults name it."""
        return f"{self.table}.{self.kind}.{self.number}"

    @property
    def rest(self) -> str:
        """All but the kind, as a model file has it."""
        size = f" {self.sense} {self.amount!r} {self.unit}".rstrip() if self.sense else ""
        return f"{self.name}{f'@{self.site}' if self.site else ''}{size}".strip()

    def __str__(self) -> str:
        named = f"={self.name}" if self.name else ""
        size = f"{self.sense}{self.amount:g} {self.unit}".rstrip() if self.sense else ""
        return f"{self.kind}{named}{f'@{self.site}' if self.site else ''}{size}"


def split(text: str) -> tuple[str, str]:
    """Kind and rest of a selector as `--force` takes it. SelectorError for an unknown kind."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise SelectorError(f"is not {GRAMMAR}")
    if found["kind"] not in KINDS:
        raise SelectorError(f"no kind {found['kind']!r}{suggestion(found['kind'], KINDS)} ({', '.join(KINDS)})")
    return found["kind"], found["rest"].strip()


def selector(table: str, kind: str, rest: str, origin: str = "", number: int = 1) -> Selector:
    """The selector of a kind. SelectorError says what is wrong with its text."""
    found = _REST.fullmatch(rest)
    if found is None:
        raise SelectorError(f"{rest!r} is not [NAME][@SITE][>=AMOUNT]")
    name, site, sense = found["name"], found["site"] or "", found["sense"] or ""
    if kind in NAMED and not name:
        raise SelectorError(f"needs a name: which {kind}")
    if kind == "sites":
        if name and site:
            raise SelectorError(f"{rest!r} names two sites")
        name, site = name or site, ""
    if table == EXCLUDE:
        if sense:
            raise SelectorError(f"{rest!r}: what is excluded has no amount; [require] with <= limits it")
        return Selector(table, kind, name, site, origin=origin, number=number)
    size, unit = sized(kind, found["amount"].strip()) if sense else (1.0, "")
    if not sense and kind == "contracts" and not name:
        raise SelectorError("needs a name: which contract")
    if sense == ">=" and size <= 0:
        raise SelectorError(f"{rest!r}: at least {size:g} is true of every plan")
    return Selector(table, kind, name, site, sense or ">=", size, unit, origin, number)


def sized(kind: str, text: str) -> tuple[float, str]:
    """An amount: in MW, or a number without a unit. SelectorError."""
    plain = parse_number(text)
    try:
        size, unit = (plain, "") if not isinstance(plain, str) else (amount(text, POWER), POWER)
    except UnitError as error:
        raise SelectorError(f"{text!r}: {error}") from None
    if kind in COUNTED and unit:
        what = "contracts of a provider" if kind == "provider" else kind
        raise SelectorError(f"{text!r}: {what} are counted; give a number without a unit")
    if beyond(size) or size < 0:
        raise SelectorError(f"{text!r} is negative or too large")
    return float(size), unit


def selectors(table: str, lists: Mapping[str, tuple[str, ...]], origins: Mapping[str, str], file: str) -> tuple[Selector, ...]:
    """All selectors of a table of a model file, which were parsed before. origins: the option that added one, by key."""
    return tuple(selector(table, kind, rest, origins.get(f"{table}.{kind}.{number}", file), number)
                 for kind in KINDS for number, rest in enumerate(lists.get(kind, ()), 1))


def as_lists(found: tuple[Selector, ...]) -> dict[str, list[str]]:
    """Selectors as a table of a model file has them."""
    lists: dict[str, list[str]] = {}
    for each in found:
        lists.setdefault(each.kind, []).append(each.rest)
    return lists


def added(document: dict[str, Any], table: str, text: str) -> str:
    """Add the selector of an option to the document of a model file; returns its key. SelectorError."""
    kind, rest = split(text)
    selector(table, kind, rest)
    lists = document.setdefault(table, {})
    if not isinstance(lists, dict):
        raise SelectorError(f"{table} is no table in the model file")
    listed = lists.get(kind, [])
    lists[kind] = [*([listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []), rest]
    return f"{table}.{kind}.{len(lists[kind])}"


def written(change: str) -> str:
    """A change as it is written on the command line: `--force 'halls>=100 MW'` for `model.require=halls>=100 MW`, else `--set`."""
    key, _, value = change.partition("=")
    option = OPTIONS.get(key.strip().removeprefix("model.")) if key.strip().startswith("model.") else None
    return f"{option} {value.strip()}" if option else f"--set {change}"


def change(table: str, text: str) -> str:
    """The change of a model that an option makes: the opposite of `written`."""
    return f"model.{table}={text}"
