"""Monte Carlo sampling: all numbers with a range are drawn together and the model is solved, many times."""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gwplan.analysis.scenarios import study_table
from gwplan.analysis.scenarios.executors import solve_all
from gwplan.analysis.scenarios.scenario import Result, Scenario, SharedInputs, ask
from gwplan.analysis.scenarios.study import Execution, StudyRequest, base_digest, execution_of, with_base
from gwplan.analysis.scenarios.study_table import Study
from gwplan.analysis.uncertainty.correlations import NO_CORRELATIONS, Correlations, correlated, drivers, read_correlations
from gwplan.analysis.uncertainty.designs import NAMES, Design, interval, levels
from gwplan.analysis.uncertainty.ranges import Shape, UncertainInput, at, drawables, held, key_of, rows_of, used_keys, value_at
from gwplan.analysis.uncertainty.shares import LEAST_EXPLAINED, Shares, shares
from gwplan.analysis.uncertainty.unread import Readers, doubtful, set_aside
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import WITH_PLAN, Status
from gwplan.inputs.case_workbook import opened
from gwplan.inputs.plain_files import is_there
from gwplan.results.figures import DRIVEN, SAMPLED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from gwplan.inputs.case import Case

CORRELATIONS = "correlations.csv"
"""Name of the optional file of correlations in the case folder."""
LEVELS = (5, 10, 25, 50, 75, 90, 95)
"""Percentiles reported for each figure."""
CHOICES = {"generation": ("systems", "systems"), "supply": ("supplies_mw", "MW"), "design": ("halls", "halls")}
"""Kinds of choices, with the columns of the table of results that hold their amounts, and the unit."""
SITE = "site"
Columns = dict[str, list[Any]]

SAMPLE_GAP = 0.01
"""The default gap of samples: draws move the objective by far more, and a tighter proof takes ten times as long."""


@dataclass(frozen=True)
class Drawing:
    """How a sample is drawn."""

    count: int
    seed: int
    shape: Shape = "triangular"
    correlations: Path | None = None
    design: Design = "independent"


@dataclass(frozen=True)
class Sampled:
    """A finished sample. tables: draws, quantiles, choices and drivers by column. gap: the widest gap of a plan, a share.

    correlated: number of keys that are correlated.
    """

    study: Study
    drawing: Drawing
    keys: int
    tables: dict[str, Columns]
    gap: float | None
    unproven: float | None
    title: str
    goal: str
    precision: str
    dollars: int
    correlated: int
    warnings: tuple[str, ...]
    shares: Shares = field(default_factory=Shares)

    @property
    def counts(self) -> Counter[str]:
        """Number of samples by status."""
        return Counter(result.status for result in self.study.results)

    @property
    def with_plan(self) -> int:
        """Number of samples with a plan; all figures refer to these."""
        return sum(self.counts[status] for status in WITH_PLAN)


def chances(keys: Sequence[str], drawing: Drawing, correlations: Correlations = NO_CORRELATIONS) -> NDArray[np.float64]:
    """Quantile levels, sample by key; the level of a key depends only on keys that it is correlated with, but in a Sobol sequence."""
    # A correlated key needs the scores of its partners, whatever the order of keys.
    return correlated(keys, levels(drawing.design, keys, drawing.count, drawing.seed), correlations)


def drawn_of(case: Case) -> list[UncertainInput]:
    """The numbers that a sample draws. InputFaults if no number that the model uses has a range."""
    found = drawables(case, used_keys(case))
    if not found:
        raise InputFaults([Fault(case.definition.inputs.name, 0, "no number that this model uses has a range: "
                                 "fill in low and high of uncertain numbers")])
    return found


def correlations_of(case: Case, drawn: Sequence[UncertainInput], path: Path | None) -> Correlations:
    """The correlations of a file, else of the case folder, else none. InputFaults if they are invalid.

    Those of the case are for all its models: rows on tables or numbers that this model does not use are left aside without a warning.
    """
    own = opened(case.definition.inputs) / CORRELATIONS
    if path is None and not is_there(own):
        return NO_CORRELATIONS
    keys = {each.key for each in drawn}
    known = keys | {key_of(value) for value in case.checked.values if value.quantity.unit != "label"}
    found = read_correlations(path or own, keys, known, case.sources, {name.removesuffix(".csv") for name in case.unread})
    return found if path is not None else replace(found, warnings=())


