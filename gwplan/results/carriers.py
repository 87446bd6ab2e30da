"""The numbers that carry the answer: what each end of a price, a rent or a delivered rate does to net present value, the plan as it is.

No plan is solved again: one that adapts loses less and gains more. Payments are in proportion to the price behind them, with what
systems and buildings are sold for or still worth, and with the upkeep of systems; insurance and tax on buildings are left out.
What compute is worth is in proportion to its rent, and that of a system in each workload to the share of peak that it achieves
there: it counts where the goal counts it. A goal that does not (least cost, soonest, most compute) depends on what is paid alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gwplan.common.calendar import HOURS_A_YEAR, MONTHS_A_YEAR
from gwplan.common.constants import KILO
from gwplan.results.compute_measure import h100e, rent, workload
from gwplan.results.run_folder import RunFolder, sums
from gwplan.results.sources import Numbers, numbers_of, row_shares

SIGNS = {"capital": -1.0, "running": -1.0, "resale": 1.0, "residual": 1.0}
"""Kinds of payments that follow a price, and what they do to net present value."""
VALUED = ("most_value", "most_equity_value")
"""Goals that depend on what compute is worth."""
WITH_UPKEEP = "accelerators"
"""The class whose running cost is in proportion to its price."""
Group = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Carrier:
    """One number, all its dates together. low, base, high: of the row on which most money rests, as written, in `unit`.

    at_low, at_high: change of net present value, in MUSD.
    """

    table: str
    item: str
    site: str
    quantity: str
    when: str
    low: float
    base: float
    high: float
    unit: str
    grade: str
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        """What lies between the ends."""
        return abs(self.at_high - self.at_low)


def carriers(run: RunFolder, most: int = 10) -> list[Carrier]:
    """The numbers with the widest swing, the widest first; none of a run that does not tell its question."""
    if "definition" not in run.manifest:
        return []
    numbers = numbers_of(run)
    effects = defaultdict[int, float](float)
    for place, amount in (*priced(run, numbers), *valued(run, numbers)):
        effects[place] += amount
    groups: dict[Group, list[tuple[int, float]]] = defaultdict(list)
    rows = numbers.rows
    names = list(zip(*(rows[name].astype(str) for name in ("table", "item", "site", "quantity")), strict=True))
    for place, amount in effects.items():
        groups[names[place]].append((place, amount))
    found = [carrier(numbers, group, parts) for group, parts in groups.items()]
    return sorted((each for each in found if each is not None and each.swing > 0), key=lambda each: -each.swing)[:most]


def as_json(run: RunFolder, most: int = 10) -> list[dict[str, Any]]:
    """The numbers that carry the answer, as plain data."""
    return [{name: getattr(each, name) for name in each.__slots__} for each in carriers(run, most)]


def carrier(numbers: Numbers, group: Group, parts: list[tuple[int, float]]) -> Carrier | None:
    """What the ends of one number do. parts: places of its rows, and net present value in proportion to each. None without a range."""
    at_low = at_high = 0.0
    for place, amount in parts:
        low, base, high = ends(numbers, place)
        if base:
            at_low += amount * (low / base - 1)
            at_high += amount * (high / base - 1)
    place = max(parts, key=lambda part: abs(part[1]))[0]
    low, base, high = ends(numbers, place)
    row = numbers.rows.iloc[place]
    return Carrier(*group, str(row["when"] or ""), low, base, high, str(row["unit"]), numbers.graded[place].grade, at_low, at_high)


def ends(numbers: Numbers, place: int) -> tuple[float, float, float]:
    """Low, base and high of a row; an end that is blank is the base."""
    row = numbers.rows.iloc[place]
    base = float(row["base"] or 0)
    low, high = (float(row[name]) if str(row[name] or "") not in ("", "nan") else base for name in ("low", "high"))
    return low, base, high


def priced(run: RunFolder, numbers: Numbers) -> Iterator[tuple[int, float]]:
    """Place of each price, and the net present value of payments in proportion to it."""
    ledger = run.ledger
    if not len(ledger):
        return
    chosen = ledger[ledger["kind"].isin(SIGNS) & ((ledger["kind"] != "running") | (ledger["class"] == WITH_UPKEEP))]
    for row in sums(chosen, ["kind", "class", "item", "site", "period"]):
        period = run.number_of[row["period"]]
        month = run.first_month(period) + run.months / 2
        for place, share in row_shares(numbers.behind(row["class"], row["item"], row["site"]), month):
            yield place, SIGNS[row["kind"]] * factor(run, row["kind"], period) * row["amount"] * share


def factor(run: RunFolder, kind: str, period: int) -> float:
    """The discount factor of a payment."""
    periods = run.table("periods")
    if kind == "residual":
        rate = float(run.manifest["definition"]["horizon"]["discount_rate"])
        return float((1 + rate) ** -(len(periods) * run.months / MONTHS_A_YEAR))
    return float(periods["discount_running" if kind == "running" else "discount_capital"].iloc[period])


def valued(run: RunFolder, numbers: Numbers) -> Iterator[tuple[int, float]]:
    """Place of each rent and each delivered rate, and the net present value in proportion to it; none where the goal does not count it."""
    if run.summary.get("npv_value_musd") is None or run.summary["goal"][0] not in VALUED:
        return
    rows = numbers.rows
    of: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, (table, item, quantity) in enumerate(zip(rows["table"], rows["item"], rows["quantity"], strict=True)):
        if quantity == "value" or str(quantity).startswith("achieved_"):
            of[str(table), str(item), str(quantity)].append(place)
    points = numbers.dated(of["compute", "compute", "value"])
    for period, worth in worth_by_period(run).items():
        for place, share in row_shares(points, run.first_month(period) + run.months / 2):
            yield place, worth * share
    precision = str(run.summary.get("precision"))
    for system, worth in worth_by_system(run).items():
        parts = shares_of(run, system)
        for name, share in parts.items():
            for place in of["accelerators", system, f"achieved_{name}_{precision}"]:
                yield place, worth * share


def worth_by_period(run: RunFolder) -> dict[int, float]:
    """Net present value of the compute of each period, in MUSD."""
    found = defaultdict[int, float](float)
    for row in sums(run.table("account.compute").rename(columns={"value": "amount"}), ["period"]):
        period = run.number_of[row["period"]]
        found[period] += row["amount"] * worth_of(run, period)
    return found


def worth_of(run: RunFolder, period: int) -> float:
    """Net present value of a kH100e in a period, in MUSD."""
    return factor(run, "running", period) * (rent(run, period) or 0.0) * run.months / MONTHS_A_YEAR * HOURS_A_YEAR / KILO


def worth_by_system(run: RunFolder) -> dict[str, float]:
    """Net present value of the compute of each system, in MUSD."""
    found = defaultdict[str, float](float)
    running = run.table("accelerators.running")
    for row in sums(running.rename(columns={"value": "amount"}), ["system", "period"]) if len(running) else []:
        system = str(row["system"])
        each = (h100e(run, system) or 0.0) * (run.number("accelerators", system, "availability") or 1.0) / KILO
        found[system] += row["amount"] * each * worth_of(run, run.number_of[row["period"]])
    return found


def shares_of(run: RunFolder, system: str) -> dict[str, float]:
    """The share of each workload in the H100e of a system; empty where compute is counted at peak.

    Empty too for a system that rents are quoted for: an hour of it costs the same whatever it delivers.
    """
    if system in {base for _, _, base in run.rows("compute", "compute", "reference_system")}:
        return {}
    precision = str(run.summary.get("precision"))
    parts = {}
    for name, share in workload(run).items():
        achieved = f"achieved_{name}_{precision}"
        of, one = run.number("accelerators", system, achieved), run.number("compute", "h100", achieved)
        parts[name] = share * of / one if of and one else 0.0
    whole = sum(parts.values())
    return {name: part / whole for name, part in parts.items()} if whole else {}
