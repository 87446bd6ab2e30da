"""What a contract for rented compute commits to: when it serves, what is due in each calendar year, and what after the horizon."""

from __future__ import annotations

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.inputs.case import Case
from gwplan.model.parts.contracts.terms import TABLE, by_year, months_after, service, serving, share_inside, signing, term_end


def binds(case: Case, contract: str) -> bool:
    """True where to sign it costs something, whatever is used."""
    return case.number(TABLE, contract, "commitment") > 0


def used_in(case: Case, contract: str) -> range:
    """Periods in which it can be used."""
    signed = signing(case, contract)
    start = service(case, contract, signed)
    late = signed + case.calendar.steps(case.number(TABLE, contract, "lead_months") + case.number(TABLE, contract, "delay_months"))
    return serving(case, late, term_end(case, contract, start))


def agreed(case: Case, contract: str) -> range:
    """Periods in which it should serve by the contract, whether the supplier is late or not."""
    start = service(case, contract, signing(case, contract))
    return serving(case, start, term_end(case, contract, start))


def ramp(case: Case, contract: str) -> dict[int, float]:
    """Share of the commitment due by calendar year, from the first row or the signing, if sooner, to the end of the term.

    A dated row holds from its year on until the next. Empty where the table has no row.
    """
    rows = case.own(TABLE, contract, "ramp")
    end = term_end(case, contract, service(case, contract, signing(case, contract)))
    if not rows or end is None:
        return {}
    first, length = case.calendar.periods[0].first, case.calendar.periods[0].months
    signed, last = (month // MONTHS_A_YEAR for month in (first + signing(case, contract) * length, first + end * length - 1))
    dated = sorted(year for year in rows if year is not None)
    shares = {}
    for year in range(min([signed, *dated]), last + 1):
        holds = max((each for each in dated if each <= year), default=None)
        shares[year] = rows.get(holds, 0.0)
    return shares


def minimums(case: Case, contract: str) -> dict[int, float]:
    """Least payment by calendar year of the horizon, MUSD_nominal, without what a late supplier waives.

    Share of the commitment of the year x share of the year inside the horizon x share of the agreed months that are served; without
    a ramp, periods served / periods of the term, which is in whole ones: the term's payments sum to the commitment.
    """
    commitment, served, shares = case.number(TABLE, contract, "commitment"), used_in(case, contract), ramp(case, contract)
    if not commitment:
        return {}
    planned = by_year(case, agreed(case, contract))
    if not shares:
        due = {year: commitment * len(set(numbers) & set(served)) / periods_of_term(case, contract) for year, numbers in planned.items()}
    else:
        signed = case.calendar.periods[signing(case, contract)].year
        kept = {year: len(set(numbers) & set(served)) / len(numbers) for year, numbers in planned.items()}
        due = {year: commitment * share * share_inside(case, year) * kept.get(year, 1.0)
               for year, share in shares.items() if year >= signed}
    return {year: amount for year, amount in due.items() if amount > 0}


def periods_of_term(case: Case, contract: str) -> int:
    """Periods of the term, rounded up to whole ones."""
    return case.calendar.steps(case.number(TABLE, contract, "term") * MONTHS_A_YEAR)


def minimum_beyond(case: Case, contract: str) -> float:
    """Least payment after the horizon, MUSD_nominal."""
    commitment, shares = case.number(TABLE, contract, "commitment"), ramp(case, contract)
    start = service(case, contract, signing(case, contract))
    end = term_end(case, contract, start) or start
    if not shares:
        months = periods_of_term(case, contract) * case.calendar.periods[0].months
        return commitment * months_after(case, start, end) / months
    last = case.calendar.periods[-1].year
    later = {year: 1.0 if year > last else 1 - share_inside(case, year) for year in shares if year >= last}
    return commitment * sum(share * later.get(year, 0.0) for year, share in shares.items())