def gap_of(case: Case, asked: float | None) -> float:
    """The gap of each sample: the requested one, else the model's, but at least `SAMPLE_GAP`."""
    return asked if asked is not None else max(case.definition.solver.gap, SAMPLE_GAP)


def sample(order: StudyRequest, drawing: Drawing, announce: Callable[[str], None] | None = None) -> Sampled:
    """Draw, solve and write the folder. Samples differ too much from the base plan to start from it, but mostly open the same sites.

    InputFaults if nothing can be drawn from the inputs; OSError if the folder cannot be written.
    """
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    case = read(Request(order.model, order.overlays, order.sets))
    with execution_of(order) as execution:
        return sampled(case, order, drawing, execution, announce)


def sampled(case: Case, order: StudyRequest, drawing: Drawing, execution: Execution, announce: Callable[[str], None] | None) -> Sampled:
    """`sample` for a case already read, with a given executor."""
    began = time.perf_counter()
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=gap_of(case, order.gap), time_limit=order.time_limit)
    if execution.cache is None or execution.cache.get(base_digest(question)) is None:
        execution.executor.begin(question, (), drawing.count)
    drawn = drawn_of(case)
    correlations = correlations_of(case, drawn, drawing.correlations)
    chance = chances([each.key for each in drawn], drawing, correlations)
    scenarios = tuple(Scenario((("sample", number),), rows=rows_of(case, drawn, drawing.shape, row))
                      for number, row in enumerate(chance.tolist(), 1))
    if announce is not None:
        stay = _held(case)
        aside = f" ({len(stay)} with a range are kept at base: {', '.join(stay)})" if stay else ""
        announce(f"{len(drawn)} numbers are drawn{aside}; {drawing.count} samples follow.")
    begun, base = with_base(question, execution, drawing.count, scenarios)
    question = replace(begun, start="")
    digests = [scenario.digest(question) for scenario in scenarios]
    cached = execution.cache.holds(digests) if execution.cache is not None else 0
    results = solve_all(question, scenarios, executor=execution.executor, cache=execution.cache, on_result=execution.on_result)
    columns = study_table.columns(scenarios, results)
    found = _shares(drawn, chance, columns, correlations)
    tables = {
        "draws": _draws(drawn, drawing.shape, chance),
        "quantiles": quantiles(columns),
        "intervals": intervals(columns),
        "choices": choices(columns),
        "drivers": _read(question, drawn, _drivers(drawn, chance, columns), announce),
        "shares": found.table,
    }
    facts: dict[str, object] = {
        "samples": drawing.count, "sample_seed": drawing.seed, "shape": drawing.shape, "design": NAMES[drawing.design],
        "keys": len(drawn), "held_keys": _held(case), **study_table.words([base, *results]), "correlated_keys": list(correlations.keys),
        "correlations": [list(row) for row in correlations.matrix.tolist()],
        "shares": {"explained": None if math.isnan(found.explained) else found.explained, "least_explained": LEAST_EXPLAINED,
                   "draws": found.draws, "terms": found.terms, "refused": found.refused},
    }  # fmt: skip
    content = study_table.Content(facts, {"table": columns, **tables})
    folder = study_table.write(order.runs, "sample", question, digests, content, order.page)
    study = Study(folder, columns, scenarios, tuple(results), base, cached, time.perf_counter() - began)
    return replace(_sampled(study, case, drawing, len(drawn), tables, correlations), shares=found)


def _sampled(study: Study, case: Case, drawing: Drawing, keys: int, tables: dict[str, Columns],
             correlations: Correlations) -> Sampled:
    gaps = [gap for gap in study.table.get("gap", []) if gap is not None]
    unproven = [amount for amount in study.table["unproven"] if amount is not None]
    definition = case.definition
    goal = str(next((result.summary["goal"][0] for result in (study.base, *study.results) if result.summary), ""))
    return Sampled(study, drawing, keys, tables, max(gaps, default=None), max(unproven, default=None), definition.title, goal,
                   definition.measure, definition.horizon.dollars, len(correlations.keys), correlations.warnings)


def _held(case: Case) -> list[str]:
    """Keys with a range that are never drawn."""
    from gwplan.analysis.uncertainty.ranges import has_range

    return sorted({key_of(value) for value in case.checked.values if value.row.table != "published" and held(value) and has_range(value)})


