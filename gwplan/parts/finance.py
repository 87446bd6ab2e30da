"""Finance."""

from __future__ import annotations

from gwplan.block import Block
from gwplan.case import Case
from gwplan.exchange import Exchange
from gwplan.ledger import Ledger
from gwplan.quantity import Kind, Table

TABLE = Table("finance", (Kind("finance_item"),), (), optional=True)


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """."""


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """."""
    if "contracts" in case.definition.parts:
        exchange.take("invested", "finance")
