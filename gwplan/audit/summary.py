"""Summary: each figure in summary.json equals the one recomputed from the decisions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import product
from gwplan.common.calendar import parse_date

NEEDED = ("objective", "npv_cost_musd", "capital_musd", "capital_by_class_musd", "it_mw", "facility_mw", "compute_kh100e")


def check(answer: Answer) -> None:
    """Money and purchases; present values, series and objectives are compared in `goals`."""
    known, summary = answer.known, answer.folder.summary
    known["first_build_until"] = np.array([float(first_build_until(answer))])
    absent = [name for name in NEEDED if summary.get(name) is None]
    answer.checks.found_wrong("summary.headline_figures_are_there", absent, len(NEEDED))
    spend = float(known["npv_spend"][0])
    capital, running = known["capital_by_period"], known["running_by_period"]
    figure(answer, "npv_cost_musd", float(known["npv_cost"][0]), spend)
    figure(answer, "capital_musd", float(capital.sum()))
    figure(answer, "residual_musd", float(known["residual"].sum()))
    figure(answer, "resale_musd", float(known["resale"].sum()))
    figure(answer, "commitments_musd", float(known["commitment"].sum()))
    figure(answer, "capital_first_build_musd", float(capital[: first_build_until(answer) + 1].sum()))
    year = running[-answer.calendar.steps_a_year :]
    figure(answer, "running_musd_per_year_final", float(year.sum() / (len(year) * answer.years)))
    for kind in ("capital", "running"):
        totals = dict(zip(answer.axis[f"{kind}_class"], known[kind].sum(axis=1), strict=True))
        figures(answer, f"{kind}_by_class_musd", totals)
    units = answer.inputs.flat("power", answer.axis["supply"], "unit", answer.sites)[:, :, None]
    bought = {
        "halls": ("design", answer.decided["halls", "started"]), "systems": ("system", answer.decided["accelerators", "bought"]),
        "supplies_mw": ("supply", product(answer.decided["power", "ordered"], units)),
    }
    for name, (axis, amounts) in bought.items():
        figures(answer, name, dict(zip(answer.axis[axis], amounts.sum(axis=(1, 2)), strict=True)))
    check_contracts(answer)
    it = known["it_peak"].sum(axis=(0, 1))
    names = answer.axis["period"]
    first = next((name for name, power in zip(names, it, strict=True) if power > answer.checks.tolerance), None)
    label(answer, "first_it_period", first)


def check_contracts(answer: Answer) -> None:
    """Amounts signed, rented, leased and sold, by contract and by period."""
    known, names = answer.known, answer.axis["contract"]
    figure(answer, "cloud_kh100e", known["cloud"].tolist())
    figure(answer, "sold_kh100e", known["sold"].tolist())
    figure(answer, "leased_mw", known["it_peak_leased"].sum(axis=(0, 1)).tolist())
    for figures_of, amounts in (("shortfall", known.get("shortfall")), ("committed_beyond", known.get("committed_beyond"))):
        sums = np.zeros(len(names)) if amounts is None else amounts.reshape(len(names), -1).sum(axis=1)
        figures(answer, f"{figures_of}_musd_nominal", dict(zip(names, sums, strict=True)))
    taken = [answer.decided["contracts", name].reshape(len(names), -1).sum(axis=1)
             for name in ("signed", "held", "leased", "exercised") if names]
    taken += [answer.table(f"contracts.{name}", "contract", "period").sum(axis=1) for name in ("used", "sold") if names]
    signed = [name for number, name in enumerate(names) if any(amounts[number] > 0 for amounts in taken)]
    label(answer, "contracts_signed", signed)


def first_build_until(answer: Answer) -> int:
    """Number of the last period of the first build: the budget's last date, but not before the last target begins; else the last."""
    inputs, calendar = answer.inputs, answer.calendar
    ends = [calendar.holding(parse_date(str(target["by"])).first) for target in answer.folder.definition.get("target", [])]
    if "budget" in answer.folder.parts and "capital" in inputs.items.get("budget", []):
        until = inputs.text("budget", "capital", "until")
        ends.append(calendar.holding(parse_date(until).last) if until else answer.last)
    return min(max(ends, default=answer.last), answer.last)


def figure(answer: Answer, name: str, expected: Sequence[float] | Array | float, scale: float = 0.0) -> None:
    """Compare a figure (a number or one per period) with its recomputed value. Missing figures are not compared."""
    answer.told.add(name)
    given = answer.folder.summary.get(name)
    if given is None:
        return
    wanted = np.atleast_1d(np.asarray(expected, dtype=float))
    written = np.array([as_number(each) for each in (given if isinstance(given, list) else [given])])
    sentence = f"summary.{name}_is_what_follows"
    if len(written) != len(wanted):
        answer.checks.found_wrong(sentence, [f"{len(written)} numbers instead of {len(wanted)}"], 1)
        return
    labels = answer.axis["period"] if isinstance(given, list) else ["the plan"]
    answer.checks.equal(sentence, written, wanted, [labels], np.array([scale]))


def figures(answer: Answer, name: str, expected: dict[str, float]) -> None:
    """Compare a figure by name with its recomputed values; unlisted names are 0."""
    answer.told.add(name)
    given = answer.folder.summary.get(name)
    if not isinstance(given, dict):
        return
    labels = sorted(set(given) | set(expected))
    written = np.array([as_number(given.get(label, 0.0)) for label in labels])
    wanted = np.array([expected.get(label, 0.0) for label in labels])
    answer.checks.equal(f"summary.{name}_is_what_follows", written, wanted, [labels])


def optional(answer: Answer, name: str, expected: float | None, scale: float = 0.0) -> None:
    """Compare a figure that may be null."""
    if name not in answer.folder.summary:
        return
    given = answer.folder.summary[name]
    if given is not None and expected is not None:
        figure(answer, name, expected, scale)
        return
    answer.told.add(name)
    wrong = [] if given is None and expected is None else [f"is {given}, should be {expected}"]
    answer.checks.found_wrong(f"summary.{name}_is_what_follows", wrong, 1)


def label(answer: Answer, name: str, expected: object) -> None:
    """Compare a non-numeric figure, if the summary has it."""
    if name not in answer.folder.summary:
        return
    answer.told.add(name)
    given = answer.folder.summary[name]
    right = given == expected and isinstance(given, bool) == isinstance(expected, bool)
    answer.checks.found_wrong(f"summary.{name}_is_what_follows", [] if right else [f"is {given}, should be {expected}"[:200]], 1)


def as_number(value: object) -> float:
    """The value as a number; nan if it is not one."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else np.nan