def _draws(drawn: Sequence[UncertainInput], shape: Shape, chance: NDArray[np.float64]) -> Columns:
    """The values drawn in each sample: of the first row of each key with a range."""
    found: Columns = {"sample": list(range(1, len(chance) + 1))}
    for place, each in enumerate(drawn):
        found[f"{each.key} [{each.unit}]"] = [value_at(each, at(shape, row[place])) for row in chance.tolist()]
    return found


def _planned(columns: Columns) -> list[int]:
    return [place for place, status in enumerate(columns["status"]) if status in WITH_PLAN]


def quantiles(columns: Columns) -> Columns:
    """Mean and percentiles of each figure over the samples with a plan, and the number of infeasible samples."""
    names = ("figure", "mean", *(f"p{level}" for level in LEVELS), "n", "infeasible")
    found: Columns = {name: [] for name in names}
    infeasible = columns["status"].count(Status.INFEASIBLE)
    for figure in SAMPLED:
        values = [columns[figure][place] for place in _planned(columns)] if figure in columns else []
        values = [value for value in values if value is not None]
        if not values:
            continue
        row = [figure, float(np.mean(values)), *map(float, np.percentile(values, LEVELS)), len(values), infeasible]
        for name, cell in zip(names, row, strict=True):
            found[name].append(cell)
    return found


def intervals(columns: Columns) -> Columns:
    """Each percentile of each figure with the values between which it lies with 95 % confidence; None where the sample is too small."""
    found: Columns = {name: [] for name in ("figure", "level", "value", "low", "high")}
    for figure in SAMPLED:
        values = [columns[figure][place] for place in _planned(columns)] if figure in columns else []
        values = [float(value) for value in values if value is not None]
        for level in LEVELS if values else ():
            row = [figure, level, float(np.percentile(values, level)), *interval(values, level / 100)]
            for name, cell in zip(found, row, strict=True):
                found[name].append(cell)
    return found


def choices(columns: Columns) -> Columns:
    """Frequency of each site, generation, supply and design among the samples with a plan, and the mean amount if chosen."""
    planned = _planned(columns)
    chosen: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for place in planned:
        for site in str(columns["sites"][place]).split("|"):
            if site:
                chosen[SITE, site, "sites"].append(1.0)
    for kind, (prefix, unit) in CHOICES.items():
        for column in columns:
            if column.startswith(f"{prefix}."):
                amounts = [columns[column][place] or 0.0 for place in planned]
                chosen[kind, column.removeprefix(f"{prefix}."), unit] = [amount for amount in amounts if amount > 0]
    order = [SITE, *CHOICES]
    found: Columns = {name: [] for name in ("kind", "item", "share", "mean_amount", "unit", "n")}
    for (kind, item, unit), amounts in sorted(chosen.items(), key=lambda pair: (order.index(pair[0][0]), -len(pair[1]), pair[0][1])):
        cells = (kind, item, len(amounts) / len(planned), float(np.mean(amounts)) if amounts else None, unit, len(planned))
        for name, cell in zip(found, cells, strict=True):
            found[name].append(cell)
    return found


def _drivers(drawn: Sequence[UncertainInput], chance: NDArray[np.float64], columns: Columns) -> Columns:
    planned = _planned(columns)
    outcomes: dict[str, list[float]] = {name: [columns[name][place] for place in planned] if name in columns else [] for name in DRIVEN}
    return drivers([each.key for each in drawn], [each.unit for each in drawn], chance[planned], outcomes)


def _read(question: SharedInputs, drawn: Sequence[UncertainInput], table: Columns, announce: Callable[[str], None] | None) -> Columns:
    """The drivers, those last that a figure does not read: their correlation with it is chance."""
    asked = doubtful(table, DRIVEN, table["n"][0] if table["n"] else 0)
    unread = Readers(question, {each.key: each for each in drawn}).unread(asked, announce)
    return set_aside(table, DRIVEN, unread)


def _shares(drawn: Sequence[UncertainInput], chance: NDArray[np.float64], columns: Columns, correlations: Correlations) -> Shares:
    values: list[float | None] = columns.get(DRIVEN[0], [None] * len(chance))
    outcome = [value if status in WITH_PLAN else None for value, status in zip(values, columns["status"], strict=True)]
    return shares([each.key for each in drawn], [each.unit for each in drawn], chance, outcome, correlations)


def base_objective(base: Result) -> float | None:
    """The objective of the unchanged question; None without a plan."""
    value = base.summary.get("objective")
    return float(value) if isinstance(value, (int, float)) else None
