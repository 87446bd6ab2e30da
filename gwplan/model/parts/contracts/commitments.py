"""What a contract commits to: when it serves, what is due in each calendar year, and what after the horizon.

What a contract still asks for after the horizon is a liability at its end: each later payment less what it still gives is worth
then, discounted at the model's rate, and never negative, period by period. What it gives is worth what the same can be had for
at the end: rented compute the value of compute of the last period (nothing where the tables hold none), leased room the rent at which
it is let in the last period. So a lease at the rent of the market is no liability, and no contract is an asset.
"""

from __future__ import annotations

from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.model.parts.contracts.terms import (
    TABLE,
    beyond,
    by_year,
    first_of,
    inside,
    last_period,
    nominal_price,
    service,
    share_inside,
    signing,
    term_of,
    year_of,
)
from gwplan.model.price_level import inflator


def binds(case: Case, contract: str) -> bool:
    """True where to sign it costs something, whatever is used."""
    return case.number(TABLE, contract, "commitment") > 0


def agreed(case: Case, contract: str) -> dict[int, float]:
    """Share of each period, inside the horizon or after it, in which it should serve by the contract, late or not."""
    return term_of(case, contract, service(case, contract, signing(case, contract)))


def served(case: Case, contract: str) -> dict[int, float]:
    """Share of each period, inside the horizon or after it, in which it serves: what is agreed from the late service on."""
    months = case.number(TABLE, contract, "lead_months") + case.number(TABLE, contract, "delay_months")
    late = signing(case, contract) + case.calendar.steps(months)
    return {period: share for period, share in agreed(case, contract).items() if period >= late}


def used_in(case: Case, contract: str) -> dict[int, float]:
    """Share of each period inside the horizon in which it can be used."""
    return inside(case, served(case, contract))


def ramp(case: Case, contract: str) -> dict[int, float]:
    """Share of the commitment due by calendar year, from the first row or the signing, if sooner, to the end of the term.

    A dated row holds from its year on until the next. A year of which the term covers less than a period asks for that part of its
    share only: a little more term is a little more due. Empty where the table has no row.
    """
    rows = case.own(TABLE, contract, "ramp")
    if not rows:
        return {}
    term = agreed(case, contract)
    dated = sorted(year for year in rows if year is not None)
    last = year_of(case, max(term))
    shares = {}
    for year in range(min([year_of(case, signing(case, contract)), *dated]), last + 1):
        holds = max((each for each in dated if each <= year), default=None)
        shares[year] = rows.get(holds, 0.0)
    if last > year_of(case, min(term)):
        shares[last] *= min(1.0, sum(share for period, share in term.items() if year_of(case, period) == last))
    return shares


def minimums(case: Case, contract: str) -> dict[int, float]:
    """Least payment by calendar year of the horizon, MUSD_nominal, without what a late supplier waives.

    Share of the commitment of the year x share of the year inside the horizon x share of the agreed time that is served; without
    a ramp, time served / time of the term: the term's payments sum to the commitment.
    """
    commitment, used, shares = case.number(TABLE, contract, "commitment"), used_in(case, contract), ramp(case, contract)
    if not commitment:
        return {}
    term = agreed(case, contract)
    planned = by_year(case, inside(case, term))
    in_use = {year: sum(used.get(number, 0.0) for number in numbers) for year, numbers in planned.items()}
    if not shares:
        due = {year: commitment * time / sum(term.values()) for year, time in in_use.items()}
    else:
        signed = year_of(case, signing(case, contract))
        kept = {year: time / sum(term[number] for number in planned[year]) for year, time in in_use.items()}
        due = {year: commitment * share * share_inside(case, year) * kept.get(year, 1.0)
               for year, share in shares.items() if year >= signed}
    return {year: amount for year, amount in due.items() if amount > 0}


def due_beyond(case: Case, contract: str) -> dict[int, float]:
    """Least payment in each period after the horizon, MUSD_nominal, spread evenly over what of the term lies in the period.

    With a ramp: share of the year after the horizon x the year's share of the commitment, over the year's periods that the term covers;
    of a year before service, in its first period.
    """
    commitment, shares = case.number(TABLE, contract, "commitment"), ramp(case, contract)
    term = agreed(case, contract)
    after = beyond(case, term)
    if not shares:
        return {period: commitment * share / sum(term.values()) for period, share in after.items()}
    due, covered, last = {}, by_year(case, after), year_of(case, last_period(case))
    for year in [year for year in shares if year >= last]:
        asked = commitment * shares[year] * (1 - share_inside(case, year))
        numbers = covered.get(year, [max(first_of(case, year), last_period(case) + 1)])
        time = {number: after.get(number, 1.0) for number in numbers}
        due.update({number: asked * part / sum(time.values()) for number, part in time.items()})
    return {period: amount for period, amount in due.items() if amount > 0}


def at_end(case: Case, period: int) -> float:
    """Real worth at the horizon's end of a nominal MUSD that is paid in a period after it."""
    calendar = case.calendar
    return calendar.discount(period, "running") / calendar.discount_at_end / inflator(case, period)


def value_of_use(case: Case, period: int) -> float:
    """MUSD_nominal that the use of one kH100e throughout a period after the horizon is worth: the value of compute of the last period."""
    if not case.has("compute", "compute", "value"):
        return 0.0
    value = case.number("compute", "compute", "value", period=last_period(case))
    return value * case.calendar.periods[0].hours / KILO * inflator(case, period)


def liability(case: Case, contract: str) -> float:
    """What minimum payments after the horizon are worth at its end, real MUSD, less the compute that they pay for."""
    owed, most = 0.0, case.number(TABLE, contract, "most", period=last_period(case))
    for period, due in due_beyond(case, contract).items():
        price, reserve = nominal_price(case, contract, period), most * agreed(case, contract).get(period, 0.0)
        used = min(due / price, reserve) if price else reserve
        owed += max(0.0, due - used * value_of_use(case, period)) * at_end(case, period)
    return owed


def minimum_beyond(case: Case, contract: str) -> float:
    """Least payment after the horizon, MUSD_nominal."""
    return sum(due_beyond(case, contract).values())
