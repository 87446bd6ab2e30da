"""Calibration: published figures reproduced from the tables of a case, each with its error and the part responsible.

A figure that does not state its basis is counted per GW of IT and at the meter, and is judged where both agree. One that
the tables have no price for, or that does not state what its calculation needs, is listed with the reason.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

from gwplan.analysis.bridge import one_vote_each
from gwplan.analysis.calibrate.cases import Published, Tolerance, cases, tolerances
from gwplan.analysis.calibrate.formulas import Components, components
from gwplan.analysis.calibrate.numbers import NotPriced, Numbers, Read
from gwplan.common.status import Exit
from gwplan.inputs import calibration_table
from gwplan.inputs.calibration_table import CLASSES, IT, METER, SPLITS, UNSTATED
from gwplan.inputs.case import Case
from gwplan.planning.request import Request
from gwplan.planning.tables import read_all

Verdict = Literal["inside", "outside", "not reproduced"]
INSIDE: Verdict = "inside"
OUTSIDE: Verdict = "outside"
NOT_REPRODUCED: Verdict = "not reproduced"
COMPUTE = ("systems", "network")
ASSUMED = {"cost_per_gpu_hour": "rate"}
"""What a figure must state for a verdict, though a plan has a value of its own for it."""


@dataclass(frozen=True)
class Reproduced:
    """One case beside the plan. plan: on its basis, or at the meter and per GW of IT if it states none; empty if it has no price.

    error: plan / published - 1 of the nearest, in months for a duration; None without a plan. components: parts of that plan, in
    `unit`. part: what the error comes from. reason: why it is outside, or not reproduced. shared: sources that are behind both
    sides, so that agreement says less.
    """

    name: str
    figure: str
    unit: str
    cost_class: str
    family: str
    date: str
    basis: str
    covers: tuple[str, ...]
    source: str
    grade: str
    low: float
    published: float
    high: float
    plan: tuple[float, ...]
    error: float | None
    verdict: Verdict
    part: str
    reason: str
    components: Components
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Calibration:
    """All cases of a case folder, by class. votes: median error of each family's reproduced capital per GW."""

    title: str
    inputs: str
    dollars: int
    tolerances: dict[str, Tolerance]
    cases: tuple[Reproduced, ...]
    votes: dict[str, float]

    @property
    def unexplained(self) -> list[Reproduced]:
        """Cases of tested classes that are outside their tolerance without a reason in the table."""
        return [each for each in self.cases if self.tolerances[each.cost_class].tested and each.verdict == OUTSIDE and not each.reason]

    @property
    def median_vote(self) -> float | None:
        """The median of the families' errors; None without any."""
        return median(self.votes.values()) if self.votes else None

    @property
    def exit_code(self) -> Exit:
        """1 if a tested case is outside without a reason."""
        return Exit.OTHER if self.unexplained else Exit.SOLVED

    def count(self, verdict: Verdict, tested: bool = True) -> int:
        """Number of cases with a verdict, of tested classes or of the others."""
        return sum(each.verdict == verdict and self.tolerances[each.cost_class].tested == tested for each in self.cases)

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return {**asdict(self), "median_vote": self.median_vote, "unexplained": [each.name for each in self.unexplained],
                "exit_code": int(self.exit_code)}


def of_request(request: Request) -> Calibration:
    """Reproduce the cases of a request's folder. InputFaults if it has no calibration.csv, or for faulty tables."""
    return calibrate(read_all(request, calibration_table))


def calibrate(case: Case) -> Calibration:
    """Reproduce each case of calibration.csv. case: with all tables, see `planning.tables.read_all`. InputFaults for a faulty case."""
    allowed, numbers = tolerances(case), Numbers(case)
    found = [reproduced(figure, numbers, allowed[figure["class"]]) for figure in cases(case)]
    found.sort(key=lambda each: CLASSES.index(each.cost_class))
    errors = [(each.family, each.error) for each in found if each.figure == "capital_per_gw" and each.verdict != NOT_REPRODUCED]
    votes = one_vote_each((family, error) for family, error in errors if error is not None)
    definition = case.definition
    return Calibration(definition.title, str(definition.inputs), definition.horizon.dollars, allowed, tuple(found), votes)


