"""Where the numbers come from: the sources of a case, and how much of a plan's capital rests on estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.inputs.case_files import frame
from gwplan.results.run_folder import RunFolder, sums

if TYPE_CHECKING:
    import pandas as pd

    from gwplan.inputs.case import Case
    from gwplan.inputs.tables import Source as SourceRow

TEXT_UNITS = ("label", "date")
ESTIMATE = "estimate"
# The number that a class of capital rests on: its table and the quantity of its price.
PRICES = {
    "sites": ("sites", "opening_price"),
    "halls": ("halls", "price"),
    "accelerators": ("accelerators", "price"),
    "networks": ("accelerators", "network_price"),
    "power": ("power", "price"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One source, the count of numbers that rest on it and their share of all numbers."""

    key: str
    title: str
    publisher: str
    kind: str
    numbers: int
    share: float


@dataclass(frozen=True, slots=True)
class Listing:
    """The sources of a case, most used first; `estimates` is the share of its numbers that are estimates."""

    case: str
    numbers: int
    estimates: float
    sources: tuple[Source, ...]

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        rows = [{name: getattr(source, name) for name in Source.__slots__} for source in self.sources]
        return {"case": self.case, "numbers": self.numbers, "estimate_share": self.estimates, "sources": rows}


def of_case(case: Case) -> Listing:
    """The sources of a case."""
    return listed(str(case.definition.inputs), frame(case), case.sources)


def listed(name: str, rows: pd.DataFrame, sources: Mapping[str, SourceRow]) -> Listing:
    """Count numbers by source. rows: columns source, unit; sources: the row of sources.csv by key."""
    numbers = rows[~rows["unit"].isin(TEXT_UNITS)]
    counts = numbers["source"].value_counts()
    total = int(counts.sum())
    found = []
    for key, entry in sources.items():
        count = int(counts.get(key, 0))
        if count:
            found.append(Source(key, entry.title, entry.publisher, entry.kind, count, count / total))
    found.sort(key=lambda source: (-source.numbers, source.key))
    estimates = sum(source.share for source in found if source.kind == ESTIMATE)
    return Listing(name, total, estimates, tuple(found))


def estimate_shares(run: RunFolder) -> dict[str, float]:
    """Share of each class's capital, and of `all` capital, whose price is an estimate.

    A payment counts by the rows of its item's price: those of its site where there are any, else those without a
    site; where some of a dated price's rows are estimates, it counts by their share.
    """
    ledger = run.ledger
    if not len(ledger):
        return {}
    kinds = dict(zip(run.inputs("sources")["key"], run.inputs("sources")["kind"], strict=True)) if len(run.inputs("sources")) else {}
    paid: dict[str, float] = {}
    estimated: dict[str, float] = {}
    for row in sums(ledger[ledger["kind"] == "capital"], ["class", "item", "site"]):
        share = _share(run, kinds, row["class"], row["item"], row["site"])
        for name in (row["class"], "all"):
            paid[name] = paid.get(name, 0.0) + row["amount"]
            estimated[name] = estimated.get(name, 0.0) + row["amount"] * share
    return {name: estimated[name] / amount for name, amount in paid.items() if amount > 0}


def estimate_share(folder: Path) -> float | None:
    """Share of all capital of a run whose price is an estimate; None where nothing is paid."""
    return estimate_shares(RunFolder(folder)).get("all")


def _share(run: RunFolder, kinds: dict[str, str], klass: str, item: str, site: str) -> float:
    table, quantity = PRICES.get(klass, (klass, "price"))
    rows = run.inputs(table)
    if not len(rows):
        return 0.0
    named = site if table == "sites" else item
    rows = rows[(rows["item"] == named) & (rows["quantity"] == quantity)]
    own = rows[rows["site"] == site] if table != "sites" else rows
    rows = own if len(own) else rows[rows["site"] == ""]
    return float((rows["source"].map(kinds) == ESTIMATE).mean()) if len(rows) else 0.0
