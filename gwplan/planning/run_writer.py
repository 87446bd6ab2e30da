"""Write what was found: tables, summary, manifest, audit, page and workbook, into a folder that gets its name at the end."""

from __future__ import annotations

import importlib
import platform
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from gwplan.audit import Audit
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import Clock, Request
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays


def write_run(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer, log: Path) -> tuple[Path, Audit]:
    """Write the run folder and audit it; gives the folder and what the audit found. Asked to stop meanwhile, it leaves out the pages."""
    from gwplan.common import stopping
    from gwplan.results import store, tables
    from gwplan.results.first_power import held_back
    from gwplan.results.summary import summarise

    case, plan, arrays = built
    status, asked = "optimal" if answer.status == "optimal" else "stopped", stopping.times()
    with store.run_folder(request.runs, case.definition.name) as draft:
        with clock.phase("write"):
            case.write(draft / "inputs")
            tables.write_plan(plan, draft / "plan.csv")
            tables.write_tables(plan, arrays, answer, draft / "tables")
            summary = {"status": status, **summarise(plan, answer, arrays), "held_back": held_back(plan)}
            summary["estimate_share"] = None
            if log.exists():
                shutil.copyfile(log, draft / "solver.log")
            digest = store.digest(path.read_bytes() for path in sorted((draft / "inputs").rglob("*")) if path.is_file())
            store.write_json(draft / "summary.json", {**summary, "seconds": clock.seconds})
            store.write_json(draft / "manifest.json", manifest(request, clock, built, answer, digest))
        with clock.phase("audit"):
            from gwplan.audit import audit

            found = audit(draft)
            store.write_json(draft / "audit.json", found.to_json())
        if found.ok:
            from gwplan.results.sources import estimate_share

            summary["estimate_share"] = estimate_share(draft)
            store.write_json(draft / "summary.json", {**summary, "seconds": clock.seconds})
            if request.pages and PAGES:
                with clock.phase("pages"):
                    write_pages(draft, lambda: stopping.times() > asked)
        store.write_json(draft / "summary.json", {**summary, "seconds": clock.seconds})
        store.write_json(draft / "manifest.json", manifest(request, clock, built, answer, digest))
        name = case.definition.name + ("" if found.ok else "_FAILED_AUDIT")
        return store.finish(draft, name, digest), found


PAGES = ("gwplan.reports.webpage", "gwplan.reports.workbook")
"""Modules whose `write(folder)` adds a page or a workbook to a run whose tables are there."""


def write_pages(folder: Path, enough: Callable[[], bool] = lambda: False) -> None:
    """Write what people read who do not run the tool, until it is enough."""
    for name in PAGES:
        if not enough():
            importlib.import_module(name).write(folder)


def manifest(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer, digest: str) -> dict[str, Any]:
    """All that it takes to know, and to repeat, what was run."""
    from importlib.metadata import version

    case, _, arrays = built
    packages = {name: version(name) for name in ("gwplan", "pyomo", "highspy", "numpy", "pandas", "pint")}
    return {
        "versions": {"python": platform.python_version(), **packages}, "digest_of_inputs": digest,
        "definition": case.definition.resolved(), "model": str(request.model), "overlays": [str(path) for path in request.overlays],
        "sets": list(request.sets), "fix": str(request.fix) if request.fix else None,
        "start": str(request.start) if request.start else None,
        "seed": case.definition.solver.seed, "sizes": arrays.sizes, "seconds": clock.seconds, "status": answer.status,
        "goals": answer.goals, "objective": answer.objective, "bound": answer.bound, "gap": answer.gap,
        "warnings": [str(fault) for fault in case.warnings],
    }
