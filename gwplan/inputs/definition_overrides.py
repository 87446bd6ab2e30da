"""`--set model.KEY=VALUE`: changes to a model's TOML before it is validated. Tables of an array are counted from 1.

`model.require=SELECTOR` and `model.exclude=SELECTOR`, which is how `--force` and `--forbid` arrive here, add a selector to its table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gwplan.common.calendar import parse_date
from gwplan.common.errors import Fault
from gwplan.common.numbers import beyond, parse_number
from gwplan.common.printable import unprintable
from gwplan.common.units import UnitError, amount
from gwplan.inputs.definition_text import TomlError, parsed
from gwplan.inputs.selectors import GRAMMAR, SelectorError, added, written
from gwplan.inputs.selectors import TABLES as SELECTED
from gwplan.inputs.tables import Move

MODEL = "model."
TABLES = ("horizon", "goal", "hours", "solver", "timing", "contracts", "compute", "workload", *SELECTED)
"""Tables that a --set may create if the TOML lacks them."""
DATES = ("start", "end", "by", "until")
_MOVE = re.compile(r"([*+])\s*(\S+)\s*(.*)")
_WRITTEN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.ASCII)


class SetError(ValueError):
    """A --set that cannot be applied; the text says why."""


def apply_model_sets(document: dict[str, Any], sets: Sequence[str], faults: list[Fault]) -> dict[str, str]:
    """Apply the sets that begin with `model.`; returns the changed keys, each with the text of its set."""
    changed: dict[str, str] = {}
    for text in sets:
        if not text.startswith(MODEL):
            continue
        key, equals, value = text.removeprefix(MODEL).partition("=")
        name = written(text)
        try:
            if unprintable(text):
                raise SetError(f"has the control character '{unprintable(text)}'")
            if key.strip() in SELECTED and not value.strip():
                raise SetError(f"is not {GRAMMAR}")
            if not equals or not value.strip() or not key.strip():
                raise SetError("is not model.KEY=VALUE, such as model.target.1.by=2029-Q4")
            if key.strip() in SELECTED:
                changed[added(document, key.strip(), value.strip())] = name
                continue
            changed[_apply(document, key.strip().split("."), value.strip(), name)] = name
        except (SetError, SelectorError, UnitError) as error:
            faults.append(Fault(name, 0, str(error)))
    return changed


def _apply(document: dict[str, Any], keys: list[str], value: str, name: str) -> str:
    """Set one key; returns its name for faults."""
    table: Any = document
    path: list[str] = []
    for place, key in enumerate(keys[:-1]):
        if isinstance(table, list):
            table = _numbered(table, key, path)
        elif key.isdigit() and path == ["goal"]:
            if key != "1":
                raise SetError("matches nothing: there is one goal")
            continue
        elif isinstance(table, dict) and (key in table or key in TABLES):
            table = table.setdefault(key, {})
        else:
            raise SetError(f"matches nothing: the model has no table {'.'.join([*path, key])!r}")
        path.append(key)
        if isinstance(table, str) and keys[place] == "timing":
            raise SetError("timing is a single word here; set model.horizon.timing")
    if isinstance(table, list) and len(table) == 1:
        table = table[0]
        path.append("1")
    if not isinstance(table, dict):
        numbers = f": {'.'.join(path)} needs a number, from 1 to {len(table)}" if isinstance(table, list) else ""
        raise SetError(f"matches nothing{numbers}")
    table[keys[-1]] = _value(value, table.get(keys[-1]), keys[-1], name)
    return ".".join([*path, keys[-1]])


def _numbered(tables: list[Any], key: str, path: list[str]) -> Any:
    if not key.isdigit() or not 1 <= int(key) <= len(tables):
        raise SetError(f"matches nothing: {'.'.join(path)} has the numbers 1 to {len(tables)}, not {key!r}")
    return tables[int(key) - 1]


def _value(text: str, before: Any, key: str, name: str) -> Any:
    """The new value: the old one scaled by `*` or shifted by `+`, else read as TOML, else as plain text."""
    moved = _MOVE.fullmatch(text)
    if moved:
        return _moved(moved, before, key, name)
    try:
        value = parsed(f"value = {text}")["value"]
    except TomlError:
        return text
    return value if isinstance(value, bool | int | float | str | list | dict) else text


def _moved(moved: re.Match[str], before: Any, key: str, name: str) -> Any:
    from gwplan.inputs.values import shifted_date

    number = parse_number(moved[2])
    if isinstance(number, str):
        raise SetError(number)
    if before is None:
        raise SetError("matches nothing: the model has no such value to change")
    sign, unit = moved[1], moved[3]
    if isinstance(before, int | float) and not isinstance(before, bool) and key not in DATES:
        if unit:
            raise SetError(f"{before!r} has no unit, but {unit!r} is given")
        if beyond(before):
            raise SetError(f"the number to change {beyond(before)}")
        return before * number if sign == "*" else before + number
    try:
        date = parse_date(str(before))
    except ValueError:
        pass
    else:
        shifted = shifted_date(date, Move(sign, number, unit, name), key in ("end", "until"))
        if isinstance(shifted, str):
            raise SetError(shifted)
        return str(shifted)
    written = _WRITTEN.fullmatch(str(before))
    if not written:
        raise SetError(f"{before!r} is not a number or amount that can be changed by * or +")
    if sign == "*":
        return f"{float(written[1]) * number!r} {written[2]}"
    return f"{float(written[1]) + amount(f'{number!r} {unit}', written[2])!r} {written[2]}"
