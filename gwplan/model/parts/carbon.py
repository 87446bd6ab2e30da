"""Carbon: what running and building emit, and rented compute at its provider.

It is always counted, and capped or priced where the table says so.
"""

from __future__ import annotations

from itertools import product

from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.model.block import Block, Relation, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.tenure import CLOUD

TABLE = Table(
    "carbon",
    (Kind("emissions", only=("emissions",)), Kind("operational", only=("operational",)), Kind("embodied", only=("embodied",))),
    (
        Quantity("price", "emissions", "USD/t", "price of operational carbon", ("when",), "linear", default=0.0, least=0, sane=(0, 500)),
        Quantity("cap", "operational", "kt/year", "most operational carbon in a year", ("when",), optional=True, least=0, sane=(0, 1e5)),
        Quantity("total_cap", "embodied", "kt", "most embodied carbon in all", optional=True, least=0, sane=(0, 1e5)),
    ),
)


def places_of(case: Case) -> list[str]:
    """Sites, and the cloud where compute may be rented."""
    offered = set(case.items("cloud")) | set(case.items("option")) if "contracts" in case.definition.parts else set()
    return [*case.items("site"), *([CLOUD] if offered.difference(case.definition.contracts.without) else [])]


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Declare operational emissions and pay their price."""
    emitters = places_of(case)
    places = list(product(emitters, range(len(case.calendar.periods))))
    operational = block.variable("operational", ("site", "period"), places, unit="kt", doc="carbon dioxide of running")
    for site in emitters:
        # USD/t is MUSD per Mt, so a thousandth of it is MUSD per kt.
        periods = range(len(case.calendar.periods))
        prices = [case.number("carbon", "emissions", "price", period=period) / KILO for period in periods]
        amounts = {period: prices[period] * operational[site, period] for period in periods}
        ledger.pay("running", "carbon", "carbon", ("emissions", site, "treasury"), amounts)


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Tie operational emissions to their account; keep to the caps."""
    emissions, operational = exchange.take("emissions", "carbon"), block.variables["operational"].data
    calendar, sites = case.calendar, places_of(case)

    @block.rule(("site", "period"), operational)
    def operational_is_what_runs(site: str, period: int) -> Relation:
        """Operational emissions = entries of all parts at the site in the period."""
        return equal(operational[site, period], emissions.get(("operational", site, period), 0))

    capped = [period for period in calendar.year_ends if case.get("carbon", "operational", "cap", period=period) is not None]

    @block.rule(("period",), capped, promise="kt")
    def operational_within_cap(period: int) -> Relation:
        """Operational emissions of the year that ends with the period are at most the yearly cap."""
        emitted = total(operational[site, each] for site, each in product(sites, calendar.window(period)))
        return at_most(emitted, case.number("carbon", "operational", "cap", period=period))

    most = case.get("carbon", "embodied", "total_cap")

    @block.rule(("scope",), ["embodied"] if most is not None else [], promise="kt")
    def embodied_within_cap(scope: str) -> Relation:
        """Embodied emissions over the horizon are at most their cap."""
        return at_most(total(amount for key, amount in emissions.items() if key[0] == scope), most)
