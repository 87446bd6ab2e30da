"""Terms of a large-load tariff beside its minimum take: the ramp of the minimum, collateral, and the fee for leaving early.

Collateral is posted at the order and comes back at the end of the term, or when the supply leaves: the same sum, without interest, so that
it is worth less by the general rise of prices. It is money tied up: capital that is paid, of no use to a lender, and no tax is due on its
return. What is still posted at the end of the horizon is worth what its return is worth then.

Who leaves before the term is over pays a fee: a supply does so by its `until`, or by a life shorter than the term. At the end of the
horizon nobody leaves: a campus goes on. A date of leaving that lies after it is known all the same, and its fee is owed at its value then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.idle import Idle
from gwplan.model.block import Expression, total
from gwplan.model.ledger import Ledger
from gwplan.model.parts.power.supplies import is_bought, is_connection, minimum_take, offered, payee, services, term_from, years_from
from gwplan.model.price_level import inflator

NEARLY = 1e-9
"""Years by which a term and a life may differ and still end together."""


def ramped(case: Case, supply: str, site: str, periods: int) -> float:
    """Share of the contracted power that the minimum counts, so many periods after service: it rises in equal steps, one a year."""
    years, first = case.number("power", supply, "ramp_years", site), case.number("power", supply, "ramp_from", site)
    if not years:
        return 1.0
    return min(1.0, first + (1 - first) * (periods // case.calendar.steps_a_year) / years)


def counted(case: Case, supply: str, site: str, service: int) -> dict[int, float]:
    """Share of what enters service in a period that its contract counts, by period within the horizon: its ramp, within its term."""
    served = case.calendar.serves(service, term_from(case, supply, site, service))
    return {period: share * ramped(case, supply, site, period - service) for period, share in served.items()
            if period < len(case.calendar.periods)}


def leaves_early(case: Case, supply: str, site: str, service: int) -> bool:
    """True for what leaves before its contract's term is over."""
    term = case.get("power", supply, "contract_term", site)
    return term is not None and term > years_from(case, supply, site, service) + NEARLY


def seller(case: Case, supply: str, site: str) -> str:
    """Who holds the collateral and gets the fee: the utility of a grid connection, else who sells the supply."""
    return "utilities" if is_connection(case, supply, site) else payee(case, supply)


def enter_terms(case: Case, ledger: Ledger, pair: tuple[str, str], ordered: Mapping[int, Expression]) -> None:
    """Collateral and fees for leaving early. ordered: units, by period of order."""
    enter_collateral(case, ledger, pair, ordered)
    enter_exit(case, ledger, pair, ordered)


def enter_collateral(case: Case, ledger: Ledger, pair: tuple[str, str], ordered: Mapping[int, Expression]) -> None:
    """What is posted at the order, what of it comes back within the horizon, and what the rest is worth at its end."""
    supply, site = pair
    unit, last = case.number("power", supply, "unit", site), len(case.calendar.periods) - 1
    posted, back, held = dict[int, Expression](), dict[int, list[Expression]](), list[Expression]()
    for period, service in services(case, *pair).items():
        amount = case.number("power", supply, "collateral", site, period) * unit
        if not amount:
            continue
        posted[period] = amount * ordered[period]
        for ends, share in case.calendar.ends(service, term_from(case, *pair, service)).items():
            returned = share * amount * kept_value(case, period, ends)
            if ends <= last:
                back.setdefault(ends, []).append(returned * ordered[period])
            else:
                held.append(returned * case.calendar.discount(ends, "capital") / case.calendar.discount_at_end * ordered[period])
    if posted:
        returns = {period: total(amounts) for period, amounts in sorted(back.items())}
        ledger.post("power", (supply, site, seller(case, *pair)), posted, returns, total(held))


def kept_value(case: Case, posted: int, returned: int) -> float:
    """Real worth of a dollar that comes back in a later period as it was posted; never above one. 1 where the case has no inflation."""
    if not case.has("prices", "prices", "inflation"):
        return 1.0
    return min(1.0, inflator(case, posted) / inflator(case, returned))


def enter_exit(case: Case, ledger: Ledger, pair: tuple[str, str], ordered: Mapping[int, Expression]) -> None:
    """The fee of the order's date, per MW of the contract: paid where the supply leaves early, or owed where that is after the horizon."""
    supply, site = pair
    unit, last = case.number("power", supply, "unit", site), len(case.calendar.periods) - 1
    paid, owed = dict[int, list[Expression]](), list[Expression]()
    for period, service in services(case, *pair).items():
        fee = case.number("power", supply, "exit_fee", site, period) * unit
        if not fee or not leaves_early(case, *pair, service):
            continue
        for ends, share in case.calendar.ends(service, years_from(case, *pair, service)).items():
            if ends <= last:
                paid.setdefault(ends, []).append(share * fee * ordered[period])
            else:
                later = case.calendar.discount(ends, "running") / case.calendar.discount_at_end
                owed.append(share * fee * later * ordered[period])
    whom = (supply, site, seller(case, *pair))
    ledger.pay("running", "power", "power", whom, {period: total(amounts) for period, amounts in sorted(paid.items())})
    if owed:
        ledger.owe("power", whom, total(owed))


def check_terms(case: Case) -> Iterator[Fault]:
    """A ramp is of a minimum take, and a fee for leaving early needs the term."""
    for supply in case.items("supply"):
        if case.has("power", supply, "exit_fee") and not case.has("power", supply, "contract_term"):
            yield Fault(*case.location("power", supply, "exit_fee"), f"{supply}: exit_fee needs contract_term")


def has_terms(case: Case, supply: str, sites: list[str]) -> bool:
    """True for a supply with collateral, or a fee for leaving early."""
    periods = range(len(case.calendar.periods))
    return any(case.number("power", supply, quantity, site, period) for quantity in ("collateral", "exit_fee") for site in sites
               for period in periods)


def idle_tariff_terms(case: Case, supply: str) -> Iterator[Idle]:
    """Ramps of no minimum, and fees of what stays to the end of its term."""
    places = [pair for pair in offered(case) if pair[0] == supply]
    if not any(is_bought(case, *pair) and minimum_take(case, *pair) for pair in places):
        for quantity in ("ramp_years", "ramp_from"):
            yield Idle("it is the ramp of a minimum take, which is 0", supply, quantity, read=True, loud=True)
    elif not any(case.number("power", supply, "ramp_years", site) for _, site in places):
        yield Idle("there is no ramp: ramp_years is 0", supply, "ramp_from", read=True)
    if not any(leaves_early(case, *pair, service) for pair in places for service in services(case, *pair).values()):
        yield Idle("none of it leaves before its contract_term is over", supply, "exit_fee", read=True, loud=True)
