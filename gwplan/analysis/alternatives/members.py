"""What a plan builds, by member: MW at each site, of each vendor and generation, and of each supply, as linear sums of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gwplan.model.systems import it_power

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.solving.linear_program import Arrays, Floats

KINDS = ("site", "vendor", "generation", "supply")
MEANINGS = {
    "site": "room of halls started and leased, MW of IT", "vendor": "systems bought, MW of IT", "generation": "systems bought, MW of IT",
    "supply": "supplies ordered, MW",
}
BUILT = 1e-6
"""MW: less is nothing."""


@dataclass(frozen=True)
class Member:
    """One site, vendor, generation (system) or supply. coefficients: MW by column."""

    kind: str
    name: str
    coefficients: Floats

    def amount(self, x: Floats) -> float:
        """MW in a plan, 0 within the solver's tolerance."""
        found = float(self.coefficients @ x)
        return found if found > BUILT else 0.0


def members(case: Case, arrays: Arrays) -> list[Member]:
    """Every member that some plan may build, by kind and name."""
    sums: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for (family, key), column in arrays.columns.items():
        for kind, name, megawatts in entered(case, family, key):
            if megawatts:
                sums[kind, name][column] = megawatts
    found = []
    for kind, name in sorted(sums, key=lambda pair: (KINDS.index(pair[0]), pair[1])):
        coefficients = np.zeros(len(arrays.variables))
        coefficients[list(sums[kind, name])] = list(sums[kind, name].values())
        found.append(Member(kind, name, coefficients))
    return found


def entered(case: Case, family: str, key: Sequence[object]) -> Iterator[tuple[str, str, float]]:
    """Kind, name and MW of one more of a decision."""
    if family == "halls.started":
        yield "site", str(key[0]), case.number("halls", str(key[1]), "room")
    elif family == "contracts.leased":
        yield "site", str(key[1]), 1.0
    elif family == "accelerators.bought":
        system = str(key[0])
        yield "vendor", case.label("accelerators", system, "vendor"), it_power(case, system)
        yield "generation", system, it_power(case, system)
    elif family in ("power.ordered_whole", "power.ordered_split"):
        yield "supply", str(key[0]), case.number("power", str(key[0]), "unit", str(key[1]))


def difference(one: Mapping[tuple[str, str], float], other: Mapping[tuple[str, str], float]) -> float:
    """How different two plans are, from 0 (the same) to 1 (nothing in common): the mean over kinds of the share of MW that differs."""
    shares = []
    for kind in KINDS:
        keys = [key for key in one if key[0] == kind]
        most = max(sum(plan[key] for key in keys) for plan in (one, other))
        if most > 0:
            apart = sum(abs(one[key] - other[key]) for key in keys)
            shares.append(min(apart / (sum(one[key] + other[key] for key in keys)), 1.0))
    return sum(shares) / len(shares) if shares else 0.0
