"""Options on compute: held for a premium, exercised within a window, megawatt by megawatt.

What is exercised serves a lead time later and is reserved capacity: it is paid in full, used or not, until its term ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Quantity
from gwplan.model.block import Block, Expression, Key, Relation, at_most, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.contracts.commitments import at_end, value_of_use
from gwplan.model.parts.contracts.terms import (
    SIGNING,
    TABLE,
    beyond,
    carbon_faults,
    carbon_of,
    emitted,
    kind_of,
    last_period,
    lead_of,
    nominal_price,
    on_offer,
    passed_of,
    price_of,
    provider_faults,
    real,
    service,
    term_ends,
    term_of,
)
from gwplan.model.price_level import inflator
from gwplan.model.stocks import stock
from gwplan.model.tenure import CLOUD

KIND = "option"
QUANTITIES = (
    kind_of(KIND),
    Quantity("provider", KIND, "label", "who computes and is paid"),
    *price_of(KIND),
    Quantity("most_power", KIND, "MW", "most power that can be exercised in all", least=0, sane=(1, 20000)),
    Quantity("compute_per_power", KIND, "kH100e/MW", "compute that a MW gives", least=0, sane=(0.2, 20)),
    Quantity("premium", KIND, "MUSD/MW", "paid for the option, at the horizon's start or when its window opens", default=0.0, least=0,
             sane=(0, 10)),
    Quantity("exercise_from", KIND, "date", "first date on which it can be exercised"),
    Quantity("exercise_until", KIND, "date", "last date on which it can be exercised"),
    lead_of(KIND),
    Quantity("term", KIND, "year", "length from service on; without it to the horizon's end", optional=True, least=0.25, sane=(1, 20)),
    *passed_of(KIND),
    carbon_of(KIND),
)


def faults(case: Case) -> Iterator[Fault]:
    """Windows that close before they open."""
    for contract in case.items(KIND):
        opens, closes = (case.date(TABLE, contract, quantity) for quantity in ("exercise_from", "exercise_until"))
        if opens is not None and closes is not None and closes.last < opens.first:
            message = f"{contract}.exercise_until: {closes} is before exercise_from, {opens}"
            yield Fault(*case.location(TABLE, contract, "exercise_until"), message)
        yield from provider_faults(case, contract)


def warnings(case: Case) -> Iterator[Fault]:
    """Options that cannot be exercised in time."""
    for contract in on_offer(case, KIND):
        if not window(case, contract):
            message = f"{contract} cannot be exercised and serve within the horizon and is not offered"
            yield Fault(*case.location(TABLE, contract, "kind"), message)
        else:
            yield from carbon_faults(case, contract, ("emission_rate",))


def window(case: Case, contract: str) -> list[int]:
    """Periods in which it can be exercised and still serve inside the horizon."""
    opens, closes = (case.date(TABLE, contract, quantity) for quantity in ("exercise_from", "exercise_until"))
    if opens is None or closes is None:
        return []
    return [period.number for period in case.calendar.periods if period.first >= opens.first and period.first <= closes.last
            and service(case, contract, period.number) <= last_period(case)]


def bought_in(case: Case, contract: str) -> int:
    """Number of the period in which the premium is paid: when the window opens, or the horizon's first."""
    opens = case.date(TABLE, contract, "exercise_from")
    return 0 if opens is None else case.calendar.begun(opens)


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> dict[Key, Expression]:
    """Hold options, exercise them, pay for what is reserved; gives what is committed beyond the horizon."""
    names = [contract for contract in on_offer(case, KIND) if window(case, contract)]
    paid_for = [contract for contract in names if case.number(TABLE, contract, "premium")]
    held = block.variable("held", SIGNING, [(contract, bought_in(case, contract)) for contract in paid_for], unit="1",
                          doc="1 if the option is held; one without a premium is open", whole=True)
    exercised = block.variable("exercised", SIGNING, [(contract, period) for contract in names for period in window(case, contract)],
                               unit="MW", doc="power that is exercised in the period")
    reserves = [(contract, period) for contract in names
                for period in range(service(case, contract, window(case, contract)[0]), last_period(case) + 1)]
    reserved = block.variable("reserved", SIGNING, reserves, unit="MW", doc="power exercised that serves")
    state_reserve(block, case)
    asked: dict[Key, Expression] = {}
    for contract in names:
        provider = case.label(TABLE, contract, "provider")
        vendor = case.get_label(TABLE, contract, "passed_to") or provider
        density, most = case.number(TABLE, contract, "compute_per_power"), case.number(TABLE, contract, "most_power")
        bought = bought_in(case, contract)
        premium = case.number(TABLE, contract, "premium") * most
        if premium:
            ledger.pay("running", "contracts", "premiums", (contract, CLOUD, provider), {bought: premium * held[contract, bought]})
        periods = [period for name, period in reserves if name == contract]
        paid = {period: nominal_price(case, contract, period) * density * reserved[contract, period] for period in periods}
        ledger.pay("running", "contracts", "cloud", (contract, CLOUD, provider), real(case, paid))
        if premium:
            amounts = {(contract, period): -premium_of_use(case, contract) * reserved[contract, period] for period in periods}
            exchange.make("paid_ahead", "contracts", {(contract, bought): premium * inflator(case, bought) * held[contract, bought]})
            exchange.make("paid_ahead", "contracts", amounts)
        for period in periods:
            exchange.make("compute", "contracts", {(provider, vendor, CLOUD, period): density * reserved[contract, period]})
            carbon = emitted(case, contract, period, reserved[contract, period])
            exchange.make("emissions", "contracts", {("operational", CLOUD, period): carbon})
        taken = {key: amount for key, amount in exercised.items() if key[0] == contract}
        asked[contract,] = density * total(beyond_end(case, key, nominal_price) * amount for key, amount in taken.items())
        each = {key: density * beyond_end(case, key, lost_on_use) for key in taken}
        ledger.owe("contracts", (contract, CLOUD, provider), total(each[key] * amount for key, amount in taken.items() if each[key]))
    return asked


