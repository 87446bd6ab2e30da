"""Write what was found: tables, summary, manifest, audit, page and workbook, into a folder that gets its name at the end."""

from __future__ import annotations

import importlib
import platform
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gwplan.audit import Audit
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import Clock, Request
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays


def write_run(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer, log: Path) -> tuple[Path, Audit]:
    """Write the run folder and audit it; gives the folder and what the audit found."""
    from gwplan.audit import audit
    from gwplan.results import store, tables
    from gwplan.results.first_power import held_back
    from gwplan.results.sources import estimate_share
    from gwplan.results.summary import summarise

    case, plan, arrays = built
    status = "optimal" if answer.status == "optimal" else "stopped"
    with store.run_folder(request.runs, case.definition.name) as draft:
        with clock.phase("write"):
            case.write(draft / "inputs")
            tables.write_plan(plan, draft / "plan.csv")
            tables.write_tables(plan, arrays, answer, draft / "tables")
            if log.exists():
                shutil.copyfile(log, draft / "solver.log")
            digest = store.digest(path.read_bytes() for path in sorted((draft / "inputs").rglob("*")) if path.is_file())
            summary = {"status": status, **summarise(plan, answer, arrays), "held_back": held_back(plan)}
            name = store.stamped(case.definition.name, digest)
            write_documents(draft, summary, clock, manifest(request, clock, built, answer, digest) | {"run": name})
            summary["estimate_share"] = estimate_share(draft)
            write_documents(draft, summary, clock, manifest(request, clock, built, answer, digest) | {"run": name})
        with clock.phase("audit"):
            found = audit(draft)
            store.write_json(draft / "audit.json", found.to_json())
        name += "" if found.ok else "_FAILED_AUDIT"
        if found.ok and request.pages and PAGES:
            with clock.phase("pages"):
                write_pages(draft)
        write_documents(draft, summary, clock, manifest(request, clock, built, answer, digest) | {"run": name})
        final = store.finish(draft, case.definition.name, digest, name)
        if final.name != name and found.ok and request.pages:
            write_pages(final)  # another run of the same second has the name that the pages say
        return final, found


def write_documents(draft: Path, summary: dict[str, Any], clock: Clock, facts: dict[str, Any]) -> None:
    """Write summary and manifest, with the same seconds in both."""
    from gwplan.results import store

    store.write_json(draft / "summary.json", {**summary, "seconds": clock.seconds})
    store.write_json(draft / "manifest.json", facts)


PAGES = ("gwplan.reports.webpage", "gwplan.reports.workbook")
"""Modules whose `write(folder)` adds a page or a workbook to a run whose tables are there."""


def write_pages(folder: Path) -> None:
    """Write what people read who do not run the tool."""
    for name in PAGES:
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
