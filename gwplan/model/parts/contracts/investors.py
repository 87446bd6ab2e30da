"""Investors: suppliers and others who pay money in, each within every one of its limits, and lumps at milestones.

What they pay in is a source of finance and never a cut in cost: they are offered only where the part finance answers for what
they get back. "Up to" is a cap: nothing is ever promised. A limit by power counts, where it counts what is delivered, the power that runs
in the period, so that an investor who may still pay in sees what it has paid for; where it counts orders, all since the start. What is
bought from an investor counts once, however many contracts it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Quantity
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.contracts.terms import SIGNING, TABLE, WHEN, kind_of, last_period, on_offer
from gwplan.model.price_level import inflator
from gwplan.model.stocks import before, stock

KIND, TRANCHE = "investor", "tranche"
IT, VENDOR = "it", "vendor"
DELIVERED, ORDERED = "delivered", "ordered"
APART = "it is for reports and `gwplan circle` alone"
QUANTITIES = (
    kind_of(KIND),
    Quantity("investor", KIND, "label", "who pays in; the name that it is paid under as a supplier"),
    Quantity("cap", KIND, "MUSD_nominal", "most in all; never the base case", least=0, sane=(0, 5e5)),
    Quantity("upfront", KIND, "MUSD_nominal", "most without any condition", default=0.0, least=0, sane=(0, 5e5)),
    Quantity("per_power", KIND, "MUSD_nominal/MW", "most beyond that, per power", optional=True, least=0, sane=(0.1, 50)),
    Quantity("measured_on", KIND, "label", "the power that counts: all IT, or that of the investor's own systems (vendor)", default=IT,
             labels=(IT, VENDOR)),
    Quantity("stage", KIND, "label", "when power counts: running (delivered), or ordered", default=DELIVERED, labels=(DELIVERED, ORDERED)),
    Quantity("spend_share", KIND, "1", "most beyond upfront, per dollar paid to the investor", optional=True, least=0, sane=(0, 1)),
    Quantity("tie", KIND, "1", "least purchases from the investor over the horizon, per dollar paid in", default=0.0, least=0, sane=(0, 5)),
    Quantity("from", KIND, "date", "first date on which it pays in", optional=True),
    Quantity("until", KIND, "date", "last date on which it pays in", optional=True),
    Quantity("required_return", KIND, "1/year", "nominal return on its claim, or that it asks of stock", least=0, most=1, sane=(0.02, 0.3)),
    Quantity("instrument", KIND, "label", "what it gets: a preferred claim that grows with its return, or common stock at a valuation",
             default="preferred", labels=("preferred", "common")),
    Quantity("valuation", KIND, "MUSD_nominal", "value of the sponsor's shares before its money, at which it pays in", optional=True,
             least=1, sane=(1000, 1e7), idle=APART),
    Quantity("lots", KIND, "1", "equal parts of the cap in which common stock is bought, each whole or not at all", default=1.0, least=1,
             most=20, idle="only common stock is bought in lots"),
    Quantity("company", KIND, "label", "the company that it has a stake in", optional=True),
    Quantity("paid_before", KIND, "MUSD_nominal", "what it paid in before the horizon", optional=True, least=0, sane=(0, 5e5), idle=APART),
    Quantity("share_held", KIND, "1", "share of the company that it holds, once its cap is paid in", optional=True, least=0, most=1,
             idle=APART),
    Quantity("mark", KIND, "MUSD_nominal", "value of the whole company, as stated at a date", WHEN, optional=True, least=1,
             sane=(1000, 1e7), idle=APART),
    Quantity("sales_promised", KIND, "MUSD_nominal", "what the company has promised to buy of it, where no contract here says so",
             optional=True, least=0, sane=(0, 1e6), idle=APART),
    Quantity("sales_given_up", KIND, "MUSD_nominal", "sales to the company that went to others once exclusivity was given up",
             optional=True, least=0, sane=(0, 1e6), idle=APART),
    Quantity("warrants", KIND, "MUSD_nominal", "worth of warrants that it gets or gives; apart from cash", optional=True, least=0,
             sane=(0, 5e5), idle=APART),
    Quantity("guarantee", KIND, "MUSD_nominal", "what it guarantees to others; apart from cash", optional=True, least=0, sane=(1, 5e5),
             idle=APART),
    kind_of(TRANCHE),
    Quantity("of", TRANCHE, "label", "the investor's contract", refers=KIND),
    Quantity("amount", TRANCHE, "MUSD_nominal", "what the milestone releases", least=0, sane=(1, 5e5)),
    Quantity("power", TRANCHE, "MW", "milestone, as the investor's contract counts power", least=0, sane=(1, 50000)),
)


def faults(case: Case) -> Iterator[Fault]:
    """Limits that contradict themselves, power of a vendor that sells nothing, windows that close before they open."""
    vendors = {case.label("accelerators", system, "vendor") for system in case.items("system")}
    for contract in case.items(KIND):
        opens, closes = (case.date(TABLE, contract, quantity) for quantity in ("from", "until"))
        if opens is not None and closes is not None and closes.last < opens.first:
            yield Fault(*case.location(TABLE, contract, "until"), f"{contract}.until: {closes} is before from, {opens}")
        if case.number(TABLE, contract, "upfront") > case.number(TABLE, contract, "cap"):
            yield Fault(*case.location(TABLE, contract, "upfront"), f"{contract}.upfront: is above cap, the most in all")
        who = case.label(TABLE, contract, "investor")
        if case.label(TABLE, contract, "measured_on") == VENDOR and who not in vendors:
            message = f"{contract}.measured_on: {who!r} sells no system, so that none of its power would ever count"
            yield Fault(*case.location(TABLE, contract, "measured_on"), message)


def warnings(case: Case) -> Iterator[Fault]:
    """Investors without the part finance, and those with nothing that releases their money."""
    for contract in pays(case):
        if "finance" not in case.definition.parts:
            message = f"{contract} is left out: investors need the part finance, which answers for what they get back"
            yield Fault(*case.location(TABLE, contract, "kind"), message)
        elif not paid_in(case, contract):
            yield Fault(*case.location(TABLE, contract, "kind"), f"{contract} pays in outside the horizon only and is not offered")


def investors(case: Case) -> list[str]:
    """Investors on offer."""
    return [contract for contract in pays(case) if paid_in(case, contract)] if "finance" in case.definition.parts else []


def pays(case: Case) -> list[str]:
    """Investors on offer that may pay anything in: one with a cap of nothing is for reports alone."""
    return [contract for contract in on_offer(case, KIND) if case.number(TABLE, contract, "cap") > 0]


def paid_in(case: Case, contract: str) -> dict[int, float]:
    """Periods in which the investor may pay in, each with the share of it that lies in its window."""
    return case.calendar.shares_between(*(case.date(TABLE, contract, quantity) for quantity in ("from", "until")))


def tranches(case: Case, contract: str) -> list[str]:
    """Tranches of an investor's contract."""
    return [name for name in on_offer(case, TRANCHE) if case.label(TABLE, name, "of") == contract]


