"""Stakes: what the planner pays for a share of a company, often of a customer that buys of it in return.

A stake is paid in at one date, any part of its cap, for as large a part of the share that the whole cap buys. At the horizon's end
it is worth that share of the company's last mark. A mark is a row, what others paid or are thought to pay, and no forecast: a
stake whose mark never rises earns nothing. What is paid is capital of a class of its own, which no lender funds, which is never
written off, and whose gain is not taxed within the horizon. A sale that a stake brings is signed only with the whole of it.
A stake with a cap of 0 was paid in before: it is worth its mark whatever is decided, so it is told and is no part of any goal.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Quantity
from gwplan.model.block import Block, Expression, Key, Relation, at_most
from gwplan.model.ledger import Ledger
from gwplan.model.parts.contracts.terms import SIGNING, TABLE, WHEN, earliest_of, kind_of, last_period, on_offer, real, signing
from gwplan.model.price_level import inflator_at_end
from gwplan.model.tenure import CLOUD

KIND, SALE, STAKES = "stake", "sale", "stakes"
UNIT = "MUSD_nominal"
QUANTITIES = (
    kind_of(KIND),
    Quantity("company", KIND, "label", "the company in which it is held, and to which it is paid"),
    Quantity("cap", KIND, UNIT, "most that is paid in; 0 for a stake that was paid in before", least=0, sane=(0, 5e5)),
    Quantity("share_held", KIND, "1", "share of the company that the whole cap buys, or that is held", least=0, most=1),
    Quantity("mark", KIND, UNIT, "value of the whole company", WHEN, least=1, sane=(1000, 1e7)),
    Quantity("brings", KIND, "label", "a contracted sale that is signed only with the whole of it", optional=True, refers=SALE),
    earliest_of(KIND),
)


def faults(case: Case) -> Iterator[Fault]:
    """Sales that are not signed, and so cannot wait for a stake; marks that begin too late."""
    for contract in case.items(KIND):
        sale = case.get_label(TABLE, contract, "brings")
        if sale is not None and case.get_label(TABLE, sale, "terms") == "spot":
            yield Fault(*case.location(TABLE, contract, "brings"), f"{contract}.brings: {sale} is sold on the spot, and is not signed")
        for period in sorted({min(signing(case, contract), last_period(case)), last_period(case)}):
            if case.get(TABLE, contract, "mark", period=period) is None:
                when = case.calendar.names[period]
                yield Fault(*case.location(TABLE, contract, "mark"), f"{contract}.mark: no row holds in {when}")
                break


def warnings(case: Case) -> Iterator[Fault]:
    """Stakes that can only be bought after the horizon."""
    for contract in on_offer(case, KIND):
        if signing(case, contract) > last_period(case):
            yield Fault(*case.location(TABLE, contract, "kind"), f"{contract} cannot be paid in within the horizon and is not offered")


def offered(case: Case) -> list[str]:
    """Stakes that may be paid in."""
    return [contract for contract in on_offer(case, KIND)
            if case.number(TABLE, contract, "cap") > 0 and signing(case, contract) <= last_period(case)]


def decide(block: Block, case: Case, ledger: Ledger) -> None:
    """Pay in, and hold to the end."""
    names, last = offered(case), last_period(case)
    staked = block.variable("staked", SIGNING, [(contract, signing(case, contract)) for contract in names], unit=UNIT,
                            doc="paid in for a stake")
    worth: dict[Key, Expression] = {}
    for contract in on_offer(case, KIND):
        first, cap = signing(case, contract), case.number(TABLE, contract, "cap")
        part = staked[contract, first] * (1 / cap) if contract in names else 1.0
        share = case.number(TABLE, contract, "share_held")
        for period in range(first, last + 1):
            worth[contract, period] = share * case.number(TABLE, contract, "mark", period=period) * part
    for contract in names:
        paid = real(case, {signing(case, contract): staked[contract, signing(case, contract)]})
        whom = contract, CLOUD, case.label(TABLE, contract, "company")
        ledger.hold("contracts", STAKES, whom, paid, (1 / inflator_at_end(case)) * worth[contract, last])
    block.expression("stake_worth", SIGNING, worth, unit=UNIT, doc="worth of a stake, at the mark of the period")


def bind(block: Block, case: Case) -> None:
    """Pay in no more than the cap, and all of it for what comes with it."""
    staked, signed = block.variables["staked"].data, block.variables["signed"].data
    cap = {key: case.number(TABLE, key[0], "cap") for key in staked}
    waits = {key: case.get_label(TABLE, key[0], "brings") for key in staked}

    @block.rule(SIGNING, staked, promise=UNIT)
    def stake_within_cap(contract: str, period: int) -> Relation:
        """What is paid in for a stake is at most its cap."""
        return at_most(staked[contract, period], cap[contract, period])

    sales = {(sale, when): key for (sale, when) in signed for key, needed in waits.items() if needed == sale}

    @block.rule(SIGNING, sales)
    def sale_waits_for_its_stake(contract: str, period: int) -> Relation:
        """A sale that a stake brings is signed only where the whole cap of that stake is paid in."""
        key = sales[contract, period]
        return at_most(cap[key] * signed[contract, period], staked[key])
