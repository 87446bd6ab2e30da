"""Write a run: tables, summary, manifest, audit, page and workbook, into a folder that gets its final name at the end."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    from gwplan.audit import Audit
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import Clock, Request
    from gwplan.results.run_folder import RunFolder
    from gwplan.results.tables import Tables
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays


LOG = "solver.log"
"""The solver log, in the draft of the run folder from the start."""


def write_run(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer) -> tuple[Path, Audit]:
    """Write and audit the run folder of an answer without a solver log; see `write_draft`."""
    from gwplan.results import store

    with store.run_folder(request.runs, built[0].definition.name) as draft:
        return write_draft(request, clock, built, answer, draft)


def write_draft(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer, draft: Path) -> tuple[Path, Audit]:
    """Write a run into its draft, audit it and rename it; returns the folder and the audit.

    Asked to stop meanwhile, or after the plan was proven, it leaves out the pages.
    """
    from gwplan.audit import audit
    from gwplan.common import stopping
    from gwplan.common.status import Status
    from gwplan.results import store, tables
    from gwplan.results.first_power import held_back
    from gwplan.results.run_folder import RunFolder
    from gwplan.results.sources import shares_of
    from gwplan.results.summary import summarise

    case, plan, arrays = built
    asked = stopping.times()

    def enough() -> bool:
        return stopping.times() > asked or (answer.status == Status.OPTIMAL and stopping.asked())

    with clock.phase("write"):
        draft.mkdir(exist_ok=True)  # whoever sweeps on another machine, and sees no locks, may have taken a long search for a dead one
        found_tables = tables.tables_of(plan, arrays, answer)
        store.write_texts(draft, texts_of(case, plan, found_tables))
        store.write_parquets(draft / "tables", found_tables.columns)
        digest = store.digest(path.read_bytes() for path in sorted((draft / "inputs").rglob("*")) if path.is_file())
        summary = {"status": answer.status, **summarise(plan, answer, arrays), "held_back": held_back(plan), "vendors": answer.vendors}
        whole = digest_of_run(case, digest)
        name = store.stamped(case.definition.name, whole)
        write_documents(draft, summary, clock, manifest(request, clock, built, answer, digest) | {"run": name})
        summary |= shares_of(RunFolder(draft))
        write_documents(draft, summary, clock, manifest(request, clock, built, answer, digest) | {"run": name})
    with clock.phase("audit"):
        found = audit(draft)
        store.write_json(draft / "audit.json", found.to_json())
    name += "" if found.ok else "_FAILED_AUDIT"
    if found.ok and request.pages is not None:
        with clock.phase("pages"):
            request.pages(draft, enough)
    write_documents(draft, summary, clock, manifest(request, clock, built, answer, digest) | {"run": name})
    final = store.finish(draft, case.definition.name, whole, name)
    if final.name != name and found.ok and request.pages is not None:
        request.pages(final, enough)  # another run of the same second has taken the name that the pages show
    return final, found


def write_documents(draft: Path, summary: dict[str, Any], clock: Clock, facts: dict[str, Any]) -> None:
    """Write summary and manifest, with the same seconds in both."""
    from gwplan.results import store

    store.write_json(draft / "summary.json", {**summary, "seconds": clock.seconds})
    store.write_json(draft / "manifest.json", facts)


def in_memory(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer) -> RunFolder:
    """The run as in its folder, but in memory and not audited; `audit.json` is missing."""
    from gwplan.results import store, tables
    from gwplan.results.first_power import held_back
    from gwplan.results.run_files import InMemory
    from gwplan.results.run_folder import RunFolder
    from gwplan.results.sources import shares_of
    from gwplan.results.summary import summarise

    case, plan, arrays = built
    texts = texts_of(case, plan, tables.tables_of(plan, arrays, answer))
    digest = store.digest(texts[name].encode() for name in sorted(texts) if name.startswith("inputs/"))
    facts = manifest(request, clock, built, answer, digest) | {"run": case.definition.name}
    summary: dict[str, Any] = {"status": answer.status, **summarise(plan, answer, arrays),
                               "held_back": held_back(plan), "vendors": answer.vendors}
    texts |= {"summary.json": store.json_text({**summary, "seconds": clock.seconds}), "manifest.json": store.json_text(facts)}
    summary |= shares_of(RunFolder(Path(case.definition.name), InMemory(texts)))
    texts["summary.json"] = store.json_text({**summary, "seconds": clock.seconds})
    return RunFolder(Path(case.definition.name), InMemory(texts))


def texts_of(case: Case, plan: Plan, found: Tables) -> dict[str, str]:
    """The inputs as used, the decisions and the tables of a run, as texts by file name."""
    from gwplan.inputs import case_files
    from gwplan.results.tables import plan_text

    inputs = {f"inputs/{name}": text for name, text in case_files.texts(case).items()}
    return {**inputs, "plan.csv": plan_text(plan), **{f"tables/{name}.csv": text for name, text in found.texts().items()}}


def digest_of_run(case: Case, digest: str) -> str:
    """SHA-256 of a run's model as resolved, without the place of its tables, and of the tables themselves. digest: that of the tables."""
    from gwplan.results import store

    model = {key: value for key, value in case.definition.resolved().items() if key != "inputs"}
    return store.digest((store.json_text(model).encode(errors="backslashreplace"), digest.encode()))


def manifest(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer, digest: str) -> dict[str, Any]:
    """Everything needed to identify and repeat a run."""
    from importlib.metadata import version

    from gwplan.results.fleets import warnings_of

    case, plan, arrays = built
    packages = {name: version(name) for name in ("gwplan", "pyomo", "highspy", "numpy", "pandas", "pint")}
    return {
        "versions": {"python": platform.python_version(), **packages}, "digest_of_inputs": digest, "digest": digest_of_run(case, digest),
        "definition": case.definition.resolved(), "model": str(request.model), "overlays": [str(path) for path in request.overlays],
        "sets": list(request.sets), "fix": str(request.fix) if request.fix else None, "free": list(answer.free),
        "start": str(request.start) if request.start else None,
        "seed": case.definition.solver.seed, "sizes": arrays.sizes, "seconds": clock.seconds, "status": answer.status,
        "goals": answer.goals, "objective": answer.objective, "bound": answer.bound, "gap": answer.gap,
        "warnings": [str(fault) for fault in warnings_of(plan)], "name": request.name,
    }