def by_power(case: Case, contract: str) -> bool:
    """True where power releases its money."""
    return case.has(TABLE, contract, "per_power") or bool(tranches(case, contract))


def by_spend(case: Case, contract: str) -> bool:
    """True where purchases count."""
    return case.has(TABLE, contract, "spend_share") or case.number(TABLE, contract, "tie") > 0


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Investors pay in, when and how much."""
    names, periods = investors(case), range(last_period(case) + 1)
    everywhere = [(contract, period) for contract in names for period in periods]
    invested = block.variable("invested", SIGNING, [(contract, period) for contract in names for period in paid_in(case, contract)],
                              unit="MUSD_nominal", doc="money that an investor pays in")
    block.variable("invested_so_far", SIGNING, everywhere, unit="MUSD_nominal", doc="money that an investor has paid in until then")
    block.variable("counted_power", SIGNING, [key for key in everywhere if by_power(case, key[0])], unit="MW",
                   doc="power that counts for an investor: running, or ordered until then")
    block.variable("bought_so_far", SIGNING, [key for key in everywhere if by_spend(case, key[0])], unit="MUSD_nominal",
                   doc="money paid to an investor as a supplier until then")
    several = [contract for group in same_investor(case, released_by(case)).values() for contract in group]
    block.variable("released_by_spend", SIGNING, [key for key in everywhere if key[0] in several], unit="MUSD_nominal",
                   doc="what purchases release until then for one of several contracts of an investor")
    steps = [(name, period) for contract in names for name in tranches(case, contract) for period in paid_in(case, contract)]
    block.variable("released", ("tranche", "period"), steps, unit="1", doc="1 if the tranche is released in the period", whole=True)
    if "finance" in case.definition.parts and pays(case):
        exchange.make("invested", "contracts", invested)


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Each investor pays in within all of its limits."""
    invested, so_far = (block.variables[name].data for name in ("invested", "invested_so_far"))

    @block.rule(SIGNING, so_far)
    def investment_adds_up(contract: str, period: int) -> Relation:
        """Paid in until then = paid in until the period before + paid in."""
        return stock(so_far, (contract, period), invested.get((contract, period), 0))

    names = investors(case)

    @block.rule(("contract",), names, promise="MUSD_nominal")
    def investment_within_cap(contract: str) -> Relation:
        """What an investor pays in over the horizon is at most its cap."""
        return at_most(so_far[contract, last_period(case)], case.number(TABLE, contract, "cap"))

    shares = {(contract, period): share for contract in names for period, share in paid_in(case, contract).items()}

    @block.rule(SIGNING, [key for key in invested if shares[key] < 1], promise="MUSD_nominal")
    def investment_waits_for_its_window(contract: str, period: int) -> Relation:
        """In a period in which its window opens or closes an investor pays in at most the share of it that is open x its cap."""
        return at_most(invested[contract, period], shares[contract, period] * case.number(TABLE, contract, "cap"))

    bind_power(block, case, exchange)
    bind_purchases(block, case, ledger)


