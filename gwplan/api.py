"""The Python interface: read a case, solve it, read the plan, compare. The command line calls the same layers.

    import gwplan

    case = gwplan.read_case("models/one_gigawatt.toml")
    plan = gwplan.solve(case.set("halls.liquid_48.price", "12 MUSD_2025/MW"))
    plan.table("bought")

Objects are immutable: `Case.set` returns a new case, and a plan keeps the case it was solved for. Nothing is written to disk before
`Run.write`. All functions work in notebooks, threads and other processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from gwplan.planning.request import Progress

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from gwplan.analysis.alternatives.alternatives import Alternatives
    from gwplan.analysis.bottleneck.bottleneck import Bottleneck
    from gwplan.analysis.calibrate.calibrate import Calibration
    from gwplan.analysis.compare.comparison import Comparison
    from gwplan.analysis.explain.breakeven import Breakeven
    from gwplan.analysis.explain.explain import Explanation
    from gwplan.analysis.explain.why_not import WhyNot
    from gwplan.analysis.explain.worth import Worths
    from gwplan.analysis.scenarios.scenario import SharedInputs
    from gwplan.analysis.scenarios.study_table import Study
    from gwplan.analysis.uncertainty.sample import Sampled
    from gwplan.inputs.case import Case as Facts
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import CheckReport, Clock, Request
    from gwplan.planning.why import Unmet
    from gwplan.results.run_folder import RunFolder
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays

__all__ = [
    "Case", "Infeasible", "InputFaults", "NoPlan", "Progress", "Run", "Stopped", "alternatives", "bottleneck", "breakeven",
    "calibrate", "check", "compare", "explain", "load_run", "read_case", "sample", "solve", "sweep", "why", "why_not", "worth",
]  # fmt: skip


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

    def __init__(self, reader: RunFolder, found: _Found | None = None) -> None:
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
class _Found:
    """Everything needed to write a plan that is in memory."""

    request: Request
    clock: Clock
    built: tuple[Facts, Plan, Arrays]
    answer: Answer


def read_case(model: Path | str, *, set: Sequence[str] = (),  # noqa: A002 - as on the command line
              overlays: Sequence[Path | str] = ()) -> Case:
    """Read a model and its tables. set, overlays: as `--set` and `--with`. InputFaults lists every fault."""
    from gwplan.analysis.scenarios.scenario import ask

    return case_of(ask(Path(model), overlays=tuple(map(Path, overlays)), sets=tuple(set)))


def check(case: Case) -> CheckReport:
    """The report of `gwplan check`: sizes, warnings and unused rows. InputFaults lists every fault."""
    from gwplan.planning.build import check as checked

    return checked(_request(case.question))


def why(case: Case, *, time_limit: str = "60 s") -> Unmet | None:
    """Why a case has no plan, and the changes of one number that are enough, as `gwplan why`; None if it has one."""
    from gwplan.planning.why import why as explained

    return explained(replace(_request(case.question), time_limit=time_limit))


def calibrate(case: Case) -> Calibration:
    """The published figures of calibration.csv reproduced from the tables, as `gwplan calibrate`. InputFaults if there is no such table."""
    from gwplan.analysis.calibrate.calibrate import of_request

    return of_request(_request(case.question))


def alternatives(case: Case, *, within: float = 0.02, n: int = 8, gap: float | None = None) -> Alternatives:
    """Near-optimal plans that differ most in what is built, as `gwplan alternatives`, with the least and most of each member.

    within: slack of the goal, as a share; n: the most alternatives. Nothing is written. InputFaults if the case is faulty; NoPlan without
    a plan.
    """
    from gwplan.analysis.alternatives import alternatives as seeking

    try:
        return seeking.find(_order(case, (), "runs", None, gap), within, n)
    except seeking.NoBasePlan as error:
        raise NoPlan(error.status, str(error)) from error


def bottleneck(case: Case, *, more: float = 0.1, months: int = 3, runs: Path | str = "runs", workers: int | None = None,
               gap: float | None = None) -> Bottleneck:
    """What comes first, as `gwplan bottleneck`: money, power, chips or buildings, each eased a little, and each delayed.

    more: share added to budget, power on offer, allocation and starts; months: by which dates and lead times move. The study folder is
    written into `runs`. InputFaults if the case is faulty; NoPlan without a base plan.
    """
    from gwplan.analysis.bottleneck import bottleneck as asking

    try:
        return asking.bottleneck(_order(case, (), runs, workers, gap), more, months)
    except asking.NoBasePlan as error:
        raise NoPlan(error.base.status, str(error)) from error


def explain(name: str, of: Case | Run | None = None) -> Explanation:
    """What a name means that any command prints, as `gwplan explain`: meaning, unit, equation, file, numbers with sources, value in a run.

    of: the case or run for numbers and values. A name that matches nothing gives no meaning and the nearest names.
    """
    from gwplan.analysis.explain import explain as explaining

    material = None if of is None else explaining.of_reader(of._reader) if isinstance(of, Run) else explaining.of_case(of.facts)
    return explaining.explain(name, material)


def solve(case: Case, *, gap: float | None = None, time_limit: str | None = None, threads: int | None = None, seed: int | None = None,
          start: Run | None = None, fix: Run | None = None, progress: Callable[[Progress], None] | None = None) -> Run:
    """The best plan for a case, in memory.

    gap, time_limit, threads, seed: override the model's own. start: a plan to start from. fix: a plan whose decisions are fixed.
    progress: callback for progress. Raises Infeasible, Stopped, NoPlan; InputFaults if start or fix do not fit the case.
    """
    from gwplan.planning import build, run
    from gwplan.planning.request import Clock, Outcome, PlanText
    from gwplan.planning.run_writer import in_memory

    given = [None if each is None else PlanText("plan.csv", each._reader.plan_text) for each in (start, fix)]
    request = replace(_request(case.question), gap=gap, time_limit=time_limit, threads=threads, seed=seed, start=given[0], fix=given[1],
                      progress=progress)
    clock = Clock(progress)
    with clock.phase("read"):
        facts = build.read(request)
    with clock.phase("build"):
        built = (facts, *build.build(facts))
    answer = run.sought(request, clock, built, None)
    if isinstance(answer, Outcome):
        kinds: dict[Status, type[NoPlan]] = {Status.INFEASIBLE: Infeasible, Status.STOPPED: Stopped}
        raise kinds.get(answer.status, NoPlan)(answer.status, answer.message)
    return Run(in_memory(request, clock, built, answer), _Found(request, clock, built, answer))


def load_run(path: Path | str) -> Run:
    """Read a run folder. InputFaults if it is not one."""
    from gwplan.results.run_folder import RunFolder

    return Run(RunFolder(Path(path)))


def compare(base: Run, other: Run) -> Comparison:
    """The differences between two runs, with a breakdown of the change of the objective. InputFaults if a run lacks files for that."""
    from gwplan.analysis.compare.comparison import checked, compare_runs

    return compare_runs(checked(base._reader), checked(other._reader))


def sweep(case: Case, values: Mapping[str, Sequence[str]], *, runs: Path | str = "runs", workers: int | None = None,
          gap: float | None = None) -> Study:
    """Solve every combination of some values in parallel, as `gwplan sweep`. values: texts by key, as `Case.set` takes them.

    The study folder is written into `runs`. InputFaults if a key matches nothing.
    """
    from gwplan.analysis.scenarios import study
    from gwplan.analysis.sweep import Over, scenarios

    overs = [Over(key, "", tuple(texts)) for key, texts in values.items()]
    return study.run(_order(case, tuple(scenarios(overs)), runs, workers, gap))


def sample(case: Case, n: int, *, seed: int = 1, runs: Path | str = "runs", workers: int | None = None,
           gap: float | None = None) -> Sampled:
    """Monte Carlo: `n` draws of every number with a range, solved in parallel, as `gwplan sample`. InputFaults if none has a range."""
    from gwplan.analysis.uncertainty import sample as sampling

    return sampling.sample(_order(case, (), runs, workers, gap), sampling.Drawing(n, seed))


def breakeven(case: Case, of: str, aim: str = "", *, low: str = "", high: str = "", within: float = 0.005) -> Breakeven:
    """Where an item enters or leaves the plan, or a headline figure reaches a value, as `gwplan breakeven`.

    of, aim, low, high: as --of, --for, --from, --to. InputFaults; NoPlan if the unchanged case has none.
    """
    from gwplan.analysis.explain import breakeven as searching
    from gwplan.analysis.explain.asked import Wanted
    from gwplan.analysis.explain.resolve import NoBase

    try:
        return searching.run(replace(case.question, threads=None), Wanted(of, aim, (low, high), within))[0]
    except NoBase as error:
        raise NoPlan(error.base.status, str(error)) from None


def worth(run: Run, *, top: int = 10, confirm: int = 3) -> Worths:
    """What more of each limit that binds in a plan is worth, as `gwplan worth`. InputFaults if it cannot be solved again."""
    from gwplan.analysis.explain.resolve import ask_again
    from gwplan.analysis.explain.worth import worth as weighed

    return weighed(run._reader, ask_again(run._reader), top, confirm)


def why_not(case: Case, option: str, *, changes: Sequence[str] = ("price", "rate", "date"), run: Run | None = None) -> WhyNot:
    """What it costs to force an option that a plan leaves out, and what would let it in, as `gwplan why-not`.

    option: a system, vendor, site, hall design, supply or contract. run: the case's plan, if there is one. InputFaults; NoPlan.
    """
    from gwplan.analysis.explain.resolve import NoBase
    from gwplan.analysis.explain.why_not import why_not as asked

    try:
        return asked(replace(case.question, threads=None), option, changes, None if run is None else run._reader)
    except NoBase as error:
        raise NoPlan(error.base.status, str(error)) from None


def _request(question: SharedInputs) -> Request:
    from gwplan.inputs.memory import MemoryPath
    from gwplan.planning.request import Request

    folder = MemoryPath(question.files)
    return Request(folder / question.model, tuple(folder / name for name in question.overlays), question.sets)


def case_of(question: SharedInputs) -> Case:
    """The case of a question, which holds the content of all files it reads and can be pickled. InputFaults."""
    from gwplan.planning.build import read

    return Case(question, read(_request(question)))


def _order(case: Case, scenarios: tuple[Any, ...], runs: Path | str, workers: int | None, gap: float | None) -> Any:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.reports.webpage.studies.write import write

    request = _request(case.question)
    overlays, sets = tuple(request.overlays), tuple(request.sets)
    return StudyRequest(request.model, scenarios, overlays, sets, gap=gap, workers=workers, runs=Path(runs), page=write)
