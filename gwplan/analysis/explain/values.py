"""The value of a figure, variable, account or limit in a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pandas import DataFrame

from gwplan.common.amounts import number, said
from gwplan.results.figures import CATALOGUE, summary_keys, value_of
from gwplan.results.run_folder import RunFolder, sums

TEXT = "text"
"""Column of labels and dates of a case."""
SUMMED = frozenset(("MUSD", "MUSD_nominal", "ML", "kt"))
"""Units of flows, whose periods may be added."""
LIMITS = 12
"""Rows of a rule that are listed, those with the least slack first."""
SPAN = " to "
PARTS_OF_A_YEAR = ("month", "day", "window")
COLUMN = {"class of payments": "class", "payee": "payee"}
"""Columns of the ledger by kind of topic."""


@dataclass(frozen=True)
class Value:
    """text: in one line, blank if there is none. columns and rows: the details."""

    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def of(run: RunFolder, kind: str, name: str) -> Value | None:
    """The value of a topic in a run; None for one that has none."""
    if kind == "figure":
        return figure(run, name)
    if kind == "rule":
        return limits(run, name)
    if kind in COLUMN:
        return payments(run, COLUMN[kind], name)
    return table(run, name) if kind in ("variable", "account") else None


def short(run: RunFolder, name: str) -> str:
    """The value of a name in one line; blank if it has none in this run."""
    found = figure(run, name) if name in run.summary else table(run, name) if "." in name else None
    return found.text if found else ""


def figure(run: RunFolder, key: str) -> Value | None:
    """A key of the summary: of a list by period its greatest value, with all of them below."""
    if key not in run.summary:
        return None
    raw, known = run.summary[key], summary_keys().get(key)
    unit = known.unit.replace(" ", "_") if known and known.unit not in ("period", "of the goal") else ""
    if isinstance(raw, list) and len(raw) == len(run.periods) and all(isinstance(each, int | float) for each in raw):
        most = max(raw, default=0.0)
        return Value(f"at most {said(float(most), unit)}, in {run.periods[raw.index(most)]}", ("period", unit),
                     spans(dict(zip(run.periods, map(float, raw), strict=True))))
    if isinstance(raw, Mapping):
        return Value("", ("of", "value"), tuple((str(name), plain(each)) for name, each in raw.items()))
    shown = value_of(run.summary, key) if key in CATALOGUE else raw
    return Value(said(shown, unit) if isinstance(shown, float) and unit else plain(shown))


def table(run: RunFolder, name: str) -> Value | None:
    """A variable, an account or a kind of money: summed over its index, by period."""
    frame = run.table(name)
    if not len(frame) or "value" not in frame.columns:
        return Value("0 throughout") if f"{name}.csv" in run.files.names("tables") else None
    units = run.table("units")
    unit = str(units[units["table"] == name]["unit"].iloc[0]) if len(units) else ""
    if "period" not in frame.columns:
        return Value(f"{number(float(frame['value'].sum()))} {unit} in all")
    frame, by_hour = over_the_year(run, frame), "slice" in frame.columns and len(run.table("slices")) > 0
    by_period = dict.fromkeys(run.periods, 0.0) | {row["period"]: float(row["value"]) for row in sums(frame, ["period"], "value")}
    if unit in SUMMED:
        text = f"{said(sum(by_period.values()), unit)} over the horizon"
    else:
        most = max(by_period, key=lambda period: by_period[period])
        mean = ", as a mean of the year" if by_hour else ""
        text = f"at most {number(by_period[most])}{f' {unit}' if unit != '1' else ''}{mean}, in {most}"
    return Value(text, ("period", unit if unit != "1" else "number"), spans(by_period))


def over_the_year(run: RunFolder, frame: DataFrame) -> DataFrame:
    """A table by slice, month, day or window of a year as one of the year: the mean of slices, the most of the others."""
    slices = run.table("slices")
    if "slice" in frame.columns and len(slices):
        shares = dict(zip(slices["slice"], slices["share"], strict=True))
        frame = frame.assign(value=frame["value"] * frame["slice"].map(shares).astype(float))
    parts = [name for name in PARTS_OF_A_YEAR if name in frame.columns]
    others = [name for name in frame.columns if name not in (*parts, "value")]
    return DataFrame(frame.groupby(others, as_index=False)["value"].max()) if parts else frame


def payments(run: RunFolder, column: str, name: str) -> Value | None:
    """The entries of a class or payee in the ledger, by kind of money; None if there are none."""
    ledger = run.ledger
    own = ledger[ledger[column] == name] if len(ledger) else ledger
    if not len(own):
        return None
    rows = tuple((str(row["kind"]), said(float(row["amount"]), "MUSD")) for row in sums(own, ["kind"]))
    return Value("over the horizon, undiscounted", ("kind", "amount"), rows)


def limits(run: RunFolder, name: str) -> Value | None:
    """The rows of a promise, those with the least slack of their bound first; None for a rule that is none."""
    frame = run.table("limits")
    own = frame[frame["rule"] == name] if len(frame) else frame
    if not len(own):
        return None
    rows = sorted(own.to_dict("records"), key=lambda row: abs(row["slack"]) / max(abs(row["bound"]), 1e-9))
    binding = sum(abs(row["slack"]) <= 1e-6 * max(abs(row["bound"]), 1.0) for row in rows)
    lines = tuple((str(row["index"]), f"{row['side']} {number(row['bound'])}", number(row["use"]), number(row["slack"]),
                   plain(row["dual"]), str(row["unit"])) for row in rows[:LIMITS])
    return Value(f"binds in {binding} of {len(rows)} rows", ("at", "bound", "use", "slack", "worth of one more", "unit"), lines)


def spans(by_period: Mapping[str, float]) -> tuple[tuple[str, str], ...]:
    """Periods in a row with the same value as one line."""
    found: list[list[str]] = []
    for period, value in by_period.items():
        text = number(value)
        if found and found[-1][2] == text:
            found[-1][1] = period
        else:
            found.append([period, period, text])
    return tuple((start if start == end else f"{start}{SPAN}{end}", text) for start, end, text in found)


def plain(value: Any) -> str:
    """A value as text; a dash for nothing."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(float(value))
    return ", ".join(map(plain, value)) if isinstance(value, list | tuple) else str(value)


def cell(value: Any, cells: Mapping[str, Any]) -> str:
    """A number, label or date of a row as text; blank for nothing."""
    if isinstance(value, float):
        if math.isfinite(value):
            return f"{value:.6g}"
        return str(cells.get(TEXT, "")) if value is cells.get("base") else ""
    text = "" if value is None else str(value)
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text