def bind_purchases(block: Block, case: Case, ledger: Ledger) -> None:
    """What is bought from an investor releases its money, and what is paid in ties the planner to buy."""
    invested, so_far, bought = (block.variables[name].data for name in ("invested", "invested_so_far", "bought_so_far"))
    names = investors(case)
    spent = purchases(case, ledger, {case.label(TABLE, contract, "investor") for contract in names})

    @block.rule(SIGNING, bought)
    def purchases_add_up(contract: str, period: int) -> Relation:
        """Paid to the investor until then = paid until the period before + capital and running cost paid to it, in nominal money."""
        paid = spent.get((case.label(TABLE, contract, "investor"), period), [])
        return stock(bought, (contract, period), inflator(case, period) * total(paid))

    released = block.variables["released_by_spend"].data
    alone = [key for key in invested if case.has(TABLE, key[0], "spend_share") and key not in released]

    @block.rule(SIGNING, alone, promise="MUSD_nominal")
    def investment_within_spend(contract: str, period: int) -> Relation:
        """Paid in until then is at most upfront + spend share x what was paid to the investor until then."""
        share = case.number(TABLE, contract, "spend_share") * bought[contract, period]
        return at_most(so_far[contract, period] - share, case.number(TABLE, contract, "upfront"))

    @block.rule(SIGNING, released, promise="MUSD_nominal")
    def spend_releases_beyond_upfront(contract: str, period: int) -> Relation:
        """Paid in until then is at most upfront + what purchases release for this contract, of several of one investor."""
        return at_most(so_far[contract, period] - released[contract, period], case.number(TABLE, contract, "upfront"))

    several = same_investor(case, released_by(case))

    @block.rule(SIGNING, [(first, period) for first in several for period in range(last_period(case) + 1)], promise="MUSD_nominal")
    def purchases_count_once(contract: str, period: int) -> Relation:
        """What purchases release / spend share, summed over all contracts of the investor, is at most what was paid to it until then."""
        needed = [(1 / case.number(TABLE, each, "spend_share")) * released[each, period] for each in several[contract]]
        return at_most(total(needed) - bought[contract, period], 0)

    tied = same_investor(case, [contract for contract in names if case.number(TABLE, contract, "tie")], least=1)

    @block.rule(("contract",), tied, promise="MUSD_nominal")
    def purchases_meet_the_tie(contract: str) -> Relation:
        """What is paid to the investor over the horizon is at least tie x what it pays in, summed over all its contracts."""
        last = last_period(case)
        asked = total(case.number(TABLE, each, "tie") * so_far[each, last] for each in tied[contract])
        return at_least(bought[contract, last] - asked, 0)


