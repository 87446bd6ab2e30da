"""Explanations measured: `python -m tests.benchmarks.why [--write docs/benchmarks_why.md]`. About ten minutes with nothing else running.

Models without a plan: seconds to the first sentence and to the end, of the wall clock and of the processor; what holds a plan back; and how many
times the plan's own time a bottleneck and the worth of ten limits take.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gwplan.analysis.explain import holding
from gwplan.analysis.explain.resolve import question_of
from gwplan.planning.why import Unmet
from gwplan.results.run_folder import RunFolder
from tests.benchmarks.cases import MODEL, ROOT
from tests.benchmarks.page import command, opening, table

TINY = ROOT / "models" / "tiny.toml"
LIMIT = "60 s"
CASES = (
    (MODEL, ("budget.capital.cap=25 GUSD_2026",)), (MODEL, ("budget.capital.cap=1 GUSD_2026",)),
    (MODEL, ("accelerators.*@*@*.most_bought=0 1/year",)), (MODEL, ("model.target.1.by=2027-Q1",)), (MODEL, ("model.target.1.by=2028-Q2",)),
    (TINY, ("budget.capital.cap=200 MUSD_2026",)), (TINY, ("accelerators.*.most_bought=0 1/year",)), (TINY, ("halls.hall.price=*50",)),
    (TINY, ("halls.hall.build_months=+1000 month",)), (TINY, ("budget.capital.cap=200 MUSD_2026", "model.target.1.by=2026-Q1")),
)  # fmt: skip
"""A model, and the changes that leave no plan of it; the second to the fourth of them plainly; of the last, two have to go together."""


def explained(model: Path, sets: tuple[str, ...]) -> list[str]:
    """A row: the case, seconds to the first sentence, seconds and processor seconds to the end, and what was found."""
    wall, used, first = time.perf_counter(), time.process_time(), list[float]()

    def told(words: str) -> None:
        if words.startswith("No plan"):
            first.append(time.perf_counter() - wall)

    found = holding.of_question(question_of(model, (), sets), LIMIT, told)
    if not isinstance(found, Unmet):
        raise TypeError(f"{model.stem} with {sets} has a plan")
    answers = f"{len(found.enough)} enough, {len(found.not_enough)} not, {len(found.unknown)} unknown"
    answers += f", {len(found.pairs)} pairs" if found.pairs else ""
    seconds = [min(first, default=found.seconds), time.perf_counter() - wall, time.process_time() - used]
    return [f"`{model.stem}`, `{' '.join(sets)}`", *(f"{each:.1f}" for each in seconds), answers]


def studies(scratch: Path) -> tuple[list[list[str]], Path]:
    """What a plan, a bottleneck and the worth of ten limits of `one_gigawatt` take as commands, each in times the plan's; and the run."""
    def timed(*words: str) -> tuple[float, float, str]:
        wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-m", "gwplan", *words, "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.perf_counter() - wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout

    plan = timed("solve", str(MODEL), "--runs", str(scratch))
    run = json.loads(plan[2])["run"]
    found = {"solve": plan, "bottleneck": timed("bottleneck", str(MODEL), "--runs", str(scratch), "--no-cache"), "worth": timed("worth", run)}
    return [[f"`gwplan {name}`", f"{wall:.1f}", f"{used:.1f}", f"{wall / plan[0]:.1f}", f"{used / plan[1]:.1f}"]
            for name, (wall, used, _) in found.items()], Path(run)


def held(run: RunFolder) -> list[str]:
    """The same of a run."""
    wall, used, first = time.perf_counter(), time.process_time(), list[float]()
    found = holding.of_run(run, LIMIT, lambda words: first.append(time.perf_counter() - wall) if words.startswith("why not") else None)
    answers = f"{len(found.limits)} limits, {len(found.answers)} answers, {len(found.left)} unanswered"
    return [f"a run of `{run.summary['model']}`", f"{first[0]:.1f}", f"{time.perf_counter() - wall:.1f}", f"{time.process_time() - used:.1f}", answers]


def main() -> None:
    """Measure and print, or write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.why", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    busy = (f"Processes that ran or waited before it began, on average: {os.getloadavg()[0]:.0f} in the last minute. Where these are more than the "
            "cores, the processor's seconds say what a quiet machine takes, and the time limit ends what it would not.\n")
    with tempfile.TemporaryDirectory(prefix="gwplan-bench-") as scratch:
        asked, run = studies(Path(scratch))
        tiny = Path(command(Path(scratch), str(TINY))["run"])
        rows = [*(explained(*case) for case in CASES), *(held(RunFolder(each)) for each in (run, tiny))]
    text = (f"`gwplan why` with {LIMIT}, in one process, reading and building included. First: the sentence with the promises that clash; of a run, "
            "the limits that bind.")
    header = "case | first, s | all, s | processor, s | answers"
    other = "## Studies of one plan\n\n`one_gigawatt`, each command from start to end: seven solves, and ten limits with three of them solved once more.\n"
    times = table("command | wall, s | processor, s | times the plan's wall | times its processor", asked)
    page = "\n".join([opening(), busy, f"## Why\n\n{text}\n", table(header, rows), other, times])
    sys.stdout.write(page)
    if options.write is not None:
        options.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
