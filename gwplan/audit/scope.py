"""Scope: what of a run folder no check works out, in words, so that nobody takes it for checked."""

from __future__ import annotations

from gwplan.audit.run_folder import Answer

ALWAYS = (
    "bound and gaps of the search: a bound is the solver's proof; it is held to be no worse than the plan, and the gap to be its distance",
    "that no better plan exists: the audit says that the plan keeps the rules and costs what is said, not that it is the best",
    "tables/limits.csv dual: what one more unit is worth is the solver's alone",
    "summary.json seconds, goals seconds: the clock's; both files must say the same",
    "manifest.json versions, sizes, sets, overlays, fix, start, seed, warnings: how the run was called, which its results do not show",
    "report.html, plan.xlsx, solver.log: written from the tables, and not read",
)
"""What no audit of a folder can work out, or this one does not."""
FIGURES = frozenset((
    "status", "title", "model", "goal", "precision", "measure", "dollars", "objective", "bound", "gap", "goals", "capital_musd",
    "capital_first_build_musd", "first_build_until", "capital_musd_per_it_gw", "capital_by_class_musd", "running_by_class_musd",
    "residual_musd", "npv_cost_musd", "npv_value_musd", "running_musd_per_year_final", "levelised_usd_per_h100e_hour",
    "levelised_usd_per_accelerator_hour", "levelised_by_class_usd_per_h100e_hour", "discounted_million_h100e_hours", "periods", "it_mw",
    "facility_mw", "compute_kh100e", "target_met", "first_it_period", "sites", "halls", "systems", "supplies_mw", "contracts_signed",
    "cloud_kh100e", "leased_mw", "sold_kh100e", "shortfall_musd_nominal", "committed_beyond_musd_nominal", "diversification",
    "no_limit_on", "unread", "held_back", "estimate_share", "seconds",
))
"""Figures that every run has since version 0.1; finance adds its own."""


def not_checked(answer: Answer, tables: list[str]) -> list[str]:
    """All of it: what subjects noted, tables that no check reads, figures that no check knows or that are not there, and `ALWAYS`."""
    summary = answer.folder.summary
    unread = [f"tables/{name}.csv: no check reads it" for name in tables]
    strange = [f"summary.json {name}: no check knows this figure" for name in summary if name not in answer.told]
    absent = sorted(FIGURES - set(summary))
    missing = [f"summary.json {', '.join(absent)}: not in this folder, which another version may have written"] if absent else []
    return [*dict.fromkeys(answer.unchecked), *unread, *strange, *missing, *ALWAYS]
