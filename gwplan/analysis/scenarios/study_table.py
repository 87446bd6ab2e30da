"""Results of scenarios as one tidy table and a study folder: one row each, solved or not."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gwplan.analysis.scenarios.scenario import Result, Scenario, SharedInputs
from gwplan.common.status import Exit
from gwplan.inputs.labels import labels_in
from gwplan.results.figures import MOST, STUDIED, STUDIED_FINANCE, STUDIED_SERIES

PageWriter = Callable[[Path, Mapping[str, Any], Mapping[str, Mapping[str, list[Any]]]], object]
"""Writes the page of a study into its folder, from its manifest and tables; passed in, because pages are a higher layer."""
BY_NAME = ("capital_by_class_musd", "running_by_class_musd", "halls", "systems", "supplies_mw")


def figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The headline figures of a summary, one value each; empty without a plan."""
    if not summary:
        return {}
    found: dict[str, Any] = {name: summary.get(name) for name in STUDIED}
    found |= {name: summary[name] for name in STUDIED_FINANCE if name in summary}
    for name in STUDIED_SERIES:
        found[f"{name}{MOST}"] = max(summary[name], default=0.0)
    found["sites"] = "|".join(summary["sites"])
    for name in BY_NAME:
        found |= {f"{name}.{item}": amount for item, amount in summary[name].items()}
    return found


def unproven(summary: Mapping[str, Any]) -> float | None:
    """Distance from the objective to its bound, in units of the goal."""
    objective, bound = summary.get("objective"), summary.get("bound")
    return None if objective is None or bound is None else abs(objective - bound)


def columns(scenarios: Sequence[Scenario], results: Sequence[Result]) -> dict[str, list[Any]]:
    """The table by column: number, values, status, exit code, message, figures, seconds. Missing cells are None, missing amounts 0."""
    rows = [figures(result.summary) for result in results]
    table: dict[str, list[Any]] = {"scenario": list(range(1, len(scenarios) + 1))}
    for name in dict.fromkeys(name for scenario in scenarios for name, _ in scenario.values):
        values = [dict(scenario.values).get(name) for scenario in scenarios]
        alike = all(isinstance(value, (int, float)) for value in values if value is not None)
        table[name] = [value if value is None or alike else str(value) for value in values]
    table["status"] = [str(result.status) for result in results]
    table["exit_code"] = [int(result.exit_code) for result in results]
    table["message"] = [result.message for result in results]
    names = dict.fromkeys(name for row in rows for name in row)
    plain = [name for name in names if "." not in name]
    amounts = sorted(name for name in names if "." in name)
    for name in (*plain, *amounts):
        empty = 0.0 if name in amounts else None
        table[name] = [row.get(name, empty) if row else None for row in rows]
    table["unproven"] = [unproven(result.summary) for result in results]
    table["seconds"] = [result.seconds for result in results]
    return table


def words(results: Sequence[Result]) -> dict[str, str]:
    """Title, goal, precision and dollars of the plans found, for the manifest; several values joined by commas, blank without a plan."""
    plans = [result.summary for result in results if result.summary]
    found = {name: list(dict.fromkeys(str(plan[name]) for plan in plans)) for name in ("title", "precision", "dollars")}
    found["goal"] = list(dict.fromkeys(str(plan["goal"][0]) for plan in plans))
    return {name: ", ".join(found[name]) for name in ("title", "goal", "precision", "dollars")}


def exit_code(results: Sequence[Result]) -> Exit:
    """0 if every scenario was solved, 1 if some failed, 3 if some input was faulty, 4 if all are infeasible, 5 if some stopped."""
    codes = {result.exit_code for result in results}
    if codes == {Exit.INFEASIBLE}:
        return Exit.INFEASIBLE
    if codes & {Exit.STOPPED, Exit.STOPPED_EMPTY}:
        codes.add(Exit.STOPPED)
    return next((code for code in (Exit.OTHER, Exit.INPUT, Exit.STOPPED) if code in codes), Exit.SOLVED)


@dataclass(frozen=True)
class Study:
    """A finished study: its folder, its table, and how it ended."""

    folder: Path
    table: dict[str, list[Any]]
    scenarios: tuple[Scenario, ...]
    results: tuple[Result, ...]
    base: Result
    cached: int
    seconds: float

    @property
    def exit_code(self) -> Exit:
        """The exit code of the command."""
        return exit_code(self.results)


@dataclass(frozen=True)
class Content:
    """The content of a study folder. facts: entries of its manifest; tables: columns by table; texts: further files by name."""

    facts: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, list[Any]]]
    texts: Mapping[str, str] = field(default_factory=dict)


def write(runs: Path, kind: str, question: SharedInputs, asked: Iterable[str], content: Content, page: PageWriter | None = None) -> Path:
    """Write a study's folder, `<UTC time>_<model>_<kind>_<hash8>`: its tables, its manifest, its page and the files of the question.

    asked: what the study asks of the question, as texts; the hash covers all of them. page: writes the page.
    """
    from importlib.metadata import version

    from jinja2 import TemplateError

    from gwplan.results import store as results

    name = f"{Path(question.model).stem}_{kind}"
    digest = results.digest(text.encode() for text in (question.digest, *asked))
    with results.run_folder(runs, name) as draft:
        for table, columns_of in content.tables.items():
            results.write_table(draft, table, dict(columns_of))
        for file, text in content.texts.items():
            (draft / file).write_text(text, encoding="utf-8")
        for file, content_of in question.files.items():
            path = draft / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content_of)
        versions = {package: version(package) for package in ("gwplan", "pyomo", "highspy")}
        manifest = {"kind": kind, "versions": versions, "question": question.digest, "study": digest, "model": question.model,
                    "overlays": list(question.overlays), "sets": list(question.sets), "gap": question.gap,
                    "time_limit": question.time_limit, "seed": question.seed, "labels": labels_in(question.files),
                    **content.facts}  # fmt: skip
        results.write_json(draft / "manifest.json", manifest)
        try:
            if page is not None:
                page(draft, manifest, content.tables)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, TemplateError) as error:
            # The results may have taken hours: they must not be lost to an error on the page.
            warnings.warn(f"The page was not written: {type(error).__name__}: {error}", stacklevel=2)
        return results.finish(draft, name, digest)
