"""The counterfactual without investors: the same model and inputs without investor contracts, and the differences."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.circular_financing.books import INVESTOR, Books, NoCircle, read
from gwplan.analysis.compare.waterfall import MONEY_GOALS, unproven_of
from gwplan.common.calendar import MONTHS_A_YEAR, SHIFT
from gwplan.inputs.definition_text import as_toml
from gwplan.inputs.memory import MemoryPath
from gwplan.model.tenure import CLOUD
from gwplan.results.figures import CATALOGUE, title
from gwplan.results.run_folder import RunFolder

if TYPE_CHECKING:
    from gwplan.planning.request import Outcome, Progress

SUFFIX = "_without_investors"
SERIES = {"it": "it_mw", "facility": "facility_mw", "compute": "compute_kh100e"}
MEASURES = {"it": "of IT", "facility": "at the meter", "compute": "of compute"}
POWER = ("it_mw", "compute_kh100e")
MONEY = ("capital_musd", "capital_first_build_musd", "npv_cost_musd")
WITHIN = 1e-6
ROUNDING = 1e-9
NEVER = "never"
NOMINAL = "MUSD nominal"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure with and without investors' money; difference = without - with, in months for periods, None if not numeric.

    below_gap: the figure is part of the objective and its difference is within the optimality gaps of both plans.
    """

    key: str
    name: str
    unit: str
    before: float | str | None
    after: float | str | None
    difference: float | None
    below_gap: bool = False


@dataclass(frozen=True)
class Without:
    """Two plans side by side. it_mw: IT power by period, with and without investors' money; gaps: optimality gap of each."""

    base: Path
    other: Path
    differences: tuple[Difference, ...]
    periods: tuple[str, ...]
    it_mw: tuple[tuple[float, float], ...]
    gaps: tuple[float | None, float | None]

    def figure(self, key: str) -> Difference | None:
        """A figure by its key."""
        return next((each for each in self.differences if each.key == key), None)


@dataclass(frozen=True, slots=True)
class NoPlan:
    """No plan exists without investors' money (proven), or none was found; message: the reason."""

    proven: bool
    message: str

    @property
    def text(self) -> str:
        """The result in words."""
        return "there is no plan" if self.proven else "no plan was found"


def question(run: RunFolder) -> MemoryPath:
    """The model of a run's question, its own inputs and no investors on offer, all in memory. NoCircle if it has no investors."""
    definition = json.loads(json.dumps(run.manifest.get("definition") or {}))
    found = run.inputs("contracts")
    rows = found.to_dict("records") if len(found) else []
    names = {str(row["item"]) for row in rows if (row["quantity"], row["base"]) == ("kind", INVESTOR)}
    # A tranche is part of an investor's contract and is excluded with it.
    names |= {str(row["item"]) for row in rows if row["quantity"] == "of" and str(row["base"]) in names}
    if not names or "contracts" not in definition.get("parts", ()):
        raise NoCircle(f"{run.path.name} has no investor contract: the plan is already one without investors.")
    deals = definition.get("contracts", {})
    definition["contracts"] = {
        "signed": [name for name in deals.get("signed", ()) if name not in names],
        "without": sorted(names | set(deals.get("without", ()))),
    }
    definition.pop("overlays", None)  # the inputs of a run include them already
    definition["inputs"] = f"{run.name}/inputs"
    model = f"{run.summary.get('model', 'plan')}{SUFFIX}.toml"
    tables = {f"{run.name}/inputs/{name}": content for name, content in run.input_files.items()}
    return MemoryPath({model: as_toml(definition).encode(), **tables}, model)


def solve_without(run: RunFolder, runs: Path | None = None, progress: Callable[[Progress], None] | None = None) -> Outcome:
    """Solve the model of a run without investors' money; the new run folder goes beside the old one. NoCircle as `question`."""
    from gwplan.planning.request import PlanText, Request
    from gwplan.planning.run import solve

    start = PlanText(str(run.path / "plan.csv"), run.plan_text) if len(run.plan) else None
    return solve(Request(question(run), start=start, runs=runs or run.path.resolve().parent, progress=progress))


