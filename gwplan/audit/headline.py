"""The other headline figures of summary.json: labels, status, gap, targets, sites, levelised cost, shares.

Bounds, times and user texts cannot be recomputed: they are only compared with the manifest.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.diversification import by_period, group_of, is_money, ratios
from gwplan.audit.goals import MONEY, OWN, expected_goals, held_by, measured
from gwplan.audit.inputs import WORKLOADS
from gwplan.audit.run_folder import Answer, discounts
from gwplan.audit.stocks import product
from gwplan.audit.summary import as_number, figure, figures, label, optional
from gwplan.audit.units import amount

MW_A_GW, KILO = 1000.0, 1000.0
UNITS = {"it": "MW", "facility": "MW", "compute": "kH100e"}
WITHIN = 1e-6
RENTED = ("cloud", "premiums")
RUNNING = "_running"
ENDED = ("optimal", "stopped")
GAP_WITHIN = 1e-6
GIGA, TERA, MEGA = 1e9, 1e12, 1e6
WORK = {
    "training": ("training_exaflop_days", "usd_per_training_exaflop_day", None, 86400e18),
    "prefill": ("input_tokens_trillion", "usd_per_million_input_tokens", "flop_per_input_token", TERA),
    "decode": ("output_tokens_trillion", "usd_per_million_output_tokens", "flop_per_output_token", TERA),
}
"""Of each workload: its figures, what one token takes (training: operations of an exaFLOP-day), and in how many it is counted."""
KINDS = ("capital", "running", "residual", "revenue")
"""Kinds of the ledger whose classes have a separate levelised cost."""


def check(answer: Answer) -> None:
    """Check all of them."""
    check_labels(answer)
    check_proof(answer)
    check_build(answer)
    check_target(answer)
    check_levelised(answer)
    check_work(answer)
    check_unlimited(answer)
    check_shares(answer)


def measure_of(definition: dict[str, Any]) -> str:
    """How compute is counted: the precision, and `peak` or `delivered` with the percentages of training, prefill and decode."""
    workload = (definition.get("compute") or {}).get("workload")
    mix = "/".join(f"{100 * float(workload.get(name, 0)):.3g}" for name in WORKLOADS) if workload else ""
    return f"{definition.get('precision')} {f'delivered {mix}' if workload else 'peak'}"


def check_labels(answer: Answer) -> None:
    """The summary agrees with the manifest on the question, and its periods are those of the horizon."""
    definition, summary, manifest = answer.folder.definition, answer.folder.summary, answer.folder.manifest
    for name in ("title", "precision"):
        label(answer, name, definition.get(name))
    if "measure" in summary:
        label(answer, "measure", measure_of(definition))
    if isinstance(manifest.get("model"), str):
        label(answer, "model", Path(manifest["model"]).stem)
    label(answer, "dollars", definition["horizon"]["dollars"])
    label(answer, "periods", list(answer.calendar.names))
    kinds = [each.get("kind") for each in summary.get("goals") or [] if isinstance(each, dict)]
    label(answer, "goal", kinds)
    asked = expected_goals(answer)
    wrong = [] if not kinds or kinds == asked[: len(kinds)] else [f"is {kinds}, should be {asked}"]
    answer.checks.found_wrong("summary.goals_are_those_of_the_model", wrong, len(asked))
    for name in ("objective", "bound", "gap", "goals", "seconds"):
        if name in manifest and name in summary:
            same = manifest[name] == summary[name]
            found = [] if same else [f"summary.json says {str(summary[name])[:60]}, manifest.json {str(manifest[name])[:60]}"]
            answer.checks.found_wrong(f"summary.{name}_is_that_of_the_manifest", found, 1)
    answer.told |= {"seconds", "goals", "goal"}


def check_proof(answer: Answer) -> None:
    """The gap is the distance from objective to bound; the status is optimal within the required gap, else stopped."""
    summary, manifest = answer.folder.summary, answer.folder.manifest
    status, ended = summary.get("status"), manifest.get("status", summary.get("status"))
    right = status in ENDED and (status == "optimal") == (ended == "optimal")
    answer.checks.found_wrong("summary.status_is_one_that_a_plan_can_have",
                              [] if right else [f"summary.json says {status}, manifest.json {ended}"], 1)
    answer.told.add("status")
    goals = [each for each in summary.get("goals") or [] if isinstance(each, dict)]
    for name in ("objective", "bound", "gap"):
        if goals and name in goals[0] and name in summary:
            same = goals[0][name] == summary[name]
            answer.checks.found_wrong(f"summary.{name}_is_that_of_the_first_goal", [] if same else [f"{summary[name]}"], 1)
    if not goals or not all(isinstance(summary.get(name), (int, float)) for name in ("objective", "bound", "gap")):
        answer.unchecked.append("summary.json gap: without a bound there is none")
        return
    answer.told |= {"bound", "gap"}
    objective, bound = float(summary["objective"]), float(summary["bound"])
    whole = abs(float(answer.known["npv_spend"][0]) if goals[0].get("kind") in MONEY[1:] else objective)
    gap = abs(objective - bound) / whole if whole else 0.0
    figure(answer, "gap", gap, GAP_WITHIN)
    asked = (answer.folder.definition.get("solver") or {}).get("gap")
    if status == "optimal" and isinstance(asked, (int, float)):
        answer.checks.at_most("summary.optimal_is_within_the_gap_asked_for", np.array([gap]), np.array([float(asked)]), [["gap"]])


def check_build(answer: Answer) -> None:
    """Dates and sizes of what is built, and the capital of a gigawatt."""
    known, names = answer.known, answer.axis["period"]
    until = int(known["first_build_until"][0])
    label(answer, "first_build_until", names[until])
    it = measured(answer, "it", ["own", "leased"])
    capital = float(known["capital_by_period"][: until + 1].sum())
    optional(answer, "capital_musd_per_it_gw", capital / float(it[until]) * MW_A_GW if it[until] > answer.checks.tolerance else None)
    opening = answer.decided["sites", "opening"]
    label(answer, "sites", {site: names[int(np.argmax(row))] for site, row in zip(answer.sites, opening, strict=True) if row.any()})
    if answer.inputs.has("compute", "compute", "value") and "npv_value_musd" in answer.folder.summary:
        given = answer.folder.summary["npv_value_musd"]
        answer.checks.found_wrong("summary.npv_value_musd_is_there", [] if given is not None else ["is null"], 1)


def check_target(answer: Answer) -> None:
    """Whether each target is met in each of its periods; null without a target."""
    targets = answer.folder.definition.get("target", [])
    met = True
    for target in targets:
        there = measured(answer, target["measure"], list(target.get("counts") or [OWN, "leased"]))[held_by(answer, target)]
        met &= bool((there >= amount(target["amount"], UNITS[target["measure"]]) * (1 - WITHIN)).all())
    label(answer, "target_met", met if targets else None)


def check_levelised(answer: Answer) -> None:
    """Net present cost over discounted hours: per H100e, per accelerator, and by class."""
    known, inputs, systems = answer.known, answer.inputs, answer.axis["system"]
    hours_of = discounts(answer, "running") * answer.hours
    compute = measured(answer, "compute", ["own", "leased", "cloud"]) + known["sold"]
    hours = float(hours_of @ compute) / KILO
    each = inputs.flat("accelerators", systems, "accelerators") * inputs.flat("accelerators", systems, "availability")
    working = answer.table("accelerators.running", "system", "site", "period")
    own = float(product(working, each[:, :, None]).sum(axis=(0, 1)) @ hours_of) / KILO / KILO
    present = present_by_class(answer)
    cost, rented = float(known["npv_cost"][0]), sum(present.get(cost_class, 0.0) for cost_class in RENTED)
    size = float(known["npv_spend"][0])
    figure(answer, "discounted_million_h100e_hours", hours)
    computes = hours > answer.checks.tolerance
    optional(answer, "levelised_usd_per_h100e_hour", cost / hours if computes else None, size / hours if computes else 0.0)
    drives = own > answer.checks.tolerance
    optional(answer, "levelised_usd_per_accelerator_hour", (cost - rented) / own if drives else None, size / own if drives else 0.0)
    check_levelised_classes(answer, {name: value / hours for name, value in present.items()} if computes else {},
                            np.array([cost, size]) / hours if computes else np.zeros(2))


def check_work(answer: Answer) -> None:
    """What each workload does in its share of the hours with own and rented compute, a year, and net present cost over it."""
    inputs, known, systems = answer.inputs, answer.known, answer.axis["system"]
    working = answer.table("accelerators.running", "system", "site", "period").sum(axis=1)
    present = inputs.flat("accelerators", systems, "availability")
    for workload, share in inputs.workload.items():
        count, price, of, size = WORK[workload]
        if count not in answer.folder.summary:
            continue
        names = f"{inputs.precision}_rate", f"achieved_{workload}_{inputs.precision}"
        own = np.prod([np.nan_to_num(inputs.flat("accelerators", systems, name)) for name in names], axis=0)
        one = float(np.prod([inputs.number("compute", "h100", name) for name in names]))
        rate = share * (product(working, own * present).sum(axis=0) + known["cloud"] * KILO * one)
        done = rate * TERA * 3600 * 8760 / (size if of is None else inputs.number("compute", "compute", of) * GIGA)
        figure(answer, count, (done / (1 if of is None else size)).tolist())
        total = float(done @ (discounts(answer, "running") * answer.hours)) / 8760
        cost = float(known["npv_cost"][0]) * share * MEGA
        each = total / (1 if of is None else MEGA)
        optional(answer, price, cost / each if each else None)


def check_levelised_classes(answer: Answer, expected: dict[str, float], whole: Array) -> None:
    """The levelised cost of each class; only the total if the ledger holds other kinds of money. whole: cost, spend."""
    name = "levelised_by_class_usd_per_h100e_hour"
    others = sorted({str(kind) for kind in answer.ledger["kind"]} - set(KINDS))
    if not others:
        figures(answer, name, expected)
        return
    answer.told.add(name)
    answer.unchecked.append(f"summary.json {name}: only its sum is checked, since the ledger also holds {', '.join(others)}")
    given = answer.folder.summary.get(name)
    if isinstance(given, dict) and expected:
        total = np.array([sum(as_number(value) for value in given.values())])
        answer.checks.equal("summary.levelised_cost_sums_its_classes", total, whole[:1], [["all"]], whole[1:])


def present_by_class(answer: Answer) -> dict[str, float]:
    """Present value of each class: capital less residual value, and running cost separately if the class has capital too."""
    known, found = answer.known, dict[str, float]()
    end = (1 + float(answer.folder.definition["horizon"]["discount_rate"])) ** -((answer.last + 1) * answer.years)
    factors = {"capital": discounts(answer, "capital"), "running": discounts(answer, "running"), "residual": np.full(answer.last + 1, -end)}
    bought = {*answer.axis["capital_class"], *answer.axis["residual_class"]}
    for kind, factor in factors.items():
        for cost_class, amounts in zip(answer.axis[f"{kind}_class"], known[kind], strict=True):
            name = f"{cost_class}{RUNNING}" if kind == "running" and cost_class in bought else cost_class
            found[name] = found.get(name, 0.0) + float(factor @ amounts)
    return found


def check_unlimited(answer: Answer) -> None:
    """Quantities that the model reports but does not limit; the files it ignores belong to no part in it."""
    parts, goals = answer.folder.parts, answer.folder.definition.get("goal", [])
    takers = {"land": "sites", "water": "sites", "emissions": "carbon", "compute": ""}
    found = [name for name, taker in takers.items() if f"account.{name}" in answer.folder.tables and taker not in parts]
    whole_life = any(goal.get("kind") == "most_compute" and (goal.get("spend") or "whole_life") == "whole_life"
                     for goal in (goals if isinstance(goals, list) else [goals]))
    label(answer, "no_limit_on", found + ([] if "budget" in parts or whole_life else ["capital"]))
    unread = answer.folder.summary.get("unread") or []
    inputs = {file.name for file in (answer.folder.path / "inputs").glob("*.csv")}
    wrong = [str(name) for name in unread if not re.fullmatch(r"\w[\w.-]*\.csv", str(name)) or name in inputs or str(name)[:-4] in parts]
    answer.checks.found_wrong("summary.unread_files_are_of_no_part", wrong, len(unread))
    answer.told.add("unread")


def check_shares(answer: Answer) -> None:
    """The summary's facts on each group: caps, time, members, shares, concentration."""
    if "diversification" not in answer.folder.summary:
        return
    given = answer.folder.summary["diversification"] or {}
    answer.told.add("diversification")
    names = answer.inputs.items.get("diversification", []) if "diversification" in answer.folder.parts else []
    groups = [name for name in names if answer.inputs.text("diversification", name, "account")]
    strange = sorted(set(given) ^ set(groups))
    answer.checks.found_wrong("diversification.groups_of_the_summary_are_those_of_the_table", strange, len(groups))
    for name in groups:
        if isinstance(given.get(name), dict):
            check_group(answer, name, given[name])


