"""Who owns the room of a system, and who owns the system.

own: halls that the planner builds; leased: rented room that the planner powers; hosted: rented room whose landlord powers
and cools it. Compute has a provider: own (whatever the tenure), the seller of rented cloud compute, or sold, which counts
what others use, as zero or a negative amount.
"""

from __future__ import annotations

from gwplan.inputs.case import Case

OWN, LEASED, HOSTED = "own", "leased", "hosted"
SOLD = "sold"
CLOUD = "cloud"
COUNTED_AS = {OWN: OWN, LEASED: LEASED, HOSTED: LEASED}
"""How each tenure counts towards a target."""


def leasable(case: Case, period: int) -> float:
    """Maximum IT power, in MW, in leased room at all sites in a period: what is on offer, or was and may still be leased."""
    if "contracts" not in case.definition.parts:
        return 0.0
    offers = [contract for contract in case.items("lease") if contract not in case.definition.contracts.without]
    return sum(max(case.get("contracts", contract, "most_power", site, before) or 0.0 for before in range(period + 1))
               for contract in offers for site in case.items("site"))
