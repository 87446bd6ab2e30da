"""The tiny financed case, changed by rows, and what its plans say period by period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.exploits.taken import Taken
from tests.support import Solved, copied, read_rows, write_rows

TINY_FINANCE = Path(__file__).parent / "tiny_finance" / "tiny_finance.toml"
COLUMNS = ("item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note")


def series(found: Solved, name: str) -> list[float]:
    """A quantity of finance by period, summed over all else."""
    return by_last(found, {key: level for (family, key), level in found.levels.items() if family == f"finance.{name}"})


def by_last(found: Solved, levels: dict[tuple[Any, ...], float]) -> list[float]:
    """Sums by the last place of the index, the period."""
    assert found.plan is not None
    sums: dict[int, float] = defaultdict(float)
    for key, level in levels.items():
        sums[key[-1]] += level
    return [sums[period.number] for period in found.plan.case.calendar.periods]


def of(taken: Taken, name: str) -> list[float]:
    """A quantity of finance by period, summed over all else."""
    levels = taken.levels("finance", name)
    return [sum(level for key, level in levels.items() if key[-1] == period.number) for period in taken.plan.case.calendar.periods]


def changed(folder: Path, *rows: str, texts: Iterable[tuple[str, str]] = ()) -> Path:
    """A copy of the case with rows `table.item[@when].quantity=VALUE UNIT` put in or replaced; without a value they are taken out.

    texts: pieces of the model file to replace.
    """
    model = copied(TINY_FINANCE, folder)
    for row in rows:
        apply(model.parent / "inputs", row)
    text = model.read_text(encoding="utf-8")
    for old, new in texts:
        assert old in text, old
        text = text.replace(old, new)
    model.write_text(text, encoding="utf-8")
    return model


def apply(inputs: Path, row: str) -> None:
    """Put one row into its table."""
    where, _, written = row.partition("=")
    table, item, quantity = where.split(".")
    item, _, when = item.partition("@")
    path = inputs / f"{table}.csv"
    kept = [each for each in (read_rows(path) if path.exists() else [])
            if (each["item"], each["when"], each["quantity"]) != (item, when, quantity)]
    value, _, unit = written.partition(" ")
    if value:
        cells = (item, "", when, quantity, "", value, "", unit, "round_numbers", "")
        kept.append(dict(zip(COLUMNS, cells, strict=True)))
    write_rows(path, kept)


EVERYTHING = (
    "prices.prices.inflation=0.03 1/year", "finance.rack_loan.repayment=annuity label", "finance.rack_loan.commitment_fee=0.01 1/year",
    "finance.rack_loan.cap=80 MUSD_nominal", "finance.rack_loan.grace=0.5 year",
    "finance.build_loan.eligible=halls label", "finance.build_loan.spread=0.05 1/year", "finance.build_loan.advance_rate=0.5 1",
    "finance.build_loan.tenor=2.25 year", "finance.build_loan.grace=0.9 year", "finance.build_loan.grace_interest=capitalised label",
    "finance.build_loan.repayment=bullet label", "finance.build_loan.upfront_fee=0.01 1",
    "finance.bond.eligible=halls label", "finance.bond.rate=0.06 1/year", "finance.bond.advance_rate=0.6 1",
    "finance.bond.tenor=10 year", "finance.bond.refinances=build_loan label", "finance.bond.from=2027-02 date",
    "finance.cash_loan.eligible=power label", "finance.cash_loan.rate=0.09 1/year", "finance.cash_loan.advance_rate=0.4 1",
    "finance.cash_loan.tenor=2.7 year", "finance.cash_loan.repayment=sculpted label",
    "finance.revolver.cap=20 MUSD_nominal", "finance.revolver.commitment_fee=0.005 1/year", "finance.debt.lock_up=1.4 1",
    "finance.debt.reserve=6 month", "finance.tax.bonus=0.4 1", "finance.improvements.tax_life=10 year", "finance.improvements.share=0.5 1",
    "finance.tax.bonus_within=20 year", "finance.equity.hurdle_rate=0.01 1/year",
    "finance.compute_sales.price=1.4 USD_2026/H100e/hour", "finance.compute_sales@2029.price=1.2 USD_2026/H100e/hour",
)
"""Every kind of debt, a reserve, a lock-up, a revolver, inflation and a first-year write-off."""
HALF_YEARS = ('step = "year"', 'step = "half"')
INVESTOR = (
    "contracts.vendor.kind=investor label", "contracts.vendor.investor=first_vendor label", "contracts.vendor.cap=60 MUSD_nominal",
    "contracts.vendor.required_return=0.11 1/year",
)
"""An investor who pays in up to its cap whenever it suits the plan: finance alone must keep a plan from living on its money."""
CLOUD = (
    "contracts.rented.kind=compute label", "contracts.rented.provider=cloud_house label", "contracts.rented.price=0.5 USD_2026/H100e/hour",
    "contracts.rented.most=10 kH100e", "contracts.rented.lead_months=0 month", "contracts.rented.term=5 year",
)
"""Compute that is rented at half of what own use pays."""
WITH_CONTRACTS = ('"power", "finance"]', '"power", "contracts", "finance"]')
"""The piece of the model file that brings the part in."""
