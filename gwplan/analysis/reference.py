"""Reference plans: simple rules that a planner might follow, each solved to the same goal, beside the best plan.

The current generation only; each vendor left out; power from the grid only; one site only; IT power as early and as late as targets
allow; all rented. Each is the model with something excluded ([exclude]) or with one goal put before its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gwplan.analysis.explain.resolve import ask_again, case_of
from gwplan.analysis.scenarios.scenario import UNCHANGED, Result, Scenario, ask
from gwplan.analysis.scenarios.study import StudyRequest, execution_of, with_base
from gwplan.analysis.slip import met_from
from gwplan.common.status import Exit, Status
from gwplan.inputs.definition_text import as_toml
from gwplan.inputs.selectors import EXCLUDE, change
from gwplan.results.figures import less_is_better
from gwplan.results.run_folder import readable

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import SharedInputs
    from gwplan.inputs.case import Case
    from gwplan.results.run_folder import RunFolder

BEST = "best plan"
EXPLAIN_SECONDS = 10.0
"""Time in which it is looked for why a reference plan is infeasible."""


class NoBasePlan(Exception):
    """The model has no plan, so there is nothing to set beside others. `base` is its result."""

    def __init__(self, base: Result) -> None:
        super().__init__(f"The unchanged model has no plan: {base.status}. {base.message}".strip())
        self.base = base


@dataclass(frozen=True)
class Recipe:
    """A reference plan: its name, what it has or does without, how it is solved; same: why it is not, for it is the best plan itself."""

    name: str
    words: str
    scenario: Scenario = UNCHANGED
    same: str = ""


@dataclass(frozen=True)
class Reference:
    """A solved reference plan. objective, unproven: of the model's own goal; cost: against the best plan, positive for worse, None without.

    met: the first period from which all targets hold. message: why there is none, or why it is the best plan itself.
    """

    name: str
    words: str
    status: Status
    objective: float | None
    unproven: float | None
    cost: float | None
    capital: float | None
    first_it: str
    met: str
    sites: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class References:
    """The reference plans of a question, the best plan first. goal: its kind; measure: of compute; labels: display names."""

    goal: str
    dollars: int
    measure: str
    plans: tuple[Reference, ...]
    seconds: float
    labels: dict[str, str]

    @property
    def exit_code(self) -> Exit:
        """0 where each was solved or has no plan, 5 where a search was stopped, 1 where one failed."""
        statuses = {each.status for each in self.plans}
        if statuses & {Status.FAILED, Status.FAULTY_INPUT, Status.UNBOUNDED}:
            return Exit.OTHER
        return Exit.STOPPED if statuses & {Status.STOPPED, Status.STOPPED_EMPTY} else Exit.SOLVED


def without(*selectors: str) -> tuple[str, ...]:
    """The changes of a model that exclude something."""
    return tuple(change(EXCLUDE, text) for text in selectors)


def scenario(name: str, sets: tuple[str, ...], ordered: bool = False, latest: bool = False) -> Scenario:
    """A reference plan as a scenario."""
    return replace(Scenario((("plan", name),), sets), ordered=ordered, latest=latest)


def named(case: Case, name: str) -> str:
    """The label of an item, a vendor or a site, or its name."""
    return case.checked.labels.get(name, name)


def rules(case: Case, base: Result) -> list[Recipe]:
    """The reference plans that a case allows."""
    return [*generation(case), *vendors(case, base), *grid(case), *one_site(case, base), *timing(case), *rented(case)]


def generation(case: Case) -> Iterator[Recipe]:
    """Systems that are on sale at the horizon's start."""
    from gwplan.model.existing_assets import first_period
    from gwplan.model.systems import usable

    later = [system for system in usable(case) if first_period(case, "accelerators", system) > 0]
    name = "current generation only"
    if not later:
        return
    if len(later) == len(usable(case)):
        yield Recipe(name, "", same="no system is on sale when the horizon starts")
        return
    left = sorted(set(usable(case)) - set(later))
    words = f"of {', '.join(named(case, each) for each in left)}"
    yield Recipe(name, words, scenario(name, without(*(f"systems={system}" for system in later))))


