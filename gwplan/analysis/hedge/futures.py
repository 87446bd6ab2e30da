"""The model of each scenario, built and solved alone: the best plan for one who knows which scenario comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.analysis.hedge.branches import BASE, Branch, Tree, overlays_of, read_tree
from gwplan.analysis.hedge.ties import Columns, columns_of
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status

if TYPE_CHECKING:
    from pathlib import Path

    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.planning.build import Builder
    from gwplan.planning.request import Request
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays, Floats
    from gwplan.solving.options import Options

Told = Callable[[str], None]


class NoHedge(Exception):
    """No plan can be hedged: a scenario has none, or all together have none."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Model:
    """A model as arrays, with the columns of its decisions."""

    arrays: Arrays
    columns: Columns


@dataclass(frozen=True)
class Future:
    """One scenario as a model. columns: of its decisions. alone: the best plan for it, without anything shared."""

    name: str
    case: Case
    plan: Plan
    arrays: Arrays
    columns: Columns
    alone: Answer

    def amounts(self, before: int) -> dict[tuple[tuple[str, tuple[object, ...]], int], float]:
        """What its own plan decides in periods before a number, by decision and period."""
        assert self.alone.x is not None
        return made_in(self.columns, self.alone.x, before)


def made_in(columns: Columns, x: Floats, before: int) -> dict[tuple[tuple[str, tuple[object, ...]], int], float]:
    """The amounts of decisions in periods before a number."""
    return {(where, period): float(x[column]) for where, found in columns.items() for period, column in found.items() if period < before}


def request_of(order: StudyRequest, tree: Tree | None, branch: Branch | None) -> Request:
    """The request of the model as it stands, or of a scenario."""
    from gwplan.planning.request import Request

    overlays, sets = list(order.overlays), list(order.sets)
    if tree is not None and branch is not None:
        overlays += overlays_of(tree, branch)
        sets += [each.sets for each in branch.changes if each.sets]
    return Request(order.model, tuple(overlays), tuple(sets), gap=order.gap, time_limit=order.time_limit)


def read_base(order: StudyRequest) -> Case:
    """The model as it stands. InputFaults lists every fault."""
    from gwplan.planning import build

    return build.read(request_of(order, None, None))


def read_futures(order: StudyRequest, tree: Tree, base: Case) -> Iterator[Case]:
    """The case of each scenario. base: the model as it stands. InputFaults names the row of the scenarios' file."""
    from gwplan.planning import build

    units = units_of(base)
    for branch in tree.branches:
        try:
            case = build.read(request_of(order, tree, branch))
        except InputFaults as error:
            raise InputFaults([placed(fault, tree, branch) for fault in error.faults], error.warnings) from None
        if tuple(case.calendar.names) != tree.names:
            raise unlike(tree, branch, "horizon", "the horizon or its step, in which decisions are dated")
        if case.definition.horizon.dollars != base.definition.horizon.dollars:
            raise unlike(tree, branch, "dollars", "the year of the dollars, in which outcomes are weighed against each other")
        if sought(case) != sought(base):
            raise unlike(tree, branch, "goal", "the goal: outcomes of different goals have no mean")
        resized = [supply for (supply, site), size in units_of(case).items() if units.get((supply, site), size) != size]
        if resized:
            raise unlike(tree, branch, ".unit=", f"the unit of {resized[0]}, in which orders are counted that all scenarios share")
        yield case


def units_of(case: Case) -> dict[tuple[str, str], float]:
    """The size of a unit of each supply at each site, MW."""
    if "power" not in case.definition.parts:
        return {}
    pairs = ((supply, site) for supply in case.items("supply") for site in case.items("site"))
    return {pair: size for pair in pairs if (size := case.get("power", pair[0], "unit", pair[1])) is not None}


def sought(case: Case) -> list[tuple[str, ...]]:
    """What each goal is, and how it is counted."""
    measure = case.definition.measure
    return [(each.kind, each.spend, each.measure, measure if each.kind == "most_compute" else "") for each in case.definition.goals]


def unlike(tree: Tree, branch: Branch, word: str, what: str) -> InputFaults:
    """The fault of a scenario that changes what all must have alike. word: in the text of the change."""
    row = next((each.row for each in branch.changes if word in each.sets), branch.row)
    return InputFaults([Fault(tree.file.name, row, f"{branch.name} changes {what}")])


