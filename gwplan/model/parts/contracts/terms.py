"""What contracts have in common: who is on offer, when they are signed and serve, what a price is worth in each period.

Sums fixed by a contract are nominal; what is entered in the ledger is real: nominal / general price level. A price that
follows inflation in full (indexation 1) is the table's own, in real dollars; one that follows none of it (0) is fixed in
nominal dollars at the price level of the horizon's first period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.constants import KILO, MEGA
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import By, Quantity
from gwplan.model.block import Expression
from gwplan.model.compute_measure import reference_quantities
from gwplan.model.existing_assets import first_period
from gwplan.model.price_level import inflation, inflator
from gwplan.model.tenure import OWN, SOLD

TABLE = "contracts"
KINDS = {"cloud": "compute", "option": "option", "lease": "lease", "sale": "sale", "investor": "investor", "tranche": "tranche",
         "stake": "stake"}
"""Kinds of contracts, each with the label in the column `base` of its row `kind`."""
WHEN: By = ("when",)
SIGNING = ("contract", "period")


def kind_of(kind: str) -> Quantity:
    """The quantity that says of which kind a contract is."""
    return Quantity("kind", kind, "label", "what the contract is for", labels=tuple(KINDS.values()))


def price_of(kind: str) -> tuple[Quantity, ...]:
    """Price of compute, how far it follows the price level, and whose peak rate its H100e are counted at."""
    return (
        *reference_quantities(kind),
        Quantity("price", kind, "USD/H100e/hour", "price of compute, in real dollars", WHEN, "linear", least=0, sane=(0.05, 20),
                 counted="per"),
        Quantity("indexation", kind, "1", "share of inflation that the price follows from the horizon's start; 0: fixed, nominal",
                 default=1.0, least=0, most=1),
    )


def passed_of(kind: str) -> tuple[Quantity, Quantity]:
    """What a provider passes on of a payment, and to whom."""
    return (
        Quantity("passed_through", kind, "1", "share of a payment that the provider spends on its supplier", default=0.0, least=0, most=1,
                 idle="it is for `gwplan circle` alone"),
        Quantity("passed_to", kind, "label", "that supplier, whose systems compute", optional=True),
    )


def carbon_of(kind: str) -> Quantity:
    """What a provider emits for the energy that rented compute takes."""
    return Quantity("emission_rate", kind, "kg/MWh", "CO2 per energy of the provider; without a row the mean of the US grid (eGRID 2022)",
                    ("when",), default=373.0, least=0, sane=(0, 1500))


def carbon_faults(case: Case, contract: str, quantities: Iterable[str]) -> Iterator[Fault]:
    """Numbers of a provider's carbon that no row gives, and that count against a cap or a price."""
    for quantity in quantities:
        if "carbon" in case.definition.parts and not case.has(TABLE, contract, quantity):
            number, (file, row) = case.number(TABLE, contract, quantity, period=0), case.location(TABLE, contract, "kind")
            yield Fault(file, row, f"{contract}: no row gives {quantity}, which the part carbon counts; {number:g} is assumed")


def emitted(case: Case, contract: str, period: int, power: Expression) -> Expression:
    """kt of CO2 of a period in which rented compute takes `power` MW throughout."""
    rate = case.number(TABLE, contract, "emission_rate", period=period)
    return rate * case.calendar.periods[period].hours / MEGA * power


def lead_of(kind: str) -> Quantity:
    """Time from signing to service."""
    return Quantity("lead_months", kind, "month", "signing to service", least=0, sane=(0, 60))


def earliest_of(kind: str) -> Quantity:
    """First date of signing."""
    return Quantity("earliest", kind, "date", "first date on which it can be signed", optional=True)


def on_offer(case: Case, kind: str) -> list[str]:
    """Contracts of a kind but for those that the model goes without."""
    return [name for name in case.items(kind) if name not in case.definition.contracts.without]


def last_period(case: Case) -> int:
    """Number of the last period."""
    return len(case.calendar.periods) - 1


def signing(case: Case, contract: str) -> int:
    """Number of the period of signing: the first one on or after `earliest`, else the horizon's first (may lie after the horizon)."""
    return first_period(case, TABLE, contract)


