"""Levelised cost of each supply at each site: what a MWh costs that is bought, rented or made at home, run as much as it may run.

Capital is what an order for the date costs, its deposit carried to service at the rate, as a level payment over the life; fixed cost is
spread over the same energy. Prices are real, and those of the period of service. Nothing is solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from gwplan.common.calendar import HOURS_A_YEAR, MONTHS_A_YEAR, Span, parse_date
from gwplan.common.constants import MEGA
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.financial.levelised import Terms, capital_recovery, nominal_cost_of_capital, real_rate
from gwplan.model.choices import excluded_places
from gwplan.model.parts.power import offered, services
from gwplan.model.parts.power.credits import granted, investment_credit
from gwplan.model.parts.power.money import fuel_price
from gwplan.model.parts.power.supplies import is_bought, role_of, yearly_given, yearly_limit, years_from

if TYPE_CHECKING:
    import pandas as pd

    from gwplan.inputs.case import Case


@dataclass(frozen=True)
class SupplyCost:
    """A supply at a site: period of service, mean output per capacity at most, and USD/MWh by kind.

    energy: bought or contracted. credit: the production tax credit, below zero; an investment tax credit is in the capital.
    """

    supply: str
    site: str
    service: str
    load_factor: float
    capital: float
    fixed: float
    running: float
    fuel: float
    energy: float
    credit: float

    @property
    def total(self) -> float:
        """USD/MWh in all."""
        return self.capital + self.fixed + self.running + self.fuel + self.energy + self.credit


@dataclass(frozen=True)
class Levelised:
    """The costs by supply and site, with the terms and the dollars that they are in."""

    of: str
    dollars: int
    terms: Terms
    costs: tuple[SupplyCost, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each supply and site; costs in USD/MWh."""
        import pandas as pd

        names = [field.name for field in fields(SupplyCost)]
        return pd.DataFrame([{**asdict(each), "total": each.total} for each in self.costs], columns=[*names, "total"])

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return {"of": self.of, "unit": f"USD_{self.dollars}/MWh", "terms": asdict(self.terms),
                "costs": [{**asdict(each), "total": each.total} for each in self.costs]}


SHARES = ("debt_share", "interest", "equity_return")
"""What a cost of capital is averaged from: all of them, or none."""


def terms_of(case: Case, given: Mapping[str, float | None]) -> Terms:
    """Terms from what is stated by name: those of `Terms`, or in place of the rate debt_share, interest and equity_return, nominal.

    The rate is by default the model's own. InputFaults for a name without the others that it needs.
    """
    stated = {name: value for name, value in given.items() if value is not None}
    parts = [name for name in SHARES if name in stated]
    faults = [Fault(option(name), 0, f"is needed with {option(parts[0])}") for name in SHARES if parts and name not in stated]
    if parts and "rate" in stated:
        faults.append(Fault(option("rate"), 0, f"is what {', '.join(map(option, SHARES))} give: state one or the other"))
    if stated.get("tax") and "tax_life" not in stated:
        faults.append(Fault(option("tax_life"), 0, f"is needed with {option('tax')}"))
    if faults:
        raise InputFaults(faults)
    tax, inflation = stated.get("tax", 0.0), stated.get("inflation", 0.0)
    rate = stated.get("rate", case.definition.horizon.discount_rate)
    if parts:
        rate = real_rate(nominal_cost_of_capital(stated["debt_share"], stated["interest"], stated["equity_return"], tax), inflation)
    return Terms(rate, tax, inflation, stated.get("tax_life", 0.0), stated.get("itc", 0.0))


def option(name: str) -> str:
    """The option of the command line that states a term."""
    return f"--{name.replace('_', '-')}"


def levelised(case: Case, terms: Terms | None = None, when: Span | None = None) -> Levelised:
    """The cost of each supply that can be ordered at a site, cheapest first at each; terms: by default the model's own discount rate.

    when: service is on or after its first day; by default as early as may be.
    """
    terms = terms or Terms(case.definition.horizon.discount_rate)
    costs = sorted(_costs(case, terms, when), key=lambda each: (each.site, each.total, each.supply))
    return Levelised(case.definition.name, case.definition.horizon.dollars, terms, tuple(costs))


def levelised_of(case: Case, when: str, given: Mapping[str, float | None]) -> Levelised:
    """As `levelised`, from a date as text (blank: as early as may be) and terms by name. InputFaults."""
    try:
        date = parse_date(when) if when else None
    except ValueError as error:
        raise InputFaults([Fault(option("when"), 0, str(error))]) from None
    return levelised(case, terms_of(case, given), date)


def _costs(case: Case, terms: Terms, when: Span | None) -> Iterator[SupplyCost]:
    begin, excluded = 0 if when is None else case.calendar.begun(when), excluded_places(case)
    for supply, site in offered(case):
        if ("power", supply, site) in excluded:
            continue
        served = min(((service, -order) for order, service in services(case, supply, site).items() if service >= begin), default=None)
        if served is not None and mean_factor(case, supply, site, served[0]) > 0:
            yield _cost(case, terms, (supply, site), (-served[1], served[0]))


def mean_factor(case: Case, supply: str, site: str, period: int) -> float:
    """Mean output per capacity in a period: of sun, wind and contracts by the hour what their series give; 0 for storage."""
    role = role_of(case, supply)
    if role == "storage":
        return 0.0
    given = yearly_given(case, supply, site)
    return given if role in ("variable", "contract") else min(given, yearly_limit(case, supply, site, period))


def _cost(case: Case, terms: Terms, where: tuple[str, str], between: tuple[int, int]) -> SupplyCost:
    """The cost of a supply at a site; between: periods of order and of service."""
    (supply, site), (order, service) = where, between

    def now(quantity: str) -> float:
        return case.number("power", supply, quantity, site, service)

    factor = mean_factor(case, supply, site, service)
    energy = factor * HOURS_A_YEAR / MEGA
    price = case.number("power", supply, "price", site, order) * (1 + case.number("power", supply, "contingency", site))
    deposit, waits = case.number("power", supply, "deposit"), (service - order) * case.calendar.periods[0].years
    carried = deposit * (1 + terms.rate) ** waits + 1 - deposit
    life = years_from(case, supply, site, service)
    credited = replace(terms, itc=terms.itc or investment_credit(case, supply, site, service))
    yearly = price * carried * credited.finance_factor() * capital_recovery(terms.rate, life)
    bought = is_bought(case, supply, site) or role_of(case, supply) == "contract"
    held = now("fixed_upkeep") + now("demand_charge") + MONTHS_A_YEAR * now("rent")
    return SupplyCost(
        supply, site, case.calendar.names[service], factor, yearly / energy, held / energy,
        now("running_price"), fuel_price(case, supply, site, service), now("energy_price") if bought else 0.0,
        0.0 - _production_credit(case, terms, where, service),
    )


def _production_credit(case: Case, terms: Terms, where: tuple[str, str], service: int) -> float:
    """USD/MWh before tax over the whole life, of a credit that output earns in its first years."""
    rate = granted(case, *where).get(service, 0.0)
    if not rate:
        return 0.0
    life = years_from(case, *where, service)
    years = min(case.number("power", where[0], "ptc_years", where[1]), life)
    return rate * capital_recovery(terms.rate, life) / capital_recovery(terms.rate, years) / (1 - terms.tax)
