"""Scope: the content of a run folder that no check recomputes, in words."""

from __future__ import annotations

from gwplan.audit.run_folder import Answer

ALWAYS = (
    "bound and gaps of the search: the bound is the solver's proof; only its consistency with the objective and the gap is checked",
    "optimality: the audit verifies that the plan keeps the rules and costs what is stated, not that it is the best",
    "tables/limits.csv dual: marginal values come from the solver",
    "summary.json seconds, goals seconds: measured times; only compared between files",
    "manifest.json versions, sizes, sets, overlays, fix, start, seed, warnings: how the run was called, not visible in its results",
    "report.html, plan.xlsx, solver.log: written from the tables, not read",
)
"""Content that no audit of a folder can recompute, or that this one does not."""
KEPT = dict.fromkeys(("worth.json", "reference.json", "slip.json"), "what solves of the changed model say; not read") | {
    "dispatch.json": "what the builds do in a full year of hours; not read"}
"""Content that a later command may have put beside the run."""
FIGURES = frozenset((
    "status", "title", "model", "goal", "precision", "measure", "dollars", "objective", "bound", "gap", "goals", "capital_musd",
    "capital_first_build_musd", "first_build_until", "capital_musd_per_it_gw", "capital_by_class_musd", "running_by_class_musd",
    "residual_musd", "npv_cost_musd", "npv_value_musd", "running_musd_per_year_final", "levelised_usd_per_h100e_hour",
    "levelised_usd_per_accelerator_hour", "levelised_by_class_usd_per_h100e_hour", "discounted_million_h100e_hours", "periods", "it_mw",
    "facility_mw", "compute_kh100e", "target_met", "first_it_period", "sites", "halls", "systems", "supplies_mw", "contracts_signed",
    "cloud_kh100e", "leased_mw", "sold_kh100e", "shortfall_musd_nominal", "committed_beyond_musd_nominal", "diversification",
    "no_limit_on", "unread", "held_back", "estimate_share", "capital_by_grade_musd", "seconds",
))
"""Figures of every run since version 0.1; finance adds more."""


def not_checked(answer: Answer, tables: list[str]) -> list[str]:
    """The full list: notes of the subjects, unread tables, unknown or missing figures, and `ALWAYS`."""
    summary = answer.folder.summary
    unread = [f"tables/{name}.csv: no check reads it" for name in tables]
    strange = [f"summary.json {name}: no check knows this figure" for name in summary if name not in answer.told]
    absent = sorted(FIGURES - set(summary))
    missing = [f"summary.json {', '.join(absent)}: not in this folder, perhaps written by another version"] if absent else []
    kept = [f"{name}: {what}" for name, what in KEPT.items() if (answer.folder.path / name).is_file()]
    return [*dict.fromkeys(answer.unchecked), *unread, *strange, *missing, *ALWAYS, *kept]