def premium_of_use(case: Case, contract: str) -> float:
    """MUSD_nominal of the premium for each MW that serves throughout a period: even over the term, or over all that it could serve."""
    premium = case.number(TABLE, contract, "premium")
    served = term_of(case, contract, service(case, contract, window(case, contract)[0]))
    return premium * inflator(case, bought_in(case, contract)) / sum(served.values())


def beyond_end(case: Case, key: Key, amount: Callable[[Case, str, int], float]) -> float:
    """The sum over the periods after the horizon, to the end of its term, of an amount for each kH100e exercised in a period."""
    contract, exercised = key
    after = beyond(case, term_of(case, contract, service(case, contract, exercised)))
    return sum(share * amount(case, contract, period) for period, share in after.items())


def lost_on_use(case: Case, contract: str, period: int) -> float:
    """What that payment is worth at the horizon's end, real MUSD, less the compute that it pays for; never negative."""
    return max(0.0, nominal_price(case, contract, period) - value_of_use(case, period)) * at_end(case, period)


def state_reserve(block: Block, case: Case) -> None:
    """Tie what is reserved to what was exercised."""
    exercised, reserved = block.variables["exercised"].data, block.variables["reserved"].data
    enters: dict[Key, Expression] = {}
    leaves: dict[Key, list[Expression]] = {}
    for contract, period in exercised:
        start = service(case, contract, period)
        enters[contract, start] = exercised[contract, period]
        for end, share in term_ends(case, contract, start).items():
            leaves.setdefault((contract, end), []).append(share * exercised[contract, period])

    @block.rule(SIGNING, reserved)
    def reserve_follows_exercise(contract: str, period: int) -> Relation:
        """Reserved = reserved in the period before + what enters service - that whose term is over."""
        key = (contract, period)
        return stock(reserved, key, enters.get(key, 0), total(leaves.get(key, [])))


def bind(block: Block, case: Case) -> None:
    """Exercise only what is held."""
    held, exercised = block.variables["held"].data, block.variables["exercised"].data

    bought = {key[0]: variable for key, variable in held.items()}

    @block.rule(("contract",), sorted({key[0] for key in exercised}), promise="MW")
    def exercise_within_option(contract: str) -> Relation:
        """What is exercised, over the whole window, is at most the option's power, if it is held or costs no premium, else 0."""
        taken = total(amount for key, amount in exercised.items() if key[0] == contract)
        return at_most(taken, case.number(TABLE, contract, "most_power") * bought.get(contract, 1))
