"""A number that no row is in proportion to: the smallest change that is enough, by bisection on solves.

It is one that the user changed, which goes back towards the value before, or that of a share or a covenant, which goes towards the
value at which it says nothing. Between the two ends lie values of which some leave a plan and some do not. Each is read, built and tested:
first with the whole numbers of the last plan, then for a clash without whole numbers, then in whole numbers. Both ends of the
bracket that remains are known: the one has a plan, the other is proven to have none, or was not decided in time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.common.calendar import month_name
from gwplan.common.errors import InputFaults
from gwplan.common.numbers import parse_number
from gwplan.common.status import Status
from gwplan.inputs.case_files import unit_of
from gwplan.inputs.overlays import target_of, when_key
from gwplan.inputs.values import DATE, LABEL
from gwplan.planning.levers import Lever
from gwplan.planning.remedies import PROOF, SEARCH, in_whole_numbers, sought
from gwplan.planning.remedy import Models, Remedy, Sought
from gwplan.solving.decomposition import relax
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.infeasibility import SMALL, clashing
from gwplan.solving.options import Deadline
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import opened

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.values import Value
    from gwplan.planning.blame import Change
    from gwplan.planning.request import Request

NARROW = 0.015
"""Width of the bracket, as a share of its value and of the change that is enough, at which the search ends."""
DIGITS = 4
"""Significant digits of the values that are tried."""
FAR = 10.0
"""Values further apart than this factor are halved by ratio."""
MONTH = "month"
_MOVED = re.compile(r"(?P<sign>[*+])\s*(?P<amount>\S+)\s*(?P<unit>.*)")

Whole = dict[tuple[str, tuple[object, ...]], float]


@dataclass(frozen=True)
class Path:
    """The values of one number from the one given to the one before. text: of a value, as it is shown.

    moved: `*` or `+` where the user changed it relative to what it was. A `--set` comes after the user's own.
    """

    key: str
    name: str
    ends: tuple[float, float]
    text: Callable[[float], str]
    whole: bool = False
    moved: str = ""

    @property
    def given(self) -> float:
        """The value that leaves no plan."""
        return self.ends[0]

    @property
    def before(self) -> float:
        """The value without the change."""
        return self.ends[1]

    def to(self, value: float) -> str:
        """The `--set` of a value."""
        more = {"*": value / self.given if self.given else 1.0, "+": value - self.given}.get(self.moved, value)
        return f"{self.key}={self.text(more)}"

    def middle(self, good: float, bad: float) -> float | None:
        """A value between one with a plan and one without, with few digits; None where there is none or they are near enough."""
        low, high = min(good, bad), max(good, bad)
        if self.whole:
            return float((low + high) // 2) if high - low > 1 else None
        if high - low <= NARROW * min(max(abs(low), abs(high)), abs(good - self.given)):
            return None
        point = math.sqrt(low * high) if low > 0 and high > FAR * low else (low + high) / 2
        short = float(f"{point:.{DIGITS - 1}e}")
        return short if low < short < high else point


def path_of(models: Models, change: Change) -> Path | None:
    """The values of a changed number; None for a label or a key of the model file.

    Of several rows that were given one value all have the same on the way: it goes to what was furthest from it before.
    """
    key, _, value = change.sets.partition("=")
    named, moved = target_of(key), _MOVED.fullmatch(value.strip())
    if named is None or key.strip().startswith("model."):
        return None
    name = key.strip().partition(".")[2]
    if moved:
        amount = parse_number(moved["amount"])
        if isinstance(amount, str):
            return None
        if moved["sign"] == "*":
            return Path(key.strip(), name, (amount, 1.0), lambda factor: f"*{factor:.6g}", moved="*") if amount else None
        return Path(key.strip(), name, (amount, 0.0), lambda shift: f"+{shift:.6g} {moved['unit']}".rstrip(), whole=True, moved="+")
    given, before = (matching(case, named) for case in (models.built[0], read_of(change.without)))
    unit = unit_of(models.built[0], given[0]) if given else ""
    if not given or not before or given[0].quantity.unit == LABEL or len({each.row.base for each in given}) > 1:
        return None
    if given[0].quantity.unit == DATE:
        furthest = max(before, key=lambda each: abs(month_of(each) - month_of(given[0])))
    else:
        furthest = max(before, key=lambda each: abs(each.base - given[0].base))
    return of_values((key.strip(), name), given[0], furthest, unit)


def month_of(value: Value) -> int:
    """The first month of a date, counted from year 0; 0 without one."""
    return 0 if value.dates[1] is None else value.dates[1].first


def of_values(names: tuple[str, str], given: Value, before: Value, own: str) -> Path | None:
    """The values between two of one row. names: its key and name; own: the unit of the model, if they are written in different ones."""
    key, name = names
    if given.quantity.unit == DATE:
        return Path(key, name, (month_of(given), month_of(before)), lambda month: month_name(round(month)), whole=True)
    alike = given.row.unit == before.row.unit and not given.row.moves and not before.row.moves
    values = [parse_number(each.row.base) if alike else each.base for each in (given, before)]
    unit = given.row.unit if alike else own
    if isinstance(values[0], str) or isinstance(values[1], str) or values[0] == values[1]:
        return None
    return Path(key, name, (values[0], values[1]), lambda value: f"{value:.6g} {'' if unit == '1' else unit}".rstrip(), whole=unit == MONTH)


def matching(case: Case, named: dict[str, str]) -> list[Value]:
    """The rows of a case that a `--set` names."""
    return [value for value in case.checked.values
            if (value.row.table, value.row.quantity) == (named["table"], named["quantity"])
            and named["item"] in (value.row.item, "*") and named["site"] in (value.row.site, "*")
            and (named["when"] == "*" or when_key(named["when"]) == when_key(value.row.when))]


def read_of(request: Request) -> Case:
    """The case of a request."""
    from gwplan.planning.build import read

    return read(request)


def reverted(models: Models, deadline: Deadline, near: Whole, change: Change) -> Sought:
    """The smallest step back of a changed number that is enough, verified; none where its values lie on no line, or in time.

    near: whole numbers that are tried first with the value before. Proven: there is no plan even with the value before.
    """
    try:
        path = path_of(models, change)
    except InputFaults:
        return Sought()
    if path is None:
        return Sought()
    lever = Lever(change.place, path.name, path.key, (), more=True, date=path.text(path.given))
    return between(models, lever, path, deadline, near)


def smallest(models: Models, lever: Lever, deadline: Deadline, seconds: float = SEARCH) -> Sought:
    """The smallest verified change of the number of a target or a limit. seconds: of each of its searches in whole numbers."""
    if lever.far is None:
        return sought(models, lever, deadline, seconds)
    assert lever.before is not None
    path = Path(lever.key, lever.name, (lever.before, lever.far), lambda value: f"{value:.6g} {lever.unit}".rstrip(), lever.whole)
    return between(models, lever, path, deadline)


def between(models: Models, lever: Lever, path: Path, deadline: Deadline, near: Whole | None = None) -> Sought:
    """The value on a path that is nearest to the one given among those with a plan. Proven: there is none at its end either."""
    whole = plan_at(models, [path.to(path.before)], near or {}, deadline)
    if not whole:
        return Sought(proven=whole is not None)
    good, bad, plan, sure = path.before, path.given, whole, True
    while deadline.left > 0 and (value := path.middle(good, bad)) is not None:
        found = plan_at(models, [path.to(value)], plan, deadline)
        if found:
            good, plan = value, found
        else:
            bad, sure = value, sure and found is not None
    share = abs(good - path.given) / abs(path.before - path.given)
    shown = path.text(good), path.text(bad) if sure else ""
    remedy = Remedy(lever, path.to(good), share, plan, path.to(bad) if sure else "")
    return Sought(replace(remedy, bound=share, shown=shown))


def plan_at(models: Models, changes: Sequence[str], near: Whole, deadline: Deadline) -> Whole | None:
    """The whole numbers of a plan of the changed model; empty if it is proven that there is none, None if nothing is known."""
    try:
        _, plan, arrays = models.changed(changes)
    except InputFaults:
        return {}
    if models.broken(plan):
        return {}
    columns = {key: column for key, column in arrays.columns.items() if arrays.whole[column]}
    problem = Problem(arrays, nothing(arrays))
    start = {column: float(round(near[key])) for key, column in columns.items() if key in near}
    found = solve_problem(problem.relaxed().fixed(start), deadline.within(PROOF)) if start else None
    if found is None or found.x is None:
        small = len(columns) <= SMALL
        if clashing(arrays, deadline, parts=None if small else 1) is not None:
            return {}
        relaxed = None if small else relax(problem, deadline.within(), opened(arrays, start))
        if relaxed is not None and relaxed.x is None:
            return {} if relaxed.status == Status.INFEASIBLE else None
        found = (solve_problem(problem.begun_at(start), deadline.within(PROOF)) if relaxed is None or relaxed.x is None
                 else in_whole_numbers(problem, relaxed.x, deadline))
    if found.x is None:
        return {} if found.status == Status.INFEASIBLE and len(columns) <= SMALL else None
    return {key: float(found.x[column]) for key, column in columns.items()} or {("", ()): 0.0}
