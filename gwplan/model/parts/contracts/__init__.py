"""Contracts: deals with others, beside what is built: rented compute, options on it, leased room, compute sold, investors, stakes.

A contract is an item of the table, and its `kind` says what it is for. Nothing in the table binds by itself: what is signed is
decided, unless the model names it under `[contracts]`, as signed whatever comes or as not on offer. Whatever is signed is paid
whether finance is in the model or not. Sums fixed by a contract are nominal. What a contract still asks for after the horizon is
reported (`committed_beyond`); what of it is more than the same can be had for at the end is a liability then, an entry of the kind
`commitment`: rented compute is worth the value of compute of the last period, leased room the rent of the last period.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.errors import Fault
from gwplan.common.spelling import suggestion
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Table
from gwplan.inputs.idle import Idle
from gwplan.inputs.unused import uncounted
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.contracts import cloud, investors, leases, options, sales, stakes
from gwplan.model.parts.contracts.commitments import binds, used_in
from gwplan.model.parts.contracts.terms import KINDS, SIGNING, is_signed, on_offer, signing
from gwplan.model.price_level import inflation

TABLE = Table(
    "contracts",
    tuple(Kind(kind, labelled=("kind", label)) for kind, label in KINDS.items()),
    (*cloud.QUANTITIES, *options.QUANTITIES, *leases.QUANTITIES, *sales.QUANTITIES, *investors.QUANTITIES, *stakes.QUANTITIES),
    optional=True,
)
NEVER_SIGNED = (leases.KIND, investors.KIND, investors.TRANCHE, stakes.KIND)
SUBJECTS = (cloud, options, leases, sales, investors, stakes)


def check(case: Case) -> Iterator[Fault]:
    """Names under [contracts] are contracts that can be signed; each subject's own faults; nominal sums need a price level."""
    kinds = {name: kind for kind in KINDS for name in case.items(kind)}
    file = case.definition.path.name
    for key in ("signed", "without"):
        for name in getattr(case.definition.contracts, key):
            if name not in kinds:
                yield Fault(file, 0, f"contracts.{key}: no contract {name!r} in contracts.csv{suggestion(name, kinds)}")
    offered = {*signable(case), *(contract for contract in on_offer(case, options.KIND) if options.window(case, contract))}
    for name in case.definition.contracts.signed:
        kind = kinds.get(name)
        if kind in NEVER_SIGNED or (kind == sales.KIND and not sales.contracted(case, name)):
            yield Fault(file, 0, f"contracts.signed: {name} is not signed as a whole; compute, options and contracted sales are")
        elif kind and name not in offered and name not in case.definition.contracts.without:
            yield Fault(file, 0, f"contracts.signed: {name} cannot serve within the horizon")
    for subject in SUBJECTS:
        yield from subject.faults(case)
    if kinds:
        inflation(case)


def warn(case: Case) -> Iterator[Fault]:
    """What is in the table and not on offer."""
    for subject in SUBJECTS:
        yield from subject.warnings(case)


def idle(case: Case) -> Iterator[Idle]:
    """Contracts that are not on offer, and carbon of landlords that nobody counts."""
    serving = {*signable(case), *(name for name in case.items(sales.KIND) if sales.sold_in(case, name)),
               *(name for name in case.items(options.KIND) if options.window(case, name)),
               *(name for name in case.items(leases.KIND) if any(leases.signings(case, name, site) for site in case.items("site"))),
               *investors.investors(case), *stakes.offered(case)}
    for kind in KINDS:
        for name in case.items(kind):
            payer = case.label(TABLE.name, name, "of") if kind == investors.TRANCHE else name
            if payer in case.definition.contracts.without:
                yield Idle("the model goes without it", name)
            elif kind in (investors.KIND, investors.TRANCHE) and "finance" not in case.definition.parts:
                yield Idle("investors need the part finance", name)
            elif kind in (investors.KIND, stakes.KIND) and not case.number(TABLE.name, name, "cap"):
                yield Idle(investors.APART, name)
            elif payer not in serving:
                yield Idle("it cannot serve within the horizon", name)
    yield from cloud.idle(case)
    yield from uncounted(case, "operational", "emission_rate")


def signable(case: Case) -> list[str]:
    """Clouds and contracted sales that can be signed."""
    return [*(contract for contract in on_offer(case, cloud.KIND) if used_in(case, contract)), *sales.signed_sales(case)]


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Sign contracts, use them, pay for them."""
    binding = [contract for contract in signable(case) if contract in case.items(sales.KIND) or binds(case, contract)]
    block.variable("signed", SIGNING, [(contract, signing(case, contract)) for contract in binding], unit="1",
                   doc="1 if the contract is signed; what binds to nothing is not signed but used", whole=True)
    beyond: dict[Key, Expression] = {}
    for subject in (cloud, options, leases):
        beyond |= subject.decide(block, case, exchange, ledger)
    sales.decide(block, case, exchange, ledger)
    investors.decide(block, case, exchange, ledger)
    stakes.decide(block, case, ledger)
    block.expression("committed_beyond", ("contract",), beyond, unit="MUSD_nominal",
                     doc="least payment that a contract still asks for after the horizon")


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Keep to what each contract says."""
    cloud.bind(block, case)
    options.bind(block, case)
    leases.bind(block, case, exchange)
    sales.bind(block, case, exchange)
    investors.bind(block, case, exchange, ledger)
    stakes.bind(block, case)
    once = block.variables["signed"].data | block.variables["held"].data

    @block.rule(SIGNING, once)
    def signed_once(contract: str, period: int) -> Relation:
        """A contract is signed, or an option held, at most once."""
        return at_most(once[contract, period], 1)

    @block.rule(SIGNING, [key for key in once if is_signed(case, key[0])], promise="of the contract")
    def signed_whatever_comes(contract: str, period: int) -> Relation:
        """A contract that the model names as signed is signed, and an option is held."""
        return at_least(once[contract, period], 1)
