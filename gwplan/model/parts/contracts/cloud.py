"""Cloud compute: used up to what is reserved, paid by use, and where it is signed never less than a year's minimum.

A contract that commits to a payment is signed or not, in the first period that it can be; one that commits to nothing is open from
then on. It serves a lead time later (later still where the supplier is late) and runs for its term from service on. Each calendar
year has a minimum: a share of the commitment, in nominal money; what use falls short of it is paid with the year's last period. Where
the contract lets shortfall be made up, use above the minimum in the years after may be paid with it. A prepayment is paid at signing
and credited against later payments.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.constants import ROUNDING
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Quantity
from gwplan.inputs.idle import Idle
from gwplan.model.block import Block, Expression, Key, Relation, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.contracts.commitments import binds, liability, minimum_beyond, minimums, ramp, used_in
from gwplan.model.parts.contracts.terms import (
    SIGNING,
    TABLE,
    WHEN,
    by_year,
    carbon_faults,
    carbon_of,
    earliest_of,
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
    signing,
)
from gwplan.model.tenure import CLOUD

KIND = "cloud"
QUANTITIES = (
    kind_of(KIND),
    Quantity("provider", KIND, "label", "who computes and is paid"),
    *price_of(KIND),
    Quantity("most", KIND, "kH100e", "largest use", WHEN, least=0, sane=(1, 1e5)),
    earliest_of(KIND),
    lead_of(KIND),
    Quantity("delay_months", KIND, "month", "service later than agreed, by the supplier; the minimum is waived for it", default=0.0,
             least=0, sane=(0, 36)),
    Quantity("term", KIND, "year", "length from service on", least=0.25, sane=(1, 20)),
    Quantity("commitment", KIND, "MUSD_nominal", "least total payment over the term", default=0.0, least=0, sane=(0, 5e5)),
    Quantity("ramp", KIND, "1/year", "share of the commitment due in a calendar year, from that year on; without it even over the term",
             WHEN, optional=True, least=0, most=1),
    Quantity("prepayment", KIND, "1", "share of the commitment paid at signing and credited against later payments", default=0.0, least=0,
             most=1, sane=(0, 0.5)),
    Quantity("makeup_years", KIND, "year", "years in which use above the minimum may be paid with shortfall paid before", default=0.0,
             least=0, sane=(0, 10)),
    *passed_of(KIND),
    Quantity("power_per_compute", KIND, "MW/kH100e", "the provider's mean power at the meter for the compute used", default=1.0,
             least=0, sane=(0.1, 3)),
    carbon_of(KIND),
)


def faults(case: Case) -> Iterator[Fault]:
    """Ramps of more than the commitment; providers called as what is no provider; prepayment of nothing."""
    for contract in case.items(KIND):
        shares = ramp(case, contract)
        if sum(shares.values()) > 1 + ROUNDING:
            years = ", ".join(f"{year} {share:g}" for year, share in shares.items())
            sums = f"shares of the commitment sum to {sum(shares.values()):.4g}, above 1"
            message = f"{contract}.ramp: {sums}; a row holds until the next ({years})"
            yield Fault(*case.location(TABLE, contract, "ramp"), message)
        yield from provider_faults(case, contract)
        if case.number(TABLE, contract, "prepayment") and not case.number(TABLE, contract, "commitment"):
            yield Fault(*case.location(TABLE, contract, "prepayment"), f"{contract}.prepayment: a share of no commitment; give commitment")


def warnings(case: Case) -> Iterator[Fault]:
    """Contracts that cannot serve within the horizon; ramps of less than the commitment, or of none."""
    for contract in on_offer(case, KIND):
        if not used_in(case, contract):
            yield Fault(*case.location(TABLE, contract, "kind"), f"{contract} cannot serve within the horizon and is not offered")
            continue
        if case.own(TABLE, contract, "ramp"):
            yield from ramp_warnings(case, contract)
        yield from carbon_faults(case, contract, ("power_per_compute", "emission_rate"))


def idle(case: Case) -> Iterator[Idle]:
    """What is for a commitment, where there is none; shares of it that were due before the horizon."""
    for contract in case.items(KIND):
        if not binds(case, contract):
            for quantity in ("prepayment", "ramp", "makeup_years"):
                yield Idle("it is for a commitment, and there is none", contract, quantity, read=True)
        past = [year for year in case.own(TABLE, contract, "ramp") if year is not None and year < case.calendar.periods[0].year]
        # The last of them holds on until the next row.
        late = case.calendar.periods[0].year in case.own(TABLE, contract, "ramp")
        for year in past if late else sorted(past)[:-1]:
            yield Idle("it was due before the horizon", contract, "ramp", when=str(year), read=True)


def ramp_warnings(case: Case, contract: str) -> Iterator[Fault]:
    """What no year asks for is never charged. A share of a year before the signing is past, and no slip."""
    place = case.location(TABLE, contract, "ramp")
    if not binds(case, contract):
        yield Fault(*place, f"{contract}.ramp: shares of no commitment, which ask for nothing")
        return
    asked = sum(ramp(case, contract).values())
    if asked < 1 - ROUNDING:
        sums = f"shares to the end of its term sum to {asked:.4g}"
        yield Fault(*place, f"{contract}.ramp: {sums}: {1 - asked:.3g} of the commitment is never due")


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> dict[Key, Expression]:
    """Use what is reserved, pay for it; gives what is committed beyond the horizon."""
    names = [contract for contract in on_offer(case, KIND) if used_in(case, contract)]
    uses = [(contract, period) for contract in names for period in used_in(case, contract)]
    signed = block.variables["signed"].data
    due = {(contract, year): amount for contract in names for year, amount in minimums(case, contract).items()}
    used = block.variable("used", SIGNING, uses, unit="kH100e", doc="rented compute that is used")
    later = [(contract, period) for contract in names if prepaid(case, contract)
             for period in range(signing(case, contract) + 1, last_period(case) + 1)]
    block.variable("credited", SIGNING, later, unit="MUSD_nominal", doc="prepayment that pays for what is due")
    over = ("contract", "year")
    for name, doc in {"shortfall": "what use falls short of the year's minimum", "excess": "use above the year's minimum"}.items():
        block.variable(name, over, counted_years(case, due), unit="MUSD_nominal", doc=doc)
    block.variable("below", over, due, unit="1", doc="1 if use falls short of the year's minimum", whole=True)
    block.variable("made_up", ("contract", "year", "period"), makeup(case, due), unit="MUSD_nominal",
                   doc="use above the minimum that is paid with the shortfall of an earlier year")
    block.expression("minimum", over, {key: amount * signed[key[0], signing(case, key[0])] for key, amount in due.items()},
                     unit="MUSD_nominal", doc="least payment of a calendar year")
    payments = {contract: payment(block, case, contract) for contract in names}
    for contract in names:
        provider = case.label(TABLE, contract, "provider")
        vendor = case.get_label(TABLE, contract, "passed_to") or provider
        ledger.pay("running", "contracts", "cloud", (contract, CLOUD, provider), real(case, payments[contract]))
        exchange.make("paid_ahead", "contracts", ahead_of_use(block, case, contract))
        for period in used_in(case, contract):
            exchange.make("compute", "contracts", {(provider, vendor, CLOUD, period): used[contract, period]})
            power = case.number(TABLE, contract, "power_per_compute") * used[contract, period]
            exchange.make("emissions", "contracts", {("operational", CLOUD, period): emitted(case, contract, period, power)})
    binding = [contract for contract in names if binds(case, contract)]
    for contract in binding:
        each = liability(case, contract)
        owed = each * signed[contract, signing(case, contract)] if each else 0
        ledger.owe("contracts", (contract, CLOUD, case.label(TABLE, contract, "provider")), owed)
    return {(contract,): minimum_beyond(case, contract) * signed[contract, signing(case, contract)] for contract in binding}


def counted_years(case: Case, due: dict[Key, float]) -> list[Key]:
    """(contract, year) in which use is weighed against the minimum; where shortfall can be made up, all years of use."""
    made_up = {contract for contract, _ in due if case.number(TABLE, contract, "makeup_years")}
    used = {(contract, year) for contract in made_up for year in by_year(case, used_in(case, contract))}
    return sorted(used | set(due))


def makeup(case: Case, due: dict[Key, float]) -> list[Key]:
    """(contract, year of the shortfall, period of use) in which use may be paid with a shortfall."""
    found = []
    for contract, year in due:
        years = case.number(TABLE, contract, "makeup_years")
        found += [(contract, year, period) for period in used_in(case, contract)
                  if 0 < case.calendar.periods[period].year - year <= years]
    return found


def payment(block: Block, case: Case, contract: str) -> dict[int, Expression]:
    """Nominal payments by period: prepayment, use and shortfall, less what is made up and what is credited."""
    used, short, made_up, credited = (block.variables[name].data for name in ("used", "shortfall", "made_up", "credited"))
    first, last = signing(case, contract), last_period(case)
    terms: dict[int, list[Expression]] = {period: [] for period in range(first, last + 1)}
    upfront = prepaid(case, contract)
    if upfront:
        terms[first].append(upfront * block.variables["signed"].data[contract, first])
    for period in used_in(case, contract):
        terms[period].append(nominal_price(case, contract, period) * used[contract, period])
    for (name, year), amount in short.items():
        if name == contract:
            terms[year_end(case, year)].append(amount)
    for (name, _, period), amount in made_up.items():
        if name == contract:
            terms[period].append(-amount)
    for (name, period), amount in credited.items():
        if name == contract:
            terms[period].append(-amount)
    return {period: total(each) for period, each in terms.items() if each}


def ahead_of_use(block: Block, case: Case, contract: str) -> dict[Key, Expression]:
    """Nominal money paid ahead of use, less what is drawn down: prepayments until they are credited, shortfall until it is made up.

    It is an asset until the use that it pays for. What of it is never used stays one, and is no cost of any use.
    """
    credited, made_up = (block.variables[name].data for name in ("credited", "made_up"))
    terms: dict[int, list[Expression]] = {}
    if prepaid(case, contract):
        first = signing(case, contract)
        terms[first] = [prepaid(case, contract) * block.variables["signed"].data[contract, first]]
    for (name, period), amount in credited.items():
        if name == contract:
            terms.setdefault(period, []).append(-1 * amount)
    for (name, year, period), amount in made_up.items():
        if name == contract:
            terms.setdefault(year_end(case, year), []).append(amount)
            terms.setdefault(period, []).append(-1 * amount)
    return {(contract, period): total(each) for period, each in sorted(terms.items())}


def prepaid(case: Case, contract: str) -> float:
    """MUSD_nominal that are paid at signing."""
    return case.number(TABLE, contract, "prepayment") * case.number(TABLE, contract, "commitment")


def year_end(case: Case, year: int) -> int:
    """Number of the last period of a calendar year inside the horizon."""
    return max(period.number for period in case.calendar.periods if period.year == year)


def bind(block: Block, case: Case) -> None:
    """Use no more than is reserved; weigh each year's use against its minimum."""
    signed, used = block.variables["signed"].data, block.variables["used"].data
    minimum = {key: minimums(case, key[0]).get(key[1], 0.0) for key in block.variables["shortfall"].data}
    worth = {key: nominal_price(case, *key) for key in used}
    reserve = {key: case.number(TABLE, key[0], "most", period=key[1]) * used_in(case, key[0])[key[1]] for key in used}
    in_year = {(contract, year): [(contract, period) for period in numbers] for contract in sorted({key[0] for key in used})
               for year, numbers in by_year(case, used_in(case, contract)).items()}
    short, excess, below = (block.variables[name].data for name in ("shortfall", "excess", "below"))

    @block.rule(SIGNING, used)
    def use_within_reserve(contract: str, period: int) -> Relation:
        """Rented compute used is at most what is reserved for the part of the period in its term, if signed or open, else 0."""
        return at_most(used[contract, period], reserve[contract, period] * signed.get((contract, signing(case, contract)), 1))

    @block.rule(("contract", "year"), short)
    def purchase_meets_commitment(contract: str, year: int) -> Relation:
        """Use of the year at its price + shortfall - excess = minimum of the year, if the contract is signed, else 0."""
        bought = total(worth[key] * used[key] for key in in_year.get((contract, year), []))
        due = minimum[contract, year] * signed[contract, signing(case, contract)]
        return equal(bought + short[contract, year] - excess[contract, year] - due, 0)

    @block.rule(("contract", "year"), short)
    def shortfall_below_minimum_only(contract: str, year: int) -> Relation:
        """Shortfall is at most the minimum in a year below it, else 0."""
        return at_most(short[contract, year], minimum[contract, year] * below.get((contract, year), 0))

    @block.rule(("contract", "year"), below)
    def excess_above_minimum_only(contract: str, year: int) -> Relation:
        """Excess is 0 in a year below the minimum: shortfall and excess never stand in the same year."""
        most = sum(worth[key] * reserve[key] for key in in_year.get((contract, year), []))
        return at_most(excess[contract, year], most * (1 - below[contract, year]))

    @block.rule(("contract", "year"), below)
    def below_or_not(contract: str, year: int) -> Relation:
        """A year is below its minimum or it is not; without a contract it is not."""
        return at_most(below[contract, year], signed[contract, signing(case, contract)])

    bind_credits(block, case, worth, in_year)