def released_by(case: Case) -> list[str]:
    """Contracts whose money purchases release."""
    return [contract for contract in investors(case) if case.get(TABLE, contract, "spend_share")]


def same_investor(case: Case, contracts: Iterable[str], least: int = 2) -> dict[str, list[str]]:
    """The contracts of each investor that has at least so many of those given, by the first of them."""
    found: dict[str, list[str]] = {}
    for contract in contracts:
        found.setdefault(case.label(TABLE, contract, "investor"), []).append(contract)
    return {names[0]: names for names in found.values() if len(names) >= least}


def purchases(case: Case, ledger: Ledger, names: Iterable[str]) -> dict[Key, list[Expression]]:
    """Capital and running cost by (payee, period), real, of the payees named."""
    wanted = set(names)
    found: dict[Key, list[Expression]] = {}
    for entry in ledger.entries:
        if entry.payee in wanted and entry.kind in ("capital", "running"):
            found.setdefault((entry.payee, entry.period), []).append(entry.amount)
    return found


def counted(case: Case, exchange: Exchange, contract: str, period: int) -> Expression:
    """Power of the period that counts for an investor: MW that run, or that are newly ordered."""
    stage, who = case.label(TABLE, contract, "stage"), case.label(TABLE, contract, "investor")
    if case.label(TABLE, contract, "measured_on") == IT and stage == DELIVERED:
        return total(amount for key, amount in exchange.balance("it_peak").items() if key[-1] == period)
    every = case.label(TABLE, contract, "measured_on") == IT
    return total(amount for (step, vendor, when), amount in exchange.balance("vendor_power").items()
                 if step == stage and when == period and (every or vendor == who))


def bind_power(block: Block, case: Case, exchange: Exchange) -> None:
    """Power releases money: so much for each MW, or lumps at milestones."""
    invested, so_far, power, released = (block.variables[name].data
                                         for name in ("invested", "invested_so_far", "counted_power", "released"))
    exchange.take("vendor_power", "contracts")

    @block.rule(SIGNING, power)
    def power_is_counted(contract: str, period: int) -> Relation:
        """Power that counts = power that runs, or, where orders count, that of the period before + power ordered."""
        kept = before(power, (contract, period)) if case.label(TABLE, contract, "stage") == ORDERED else 0
        return equal(power[contract, period], kept + counted(case, exchange, contract, period))

    @block.rule(SIGNING, [key for key in invested if case.has(TABLE, key[0], "per_power")], promise="MUSD_nominal")
    def investment_within_power(contract: str, period: int) -> Relation:
        """Paid in until then is at most upfront + so much per power x the power that counts."""
        share = case.number(TABLE, contract, "per_power") * power[contract, period]
        return at_most(so_far[contract, period] - share, case.number(TABLE, contract, "upfront"))

    lumps = {key: case.number(TABLE, key[0], "amount") for key in released}
    goal = {key: case.number(TABLE, key[0], "power") for key in released}
    owner = {key: case.label(TABLE, key[0], "of") for key in released}

    @block.rule(("tranche",), sorted({key[0] for key in released}))
    def released_once(tranche: str) -> Relation:
        """A tranche is released at most once."""
        return at_most(total(amount for key, amount in released.items() if key[0] == tranche), 1)

    @block.rule(("tranche", "period"), released)
    def milestone_is_reached(tranche: str, period: int) -> Relation:
        """A tranche is released only in a period in which the power that counts is at least its milestone."""
        key = (tranche, period)
        return at_most(goal[key] * released[key] - power[owner[key], period], 0)

    @block.rule(SIGNING, [key for key in invested if tranches(case, key[0])], promise="MUSD_nominal")
    def investment_within_tranches(contract: str, period: int) -> Relation:
        """Paid in until then is at most upfront + the tranches released until then."""
        opened = total(lumps[key] * amount for key, amount in released.items() if owner[key] == contract and key[1] <= period)
        return at_most(so_far[contract, period] - opened, case.number(TABLE, contract, "upfront"))
