"""A stand-in for the part contracts: investors who pay in up to a cap, and rented compute at a price.

Investors pay in whenever it suits the plan; nothing else limits them. Finance alone must keep a plan from living on their money.
"""

from __future__ import annotations

from typing import Any

import pytest

from gwplan.block import Block, Side, at_most, total
from gwplan.case import Case
from gwplan.exchange import Exchange
from gwplan.ledger import Ledger
from gwplan.parts import load
from gwplan.quantity import Kind, Quantity, Table
from gwplan.scale import KILO

TABLE = Table(
    "contracts",
    (Kind("investor", labelled=("kind", "investor")), Kind("cloud", labelled=("kind", "compute"))),
    (
        Quantity("kind", "investor", "label", "investor"), Quantity("investor", "investor", "label", "who pays in"),
        Quantity("cap", "investor", "MUSD_nominal", "most in all", least=0),
        Quantity("required_return", "investor", "1/year", "return on its claim", least=0, most=1),
        Quantity("payout_share", "investor", "1", "its part of dividends", default=1.0),
        Quantity("from", "investor", "date", "first date", optional=True), Quantity("until", "investor", "date", "last date", optional=True),
        Quantity("kind", "cloud", "label", "compute"), Quantity("provider", "cloud", "label", "who rents it out"),
        Quantity("price", "cloud", "USD/H100e/hour", "real price", ("when",), "linear", least=0),
        Quantity("most", "cloud", "kH100e", "most", least=0),
    ),
    optional=True,
)
INVESTOR = (
    "contracts.vendor.kind=investor label", "contracts.vendor.investor=first_vendor label", "contracts.vendor.cap=60 MUSD_nominal",
    "contracts.vendor.required_return=0.11 1/year", "contracts.vendor.payout_share=1 1",
)
CLOUD = (
    "contracts.rented.kind=compute label", "contracts.rented.provider=cloud_house label", "contracts.rented.price=0.5 USD_2026/H100e/hour",
    "contracts.rented.most=10 kH100e",
)
WITH_CONTRACTS = ('"power", "finance"]', '"power", "contracts", "finance"]')
"""The piece of the model file that brings the part in."""


def paid_in(case: Case, name: str) -> list[int]:
    """Periods in which the investor may pay in."""
    opens, closes = (case.date("contracts", name, quantity) for quantity in ("from", "until"))
    return [period.number for period in case.calendar.periods
            if (opens is None or period.first >= opens.first) and (closes is None or period.first <= closes.last)]


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Investors pay in; compute is rented and paid for."""
    offered = [name for name in case.items("investor") if name not in case.definition.contracts.without]
    keys = [(name, period) for name in offered for period in paid_in(case, name)]
    exchange.make("invested", "contracts", block.variable("invested", ("contract", "period"), keys, unit="MUSD_nominal", doc="paid in"))
    uses = [(name, period.number) for name in case.items("cloud") for period in case.calendar.periods]
    rented = block.variable("rented", ("contract", "period"), uses, unit="kH100e", doc="compute rented")
    for name in case.items("cloud"):
        provider = case.label("contracts", name, "provider")
        exchange.make("compute", "contracts", {(provider, provider, "cloud", period): amount for (_, period), amount in rented.items()})
        ledger.pay("running", "contracts", "cloud", (name, "", provider), {
            period.number: case.number("contracts", name, "price", period=period.number) * period.hours / KILO * rented[name, period.number]
            for period in case.calendar.periods})


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Nobody pays in more than its cap, nor rents out more than it has."""
    invested, rented = (block.variables[name].data for name in ("invested", "rented"))

    @block.rule(("contract",), case.items("investor"), promise="MUSD_nominal")
    def investment_within_cap(contract: str) -> Side:
        """What an investor pays in is at most its cap."""
        return at_most(total(amount for key, amount in invested.items() if key[0] == contract), case.number("contracts", contract, "cap"))

    @block.rule(("contract", "period"), rented, promise="kH100e")
    def rented_within_most(contract: str, period: int) -> Side:
        """Compute rented is at most what there is."""
        return at_most(rented[contract, period], case.number("contracts", contract, "most"))


def nothing(*_: Any) -> tuple[()]:
    """No fault and no warning."""
    return ()


def put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in takes the place of the part contracts."""
    part = load("contracts")
    for name, value in {"TABLE": TABLE, "decide": decide, "bind": bind, "check": nothing, "warn": nothing}.items():
        monkeypatch.setattr(part, name, value, raising=False)