def placed(fault: Fault, tree: Tree, branch: Branch) -> Fault:
    """A fault of a scenario's change, at its row."""
    for each in branch.changes:
        own = each.sets and fault.file == f"--set {each.sets}"
        if own or (each.overlay and fault.file == tree.file.parent.joinpath(each.overlay).name and not fault.row):
            return Fault(tree.file.name, each.row, f"{branch.name}: {each.text}: {fault.message}")
    return fault


def read_known(order: StudyRequest, tree: Tree, changes: frozenset[tuple[str, str]]) -> Case:
    """The model as it stands with some changes, each (as --set, overlay). InputFaults lists every fault."""
    from gwplan.planning import build
    from gwplan.planning.request import Request

    rows = list(dict.fromkeys((each.sets, each.overlay) for branch in tree.branches for each in branch.changes))
    kept = [each for each in rows if each in changes]
    overlays = (*order.overlays, *(tree.file.parent / overlay for _, overlay in kept if overlay))
    sets = (*order.sets, *(text for text, _ in kept if text))
    return build.read(Request(order.model, overlays, sets, gap=order.gap, time_limit=order.time_limit))


def modelled(case: Case, builder: Builder) -> Model:
    """A case as a model."""
    plan, arrays = builder.build(case)
    return Model(arrays, columns_of(plan, arrays))


def case_file(case: Case, path: Path | None) -> Path:
    """The scenarios' file that is given, else that of the case's folder. InputFaults if the case has none."""
    from pathlib import Path

    from gwplan.inputs.case_workbook import opened
    from gwplan.inputs.plain_files import is_there

    if path is not None:
        return path
    own = opened(case.definition.inputs) / "scenarios.csv"
    if not is_there(own):
        raise InputFaults([Fault("scenarios.csv", 0, f"is not in {case.definition.inputs}: give a file of scenarios, or let "
                                 "`gwplan scenarios MODEL` write one")])
    return Path(str(own))


def solved(name: str, case: Case, options: Options, builder: Builder, near: Future | None = None) -> Future:
    """Build a scenario's model and solve it alone. near: another one, whose plan is where the search begins. NoHedge without a plan."""
    from gwplan.solving.lexicographic import solve_goals

    plan, arrays = builder.build(case)
    broken = [rule.full_name for rule in plan.rules if rule.broken]
    if broken:
        raise NoHedge(Status.INFEASIBLE, f"The scenario {name} has no plan whatever is decided: {', '.join(broken)} cannot hold.")
    answer = solve_goals(arrays, options, start=begun(near, arrays))
    if answer.x is None:
        raise NoHedge(answer.status, why_not(name, plan, arrays, options, answer))
    return Future(name, case, plan, arrays, columns_of(plan, arrays), answer)


def begun(near: Future | None, arrays: Arrays) -> dict[int, float] | None:
    """The whole numbers of another scenario's plan, 0 where it has no such column."""
    if near is None or near.alone.x is None:
        return None
    names = {column: name for name, column in arrays.columns.items() if arrays.whole[column]}
    own = near.arrays.columns
    return {column: float(round(near.alone.x[own[name]])) if name in own else 0.0 for column, name in names.items()}


def why_not(name: str, plan: Plan, arrays: Arrays, options: Options, answer: Answer) -> str:
    """Why a scenario has no plan."""
    from gwplan.solving import infeasibility

    if answer.status is not Status.INFEASIBLE:
        of = "the model as it stands" if name == BASE else f"the scenario {name}"
        return f"No plan was found for {of}: {(answer.reason or answer.status.text).rstrip('.')}."
    broken = infeasibility.broken_rules(plan, arrays, replace(options, cancel=None), {})
    why = f" It breaks: {'; '.join(each.partition('. ')[0] for each in broken)}." if broken else ""
    return (f"The scenario {name} has no plan, whatever is decided before it is known.{why} `gwplan why` with its changes says what would "
            "be enough.")


def tree_for(order: StudyRequest, path: Path | None) -> tuple[Case, Tree, list[Case]]:
    """The model as it stands, the scenarios, and the case of each. InputFaults lists the faults."""
    case = read_base(order)
    tree = read_tree(case_file(case, path), case.calendar)
    return case, tree, list(read_futures(order, tree, case))

