"""The numbers that state targets and limits: of each rule its table, quantity and rows, and the limit in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.values import Value
    from gwplan.model.block import Key

TARGET, DEMAND = "goal.target_is_met", "goal.it_within_demand"
"""Rules whose numbers are in the model file."""
CAP, YEARLY, WHOLE_LIFE = "budget.capital_within_cap", "budget.capital_within_year", "goal.spend_within_budget"


@dataclass(frozen=True)
class Stated:
    """Where the number of a rule is. item, site: their place in the key of a row; a name that is fixed, or None for no site.

    dated: the place of the year of a row that has its own number; undated: rows with a date do not state it. words: the limit.
    """

    table: str
    quantity: str
    words: str
    item: int | str = 0
    site: int | None = None
    dated: int | None = None
    undated: bool = False


STATED = {
    CAP: Stated("budget", "cap", "the budget", undated=True), YEARLY: Stated("budget", "cap", "the budget of the year", dated=1),
    WHOLE_LIFE: Stated("budget", "cap", "the budget", "capital", undated=True),
    "accelerators.arrivals_within_allocation": Stated("accelerators", "most_bought", "what the makers allocate"),
    "accelerators.carried_within_allocation": Stated("accelerators", "most_bought", "what the makers allocate"),
    "power.capacity_within_offer": Stated("power", "most", "the power on offer", 0, 1),
    "power.capacity_within_larger_offer": Stated("power", "most", "the power on offer", 0, 1),
    "halls.starts_within_limit": Stated("halls", "most_started", "how many halls a year can be started", 1, 0),
    "halls.halls_within_site": Stated("sites", "most_it", "the size of the site"),
    "sites.halls_fit_the_land": Stated("sites", "land", "the land of the site"),
    "sites.water_within_limit": Stated("sites", "water_limit", "the water of the site"),
    "carbon.operational_within_cap": Stated("carbon", "cap", "the yearly cap on emissions", "operational"),
    "carbon.embodied_within_cap": Stated("carbon", "total_cap", "the cap on embodied emissions", "embodied"),
    "contracts.lease_within_offer": Stated("contracts", "most_power", "the room for lease", 0, 1),
    "contracts.spot_sale_within_demand": Stated("contracts", "most", "what can be sold"),
    "contracts.investment_within_cap": Stated("contracts", "cap", "what the investor puts in"),
}
"""The numbers in tables; those of the targets and of the demand are in the model file."""
WORDS = {TARGET: "the target", DEMAND: "the demand", **{rule: stated.words for rule, stated in STATED.items()}}
"""Limits in words, by their rule."""


def values_behind(case: Case, rule: str, key: Key) -> list[Value]:
    """The rows of the tables that state a row of a limit; none for rules that no single quantity states."""
    return values_at(case, address(rule, key)) if rule in STATED else []


def address(rule: str, key: Key) -> tuple[str, str, str, str]:
    """The rule of a row of a limit, and its item, site and year, blank where they do not matter. KeyError for another rule."""
    stated = STATED[rule]
    item = str(key[stated.item]) if isinstance(stated.item, int) else stated.item
    return rule, item, "" if stated.site is None else str(key[stated.site]), "" if stated.dated is None else str(key[stated.dated])


def values_at(case: Case, place: tuple[str, str, str, str]) -> list[Value]:
    """The rows of the tables at an address."""
    rule, item, site, year = place
    stated = STATED[rule]
    rows = [value for value in case.checked.values
            if (value.row.table, value.row.quantity, value.row.item) == (stated.table, stated.quantity, item)
            and not (year and value.row.when[:len(year)] != year) and not (stated.undated and value.row.when)]
    return [value for value in rows if value.row.site == site] or [value for value in rows if not value.row.site]
