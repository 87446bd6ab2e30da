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
    far: the value at which the limit says nothing, or least, in the unit of the quantity, of one whose rows are not in proportion to its
    number, or that is a floor; None for a cap whose rows are. whole: such a number is whole.
    """

    table: str
    quantity: str
    words: str
    item: int | str = 0
    site: int | None = None
    dated: int | None = None
    undated: bool = False
    far: float | None = None
    whole: bool = False


STATED = {
    CAP: Stated("budget", "cap", "the budget", undated=True), YEARLY: Stated("budget", "cap", "the budget of the year", dated=1),
    WHOLE_LIFE: Stated("budget", "cap", "the budget", "capital", undated=True),
    "accelerators.arrivals_within_allocation": Stated("accelerators", "most_bought", "what the makers allocate"),
    "accelerators.carried_within_allocation": Stated("accelerators", "most_bought", "what the makers allocate"),
    "power.capacity_within_offer": Stated("power", "most", "the power on offer", 0, 1),
    "power.capacity_within_larger_offer": Stated("power", "most", "the power on offer", 0, 1),
    "power.renewables_match_the_year": Stated("power", "annual_share", "the share of a year's energy that is to be renewable", "matching",
                                              far=0),
    "power.carbon_free_matches_each_slice": Stated("power", "hourly_share", "the share of each hour's load that is to be carbon-free",
                                                   "matching", 0, far=0),
    "halls.starts_within_limit": Stated("halls", "most_started", "how many halls a year can be started", 1, 0),
    "halls.halls_within_site": Stated("sites", "most_it", "the size of the site"),
    "sites.halls_fit_the_land": Stated("sites", "land", "the land of the site"),
    "sites.supplies_fit_their_land": Stated("sites", "power_land", "the land for power"),
    "sites.water_within_limit": Stated("sites", "water_limit", "the water of the site"),
    "carbon.operational_within_cap": Stated("carbon", "cap", "the yearly cap on emissions", "operational"),
    "carbon.embodied_within_cap": Stated("carbon", "total_cap", "the cap on embodied emissions", "embodied"),
    "contracts.lease_within_offer": Stated("contracts", "most_power", "the room for lease", 0, 1),
    "contracts.spot_sale_within_demand": Stated("contracts", "most", "what can be sold"),
    "contracts.investment_within_cap": Stated("contracts", "cap", "what the investor puts in"),
    "contracts.purchases_meet_the_tie": Stated("contracts", "tie", "the purchases that the investor asks for", far=0),
    "diversification.share_within_cap": Stated("diversification", "most_share", "the largest share of a member", far=1),
    "diversification.share_reaches_floor": Stated("diversification", "least_share", "the smallest share of a member", far=0),
    "diversification.rest_keeps_demand": Stated("diversification", "rest_share", "what must remain without a member", far=0),
    "diversification.enough_members": Stated("diversification", "members", "the number of members", far=0, whole=True),
    "finance.draws_within_cap": Stated("finance", "cap", "what the lender lends"),
    "finance.revolver_within_cap": Stated("finance", "cap", "the revolver"),
    "finance.cash_flow_covers_debt": Stated("finance", "coverage_floor", "the coverage of debt service", "debt", far=1),
    "finance.reserve_is_held": Stated("finance", "reserve", "the reserve for debt service", "debt", far=0, whole=True),
    "finance.cash_never_runs_short": Stated("finance", "least", "the smallest balance of cash", "cash", far=0),
    "finance.sponsor_pays_its_share": Stated("finance", "least_share", "the sponsor's share", "equity", far=0),
    "finance.lenders_leave_the_sponsors_share": Stated("finance", "least_share", "the sponsor's share", "equity", far=0),
    "finance.return_meets_hurdle": Stated("finance", "hurdle_rate", "the return that the sponsor asks for", "equity", far=0),
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


def far_of(table: str, quantity: str) -> float | None:
    """The value at which the limit of a quantity says nothing, in the unit of the quantity; None of a cap that can always be larger."""
    return next((stated.far for stated in STATED.values() if (stated.table, stated.quantity) == (table, quantity)), None)