def reproduced(figure: Published, numbers: Numbers, tolerance: Tolerance) -> Reproduced:
    """One case: its value from the tables, and how far that is from the published one."""
    bases = (METER, IT) if figure["basis"] == UNSTATED else (figure["basis"],)
    numbers = Numbers(numbers.case)
    parts: list[Components] = []
    needed = ASSUMED.get(figure.figure)
    missing = f"it states no {needed} of return" if needed and needed not in figure.own else ""
    for basis in bases:
        try:
            parts.append(components(figure, numbers, basis))
        except NotPriced as unknown:
            missing = str(unknown)
    plan = tuple(sum(each.values()) for each in parts)
    inside = [_inside(figure, value, tolerance) for value in plan]
    if plan and not missing and any(inside) != all(inside):
        missing = "it states no basis, and the verdict depends on it"
    error: float | None = None
    nearest = 0
    if plan:
        nearest = min(range(len(plan)), key=lambda place: abs(plan[place] - figure.base))
        error = plan[nearest] - figure.base if tolerance.months is not None else plan[nearest] / figure.base - 1
    verdict = NOT_REPRODUCED if missing or not plan else INSIDE if all(inside) else OUTSIDE
    shown = parts[nearest] if plan else {}
    read = list(numbers.read.values())
    shared = tuple(sorted({figure.source} & {source for each in read for source in each.sources}))
    part = responsible(figure, shown, numbers, bases[nearest]) if plan else ""
    return Reproduced(
        figure.name, figure.figure, figure.unit, figure["class"], figure["family"], figure.date, figure["basis"], figure.covers,
        figure.source, figure.grade, figure.low, figure.base, figure.high, plan, error, verdict, part, missing or figure["reason"], shown,
        shared,
    )  # fmt: skip


def _inside(figure: Published, plan: float, tolerance: Tolerance) -> bool:
    if tolerance.months is not None:
        return abs(plan - figure.base) <= tolerance.months
    if tolerance.share is not None:
        return abs(plan / figure.base - 1) <= tolerance.share
    return figure.low <= plan <= figure.high


def responsible(figure: Published, parts: Components, numbers: Numbers, basis: str) -> str:
    """What the error comes from: the largest difference of a published split, else the number whose own range covers the miss.

    Of several that cover it, the one that has to move least of the way to its end; if none does, the one that goes furthest.
    """
    split = _largest_difference(figure, parts)
    if split:
        return split
    plan, best = sum(parts.values()), (0.0, "")
    for read in numbers.read.values():
        ways = [_way(figure, numbers, basis, (read, end)) for end in (read.low, read.high)]
        reach = max(way / (figure.base - plan) for way in ways) if figure.base != plan else 0.0
        if reach > best[0]:
            best = reach, read.key
    if not best[1]:
        return ""
    read = numbers.read[best[1]]
    covered = "covers it" if best[0] >= 1 else f"covers {best[0]:.0%} of it"
    _, item, quantity = read.key.split(".")
    named = numbers.case.checked.labels.get(item, item)
    return f"{read.component}: {quantity.replace('_', ' ')} of {named}, whose range {covered}"


def _way(figure: Published, numbers: Numbers, basis: str, end: tuple[Read, float]) -> float:
    """By how much the figure changes if one number is at an end of its range."""
    read, value = end
    if value == read.base:
        return 0.0
    changed = numbers.but(read.key, value)
    return sum(components(figure, changed, basis).values()) - sum(components(figure, numbers, basis).values())


def _largest_difference(figure: Published, parts: Components) -> str:
    """The part that differs most from the publisher's own split, with both amounts; what is not split counts together."""
    shares = {name: figure.own[f"split_{name}"] for name in SPLITS if f"split_{name}" in figure.own}
    if not shares:
        return ""
    split = {part for name in shares for part in (COMPUTE if name == "compute" else (name,))}
    rest = [part for part in parts if part not in split]
    pairs = [(name, sum(parts.get(part, 0.0) for part in (COMPUTE if name == "compute" else (name,))), share * figure.base)
             for name, share in shares.items()]
    if rest:
        pairs.append((", ".join(rest), sum(parts[part] for part in rest), (1 - sum(shares.values())) * figure.base))
    name, own, theirs = max(pairs, key=lambda pair: abs(pair[1] - pair[2]))
    return f"{name}: {own:.3g} against {theirs:.3g}"
