"""The headline figures of a solved plan: `summary.json`, with stable keys documented in docs/results.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gwplan.inputs.definition_schema import TENURES
from gwplan.model.assemble import Plan
from gwplan.model.block import Key
from gwplan.model.goals import npv_cost, npv_value
from gwplan.model.shares import report
from gwplan.model.targets import last_period, measured
from gwplan.model.tenure import COUNTED_AS, LEASED, OWN, SOLD
from gwplan.results.summary_levelised import levelised
from gwplan.results.summary_work import work
from gwplan.results.tables import level, levels
from gwplan.solving.lexicographic import Answer

if TYPE_CHECKING:
    from gwplan.solving.linear_program import Arrays


def summarise(plan: Plan, answer: Answer, arrays: Arrays | None = None) -> dict[str, Any]:
    """All headline figures except status and seconds; with the break-even price of a financed plan if the arrays are given."""
    case = plan.case
    definition, calendar = case.definition, case.calendar
    it, facility, compute = ([level(amount) for amount in measured(case, plan.exchange, measure, TENURES).values()]
                             for measure in ("it", "facility", "compute"))
    capital = {key: level(amount) for key, amount in plan.ledger.capital.items()}
    running = {key: level(amount) for key, amount in plan.ledger.running.items()}
    last_build = last_period(case)
    first_build = sum(amount for (_, period), amount in capital.items() if period <= last_build)
    last_year = calendar.window(len(calendar.periods) - 1)
    has_value = case.has("compute", "compute", "value")
    return {
        "title": definition.title, "model": definition.name, "goal": [goal["kind"] for goal in answer.goals],
        "precision": definition.precision, "measure": definition.measure, "dollars": definition.horizon.dollars,
        "objective": answer.objective, "bound": answer.bound, "gap": answer.gap, "goals": answer.goals,
        "capital_musd": sum(capital.values()), "capital_first_build_musd": first_build,
        "first_build_until": calendar.names[last_build],
        "capital_musd_per_it_gw": first_build / it[last_build] * MW_A_GW if it[last_build] > 0 else None,
        "capital_by_class_musd": by_class(capital), "running_by_class_musd": by_class(running),
        "residual_musd": sum(level(amount) for amount in plan.ledger.residual.values()),
        "resale_musd": sum(level(amount) for amount in plan.ledger.resale.values()),
        "commitments_musd": sum(level(amount) for amount in plan.ledger.commitments.values()),
        "npv_cost_musd": level(npv_cost(case, plan.ledger)),
        "npv_value_musd": level(npv_value(case, plan.exchange)) if has_value else None,
        "running_musd_per_year_final": sum(amount for (_, period), amount in running.items() if period in last_year)
        / sum(calendar.periods[n].years for n in last_year),
        "periods": calendar.names, "it_mw": it, "facility_mw": facility, "compute_kh100e": compute,
        "target_met": targets_met(plan) if definition.targets else None,
        "first_it_period": next((name for name, power in zip(calendar.names, it, strict=True) if power > 0), None),
        **chosen(plan), **levelised(plan), **work(plan), **financed(plan, answer, arrays), **built(plan), **contracted(plan),
        "diversification": report(case, plan.exchange, plan.ledger, level), "no_limit_on": plan.unlimited, "unread": list(case.unread),
    }


MW_A_GW = 1000


def chosen(plan: Plan) -> dict[str, Any]:
    """What the model requires, each with what the plan has of it, and what it excludes."""
    definition = plan.case.definition
    amounts = plan.blocks["goal"].expressions["required"].data if definition.require else {}
    return {
        "required": [{"kind": each.kind, "name": each.name, "site": each.site, "sense": each.sense, "amount": each.amount,
                      "unit": each.unit, "planned": level(amounts[number,])} for number, each in enumerate(definition.require, 1)],
        "excluded": [{"kind": each.kind, "name": each.name, "site": each.site} for each in definition.exclude],
    }


def financed(plan: Plan, answer: Answer, arrays: Arrays | None) -> dict[str, Any]:
    """Figures of finance; empty if the model has no finance."""
    if "finance" not in plan.blocks:
        return {}
    from gwplan.results.break_even import break_even
    from gwplan.results.summary_finance import summarise_finance

    found = summarise_finance(plan)
    return found if arrays is None or answer.x is None else found | break_even(plan, arrays, answer.x)


def by_class(amounts: dict[Any, float]) -> dict[str, float]:
    """Sums over periods."""
    sums: dict[str, float] = defaultdict(float)
    for (cost_class, _), amount in amounts.items():
        sums[cost_class] += amount
    return dict(sorted(sums.items()))


def targets_met(plan: Plan) -> bool:
    """True if every target is met in all its periods, measured from the plan."""
    from gwplan.model.targets import held_in

    case = plan.case
    for target in case.definition.targets:
        amounts = measured(case, plan.exchange, target.measure, target.counts)
        if any(level(amounts[period]) < target.amount * (1 - WITHIN) for period in held_in(case, target)):
            return False
    return True


WITHIN = 1e-6


def built(plan: Plan) -> dict[str, Any]:
    """Halls, systems and MW of supplies bought over the horizon, by name; sites in order of opening."""
    found: dict[str, Any] = {"sites": {}, "halls": {}, "systems": {}, "supplies_mw": {}}
    blocks, names = plan.blocks, plan.case.calendar.names
    if "sites" in blocks:
        found["sites"] = {key[0]: names[key[1]] for key, value in levels(blocks["sites"].variables["opening"]).items() if value}
    for part, name, variable, place in (("halls", "halls", "started", 1), ("accelerators", "systems", "bought", 0)):
        if part in blocks:
            found[name] = totals(levels(blocks[part].variables[variable]), place)
    if "power" in blocks:
        ordered = levels(blocks["power"].expressions["ordered"])
        megawatts = {key: value * plan.case.number("power", key[0], "unit", key[1]) for key, value in ordered.items()}
        found["supplies_mw"] = totals(megawatts, 0)
    return found


def contracted(plan: Plan) -> dict[str, Any]:
    """Amounts signed, rented, leased and sold, and minimum payments; empty, or 0 in each period, without contracts."""
    periods = range(len(plan.case.calendar.periods))
    compute, peak = ({key: level(amount) for key, amount in plan.exchange.balance(name).items()} for name in ("compute", "it_peak"))

    def by_period(amounts: dict[Key, float], counted: Callable[[str], bool]) -> list[float]:
        return [sum(amount for key, amount in amounts.items() if key[-1] == period and counted(key[0])) for period in periods]

    found: dict[str, Any] = {
        "contracts_signed": [],
        "cloud_kh100e": by_period(compute, lambda provider: provider not in (OWN, SOLD)),
        "leased_mw": by_period(peak, lambda tenure: COUNTED_AS[tenure] == LEASED),
        "sold_kh100e": [-amount for amount in by_period(compute, lambda provider: provider == SOLD)],
        "shortfall_musd_nominal": {}, "committed_beyond_musd_nominal": {},
    }
    if "contracts" in plan.blocks:
        block = plan.blocks["contracts"]
        taken = [totals(levels(block.variables[name]), 0) for name in ("signed", "held", "leased", "used", "exercised", "sold")]
        found["contracts_signed"] = sorted({contract for amounts in taken for contract in amounts})
        found["shortfall_musd_nominal"] = totals(levels(block.variables["shortfall"]), 0)
        found["committed_beyond_musd_nominal"] = totals(levels(block.expressions["committed_beyond"]), 0)
    return found


def totals(amounts: dict[Any, float], place: int) -> dict[str, float]:
    """Sums by one position of the index, without zeros."""
    sums: dict[str, float] = defaultdict(float)
    for key, amount in amounts.items():
        if amount:
            sums[key[place]] += amount
    return dict(sorted(sums.items()))
