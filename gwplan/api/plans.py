"""Plans: read a case, check it, solve it, compare two, solve many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.api.objects import Case, Found, Infeasible, NoPlan, Run, Stopped, case_of, order_of, request_of
from gwplan.common.status import Status
from gwplan.planning.request import Progress

if TYPE_CHECKING:
    from gwplan.analysis.compare.comparison import Comparison
    from gwplan.analysis.scenarios.study_table import Study
    from gwplan.analysis.uncertainty.sample import Sampled
    from gwplan.planning.request import CheckReport


def read_case(model: Path | str, *, set: Sequence[str] = (),  # noqa: A002 - as on the command line
              overlays: Sequence[Path | str] = ()) -> Case:
    """Read a model and its tables. set, overlays: as `--set` and `--with`. InputFaults lists every fault."""
    from gwplan.analysis.scenarios.scenario import ask

    return case_of(ask(Path(model), overlays=tuple(map(Path, overlays)), sets=tuple(set)))


def check(case: Case) -> CheckReport:
    """The report of `gwplan check`: sizes, warnings and unused rows. InputFaults lists every fault."""
    from gwplan.planning.build import check as checked

    return checked(request_of(case.question))


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
    request = replace(request_of(case.question), gap=gap, time_limit=time_limit, threads=threads, seed=seed, start=given[0], fix=given[1],
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
    return Run(in_memory(request, clock, built, answer), Found(request, clock, built, answer))


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
    return study.run(order_of(case, tuple(scenarios(overs)), runs, workers, gap))


def sample(case: Case, n: int, *, seed: int = 1, runs: Path | str = "runs", workers: int | None = None,
           gap: float | None = None) -> Sampled:
    """Monte Carlo: `n` draws of every number with a range, solved in parallel, as `gwplan sample`. InputFaults if none has a range."""
    from gwplan.analysis.uncertainty import sample as sampling

    return sampling.sample(order_of(case, (), runs, workers, gap), sampling.Drawing(n, seed))