def vendors(case: Case, base: Result) -> Iterator[Recipe]:
    """Each vendor left out; where the best plan has none of it, that is the plan."""
    from gwplan.model.systems import usable

    made: dict[str, list[str]] = {}
    for system in usable(case):
        made.setdefault(case.label("accelerators", system, "vendor"), []).append(system)
    for vendor, systems in sorted(made.items()) if len(made) > 1 else ():
        name = f"without {named(case, vendor)}"
        has = any(base.summary.get("systems", {}).get(system) for system in systems)
        yield Recipe(name, "", scenario(name, without(f"vendor={vendor}"))) if has else Recipe(name, "", same="it has none of it")


def grid(case: Case) -> Iterator[Recipe]:
    """Grid connections, and contracts that come over them."""
    from gwplan.model.parts.power import offered, role_of
    from gwplan.model.parts.power.supplies import is_connection

    if "power" not in case.definition.parts:
        return
    places = offered(case)
    kept = {supply for supply, site in places if is_connection(case, supply, site) or role_of(case, supply) == "contract"}
    others = sorted({supply for supply, _ in places} - kept)
    if others and kept:
        words = f"without {', '.join(named(case, each) for each in others)}"
        yield Recipe("grid only", words, scenario("grid only", without(*(f"power={each}" for each in others))))


def one_site(case: Case, base: Result) -> Iterator[Recipe]:
    """Each site alone that can hold the largest target of IT power; where the best plan is at one site, that is the plan."""
    from gwplan.model.targets import wanted

    sites, least = case.items("site"), wanted(case, "it", in_own_halls=True)
    for site in sites if len(sites) > 1 else ():
        name = f"{named(case, site)} only"
        if list(base.summary.get("sites", {})) == [site]:
            yield Recipe(name, "", same="it is at this site alone")
        elif all(case.number("sites", site, "most_it", period=period) >= amount for period, amount in least.items()):
            yield Recipe(name, "", scenario(name, without(*(f"sites={each}" for each in sites if each != site))))


def timing(case: Case) -> Iterator[Recipe]:
    """As early and as late as targets allow: another goal before the model's own."""
    definition = case.definition
    most = definition.goals[0].most_it
    if definition.goals[0].kind == "soonest" or not (definition.targets or most):
        return
    soonest: dict[str, Any] = {"kind": "soonest"} | ({} if definition.targets else {"amount": f"{most!r} MW"})
    goals = ", ".join(inline(each) for each in (soonest, *definition.resolved()["goal"]))
    name, words = "as early as can be", "the first target's amount as soon as possible"
    yield Recipe(name, words, scenario(name, (f"model.goal=[{goals}]",), ordered=True))
    if definition.targets:
        words = "least IT power before the first target"
        yield Recipe("as late as allowed", words, scenario("as late as allowed", (), ordered=True, latest=True))


def inline(table: dict[str, Any]) -> str:
    """A table of a model file on one line."""
    return "{" + ", ".join(as_toml({key: value}).strip() for key, value in table.items()) + "}"


def rented(case: Case) -> Iterator[Recipe]:
    """No own halls: leased room, and compute that others run."""
    parts = case.definition.parts
    without_these = case.definition.contracts.without
    offers = [name for kind in ("cloud", "option", "lease") for name in case.items(kind) if name not in without_these] \
        if "contracts" in parts else []
    if offers and "halls" in parts:
        yield Recipe("rent it all", "no own halls", scenario("rent it all", without("halls")))


def of_model(order: StudyRequest) -> References:
    """The reference plans of a model. InputFaults; NoBasePlan; OSError if the cache cannot be written."""
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    return solved(question, order)