def service(case: Case, contract: str, signed: int) -> int:
    """Number of the period in which what is signed in a period enters service (may lie after the horizon)."""
    return signed + case.calendar.steps(case.number(TABLE, contract, "lead_months"))


def term_of(case: Case, contract: str, start: int) -> dict[int, float]:
    """Share of each period that the term covers of what enters service with a period: 1, but in the last one the part that is left of it.

    Without a term it goes on to the horizon's end; with one it may go on after it.
    """
    term = case.get(TABLE, contract, "term")
    return dict.fromkeys(range(start, last_period(case) + 1), 1.0) if term is None else case.calendar.serves(start, term)


def term_ends(case: Case, contract: str, start: int) -> dict[int, float]:
    """Shares of what enters service with a period whose term is over from each period on; none where it has no term."""
    term = case.get(TABLE, contract, "term")
    return {} if term is None else case.calendar.ends(start, term)


def inside(case: Case, shares: Mapping[int, float]) -> dict[int, float]:
    """Shares of the periods inside the horizon."""
    return {period: share for period, share in shares.items() if period <= last_period(case)}


def beyond(case: Case, shares: Mapping[int, float]) -> dict[int, float]:
    """Shares of the periods after the horizon."""
    return {period: share for period, share in shares.items() if period > last_period(case)}


def by_year(case: Case, periods: Iterable[int]) -> dict[int, list[int]]:
    """Numbers of periods, which may lie after the horizon, by the calendar year that they begin in."""
    return {year: list(numbers) for year, numbers in groupby(sorted(periods), lambda number: year_of(case, number))}


def month_of(case: Case, period: int) -> int:
    """First month of a period, which may lie after the horizon."""
    return case.calendar.periods[0].first + period * case.calendar.periods[0].months


def year_of(case: Case, period: int) -> int:
    """The calendar year that a period begins in, which may lie after the horizon."""
    return month_of(case, period) // MONTHS_A_YEAR


def first_of(case: Case, year: int) -> int:
    """Number of the first period that begins in a calendar year, inside the horizon or after it."""
    return -((month_of(case, 0) - year * MONTHS_A_YEAR) // case.calendar.periods[0].months)


def share_inside(case: Case, year: int) -> float:
    """Share of a calendar year that lies in the horizon."""
    return sum(period.months for period in case.calendar.periods if period.year == year) / MONTHS_A_YEAR


def follows(case: Case, contract: str, period: int) -> float:
    """Nominal price in a period over the real price of the table: level of the first period x (1 + indexation x inflation)^years."""
    years = (month_of(case, period) - month_of(case, 0)) / MONTHS_A_YEAR
    indexed = case.number(TABLE, contract, "indexation") * inflation(case)
    return float(inflator(case, 0) * (1 + indexed) ** years)


def nominal_price(case: Case, contract: str, period: int) -> float:
    """MUSD_nominal for the use of one kH100e throughout a period; after the horizon at the price of its last period, followed on."""
    hours, held = case.calendar.periods[0].hours, min(period, last_period(case))
    return case.number(TABLE, contract, "price", period=held) * hours / KILO * follows(case, contract, period)


def real(case: Case, amounts: Mapping[int, Expression]) -> dict[int, Expression]:
    """Nominal amounts by period in real money."""
    return {period: amount * (1 / inflator(case, period)) for period, amount in amounts.items()}


def is_signed(case: Case, contract: str) -> bool:
    """True where the model signs it whatever comes."""
    return contract in case.definition.contracts.signed


def provider_faults(case: Case, contract: str) -> Iterator[Fault]:
    """A provider with a name that stands for something else, and systems that are passed to nobody."""
    if case.label(TABLE, contract, "provider") in (OWN, SOLD):
        name = case.label(TABLE, contract, "provider")
        yield Fault(*case.location(TABLE, contract, "provider"), f"{contract}.provider: {name!r} stands for the planner's own compute")
    if case.number(TABLE, contract, "passed_through") and not case.get_label(TABLE, contract, "passed_to"):
        yield Fault(*case.location(TABLE, contract, "passed_through"), f"{contract}.passed_through: nobody is named in passed_to")
