"""Sales of own compute: contracted (a customer takes and pays all of it throughout the term) or spot (as much as pays).

What is sold is taken out of the planner's own compute: it cannot be used a second time. A prepayment is a share of what the
customer pays within the horizon; it is received at signing and credited against each later receipt in equal parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Quantity
from gwplan.model.block import Block, Expression, Relation, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.contracts.terms import (
    SIGNING,
    TABLE,
    WHEN,
    earliest_of,
    inside,
    kind_of,
    lead_of,
    nominal_price,
    on_offer,
    price_of,
    real,
    service,
    signing,
    term_of,
)
from gwplan.model.tenure import CLOUD, OWN, SOLD

KIND = "sale"
CONTRACTED, SPOT = "contracted", "spot"
QUANTITIES = (
    kind_of(KIND),
    Quantity("customer", KIND, "label", "who buys and pays"),
    Quantity("terms", KIND, "label", "contracted: all of it, throughout the term; spot: as much as is sold", labels=(CONTRACTED, SPOT)),
    *price_of(KIND),
    Quantity("most", KIND, "kH100e", "what the customer takes, at most", WHEN, least=0, sane=(1, 1e5)),
    earliest_of(KIND),
    lead_of(KIND),
    Quantity("term", KIND, "year", "length from service on; spot sales may go on to the horizon's end", optional=True, least=0.25,
             sane=(1, 20)),
    Quantity("prepayment", KIND, "1", "share of the receipts within the horizon that comes at signing", default=0.0, least=0, most=1,
             sane=(0, 0.5)),
)


def faults(case: Case) -> Iterator[Fault]:
    """Contracted sales without a term, prepaid spot sales."""
    for contract in case.items(KIND):
        if contracted(case, contract) and not case.has(TABLE, contract, "term"):
            yield Fault(*case.location(TABLE, contract, "terms"), f"{contract}: a contracted sale needs term")
        if not contracted(case, contract) and case.number(TABLE, contract, "prepayment"):
            yield Fault(*case.location(TABLE, contract, "prepayment"), f"{contract}.prepayment: nobody prepays spot sales")


def warnings(case: Case) -> Iterator[Fault]:
    """Sales that cannot begin within the horizon."""
    for contract in on_offer(case, KIND):
        if not sold_in(case, contract):
            yield Fault(*case.location(TABLE, contract, "kind"), f"{contract} cannot begin within the horizon and is not offered")


def contracted(case: Case, contract: str) -> bool:
    """True for a sale that is signed."""
    return case.label(TABLE, contract, "terms") == CONTRACTED


def sold_in(case: Case, contract: str) -> dict[int, float]:
    """Share of each period inside the horizon in which compute can be sold."""
    return inside(case, term_of(case, contract, service(case, contract, signing(case, contract))))


def signed_sales(case: Case) -> list[str]:
    """Sales on offer that are signed or not."""
    return [contract for contract in on_offer(case, KIND) if contracted(case, contract) and sold_in(case, contract)]


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Sell compute, and be paid for it."""
    names = [contract for contract in on_offer(case, KIND) if sold_in(case, contract)]
    keys = [(contract, period) for contract in names for period in sold_in(case, contract)]
    sold = block.variable("sold", SIGNING, keys, unit="kH100e", doc="own compute that others use")
    for contract in names:
        customer, first = case.label(TABLE, contract, "customer"), signing(case, contract)
        share = case.number(TABLE, contract, "prepayment")
        paid = {period: nominal_price(case, contract, period) * sold[contract, period] for period in sold_in(case, contract)}
        receipts: dict[int, Expression] = {period: (1 - share) * amount for period, amount in paid.items()}
        if share:
            receipts[first] = receipts.get(first, 0) + share * total(paid.values())
        ledger.earn("contracts", "sales", (contract, CLOUD, customer), real(case, receipts))
        for period in sold_in(case, contract):
            exchange.make("compute", "contracts", {(SOLD, customer, CLOUD, period): -sold[contract, period]})


def bind(block: Block, case: Case, exchange: Exchange) -> None:
    """Sell no more than the customer takes, all of it where that is agreed, and no more than the planner's own."""
    sold, signed = block.variables["sold"].data, block.variables["signed"].data
    most = {key: case.number(TABLE, key[0], "most", period=key[1]) * sold_in(case, key[0])[key[1]] for key in sold}

    @block.rule(SIGNING, [key for key in sold if contracted(case, key[0])])
    def contracted_sale_is_delivered(contract: str, period: int) -> Relation:
        """Compute sold under a contract = all that the customer takes in the part of the period in its term, if it is signed, else 0."""
        return equal(sold[contract, period] - most[contract, period] * signed[contract, signing(case, contract)], 0)

    @block.rule(SIGNING, [key for key in sold if not contracted(case, key[0])], promise="kH100e")
    def spot_sale_within_demand(contract: str, period: int) -> Relation:
        """Compute sold on the spot is at most what the customer takes in the part of the period in its term."""
        return at_most(sold[contract, period], most[contract, period])

    own: dict[int, list[Expression]] = {}
    for (provider, _, _, period), amount in exchange.balance("compute").items():
        if provider == OWN:
            own.setdefault(period, []).append(amount)

    @block.rule(("period",), sorted({period for _, period in sold}))
    def sales_within_own_compute(period: int) -> Relation:
        """Compute sold to all customers is at most the planner's own: rented compute is not sold on."""
        taken = total(amount for key, amount in sold.items() if key[1] == period)
        return at_most(taken - total(own.get(period, [])), 0)
