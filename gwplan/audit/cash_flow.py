"""Basis of the audit of finance: the price level, nominal money by period, and every resulting cash flow.

Nominal money = real money x (1 + inflation)^(years from the middle of the year of the model's dollars).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import INPUT_COLUMNS, Answer
from gwplan.audit.stocks import Whole, moved
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date

FUNDED = ("sites", "halls", "accelerators", "networks", "power")
"""Classes of capital that lenders may fund."""
KEYS = ["line", "item", "party", "period"]


def level_at(answer: Answer, months: Array) -> Array:
    """Nominal dollars per real dollar at months counted from year 0; 1 without inflation."""
    inflation = answer.inputs.number("prices", "prices", "inflation") if answer.inputs.has("prices", "prices", "inflation") else 0.0
    years = months / MONTHS_A_YEAR - (float(answer.folder.definition["horizon"]["dollars"]) + 1 / 2)
    return np.asarray((1 + inflation) ** years, dtype=float)


def price_level(answer: Answer) -> Array:
    """Nominal dollars per real dollar in the middle of each period."""
    return level_at(answer, answer.inputs.middles)


def enter_basis(answer: Answer, cost_class: str, paid: Array, deposit: Array, steps: Whole, taxed: Array | float = 0.0) -> None:
    """Nominal cost of assets entering service in each period: deposit at order, balance and tax on arrival."""
    now = price_level(answer)
    entering = moved(paid * deposit * now, steps) + moved(paid * (1 - deposit) + taxed, steps) * now
    answer.known[f"entering_{cost_class}"] = entering
    answer.known[f"basis_{cost_class}"] = entering.sum(axis=(0, 1))


@dataclass
class Books:
    """Nominal money of a plan. capital: by class, over periods. flows: KEYS and amount of each, positive into the planner's cash."""

    level: Array
    level_end: float
    capital: dict[str, Array]
    running: Array
    revenue: Array
    resale: Array
    """Resale proceeds by period."""
    facilities: list[str]
    investors: dict[str, float]
    """Investor contracts, with their required return."""
    names: dict[str, str]
    """The investor of each contract."""
    flows: list[tuple[str, str, str, str, float]] = field(default_factory=list)

    def enter(self, answer: Answer, line: str, items: Sequence[str], party: str | Sequence[str], amounts: Array) -> None:
        """Enter flows: `amounts` over (item, period)."""
        parties = [party] * len(items) if isinstance(party, str) else list(party)
        names = answer.axis["period"]
        for item, period in np.argwhere(amounts).tolist():
            self.flows.append((line, items[item], parties[item], names[period], float(amounts[item, period])))

    def entered(self) -> pd.DataFrame:
        """The flows entered, as a table of KEYS and amount."""
        return pd.DataFrame(self.flows, columns=[*KEYS, "amount"])

    def by_period(self, answer: Answer) -> Array:
        """The sum of all flows entered, by period."""
        total = self.entered().groupby("period")["amount"].sum()
        return np.asarray(total.reindex(answer.axis["period"], fill_value=0.0), dtype=float)


def open_books(answer: Answer) -> Books:
    """Capital, running cost and revenue in nominal money, entered as flows."""
    names, now = answer.axis["period"], price_level(answer)
    capital = {cost_class: answer.known["capital"][number] * now for number, cost_class in enumerate(answer.axis["capital_class"])}
    ledger = answer.ledger
    sums = {kind: ledger[ledger["kind"] == kind].groupby("period")["amount"].sum().reindex(names, fill_value=0.0).to_numpy(dtype=float)
            for kind in ("running", "revenue", "resale")}
    contracts = answer.folder.csv(answer.folder.path / "inputs" / "contracts.csv", INPUT_COLUMNS, missing=True)
    without = set(answer.folder.definition.get("contracts", {}).get("without", []))
    offered = contracts[~contracts["item"].isin(list(without))] if "contracts" in answer.folder.parts else contracts.iloc[:0]
    kinds = offered[(offered["quantity"] == "kind") & (offered["base"] == "investor")]["item"]
    investors = offered[offered["item"].isin(kinds)]
    returns = investors[investors["quantity"] == "required_return"]
    payers = investors[investors["quantity"] == "investor"]
    books = Books(now, float(level_at(answer, np.array([answer.calendar.end]))[0]), capital, sums["running"] * now, sums["revenue"] * now,
                  sums["resale"] * now,
                  [item for item in answer.inputs.items.get("finance", []) if answer.inputs.has("finance", item, "eligible")],
                  {item: float(base) for item, base in zip(returns["item"], returns["base"], strict=True)},
                  dict(zip(payers["item"], payers["base"], strict=True)))
    enter_ledger(answer, books)
    return books


def enter_ledger(answer: Answer, books: Books) -> None:
    """Every ledger entry as a nominal flow: capital and running cost out, revenue and resale in."""
    for kind, sign in (("capital", -1.0), ("running", -1.0), ("revenue", 1.0), ("resale", 1.0)):
        entries = answer.ledger[answer.ledger["kind"] == kind].groupby(["item", "payee", "period"])["amount"].sum().unstack(fill_value=0)
        if len(entries):
            table = entries.reindex(columns=answer.axis["period"], fill_value=0.0)
            items, parties = ([key[place] for key in table.index] for place in (0, 1))
            books.enter(answer, kind, items, parties, sign * table.to_numpy(dtype=float) * books.level)


def text(answer: Answer, item: str, quantity: str, default: str = "") -> str:
    """A label or date of finance.csv."""
    return answer.inputs.text("finance", item, quantity) or default


def number(answer: Answer, item: str, quantity: str, default: float = np.nan) -> float:
    """A number of finance.csv; the default if no row gives it."""
    return answer.inputs.number("finance", item, quantity) if answer.inputs.has("finance", item, quantity) else default


def first_on(answer: Answer, date: str) -> int:
    """Number of the first period that starts on or after a date; 0 without one."""
    return int(np.searchsorted(answer.inputs.firsts, parse_date(date).first)) if date else 0


def last_on(answer: Answer, date: str, otherwise: int) -> int:
    """Number of the period that holds the last day of a date, inside the horizon; `otherwise` without a date."""
    return min(answer.calendar.holding(parse_date(date).last), answer.last) if date else otherwise


def open_shares(answer: Answer, opens: str, closes: str) -> Array:
    """Share of each period between the first day of one date and the last day of another; a blank date is unbounded."""
    firsts = answer.inputs.firsts
    first = parse_date(opens).first if opens else firsts[0]
    end = parse_date(closes).last + 1 if closes else np.inf
    months = answer.years * MONTHS_A_YEAR
    shares = (np.minimum(firsts + months, end) - np.maximum(firsts, first)) / months
    return np.asarray(np.clip(shares, 0.0, 1.0), dtype=float)


def signed(answer: Answer, name: str, *index: str) -> Array:
    """A table whose numbers may be negative."""
    noted = len(answer.negative)
    found = answer.table(name, *index)
    del answer.negative[noted:]
    return found


def compare_signed(answer: Answer, name: str, expected: Array, index: Sequence[str], scale: Array) -> None:
    """`tables/<name>.csv`, which may hold negative numbers, equals the recomputed values."""
    part, variable = name.split(".", 1)
    answer.checks.equal(f"{part}.{variable}_is_what_follows", signed(answer, name, *index), expected, answer.axes(*index), scale)


