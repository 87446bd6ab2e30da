"""What typical days and segments get wrong of a year: cost, load that goes unserved, and the time that they take, against all hours.

`behind_the_meter` cut to what all hours of can be solved: 100 MW at Abilene, wanted from 2031 on, at least cost; with a fifth of the carbon
of fuel cells alone, and with none and no grid.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log10, nan
from pathlib import Path

import gwplan
from gwplan.analysis.dispatch.again import keep, size, without_others
from gwplan.api.objects import Case, case_of
from gwplan.common.status import Status
from gwplan.planning.build import build
from gwplan.solving import decisions
from gwplan.solving.highs import solve_problem
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem
from tests.benchmarks.cases import ROOT
from tests.benchmarks.page import table

MODEL = ROOT / "models" / "behind_the_meter.toml"
SITE = "abilene_tx"
SETS = (f"demand.campus@{SITE}.power=0 MW", "demand.campus.taken=as_given", "model.horizon.step=year",
        "model.horizon.end=2031-Q4")
WANTED = f"demand,campus,{SITE},2031,power,,100,,MW,planner_choice,a tenth of the campus\n"
ALONE = '[exclude]\nfuel = ["grid", "sun_and_wind", "uranium"]\n\n'
CASES = {"any supply, 56,000 t/year": ("56000 t/year", ""), "no grid, no carbon": ("0 t/year", ALONE)}
"""Cap of carbon, and what the model leaves out."""
DAYS = ((2, 8), (4, 8), (6, 8), (12, 8), (24, 8), (12, 24))
SEGMENTS = (50, 100, 200, 400, 800)
ALL_HOURS, LONGEST = "all hours", 600.0
"""Seconds after which all hours are given up."""
KEPT, SIZED = 10, 24
"""Of six days of eight slices: so many worst days are kept, and so many days by the hour it is sized against."""
WIDE, HIGH, LEFT, BELOW, ABOVE = 420, 260, 60, 40, 30
INKS = {"typical days": "#0072B2", "segments": "#E69F00"}


@dataclass(frozen=True)
class Measured:
    """A plan: how it divides the year, its slices, its cost in MUSD, what goes unserved in the full year in %, and seconds to solve."""

    way: str
    name: str
    slices: int
    cost: float
    unserved: float
    seconds: float


def cut(carbon: str, hours: Sequence[str]) -> Case:
    """The case with one site, for other sites would add columns and nothing else, with these lines of [hours], at least cost."""
    (cap, alone), question = CASES[carbon], gwplan.read_case(MODEL).question
    files = {name: without_others(f"inputs/{name.rpartition('/')[2]}", content, {SITE}) if "profiles/" not in name else content
             for name, content in question.files.items()}
    overlay = next(name for name in files if name.endswith(f"overlays/{MODEL.stem}.csv"))
    files[overlay] += WANTED.encode()
    text = re.sub(r"\[hours\][^[]*", "\n".join(["[hours]", *hours, "", ""]), files[question.model].decode())
    files[question.model] = re.sub(r"\[goal\][^[]*", '[goal]\nkind = "least_cost"\n\n' + alone, text).encode()
    return case_of(replace(question, files=files, sets=(*SETS, f"carbon.operational.cap={cap}")))


def planned(carbon: str, way: str, name: str, hours: Sequence[str]) -> tuple[Measured, gwplan.Run]:
    """A plan, and what its builds leave unserved."""
    began = time.perf_counter()
    run = gwplan.solve(cut(carbon, hours), gap=0.0, time_limit="30 min")
    return measured(run, way, name, time.perf_counter() - began, gwplan.dispatch(run)), run


def measured(run: gwplan.Run, way: str, name: str, seconds: float, year: object) -> Measured:
    """What a plan is measured by."""
    (site,) = year.sites  # type: ignore[attr-defined]
    return Measured(way, name, len(run.table("slices")), float(run.summary["npv_cost_musd"]), 100 * site.unserved_gwh / site.load_gwh, seconds)


def of_days(days: int, segments: int) -> list[str]:
    """Lines of [hours]."""
    return ['kind = "typical_days"', f"n = {days}", f"segments = {segments}"]


def all_of(carbon: str) -> list[Measured]:
    """Every division, the two stages after six days of eight slices, and all hours."""
    found = []
    for days, segments in DAYS:
        plan, run = planned(carbon, "typical days", f"{days} x {segments}", of_days(days, segments))
        found.append(plan)
        print(plan, file=sys.stderr, flush=True)
        if (days, segments) == (6, 8):
            found += stages(run, plan)
    found += [planned(carbon, "segments", f"{n}", ['kind = "segments"', f"n = {n}"])[0] for n in SEGMENTS]
    return [*found, of_all_hours(carbon, run)]


def of_all_hours(carbon: str, run: gwplan.Run) -> Measured:
    """The plan of all hours, with the whole numbers of a run: a linear program, which an interior point takes far less time for."""
    began = time.perf_counter()
    case = cut(carbon, ['kind = "full"']).facts
    plan, arrays = build(case)
    whole = decisions.start(plan, arrays, decisions.start_of(run._reader.plan_text, "plan.csv", case))
    problem = Problem(replace(arrays, financed=True), arrays.costs[-1]).relaxed().fixed(whole)
    found = solve_problem(problem, Options(time_limit=LONGEST))
    cost, unserved = (found.objective, 0.0) if found.status is Status.OPTIMAL else (nan, nan)
    return Measured(ALL_HOURS, "", len(case.calendar.slices), cost, unserved, time.perf_counter() - began)


def stages(run: gwplan.Run, plan: Measured) -> list[Measured]:
    """The plan with its worst days kept, and sized against more days."""
    found, year = [], gwplan.dispatch(run)
    for way, do, days in ((f"{plan.name}, {KEPT} worst days kept", keep, KEPT), (f"{plan.name}, then sized against {SIZED} x 24", size, SIZED)):
        began = time.perf_counter()
        made = do(year, days)
        if made is not None:
            (site,) = made.after.sites
            found.append(Measured("two stages", way, len(made.after.run.table("slices")), made.costs[1], 100 * site.unserved_gwh / site.load_gwh,
                                  plan.seconds + time.perf_counter() - began))
    return found


def rows(carbon: str, found: Sequence[Measured]) -> list[list[str]]:
    """Rows of the table, with the error of cost against all hours; blank what is not known, for they took too long."""
    true = found[-1].cost
    return [[carbon, each.way, each.name, f"{each.slices:,}", known(each.cost, ",.1f"), known(100 * (each.cost / true - 1), "+.1f"),
             known(each.unserved, ".3f"), f"{each.seconds:.1f}"] for each in found]


def known(value: float, form: str) -> str:
    """A number as text; blank for nan."""
    return "" if value != value else format(value, form)


def section(picture: Path) -> str:
    """The section of the page; the chart is written beside it."""
    found = {carbon: all_of(carbon) for carbon in CASES}
    picture.write_text(chart(found[list(CASES)[-1]]), encoding="utf-8")
    head = "case | division | | slices | cost, MUSD | error of cost, % | unserved, % | seconds"
    return table(head, [row for carbon, each in found.items() for row in rows(carbon, each)])


def chart(found: Sequence[Measured]) -> str:
    """Error of cost, and unserved load, over slices, as an SVG of two panels."""
    true = found[-1].cost
    panels = [("error of cost, %", [(each, abs(100 * (each.cost / true - 1))) for each in found]),
              ("unserved in the full year, %", [(each, each.unserved) for each in found])]
    shapes = "\n".join(panel(number * WIDE, title, points) for number, (title, points) in enumerate(panels))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDE} {HIGH}" font-family="sans-serif" font-size="12">\n'
            f'<rect width="100%" height="100%" fill="white"/>\n{shapes}\n</svg>\n')


def panel(left: float, title: str, points: Sequence[tuple[Measured, float]]) -> str:
    """A panel: lines over the number of slices, on a scale of powers."""
    shown = [(each, value) for each, value in points if each.way in INKS]
    low, high = (edge(each.slices for each, _ in shown) for edge in (min, max))
    top = max([1e-9, *(value for _, value in shown)])

    def at(slices: int, value: float) -> tuple[float, float]:
        across = (log10(slices) - log10(low)) / (log10(high) - log10(low))
        return left + LEFT + across * (WIDE - LEFT - 20), HIGH - BELOW - value / top * (HIGH - BELOW - ABOVE)

    marks = [f'<text x="{left + LEFT}" y="18">{title}</text>']
    for share in (0.0, 0.5, 1.0):
        _, y = at(low, share * top)
        marks.append(f'<line x1="{left + LEFT}" x2="{left + WIDE - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                     f'<text x="{left + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share * top:.2g}</text>')
    for slices in (20, 50, 100, 200, 500):
        if low <= slices <= high:
            marks.append(f'<text x="{at(slices, 0)[0]:.1f}" y="{HIGH - BELOW + 18}" text-anchor="middle">{slices}</text>')
    marks.append(f'<text x="{left + (WIDE + LEFT) / 2}" y="{HIGH - 6}" text-anchor="middle">slices of the year</text>')
    for number, (way, ink) in enumerate(INKS.items()):
        line = sorted((at(each.slices, value) for each, value in shown if each.way == way))
        marks.append(f'<polyline fill="none" stroke="{ink}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in line)}"/>')
        marks += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{ink}"/>' for x, y in line]
        marks.append(f'<text x="{left + WIDE - 20}" y="{ABOVE + 14 + 16 * number}" text-anchor="end" fill="{ink}">{way}</text>')
    return "\n".join(marks)


if __name__ == "__main__":
    print(section(Path(sys.argv[1])))
