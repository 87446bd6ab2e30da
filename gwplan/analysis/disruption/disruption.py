"""The loss of one provider, site or vendor: later decisions are re-optimised, and the loss is measured.

Decisions before the loss are fixed. From then on a lost provider delivers nothing and is paid nothing; the halls of a lost site,
own or leased, are unusable, but their costs continue; a lost vendor delivers nothing, its open orders are cancelled without cost,
and installed systems keep running. Targets are relaxed by the smallest shortfall if they must be; share limits of the part
diversification do not bind after the loss; every other limit does, the budget included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.disruption.effects import Loss
from gwplan.common import stopping
from gwplan.common.calendar import parse_date
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.spelling import suggestion
from gwplan.common.status import Status
from gwplan.model.tenure import CLOUD, OWN, SOLD

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import Result, SharedInputs
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.model.block import Block, Key, Rule
    from gwplan.model.exchange import Exchange
    from gwplan.model.ledger import Ledger
    from gwplan.solving.decisions import Decision
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays

KINDS = ("provider", "site", "vendor")
LARGEST = "largest"
_ASKED = re.compile(rf"(?:{LARGEST}\s+)?({'|'.join(KINDS)})(?:=(.+))?")


@dataclass(frozen=True)
class LossTarget:
    """The member to lose: a name, or the largest of its kind."""

    kind: str
    name: str


class NoPlan(Exception):
    """There is no plan before the loss, or none after it."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.exit_code, self.status = status.exit_code(plan=False), status


def asked_of(text: str) -> LossTarget:
    """Read `provider`, `largest site` or `vendor=amd`. InputFaults for anything else."""
    found = _ASKED.fullmatch(text.strip())
    if not found:
        raise InputFaults([Fault(f"--lose {text}", 0, f"is not one of {', '.join(KINDS)}; add =NAME for one that is not the largest")])
    return LossTarget(found[1], found[2] or LARGEST)


def period_of(case: Case, text: str | None) -> int:
    """Period number of a date; by default that of the first target, else the middle of the horizon."""
    calendar = case.calendar
    if text is None:
        starts = [calendar.holding(target.by.first) for target in case.definition.targets]
        return min(max(min(starts), 0), len(calendar.periods) - 1) if starts else len(calendar.periods) // 2
    try:
        number = calendar.holding(parse_date(text).first)
    except ValueError as error:
        raise InputFaults([Fault(f"--at {text}", 0, str(error))]) from None
    if not 0 <= number < len(calendar.periods):
        raise InputFaults([Fault(f"--at {text}", 0, f"is outside the horizon, {calendar.names[0]} to {calendar.names[-1]}")])
    return number


def loss_of(plan: Plan, asked: LossTarget, at: int) -> Loss:
    """The loss applied to a solved plan. InputFaults if there is no such member, or none at all."""
    amounts = sizes(plan, asked.kind, at)
    whole = sum(amounts.values())
    where = f"--lose {asked.kind}" + ("" if asked.name == LARGEST else f"={asked.name}")
    if asked.name == LARGEST:
        if not amounts or max(amounts.values()) <= 0:
            nobody = {"provider": "rents nothing from any provider", "site": "runs nothing at any site", "vendor": "buys nothing"}
            raise InputFaults([Fault(where, 0, f"the plan {nobody[asked.kind]} in {plan.case.calendar.names[at]}; give a name")])
        name = max(sorted(amounts), key=lambda each: amounts[each])
    elif asked.name in amounts:
        name = asked.name
    else:
        known = f" ({', '.join(sorted(amounts)) or 'there is none'})"
        raise InputFaults([Fault(where, 0, f"no {asked.kind} {asked.name!r}{suggestion(asked.name, amounts) or known}")])
    return Loss(asked.kind, name, at, amounts[name] / whole if whole > 0 else 0.0)


def sizes(plan: Plan, kind: str, at: int) -> dict[str, float]:
    """The size of each member: a provider by its compute and a site by its IT power at the loss, a vendor by its total payments.

    Own halls are not a provider: they are lost site by site.
    """
    from gwplan.model.shares import HARDWARE
    from gwplan.results.tables import level

    found: dict[str, float] = {}
    if kind == "vendor":
        found = {entry.payee: 0.0 for entry in plan.ledger.entries if entry.cost_class in HARDWARE}
        for entry in plan.ledger.entries:
            if entry.kind == "capital" and entry.cost_class in HARDWARE:
                found[entry.payee] += level(entry.amount)
        return found
    place = 0 if kind == "provider" else 1
    for key, amount in plan.exchange.balance("compute" if kind == "provider" else "it_peak").items():
        if kind == "site" or key[0] not in (OWN, SOLD):
            found[str(key[place])] = found.get(str(key[place]), 0.0) + (level(amount) if key[-1] == at else 0.0)
    return found


def change_of(loss: Loss) -> Any:
    """The effect of the loss on the parts' account entries: unusable halls, compute neither delivered nor paid for."""

    def change(blocks: dict[str, Block], exchange: Exchange, ledger: Ledger) -> None:
        account, place = ("hall_room", 1) if loss.kind == "site" else ("compute", 0)
        for key in exchange.entries[account] if loss.kind != "vendor" else ():
            if key[place] == loss.name and key[-1] >= loss.at:
                exchange.entries[account][key] = [0.0]
        if loss.kind == "provider":
            ledger.entries = [entry for entry in ledger.entries
                              if not (entry.payee == loss.name and entry.site == CLOUD and entry.period >= loss.at)]

    return change