def of_run(run: RunFolder, order: StudyRequest) -> References:
    """The reference plans beside the plan of a run."""
    question = replace(ask_again(run), gap=order.gap, time_limit=order.time_limit, threads=1)
    with readable(run.path):
        base = Result(run.status, "", run.summary, run.plan_text)
        reference(case_of(question), Recipe(BEST, ""), base, base)  # all that is read of it, before others are solved
    return solved(question, order, base)


def solved(question: SharedInputs, order: StudyRequest, base: Result | None = None) -> References:
    """Solve the best plan if it is not known, and all reference plans."""
    from gwplan.analysis.scenarios.executors import solve_all

    began = time.perf_counter()
    case = case_of(question)
    with execution_of(order) as execution:
        if base is None:
            question, base = with_base(question, execution, 0)
        elif base.plan:
            question = replace(question, start=base.plan)
        if not base.summary:
            raise NoBasePlan(base)
        asked = rules(case, base)
        scenarios = [each.scenario for each in asked if not each.same]
        found = iter(solve_all(question, scenarios, executor=execution.executor, cache=execution.cache, on_result=execution.on_result))
    results = [None if each.same else next(found) for each in asked]
    best = reference(case, Recipe(BEST, ""), base, base)
    plans = [best, *(beside(case, question, rule, result, base) for rule, result in zip(asked, results, strict=True))]
    definition = case.definition
    return References(definition.goals[0].kind, definition.horizon.dollars, definition.measure, tuple(plans), time.perf_counter() - began,
                      dict(case.checked.labels))


def beside(case: Case, question: SharedInputs, rule: Recipe, result: Result | None, base: Result) -> Reference:
    """A reference plan, with the reason where there is none."""
    if result is None and rule.name != "current generation only":
        return replace(reference(case, rule, base, base), message=f"the best plan itself: {rule.same}")
    if result is None:
        return Reference(rule.name, rule.words, Status.INFEASIBLE, None, None, None, None, "", "", (), rule.same)
    found = reference(case, rule, result, base)
    return replace(found, message=why(question, rule) or found.message) if result.status is Status.INFEASIBLE else found


def reference(case: Case, rule: Recipe, result: Result, base: Result) -> Reference:
    """The figures of a reference plan."""
    if not result.summary:
        return Reference(rule.name, rule.words, result.status, None, None, None, None, "", "", (), result.message)
    summary, kind = result.summary, case.definition.goals[0].kind
    own, best = goal_of(summary, kind), goal_of(base.summary, kind)
    sign = 1.0 if less_is_better(kind) else -1.0
    bound = own.get("bound")
    levels = {"it": summary["it_mw"], "facility": summary["facility_mw"], "compute": summary["compute_kh100e"]}
    return Reference(
        rule.name, rule.words, result.status, own["objective"], None if bound is None else abs(own["objective"] - bound),
        sign * (own["objective"] - best["objective"]), summary["capital_first_build_musd"], str(summary["first_it_period"] or ""),
        met_from(case, levels), tuple(summary["sites"]))


def goal_of(summary: Any, kind: str) -> dict[str, Any]:
    """The model's own goal among those of a plan; another may stand before it."""
    return next(goal for goal in summary["goals"] if goal["kind"] == kind)


def why(question: SharedInputs, rule: Recipe) -> str:
    """Why a reference plan is infeasible, in words; blank where that was not found in time."""
    from gwplan.analysis.scenarios.worker import build_scenario
    from gwplan.planning.build import options_of
    from gwplan.solving import infeasibility
    from gwplan.solving.options import Deadline

    built = build_scenario(question, rule.scenario)
    if isinstance(built, Result):
        return built.message
    deadline = Deadline(replace(options_of(built.case), time_limit=EXPLAIN_SECONDS))
    part = infeasibility.clashing(built.arrays, deadline)
    return infeasibility.explain(built.plan, built.arrays, deadline, part).sentence
