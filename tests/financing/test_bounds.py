"""The size of the switches between profit and loss is above all that a plan could earn or pay, however it is sold or rented."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.model.parts.finance.big_m import most_in_a_year, most_in_all, most_rent, most_revenue
from gwplan.planning.build import read
from gwplan.planning.request import Request
from tests.financing.cases import CLOUD, WITH_CONTRACTS, changed

HOURS = 8760
SALE = (
    "contracts.customer.kind=sale label", "contracts.customer.customer=a_lab label", "contracts.customer.terms=spot label",
    "contracts.customer.price=3 USD_2026/H100e/hour", "contracts.customer.most=10 kH100e", "contracts.customer.lead_months=0 month",
    "contracts.customer.term=5 year",
)


def test_revenue_at_the_highest_price(tmp_path: Path) -> None:
    """Ten MW of a thousand H100e each: at the transfer price of 1, and at 3 where a customer pays that."""
    own = read(Request(changed(tmp_path / "own")))
    assert most_revenue(own) == pytest.approx(10 * HOURS / 1000)
    sold = read(Request(changed(tmp_path / "sold", *SALE, texts=[WITH_CONTRACTS])))
    assert most_revenue(sold) == pytest.approx(3 * 10 * HOURS / 1000)
    assert most_in_all(sold) > most_in_all(own)


def test_rent_in_full_use_or_the_whole_commitment(tmp_path: Path) -> None:
    used = read(Request(changed(tmp_path / "used", *CLOUD, texts=[WITH_CONTRACTS])))
    assert most_rent(used) == pytest.approx(10 * HOURS * 0.5 / 1000)
    bound = read(Request(changed(tmp_path / "bound", *CLOUD, "contracts.rented.commitment=900 MUSD_nominal", texts=[WITH_CONTRACTS])))
    assert most_rent(bound) == 900
    assert most_in_a_year(bound) > 900 + most_in_a_year(used) / 2


def test_a_plan_that_sells_dear_is_not_held_back(tmp_path: Path) -> None:
    """With nothing for own use and 3 USD from a customer, all that is earned is paid out."""
    from tests.financing.cases import series
    from tests.support import solve_model

    rows = (*SALE, "finance.compute_sales.price=0 USD_2026/H100e/hour", "finance.debt.lock_up=1.5 1")
    found = solve_model(changed(tmp_path, *rows, texts=[WITH_CONTRACTS]))
    assert sum(series(found, "dividends")) > 500