def undelivered(plan: Plan, arrays: Arrays, loss: Loss) -> dict[int, float]:
    """Columns of orders that a lost vendor does not deliver, fixed to 0."""
    from gwplan.model.systems import arrivals

    if loss.kind != "vendor":
        return {}
    found = {}
    for key in plan.blocks["accelerators"].variables["bought"].data:
        late = arrivals(plan.case, key[0])[key[-1]] >= loss.at
        column = arrays.columns.get(("accelerators.bought", key))
        if late and column is not None and plan.case.label("accelerators", key[0], "vendor") == loss.name:
            found[column] = 0.0
    return found


@dataclass(frozen=True)
class Lost:
    """A finished study of a loss: its figures, and its tables by name."""

    loss: Loss
    folder: Path
    facts: dict[str, Any]
    tables: dict[str, dict[str, list[Any]]]
    exit_code: int


def lose(order: StudyRequest, asked: LossTarget, at: str | None, run: Path | None = None) -> Lost:
    """Solve, apply the loss, re-optimise, measure and write. NoPlan; InputFaults; OSError if the folder cannot be written."""
    from gwplan.analysis.disruption import effects
    from gwplan.analysis.scenarios import study_table
    from gwplan.planning.build import read
    from gwplan.planning.request import Request
    from gwplan.results.drafts import ready
    from gwplan.solving import decisions

    request = Request(order.model, order.overlays, order.sets, gap=order.gap, time_limit=order.time_limit)
    case = read(request)
    ready(order.runs)
    number = period_of(case, at)
    question, text = base_plan(order, run)
    # A plan of contracts without commitments has no decisions to fix.
    made = decisions.plan_of(text, "plan.csv", case) if len(text.splitlines()) > 1 else []
    with stopping.noted():
        planned = solved(case, made)
        loss = loss_of(planned[0], asked, number)
        replanned = solved(case, made, loss)
        facts = effects.facts(planned, replanned, loss)
        tables = effects.tables(planned[0], replanned[0], loss)
        texts = {"base_plan.csv": text, "plan.csv": effects.plan_text(replanned[0])}
        question_of = [loss.kind, loss.name, str(loss.at), text]
        content = study_table.Content(facts, tables, texts)
        folder = study_table.write(order.runs, "lose", question, question_of, content, order.page)
    return Lost(loss, folder, facts, tables, replanned[1].status.exit_code())


def base_plan(order: StudyRequest, run: Path | None) -> tuple[SharedInputs, str]:
    """The question, and the decisions of its plan or of an earlier run."""
    from gwplan.analysis.scenarios.cache import Cache
    from gwplan.analysis.scenarios.executors import Serial
    from gwplan.analysis.scenarios.scenario import ask
    from gwplan.analysis.scenarios.study import Execution, with_base

    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    if run is not None:
        from gwplan.results.run_folder import RunFolder

        return question, RunFolder(run).plan_text
    base: Result = with_base(question, Execution(Serial(), None if order.no_cache else Cache(order.runs / ".cache")), 1)[1]
    if not base.plan:
        raise NoPlan(base.status, f"The unchanged model has no plan: {base.status}. {base.message}".strip())
    return question, base.plan


def solved(case: Case, made: list[Decision], loss: Loss | None = None) -> tuple[Plan, Answer]:
    """The plan with all decisions fixed; or, after a loss, with those before it fixed and the rest re-optimised. NoPlan."""
    from gwplan.planning import build
    from gwplan.solving import decisions
    from gwplan.solving.lexicographic import solve_goals
    from gwplan.solving.shortfall import loosened

    with build.uncollected():
        plan, arrays = build.build(case, change_of(loss) if loss is not None else None)
        fixing = decisions.fix(plan, arrays, made, None if loss is None else loss.at)
        if fixing.impossible:
            raise NoPlan(Status.INFEASIBLE, "The plan cannot be carried out: " + "; ".join(map(str, fixing.impossible)))
        options = replace(build.options_of(case, None, None), cancel=stopping.ASKED)
        if loss is None:
            answer = solve_goals(arrays, replace(options, prove_later=False), fixed=fixing.values)
        else:
            relaxed = loosened(arrays, unbound(loss))
            answer = relaxed.answer(solve_goals(relaxed.arrays, options, fixed=fixing.values | undelivered(plan, arrays, loss)))
    if answer.x is None:
        what = "The plan violates rules of this model"
        if loss is not None:
            what = f"There is no plan after the loss of the {loss.kind} {loss.name}, even with all targets relaxed"
        raise NoPlan(answer.status, f"{what}: {answer.status}.")
    build.load(plan, arrays, answer)
    return plan, answer


def unbound(loss: Loss) -> Any:
    """Rows that do not bind after a loss: share limits, since the remaining members' shares rise through no decision."""

    def dropped(rule: Rule, key: Key) -> bool:
        named = dict(zip(rule.over, key, strict=True))
        return rule.part == "diversification" and bool(rule.promise) and int(named.get("period", loss.at)) >= loss.at

    return dropped