def bind_credits(block: Block, case: Case, worth: dict[Key, float], in_year: dict[Key, list[Key]]) -> None:
    """Make up and credit no more than was paid before, and no more than is due."""
    used, short, excess, made_up, credited = (block.variables[name].data for name in ("used", "shortfall", "excess", "made_up", "credited"))

    def taken(contract: str, year: int | None, periods: list[int] | None) -> Expression:
        return total(amount for (name, paid, period), amount in made_up.items()
                     if name == contract and year in (None, paid) and (periods is None or period in periods))

    @block.rule(("contract", "year"), sorted({key[:2] for key in made_up}))
    def made_up_was_paid(contract: str, year: int) -> Relation:
        """What is made up of a year's shortfall, over all later periods, is at most that shortfall."""
        return at_most(taken(contract, year, None), short[contract, year])

    later = sorted({(contract, case.calendar.periods[period].year) for contract, _, period in made_up})

    @block.rule(("contract", "year"), later)
    def made_up_is_excess(contract: str, year: int) -> Relation:
        """What is made up in a year is at most the use above its minimum."""
        return at_most(taken(contract, None, [period for _, period in in_year[contract, year]]), excess[contract, year])

    @block.rule(SIGNING, sorted({(contract, period) for contract, _, period in made_up}))
    def made_up_is_used(contract: str, period: int) -> Relation:
        """What is made up in a period is at most the use of the period at its price."""
        return at_most(taken(contract, None, [period]), worth[contract, period] * used[contract, period])

    @block.rule(("contract",), sorted({key[0] for key in credited}))
    def credits_within_prepayment(contract: str) -> Relation:
        """What is credited, over all periods, is at most the prepayment."""
        given = total(amount for key, amount in credited.items() if key[0] == contract)
        return at_most(given, prepaid(case, contract) * block.variables["signed"].data[contract, signing(case, contract)])

    @block.rule(SIGNING, credited)
    def credits_within_due(contract: str, period: int) -> Relation:
        """What is credited in a period is at most what is due in it: use and shortfall, less what is made up."""
        due = [worth[contract, period] * used[contract, period]] if (contract, period) in used else []
        year = case.calendar.periods[period].year
        if period == year_end(case, year) and (contract, year) in short:
            due.append(short[contract, year])
        return at_most(credited[contract, period], total(due) - taken(contract, None, [period]))