def check_group(answer: Answer, name: str, facts: dict[str, Any]) -> None:
    """The facts on one group."""
    group, periods = group_of(answer, name), answer.axis["period"]
    window = periods[group.window]
    wrong = [f"{key} is {facts.get(key)}, should be {wanted}" for key, wanted in
             (("account", group.account), ("from", window[0] if window else None), ("until", window[-1] if window else None))
             if key in facts and facts[key] != wanted]
    free = {"own"} if name == "provider" and not group.held[group.members.index("own") if "own" in group.members else 0] else set()
    held, shares = set(facts.get("held") or []), facts.get("shares") or {}
    wrong += [f"{member} is subject to the limit but has no share" for member in sorted(held - set(shares))]
    wrong += [f"{member} is not subject to the limit" for member in sorted(set(shares) - held - free)] if "held" in facts else []
    answer.checks.found_wrong(f"diversification.summary_of_{name}_is_what_follows", wrong, 4)
    for quantity in ("most_share", "least_share"):
        if isinstance(facts.get(quantity), (int, float)) and window:
            wanted = answer.inputs.path("diversification", name, quantity)[group.window][-1]
            compare(answer, f"{name}_{quantity}", {quantity: facts[quantity]}, {quantity: float(wanted)})
    sums = group.amounts[:, group.window if is_money(group) else slice(None)].sum(axis=1, keepdims=True)
    every = by_period(answer, group)
    bound = every[:, group.window][:, -1:] if is_money(group) else every[:, group.window]
    compare(answer, f"{name}_shares", shares, dict(zip(group.members, ratios(sums)[:, 0], strict=True)))
    compare(answer, f"{name}_largest", facts.get("largest"), dict(zip(group.members, bound.max(axis=1, initial=0.0), strict=True)))
    concentrated = (every**2).sum(axis=0)
    given = facts.get("hhi_by_period")
    if isinstance(given, list) and len(given) == len(periods):
        written = {period: 0.0 if each is None else each for period, each in zip(periods, given, strict=True)}
        compare(answer, f"{name}_hhi_by_period", written, dict(zip(periods, concentrated, strict=True)))


def compare(answer: Answer, name: str, given: object, expected: dict[str, float]) -> None:
    """Figures of a group, by label; unlisted ones are 0."""
    if not isinstance(given, dict):
        return
    labels = sorted(set(given) | set(expected))
    written, wanted = (np.array([as_number(side.get(each, 0.0)) for each in labels], dtype=float) for side in (given, expected))
    answer.checks.equal(f"diversification.{name}_is_what_follows", written, wanted, [labels])

