"""How long a hedge takes and how that grows with scenarios: `python -m tests.benchmarks.hedges [--write docs/benchmarks_hedge.md]`.

`one_gigawatt` in half-years, to 1 % of all spend. Each hedge has a process of its own, one at a time; let nothing else run beside it.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.cases import ROOT
from tests.benchmarks.page import opening, table

MODEL = ROOT / "models" / "one_gigawatt.toml"
SETS = ("model.horizon.step=half",)
GAP = 0.01
MEGA = 1024.0
Outcomes = tuple[tuple[str, float, str, str], ...]
GRID: Outcomes = (("", 0.7, "", ""), ("late_grid", 0.3, "2028-Q3", "power.grid@*.earliest=+12 months"))
RENT: Outcomes = (("", 0.4, "", ""), ("low_rent", 0.3, "2029-Q1", "compute.compute@@*.value=*0.75"),
                  ("high_rent", 0.2, "2029-Q1", "compute.compute@@*.value=*1.2"), ("no_rent", 0.1, "2029-Q1", "compute.compute@@*.value=*0.6"))
HALLS: Outcomes = (("", 0.7, "", ""), ("dear_halls", 0.3, "2028-Q1", "halls.*.price=*1.25"))
CHIPS: Outcomes = (("", 0.8, "", ""), ("dear_chips", 0.2, "2028-Q3", "accelerators.*.price=*1.15"))
"""What may come: name, probability, from when it is known, and the change."""
TREES: tuple[tuple[Outcomes, ...], ...] = ((GRID,), (GRID, HALLS), (GRID, RENT), (GRID, RENT, HALLS), (GRID, RENT, HALLS, CHIPS))
HEADER = "scenarios | dates | wall, s | processor, s | memory, MB | proven to, % of spend | worth, MUSD | knowing, MUSD"
INTRO = """# How long a hedge takes

Written by `python -m tests.benchmarks.hedges --write docs/benchmarks_hedge.md`. `one_gigawatt` in half-years (18 periods, ten sites), to 1 % of all spend.
Scenarios are all combinations of a grid that comes a year later or not, four paths of rents, dearer halls or not, dearer chips or not. Memory is the most at
once. Proven: the distance to the bound over the present value of the base plan's spend. *Worth* is that of the hedge against the base plan that is planned again, *knowing* that of perfect information.

"""


def written(path: Path, parts: Sequence[Outcomes]) -> int:
    """Write all combinations of outcomes as scenarios; gives their number."""
    lines, count = ["scenario,probability,known,set,overlay,note"], 0
    for chosen in itertools.product(*parts):
        name, chance = "-".join(each[0] for each in chosen if each[0]) or "as_planned", 1.0
        for each in chosen:
            chance *= each[1]
        changes = [each for each in chosen if each[3]] or [("", 0.0, "", "")]
        lines += [f"{name},{chance if not place else ''},{each[2]},{each[3]},," for place, each in enumerate(changes)]
        count += 1
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return count


def measured(path: Path) -> list[str]:
    """Hedge the scenarios of a file in this process; gives the cells of its row after the number of scenarios."""
    from gwplan.analysis.hedge.hedge import hedge
    from gwplan.analysis.scenarios.study import StudyRequest

    began = time.perf_counter()
    found = hedge(StudyRequest(MODEL, (), sets=SETS, gap=GAP), path)
    wall = time.perf_counter() - began
    use = resource.getrusage(resource.RUSAGE_SELF)
    cost = found.futures[0].arrays.costs[0]
    assert found.futures[0].alone.x is not None
    spend = cost.spend_in(found.futures[0].alone.x) or abs(found.reached)
    dates = {each.known for branch in found.tree.branches for each in branch.changes}
    worth = "no plan" if found.worth is None else f"{found.worth.found:,.0f}"
    return [str(len(dates)), f"{wall:.0f}", f"{use.ru_utime + use.ru_stime:.0f}", f"{use.ru_maxrss / MEGA:,.0f}",
            f"{100 * abs(found.bound - found.reached) / spend:.2f}", worth, f"{found.knowing.found:,.0f}"]


def rows(scratch: Path) -> list[list[str]]:
    """A row for each tree, each measured in a process of its own."""
    found = []
    for number, parts in enumerate(TREES):
        path = scratch / f"scenarios_{number}.csv"
        count = written(path, parts)
        done = subprocess.run([sys.executable, "-m", "tests.benchmarks.hedges", "--one", str(path)], cwd=ROOT, capture_output=True, text=True,
                              check=True)
        found.append([str(count), *done.stdout.strip().split("|")])
        sys.stderr.write(f"{' | '.join(found[-1])}\n")
    return found


def main() -> None:
    """Measure all trees and print the page, or write it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.hedges", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page to this file")
    parser.add_argument("--one", type=Path, metavar="FILE", help="hedge the scenarios of this file alone, and print its cells")
    options = parser.parse_args()
    if options.one is not None:
        print("|".join(measured(options.one)))
        return
    with tempfile.TemporaryDirectory(prefix="gwplan-bench-") as scratch:
        text = INTRO + opening() + "\n\n" + table(HEADER, rows(Path(scratch)))
    sys.stdout.write(text)
    if options.write is not None:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
