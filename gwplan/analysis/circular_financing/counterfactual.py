"""The plan again without investors' money: the same question and inputs, with no contract of an investor on offer, and what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.circular_financing.books import INVESTOR, Books, NoCircle, read
from gwplan.analysis.compare.waterfall import MONEY_GOALS, unproven_of
from gwplan.common import claims
from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.financial.returns import SHIFT
from gwplan.inputs.definition_text import as_toml
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
    """One figure with and without investors' money; difference is without less with, None for what is no number (months for periods).

    below_gap: a sum of the goal's money whose difference is no larger than what both searches left unproven.
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
    """Two plans side by side. it_mw: IT power by period, with and without investors' money; gaps: how closely each is proven."""

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
    """That there is none without investors' money, or that none was found; message: why."""

    proven: bool
    message: str

    @property
    def text(self) -> str:
        """It in words."""
        return "there is no plan" if self.proven else "no plan was found"


def question(run: RunFolder, folder: Path) -> Path:
    """Write the model of a run's question, its own inputs and no investors on offer, into a folder. NoCircle if it has no investors."""
    definition = json.loads(json.dumps(run.manifest.get("definition") or {}))
    found = run.inputs("contracts")
    rows = found.to_dict("records") if len(found) else []
    names = {str(row["item"]) for row in rows if (row["quantity"], row["base"]) == ("kind", INVESTOR)}
    # A tranche is part of an investor's contract and goes with it.
    names |= {str(row["item"]) for row in rows if row["quantity"] == "of" and str(row["base"]) in names}
    if not names or "contracts" not in definition.get("parts", ()):
        raise NoCircle(f"{run.path.name} has no contract of an investor: the plan without investors is the plan itself.")
    deals = definition.get("contracts", {})
    definition["contracts"] = {
        "signed": [name for name in deals.get("signed", ()) if name not in names],
        "without": sorted(names | set(deals.get("without", ()))),
    }
    definition.pop("overlays", None)  # the inputs of a run have them in
    definition["inputs"] = str((run.path / "inputs").resolve())
    model = folder / f"{run.summary.get('model', 'plan')}{SUFFIX}.toml"
    model.write_text(as_toml(definition), encoding="utf-8")
    return model


def solve_without(run: RunFolder, runs: Path | None = None, progress: Callable[[Progress], None] | None = None) -> Outcome:
    """Solve the question of a run without investors' money; the new run folder stands beside the old one. NoCircle as `question`."""
    from gwplan.planning.request import Request
    from gwplan.planning.run import solve

    with claims.scratch() as scratch:
        model = question(run, scratch)
        start = run.path if len(run.plan) else None
        return solve(Request(model, start=start, runs=runs or run.path.resolve().parent, progress=progress))


def compare_without(base: RunFolder, other: RunFolder) -> Without:
    """What differs between a run and the one without investors' money. NoCircle where the horizons or the dollars differ."""
    if base.periods != other.periods or base.dollars != other.dollars:
        raise NoCircle(f"{other.path.name} has another horizon or other dollars than {base.path.name}: they cannot be set side by side.")
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
    """The row, marked where its difference is of the goal's money and no larger than what is unproven."""
    of_goal = goal in MONEY_GOALS and row.unit.startswith("MUSD") and (row.unit == NOMINAL) == (goal == "most_equity_value")
    below = of_goal and bool(row.difference) and (unproven is None or abs(row.difference or 0.0) <= unproven)
    return replace(row, below_gap=below)


def number_row(key: str, name: str, unit: str, before: float | None, after: float | None) -> Difference:
    """A figure that is a number."""
    if before is None or after is None:
        return Difference(key, name, unit, before, after, None)
    difference = 0.0 if abs(after - before) <= ROUNDING * max(abs(before), abs(after)) else after - before
    return Difference(key, name, unit, before, after, difference)


def date_row(run: RunFolder, key: str, name: str, before: str | None, after: str | None) -> Difference:
    """A figure that is a period, its difference in months; None is never."""
    later = None if before is None or after is None else float((run.number_of[after] - run.number_of[before]) * run.months)
    return Difference(key, name, "months", before or NEVER, after or NEVER, later)


def most(run: RunFolder, key: str) -> float:
    """The greatest value of a figure by period."""
    return max((float(value) for value in run.summary.get(key, ())), default=0.0)


def reached(run: RunFolder, target: Mapping[str, Any]) -> str | None:
    """The first period with as much of a target's measure as it asks for, whatever the tenure, rented compute where it counts."""
    amount = float(str(target["amount"]).split()[0])
    values = run.summary.get(SERIES[str(target["measure"])], ())
    if target["measure"] == "compute" and CLOUD in target.get("counts", ()):
        rented = run.summary.get("cloud_kh100e") or [0.0] * len(values)
        values = [own + more for own, more in zip(values, rented, strict=True)]
    return next((name for name, value in zip(run.periods, values, strict=True) if float(value) >= amount * (1 - WITHIN)), None)


def line_sum(books: Books, lines: tuple[str, ...]) -> list[float]:
    """Some lines of the flows by period."""
    found = [0.0] * len(books.periods)
    for flow in books.flows:
        if flow.line in lines:
            found[flow.period] += flow.value
    return found


def peak_equity(books: Books) -> float:
    """The most that the sponsor has in at any time: cumulative equity less dividends."""
    return max(accumulate(line_sum(books, ("equity", "dividends")), initial=0.0))


EQUITY: tuple[tuple[str, str, Callable[[Books], float]], ...] = (
    ("peak_equity", "Peak equity", peak_equity),
    ("equity", "Equity paid in", lambda books: sum(line_sum(books, ("equity",)))),
    ("drawn", "Debt drawn", lambda books: sum(line_sum(books, ("drawn",))) - books.refinanced),
    ("invested", "Investors' money", lambda books: sum(line_sum(books, ("invested",)))),
)


def equity_value(run: RunFolder) -> float | None:
    """What the sponsor's equity is worth: the goal's value, else the summary's, else worked out from the flows.

    Present value at the horizon's start, at the required return, of dividends and of what is left at the end, less equity.
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
    # What the planner gets of the sponsor is what the sponsor pays.
    discounted = -sum(amount * (1 + rate) ** -((number + shift) * length) for number, amount in enumerate(paid))
    return float(discounted + left * (1 + rate) ** -(len(paid) * length))
