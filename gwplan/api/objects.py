"""What the interface hands out: a case, a run, and the exceptions of a solve without a plan."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.status import Status

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from gwplan.analysis.scenarios.scenario import SharedInputs
    from gwplan.inputs.case import Case as Facts
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import Clock, Request
    from gwplan.results.run_folder import RunFolder
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays


class NoPlan(Exception):
    """A solve that ended without a plan. status: failed, unbounded, ...; the text gives the reason."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


class Infeasible(NoPlan):
    """No plan satisfies all the rules; the text names the conflicting targets and limits, and by how much they are missed."""


class Stopped(NoPlan):
    """The time limit was reached before a plan was found; one may exist."""


@dataclass(frozen=True)
class Case:
    """A model and its tables as they were when read. `facts` looks numbers up."""

    question: SharedInputs = field(repr=False)
    facts: Facts = field(repr=False)

    def set(self, key: str, value: str) -> Case:
        """A new case with one number changed, as by `--set key=value`. InputFaults if the key matches nothing or the value is invalid.

        key: `table.item[@site][@when].quantity`, or `model.KEY`. value: a number with its unit, `*0.9`, or `+6 months`.
        """
        return case_of(replace(self.question, sets=(*self.question.sets, f"{key}={value}")))

    def force(self, selector: str) -> Case:
        """A new case that requires something, as by `--force`: `halls@columbus_oh>=100 MW`. InputFaults if a name matches nothing."""
        return self.set("model.require", selector)

    def forbid(self, selector: str) -> Case:
        """A new case without something, as by `--forbid`: `vendor=amd`. InputFaults if a name matches nothing."""
        return self.set("model.exclude", selector)

    @property
    def title(self) -> str:
        """The title of the model."""
        return self.facts.definition.title

    @property
    def warnings(self) -> list[str]:
        """Warnings about implausible values in the tables, with file and row."""
        return [str(fault) for fault in self.facts.warnings]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every input row: table, item, site, when, quantity, low, base, high, unit, source, note ..."""
        from gwplan.inputs.case_files import frame

        return frame(self.facts)

    def __repr__(self) -> str:
        names = {"site": "sites", "design": "hall designs", "system": "systems", "supply": "supplies"}
        counts = ", ".join(f"{len(self.facts.items(kind))} {name}" for kind, name in names.items() if self.facts.items(kind))
        return f"<Case {self.title!r}: {len(self.rows):,} rows; {counts}>"


class Run:
    """A plan: its summary, tables and charts. A plan in memory has no `path` until it is written."""

    def __init__(self, reader: RunFolder, found: Found | None = None) -> None:
        self._reader, self._found = reader, found

    @property
    def path(self) -> Path | None:
        """The run folder; None if the plan is not written."""
        return None if self._found is not None else self._reader.path

    @property
    def summary(self) -> dict[str, Any]:
        """The headline figures, by the keys of `summary.json`."""
        return self._reader.summary

    @property
    def plan(self) -> pd.DataFrame:
        """The decisions: part, decision, item, site, when, amount."""
        return self._reader.plan

    @property
    def tables(self) -> list[str]:
        """Names of the tables, such as `accelerators.bought`."""
        return [name.removesuffix(".csv") for name in self._reader.files.names("tables") if name.endswith(".csv") and name != "units.csv"]

    def table(self, name: str) -> pd.DataFrame:
        """A table with its index, and the unit of its numbers in `.attrs["unit"]`. KeyError if no table, or more than one, matches.

        name: as in `tables`, or the part after the dot if it is unique.
        """
        known = self.tables
        found = [each for each in known if each == name] or [each for each in known if each.partition(".")[2] == name]
        if len(found) != 1:
            raise KeyError(f"{name!r} is {' or '.join(found)}" if found else f"no table {name!r}; there are {', '.join(known)}")
        frame = self._reader.table(found[0])
        units = self._reader.table("units")
        own = units[units["table"] == found[0]]
        index = [column for column in frame.columns if column != "value"]
        if "value" in frame.columns and index:
            frame = frame.set_index(index)
        frame.attrs["unit"] = str(own["unit"].iloc[0]) if len(own) else ""
        frame.attrs["meaning"] = str(own["meaning"].iloc[0]) if len(own) else ""
        return frame

    def figure(self, name: str = "ramp") -> go.Figure:
        """A chart of the run's page as a Plotly figure. KeyError if the name is unknown or this plan has no data for it."""
        import plotly.graph_objects as go

        from gwplan.reports.webpage.escaping import escaped
        from gwplan.reports.webpage.run.catalogue import CHARTS

        if name not in CHARTS:
            raise KeyError(f"no chart {name!r}; there are {', '.join(CHARTS)}")
        chart = CHARTS[name](self._reader)
        if chart is None:
            raise KeyError(f"this plan has no data for the chart {name!r}")
        # `skip_invalid` drops the layout keys that only our own page reads (`thin`, `ends`).
        layout = {"title": {"text": chart.title}, **escaped(chart.layout)}
        return go.Figure(data=escaped(chart.traces), layout=layout, skip_invalid=True)

    def write(self, runs: Path | str = "runs", *, pages: bool = True) -> Run:
        """Audit the plan and write its run folder with page and workbook; returns the run in that folder. OSError if it cannot be written.

        NoPlan (`audit failed`) if the audit fails. A run that is already written is returned unchanged.
        """
        if self._found is None:
            return self
        from gwplan.planning.run import write as written
        from gwplan.reports import pages as writers

        request = replace(self._found.request, runs=Path(runs), pages=writers.write if pages else None)
        outcome = written(request, self._found.clock, self._found.built, self._found.answer)
        if outcome.run is None or outcome.status is Status.AUDIT_FAILED:
            raise NoPlan(outcome.status, outcome.message)
        return load_run(outcome.run)

    def __repr__(self) -> str:
        from gwplan.reports.headline import headline
        from gwplan.reports.sentences import standing

        return f"{headline(self._reader)}\n{standing(self._reader)}"


@dataclass(frozen=True)
class Found:
    """Everything needed to write a plan that is in memory."""

    request: Request
    clock: Clock
    built: tuple[Facts, Plan, Arrays]
    answer: Answer


def load_run(path: Path | str) -> Run:
    """Read a run folder, or the run of `runs` that a word means: `latest`, `previous`, a name. InputFaults if there is none."""
    from gwplan.results import run_list
    from gwplan.results.run_folder import RunFolder

    found = Path(path)
    if not found.exists():
        with suppress(LookupError):
            found = run_list.find(str(path))
    return Run(RunFolder(found))


def case_of(question: SharedInputs) -> Case:
    """The case of a question, which holds the content of all files it reads and can be pickled. InputFaults."""
    from gwplan.planning.build import read

    return Case(question, read(request_of(question)))


def request_of(question: SharedInputs) -> Request:
    from gwplan.inputs.memory import MemoryPath
    from gwplan.planning.request import Request

    folder = MemoryPath(question.files)
    return Request(folder / question.model, tuple(folder / name for name in question.overlays), question.sets)


def order_of(case: Case, scenarios: tuple[Any, ...], runs: Path | str, workers: int | None, gap: float | None) -> Any:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.reports.webpage.studies.write import write

    request = request_of(case.question)
    overlays, sets = tuple(request.overlays), tuple(request.sets)
    return StudyRequest(request.model, scenarios, overlays, sets, gap=gap, workers=workers, runs=Path(runs), page=write)