def compare_without(base: RunFolder, other: RunFolder) -> Without:
    """The differences between a run and its counterfactual without investors. NoCircle if horizons or dollars differ."""
    if base.periods != other.periods or base.dollars != other.dollars:
        raise NoCircle(f"{other.path.name} has a different horizon or dollar year from {base.path.name}: they cannot be compared.")
    both = (base, other)
    rows = [number_row(key, title(key), CATALOGUE[key].unit, *(most(run, key) for run in both)) for key in POWER]
    rows.append(date_row(base, "first_it_period", title("first_it_period"), *(run.summary.get("first_it_period") for run in both)))
    for number, target in enumerate((base.manifest.get("definition") or {}).get("target", ()), 1):
        amount, _, unit = str(target["amount"]).partition(" ")
        name = f"{float(amount):,.6g} {unit} {MEASURES.get(target['measure'], target['measure'])}"
        rows.append(date_row(base, f"target_{number}", name, *(reached(run, target) for run in both)))
    rows += [number_row(key, title(key), f"MUSD of {base.dollars}", *(run.figure(key) for run in both)) for key in MONEY]
    books = [read(run) if len(run.table("finance.flow")) else None for run in both]
    rows += [number_row(key, name, NOMINAL, *(None if each is None else of(each) for each in books)) for key, name, of in EQUITY]
    rows.append(number_row("equity_value", "Equity value", NOMINAL, *(equity_value(run) for run in both)))
    it = [[float(value) for value in run.summary["it_mw"]] for run in both]
    unproven, goal = unproven_of(base, other), str(next(iter(base.summary.get("goal", ())), ""))
    shown = tuple(marked(row, goal, unproven) for row in rows if row.before is not None or row.after is not None)
    return Without(base.path, other.path, shown, tuple(base.periods), tuple(zip(*it, strict=True)),
                   (base.figure("gap"), other.figure("gap")))


def marked(row: Difference, goal: str, unproven: float | None) -> Difference:
    """The row, marked if it is part of the objective and its difference is within the unproven amount."""
    of_goal = goal in MONEY_GOALS and row.unit.startswith("MUSD") and (row.unit == NOMINAL) == (goal == "most_equity_value")
    below = of_goal and bool(row.difference) and (unproven is None or abs(row.difference or 0.0) <= unproven)
    return replace(row, below_gap=below)


def number_row(key: str, name: str, unit: str, before: float | None, after: float | None) -> Difference:
    """The row of a numeric figure."""
    if before is None or after is None:
        return Difference(key, name, unit, before, after, None)
    difference = 0.0 if abs(after - before) <= ROUNDING * max(abs(before), abs(after)) else after - before
    return Difference(key, name, unit, before, after, difference)


def date_row(run: RunFolder, key: str, name: str, before: str | None, after: str | None) -> Difference:
    """The row of a figure that is a period, its difference in months; None means never."""
    later = None if before is None or after is None else float((run.number_of[after] - run.number_of[before]) * run.months)
    return Difference(key, name, "months", before or NEVER, after or NEVER, later)


def most(run: RunFolder, key: str) -> float:
    """The maximum of a figure over all periods."""
    return max((float(value) for value in run.summary.get(key, ())), default=0.0)


def reached(run: RunFolder, target: Mapping[str, Any]) -> str | None:
    """The first period in which a target's amount is reached, in any tenure, and with rented compute if the target counts it."""
    amount = float(str(target["amount"]).split()[0])
    values = run.summary.get(SERIES[str(target["measure"])], ())
    if target["measure"] == "compute" and CLOUD in target.get("counts", ()):
        rented = run.summary.get("cloud_kh100e") or [0.0] * len(values)
        values = [own + more for own, more in zip(values, rented, strict=True)]
    return next((name for name, value in zip(run.periods, values, strict=True) if float(value) >= amount * (1 - WITHIN)), None)


def line_sum(books: Books, lines: tuple[str, ...]) -> list[float]:
    """The sum of some cash flow lines by period."""
    found = [0.0] * len(books.periods)
    for flow in books.flows:
        if flow.line in lines:
            found[flow.period] += flow.value
    return found


def peak_equity(books: Books) -> float:
    """Peak equity: maximum over time of the sponsor's cumulative equity less dividends."""
    return max(accumulate(line_sum(books, ("equity", "dividends")), initial=0.0))


EQUITY: tuple[tuple[str, str, Callable[[Books], float]], ...] = (
    ("peak_equity", "Peak equity", peak_equity),
    ("equity", "Equity paid in", lambda books: sum(line_sum(books, ("equity",)))),
    ("drawn", "Debt drawn", lambda books: sum(line_sum(books, ("drawn",))) - books.refinanced),
    ("invested", "Investors' money", lambda books: sum(line_sum(books, ("invested",)))),
)


def equity_value(run: RunFolder) -> float | None:
    """The value of the sponsor's equity: the objective, else the summary's figure, else computed from the flows.

    Present value at the horizon's start, at the required return, of dividends and residual value, less equity.
    """
    if next(iter(run.summary.get("goal", ())), "") == "most_equity_value":
        return run.figure("objective")
    stated, rate = run.figure("equity_value_musd"), run.number("finance", "equity", "required_return")
    if stated is not None or rate is None or not len(run.table("finance.flow")):
        return stated
    horizon, length = run.manifest["definition"]["horizon"], run.months / MONTHS_A_YEAR
    shift = SHIFT[(horizon.get("timing") or {}).get("running", "middle")]
    paid = line_sum(read(run), ("equity", "dividends"))
    settled = run.table("finance.settlement")
    left = sum(float(row["value"]) for row in settled.to_dict("records") if row["line"] == "left_over") if len(settled) else 0.0
    # The planner's receipts from the sponsor are the sponsor's payments.
    discounted = -sum(amount * (1 + rate) ** -((number + shift) * length) for number, amount in enumerate(paid))
    return float(discounted + left * (1 + rate) ** -(len(paid) * length))
