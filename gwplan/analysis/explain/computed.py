"""Numbers of a case that no row gives and the model works out: shown beside the rows of their quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.common.errors import MissingValue
from gwplan.common.firmness import OutOfReachError
from gwplan.model.parts.power import offered
from gwplan.model.parts.power.firmness import RATES, credit_of, fleet_load, fuel_outage, is_computed, unit_outage
from gwplan.model.parts.power.table import FIRM_POWER

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

FIRM_CREDIT = "power.firm_credit"
SOURCE, NEEDS = "worked out", RATES[0]


@dataclass(frozen=True)
class Computed:
    """A number by its key, how it is worked out, and the file and row that it hangs on first."""

    name: str
    value: float
    how: str
    file: str


def firm_credits(case: Case) -> list[Computed]:
    """The firm credits that follow from outages; those that cannot be worked out are left out: `check` tells why."""
    found = []
    for supply, site in offered(case):
        if not is_computed(case, supply, site):
            continue
        file, row = case.location("power", supply, RATES[0], site)
        try:
            credit = credit_of(case, supply, site)
        except (MissingValue, OutOfReachError, ValueError):
            continue
        load, unit, out = fleet_load(case, site), case.number("power", supply, "unit", site), unit_outage(case, supply, site)
        wanted, common = case.number("power", FIRM_POWER, "wanted_availability", site), fuel_outage(case, supply, site)
        how = f"{supply} at {site}: {load / credit / unit:.0f} units of {unit:g} MW, each out {out:g} of the time, for {load:g} MW at an " \
              f"availability of {wanted:g}" + (f"; their fuel is out {common:g} of the time" if common else "")
        found.append(Computed(f"power.{supply}@{site}.firm_credit", credit, how, f"{file}:{row}"))
    return found
