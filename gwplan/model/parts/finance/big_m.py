"""How much money a plan could ever move in a year: the size of the switches between profit and loss."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import floor

from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.model.compute_measure import h100e
from gwplan.model.price_level import inflator_at_end
from gwplan.model.systems import usable


def most_power(case: Case) -> float:
    """MW of IT power that all sites and leases could ever hold, or the demand of the goals."""
    periods = range(len(case.calendar.periods))
    sites = sum(max(case.number("sites", site, "most_it", period=period) for period in periods) for site in case.items("site"))
    leases = [case.get("contracts", lease, "most_power", site, period)
              for lease, site, period in product(case.items("lease"), case.items("site"), periods)]
    wanted = [goal.most_it for goal in case.definition.goals if goal.most_it is not None]
    return min([sites + sum(filter(None, leases)), *wanted])


def most_revenue(case: Case) -> float:
    """MUSD a year, real, that the densest system in all that room could earn at the highest price."""
    periods = [period.number for period in case.calendar.periods]
    sold = [dearest(case, sale, "price") for sale in case.items("sale")]
    price = max([*sold, *(case.number("finance", "compute_sales", "price", period=period) for period in periods)])
    dense = [(h100e(case, system) or 0) / case.number("accelerators", system, "power") for system in usable(case)]
    return most_power(case) * max(dense, default=0.0) * price * HOURS_A_YEAR / KILO


def most_capital(case: Case) -> float:
    """MUSD, real, that filling all that room once, halls and systems with their networks, and renewing halls, could cost."""
    periods = [period.number for period in case.calendar.periods]
    systems, halls, prices = [0.0], [0.0], ("price", "network_price")
    for system in case.items("system"):
        paid = sum(max(case.number("accelerators", system, name, period=period) for period in periods) for name in prices)
        systems.append(paid / case.number("accelerators", system, "power") * KILO)
    for design, site in product(case.items("design"), case.items("site")):
        price, again = (max(case.get("halls", design, name, site, period) or 0.0 for period in periods)
                        for name in ("price", "renewal_price"))
        halls.append(price + again * floor(case.calendar.years / case.number("halls", design, "life")))
    return most_power(case) * (max(systems) + max(halls)) * 2


def most_rent(case: Case) -> float:
    """MUSD a year, real, that all rented compute on offer could cost: in full use, or the whole commitment at once."""
    rents, without = [], case.definition.contracts.without
    for name in set(case.items("cloud")).difference(without):
        used = dearest(case, name, "most") * dearest(case, name, "price") * HOURS_A_YEAR / KILO
        rents.append(max(used, case.number("contracts", name, "commitment")))
    for name in set(case.items("option")).difference(without):
        most = case.number("contracts", name, "most_power") * case.number("contracts", name, "compute_per_power")
        rents.append(most * dearest(case, name, "price") * HOURS_A_YEAR / KILO)
    return sum(sorted(rents))


def dearest(case: Case, contract: str, quantity: str) -> float:
    """The largest number of a contract over the periods; 0 where it has none."""
    return max(case.get("contracts", contract, quantity, period=period.number) or 0.0 for period in case.calendar.periods)


def most_in_a_year(case: Case) -> float:
    """MUSD, nominal, above the profit or loss of any year: all revenue, or a build written off at once with its interest, and all rent."""
    return (max(most_revenue(case), most_capital(case)) + most_rent(case)) * inflator_at_end(case) * 2


def most_earned(case: Case) -> float:
    """MUSD, nominal, above the earnings of any year before interest: all revenue, own use of rented compute at its cost included."""
    return (most_revenue(case) + most_rent(case)) * inflator_at_end(case)


def most_deducted(case: Case) -> float:
    """MUSD, nominal, above the interest that may be deducted in any year: the limit on all earnings, and interest on all cash."""
    limit, cash = case.number("finance", "tax", "interest_limit"), case.number("finance", "cash", "rate")
    return limit * most_earned(case) + cash * most_in_all(case)


def most_interest(case: Case, rates: Sequence[float]) -> float:
    """MUSD, nominal, above the interest of any year: on all that two builds could cost and on the revolver, at the dearest of the rates."""
    revolver = case.number("finance", "revolver", "cap") if case.items("revolver") else 0.0
    return (most_capital(case) * inflator_at_end(case) + revolver) * max(rates, default=0.0)


def most_in_all(case: Case) -> float:
    """MUSD, nominal, above what the sponsor can be paid at once or investors can be owed: all that the horizon earns."""
    owed = 0.0
    for name in case.items("investor"):
        cap = case.number("contracts", name, "cap")
        owed += cap and cap * (1 + case.number("contracts", name, "required_return")) ** case.calendar.years
    return max(most_revenue(case) * case.calendar.years * inflator_at_end(case) * 2, most_capital(case) * inflator_at_end(case), owed)
