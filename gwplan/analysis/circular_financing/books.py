"""The inputs of the analysis: nominal cash flows and contract terms, read from a run folder as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.results.run_folder import RunFolder

INVESTOR, COMPUTE, OPTION, SALE, TRANCHE = "investor", "compute", "option", "sale", "tranche"
COMMON = "common"
"""The instrument of an investor that buys stock; all others hold a claim."""
PARTY = {INVESTOR: "investor", SALE: "customer"}
"""The label that names the counterparty, by kind of contract; the provider for all other kinds."""
INVESTED, PAID_OUT = "invested", "returned"
PURCHASES = ("capital", "running")
"""Lines of the cash flow that are purchases from the counterparty."""


class NoCircle(Exception):
    """The run has no circular financing to analyse; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Nominal MUSD into the planner's cash in a period (negative: out of it), from or to a party, by line of its accounts."""

    line: str
    item: str
    party: str
    period: int
    value: float


@dataclass(frozen=True)
class Contract:
    """The contract terms used here. `party`: provider, investor or customer; of: the parent contract of a tranche.

    numbers: those without date and site.
    """

    name: str
    kind: str
    party: str
    passed_to: str = ""
    terms: str = ""
    of: str = ""
    instrument: str = ""
    company: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)

    def number(self, quantity: str, default: float = 0.0) -> float:
        """A number of the contract, or the default if it is not given."""
        return self.numbers.get(quantity, default)


@dataclass(frozen=True)
class Books:
    """The cash flows of a plan and its contracts. months: length of a period; first: first month, counted from year 0.

    claims: the outstanding claim of each investor's contract at the horizon's end, or what its stock gets of what is left.
    cash (at the end of each period) and invested (investors' contributions by period) check the flows; None if unknown.
    refinanced: debt draws that only repay other draws.
    """

    periods: Sequence[str]
    months: int
    first: int
    flows: Sequence[Flow]
    contracts: Mapping[str, Contract]
    claims: Mapping[str, float] = field(default_factory=dict)
    cash: Sequence[float] | None = None
    invested: Sequence[float] | None = None
    refinanced: float = 0.0

    def of_kind(self, kind: str) -> list[Contract]:
        """The contracts of a kind, by name."""
        return [contract for _, contract in sorted(self.contracts.items()) if contract.kind == kind]

    def year(self, period: int) -> int:
        """The calendar year in which a period begins."""
        return (self.first + period * self.months) // MONTHS_A_YEAR

    @property
    def years(self) -> list[int]:
        """The calendar years of the horizon."""
        return sorted({self.year(number) for number in range(len(self.periods))})

    def series(self, amounts: Mapping[int, float]) -> tuple[float, ...]:
        """Amounts by period number as a list over all periods."""
        return tuple(amounts.get(number, 0.0) for number in range(len(self.periods)))


def read(run: RunFolder) -> Books:
    """The books of a run. NoCircle if it was planned without finance."""
    frame = run.table("finance.flow")
    if not len(frame):
        raise NoCircle(f"{run.path.name} was planned without the part finance: it has no table of cash flows (finance.flow.csv).")
    contracts = contracts_of(run)
    flows = [flow_of(row, run, contracts) for row in frame.to_dict("records")]
    left = run.table("finance.stock_left")
    claims: dict[str, float] = defaultdict(float)
    for row in left.to_dict("records") if len(left) else ():
        claims[str(row["contract"])] += float(row["value"])
    owed = run.table("finance.claim")
    for row in owed.to_dict("records") if len(owed) else ():
        if str(row["period"]) == run.periods[-1]:
            claims[str(row["contract"])] += float(row["value"])
    return Books(run.periods, run.months, run.first_month(0), flows, contracts, dict(claims),
                 by_period(run, "finance.cash"), by_period(run, "account.invested"), sum(by_period(run, "finance.refinanced") or ()))


def flow_of(row: Mapping[Any, Any], run: RunFolder, contracts: Mapping[str, Contract]) -> Flow:
    """One flow; investors' money is listed under the investor's name, not the contract's."""
    line, item, party = (str(row[column]) for column in ("line", "item", "party"))
    for name in (item, party) if line in (INVESTED, PAID_OUT) else ():
        name = contracts[name].of or name if name in contracts else name
        if name in contracts and contracts[name].kind == INVESTOR:
            item, party = name, contracts[name].party
            break
    return Flow(line, item, party, run.number_of[str(row["period"])], float(row["value"]))


def by_period(run: RunFolder, table: str) -> list[float] | None:
    """The sum of a table's values in each period; None if there is no such table."""
    frame = run.table(table)
    if not len(frame):
        return None
    found = [0.0] * len(run.periods)  # rows of 0 are left out
    for row in frame.to_dict("records"):
        found[run.number_of[str(row["period"])]] += float(row["value"])
    return found


def contracts_of(run: RunFolder) -> dict[str, Contract]:
    """The contracts of a run's inputs, by name, without those that its definition excludes."""
    frame = run.inputs("contracts")
    labels: dict[str, dict[str, str]] = {}
    numbers: dict[str, dict[str, float]] = {}
    for row in frame.to_dict("records") if len(frame) else ():
        item, quantity, when = str(row["item"]), str(row["quantity"]), str(row["when"])
        labels.setdefault(item, {})
        if when or str(row["site"]):
            continue
        if str(row["unit"]) in ("label", "date"):
            labels[item][quantity] = str(row["base"])
        else:
            numbers.setdefault(item, {})[quantity] = float(row["base"])
    left_out = (run.manifest.get("definition") or {}).get("contracts", {}).get("without", ())
    found = {}
    for name, said in labels.items():
        kind = said.get("kind", "")
        if name not in left_out:
            party = said.get(PARTY.get(kind, "provider"), "")
            found[name] = Contract(name, kind, party, said.get("passed_to", ""), said.get("terms", ""), said.get("of", ""),
                                   said.get("instrument", ""), said.get("company", ""), numbers.get(name, {}))
    return found

