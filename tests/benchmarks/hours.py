"""Hours measured: `python -m tests.benchmarks.hours [--write docs/benchmarks_hours.md]`. About ten minutes with nothing else running.

What a plan with few typical days gets wrong: its cost, and the load that its builds leave unserved in all hours of a year, beside the time
that it takes; for a load off the grid with half the carbon of engines, and with none. And a gigawatt with and without hours.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import gwplan
from tests.benchmarks import aggregation
from tests.benchmarks.cases import MODEL, ROOT
from tests.benchmarks.page import opening, table

OFF_GRID = ROOT / "models" / "off_grid.toml"
CAPS = ("200000 t/year", "0 t/year")
"""What engines alone would emit is about twice the first."""
DAYS = ((2, 4), (2, 8), (6, 8), (12, 8), (24, 8), (12, 24))
UNTIL = "model.horizon.end=2036"
FEW = ("model.hours.kind=typical_days", "model.hours.n=2", "model.hours.segments=4", "model.hours.linked=false")


def off_grid(cap: str, days: int, segments: int) -> list[str]:
    """A row: the division of the year, cost, what is unserved, and seconds."""
    sets = (f"carbon.operational.cap={cap}", f"model.hours.n={days}", f"model.hours.segments={segments}", UNTIL)
    wall, used = time.perf_counter(), time.process_time()
    plan = gwplan.solve(gwplan.read_case(OFF_GRID, set=sets))
    seconds = time.perf_counter() - wall, time.process_time() - used
    (site,) = gwplan.dispatch(plan).sites
    missed = 100 * site.unserved_gwh / site.load_gwh
    return [cap, f"{days} x {segments}", f"{float(plan.summary['npv_cost_musd']):,.0f}", f"{missed:.3f}", f"{site.unserved_hours:,}",
            *(f"{each:.1f}" for each in seconds)]


def gigawatt(sets: tuple[str, ...]) -> list[str]:
    """A row: a gigawatt with these hours, its value, its size and seconds."""
    wall, used = time.perf_counter(), time.process_time()
    plan = gwplan.solve(gwplan.read_case(MODEL, set=sets))
    seconds = time.perf_counter() - wall, time.process_time() - used
    missed = f"{sum(site.unserved_gwh for site in gwplan.dispatch(plan).sites):.3f}" if sets else "not run"
    return ["typical days, 2 x 4" if sets else "means", f"{float(plan.summary['objective']):,.0f}", missed,
            *(f"{each:.1f}" for each in seconds)]


AGAINST = """`behind_the_meter` cut to 100 MW at Abilene, wanted from 2031 on, at least cost: with a fifth of the carbon of fuel cells alone, and without carbon and
grid. *Days x slices*: typical days beside the calmest and the hottest, linked; *segments*: the year in order; *two stages*: six days of eight slices, then `gwplan
dispatch --keep 10` or `--size 24`, seconds of both; *all hours*: whole numbers as in the plan before, by an interior point, given up after ten minutes. *Unserved* is of the builds in the full year."""
ARGUED = """Typical days are the default way, for as many slices of a year in order see less and take several times as long. Where a grid or a fuel makes up for weather,
six days of eight slices miss the cost by some per cent and leave nothing unserved; `behind_the_meter` itself, which has fuel, costs the same with two
days of six slices, four of six, and sized against twelve days by the hour, so two are enough for it. Without a fuel no few days are enough: the error of cost has either
sign, for a calm day that stands for many makes a plan dear. Then plan with 12 or more, keep the worst days, and look at the full year."""
PICTURE = ROOT / "docs" / "benchmarks_hours.svg"


def page(picture: Path = PICTURE) -> str:
    """The page as Markdown; its chart is written beside it."""
    load = opening()
    rows = [off_grid(cap, *days) for cap in CAPS for days in DAYS]
    head = "carbon | days x slices | net present cost, MUSD | unserved, % | hours | wall, s | processor, s"
    sections = [load, "## A load off the grid", "`off_grid` planned with so many typical days, beside the calmest and the hottest, each in so many "
                "slices; and what its builds of the last year leave unserved of 876 GWh in the full year (`gwplan dispatch`). Few days take sun and "
                "wind to be steadier than they are: a plan without a fuel needs many. All rows of this page are of one process.", table(head, rows),
                "## A gigawatt with hours", table("hours | value, MUSD | unserved, GWh | wall, s | processor, s", [gigawatt(()), gigawatt(FEW)]),
                "## Typical days and segments against the full year", AGAINST,
                f"![Error of cost and unserved load by the number of slices, without carbon and grid]({picture.name})",
                aggregation.section(picture), ARGUED]
    return "\n\n".join(sections) + "\n"


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    text = page()
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
