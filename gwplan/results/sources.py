"""The sources of a case's numbers, and the share of a plan's capital that rests on estimates."""

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
NOT_USED = ("published",)
"""Tables whose numbers a plan is only compared with."""
ESTIMATE = "estimate"
# The price behind a class of capital: its table and quantity.
PRICES = {
    "sites": ("sites", "opening_price"),
    "halls": ("halls", "price"),
    "accelerators": ("accelerators", "price"),
    "networks": ("accelerators", "network_price"),
    "power": ("power", "price"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One source, the count of numbers that cite it and their share of all numbers."""

    key: str
    title: str
    publisher: str
    kind: str
    numbers: int
    share: float


@dataclass(frozen=True, slots=True)
class Estimates:
    """The count of numbers that a plan uses, and of the estimates among them."""

    numbers: int
    judged: int

    @property
    def share(self) -> float:
        """The share of estimates among all numbers used; 0 if none are used."""
        return self.judged / self.numbers if self.numbers else 0.0

    @property
    def sentence(self) -> str:
        """The share in words."""
        return f"{self.share:.0%} of the {self.numbers:,} numbers used are estimates."


def used(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a number that a plan uses, without labels, dates and published figures. rows: columns table and unit."""
    return rows[~rows["unit"].isin(TEXT_UNITS) & ~rows["table"].isin(NOT_USED)]


def estimates(rows: pd.DataFrame, kinds: Mapping[str, str]) -> Estimates:
    """Count the estimates. rows: columns table, unit, source; kinds: the kind of each source by its key.

    The single definition of a case's share of estimates, used by `check`, `sources`, the page and the workbook.
    """
    counted = used(rows)
    return Estimates(len(counted), int((counted["source"].map(kinds) == ESTIMATE).sum()))


def estimates_of(run: RunFolder) -> Estimates:
    """The estimates among the numbers that a run used."""
    import pandas as pd

    names = run.input_tables
    tables = [run.inputs(name).assign(table=name) for name in names if "source" in run.inputs(name).columns]
    return estimates(pd.concat(tables), kinds_of(run)) if tables else Estimates(0, 0)


def kinds_of(run: RunFolder) -> dict[str, str]:
    """The kind of each source of a run, by its key."""
    frame = run.inputs("sources")
    return dict(zip(frame["key"], frame["kind"], strict=True)) if len(frame) else {}


def capital_sentence(run: RunFolder, more: str = "") -> str:
    """The share of capital whose price is an estimate, in words; blank if nothing is paid. more: inserted before the full stop."""
    share = run.figure("estimate_share")
    share = estimate_shares(run).get("all") if share is None else share
    return "" if share is None else f"{share:.0%} of the capital rests on prices that are estimates{more}."


@dataclass(frozen=True, slots=True)
class Listing:
    """The sources of a case, most used first, and how many of its numbers are estimates."""

    case: str
    estimated: Estimates
    sources: tuple[Source, ...]

    @property
    def numbers(self) -> int:
        """The count of numbers that a plan uses."""
        return self.estimated.numbers

    @property
    def estimates(self) -> float:
        """The share of estimates among them."""
        return self.estimated.share

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        rows = [{name: getattr(source, name) for name in Source.__slots__} for source in self.sources]
        return {"case": self.case, "numbers": self.numbers, "estimate_share": self.estimates, "sources": rows}


def of_case(case: Case) -> Listing:
    """The sources of a case."""
    return listed(str(case.definition.inputs), frame(case), case.sources)


def listed(name: str, rows: pd.DataFrame, sources: Mapping[str, SourceRow]) -> Listing:
    """Count numbers used by source. rows: columns table, source, unit; sources: the row of sources.csv by key."""
    counts = used(rows)["source"].value_counts()
    found_in_all = estimates(rows, {key: entry.kind for key, entry in sources.items()})
    total = found_in_all.numbers
    found = []
    for key, entry in sources.items():
        count = int(counts.get(key, 0))
        if count:
            found.append(Source(key, entry.title, entry.publisher, entry.kind, count, count / total))
    found.sort(key=lambda source: (-source.numbers, source.key))
    return Listing(name, found_in_all, tuple(found))


def estimate_shares(run: RunFolder) -> dict[str, float]:
    """Share of each class's capital, and of `all` capital, whose price is an estimate.

    A payment counts by the rows of its item's price: those of its site where there are any, else those without a
    site; if only some rows of a dated price are estimates, it counts by their share.
    """
    ledger = run.ledger
    if not len(ledger):
        return {}
    kinds = kinds_of(run)
    paid: dict[str, float] = {}
    estimated: dict[str, float] = {}
    for row in sums(ledger[ledger["kind"] == "capital"], ["class", "item", "site"]):
        share = _share(run, kinds, row["class"], row["item"], row["site"])
        for name in (row["class"], "all"):
            paid[name] = paid.get(name, 0.0) + row["amount"]
            estimated[name] = estimated.get(name, 0.0) + row["amount"] * share
    return {name: estimated[name] / amount for name, amount in paid.items() if amount > 0}


def estimate_share(folder: Path) -> float | None:
    """Share of a run's capital whose price is an estimate; None if nothing is paid."""
    return estimate_shares(RunFolder(folder)).get("all")


def _share(run: RunFolder, kinds: dict[str, str], cost_class: str, item: str, site: str) -> float:
    table, quantity = PRICES.get(cost_class, (cost_class, "price"))
    rows = run.inputs(table)
    if not len(rows):
        return 0.0
    named = site if table == "sites" else item
    rows = rows[(rows["item"] == named) & (rows["quantity"] == quantity)]
    own = rows[rows["site"] == site] if table != "sites" else rows
    rows = own if len(own) else rows[rows["site"] == ""]
    return float((rows["source"].map(kinds) == ESTIMATE).mean()) if len(rows) else 0.0
