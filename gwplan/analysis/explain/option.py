"""An option of a plan: a system, a vendor, a site, a hall design, a supply or a contract; and how much of it a plan has."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.common.errors import Fault, InputFaults
from gwplan.common.spelling import suggestion

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import Result
    from gwplan.inputs.case import Case

LEAST = 1e-6
"""Less than this of an item is the solver's tolerance, not a decision."""
KINDS = ("system", "vendor", "site", "design", "supply", "contract")
WORDS = {"design": "hall design"}
DECISIONS = {"system": ("accelerators", "bought"), "vendor": ("accelerators", "bought"), "site": ("sites", "opening"),
             "design": ("halls", "started"), "supply": ("power", "ordered")}  # fmt: skip
"""Part and decision of plan.csv that say how much of a kind there is; of contracts, the summary does."""
CONTRACT = "contract"
NO_CONTRACT = ("tranche", "investor", "stake")
"""Items of contracts.csv that are not signed: an investor pays in, and its tranches are a part of that; the planner pays for a stake."""


@dataclass(frozen=True)
class Option:
    """kind: one of KINDS; items: those of the tables that it stands for, of a vendor its systems; site: only there, blank for all."""

    kind: str
    name: str
    items: tuple[str, ...]
    site: str = ""

    @property
    def words(self) -> str:
        """`supply grid at north`."""
        return f"{WORDS.get(self.kind, self.kind)} {self.name}" + (f" at {self.site}" if self.site else "")

    def amount(self, result: Result) -> float:
        """How much of it a plan buys over its horizon: systems, halls, units of supply; 1 for a contract or a site."""
        if self.kind == CONTRACT:
            return float(self.name in result.summary.get("contracts_signed", ()))
        part, decision = DECISIONS[self.kind]
        rows = csv.DictReader(io.StringIO(result.plan))
        return sum(float(row["amount"]) for row in rows if (row["part"], row["decision"]) == (part, decision)
                   and row["item"] in self.items and self.site in ("", row["site"]))

    def chosen(self, result: Result) -> bool:
        """True if a plan has it at all; False too where there is no plan."""
        return bool(result.plan) and self.amount(result) > LEAST


def options_of(case: Case) -> list[Option]:
    """Every option of a case, by kind and name."""
    found = [Option(kind, name, (name,)) for kind in KINDS if kind not in ("vendor", CONTRACT) for name in case.items(kind)]
    deals = case.checked.kinds.get("contracts", {})
    found += [Option(CONTRACT, name, (name,)) for name, kind in deals.items() if kind not in NO_CONTRACT]
    vendors: dict[str, list[str]] = {}
    for system in case.items("system"):
        vendor = case.get_label("accelerators", system, "vendor")
        if vendor:
            vendors.setdefault(vendor, []).append(system)
    found += [Option("vendor", vendor, tuple(systems)) for vendor, systems in sorted(vendors.items())]
    return sorted(found, key=lambda option: (KINDS.index(option.kind), option.name))


def named(case: Case, text: str) -> Option:
    """The option of a name, of a label, or of `supply@site`. InputFaults with the nearest name if there is none."""
    name, _, site = text.strip().partition("@")
    labels = {label.casefold(): item for item, label in case.checked.labels.items()}
    known = {option.name: option for option in options_of(case)}
    found = known.get(name) or known.get(labels.get(name.casefold(), ""))
    if found is None:
        names = {**known, **{label: known[item] for item, label in case.checked.labels.items() if item in known}}
        raise InputFaults([Fault(text, 0, f"is no system, vendor, site, hall design, supply or contract{suggestion(name, names)}")])
    if site and (site not in case.items("site") or found.kind not in ("supply", "design", "system", "vendor")):
        raise InputFaults([Fault(text, 0, f"no site {site!r} for a {found.kind}{suggestion(site, case.items('site'))}")])
    return Option(found.kind, found.name, found.items, site)


def of_row(case: Case, item: str, site: str) -> Option | None:
    """The option that a row of a table is about; None if nobody buys its item. Rows of the site of a supply are about that site alone."""
    found = next((option for option in options_of(case) if option.name == item and option.kind != "vendor"), None)
    return None if found is None else Option(found.kind, found.name, found.items, site if found.kind in ("supply", "design") else "")
