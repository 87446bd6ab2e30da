"""A plan made again with other hours: its supplies sized against many hours, and the days kept that it did not see.

Sizing keeps what is whole, or binds others, as it was planned: openings, halls, systems, contracts of compute, whole units and connections.
What may be of any size is free: sun, wind, storage, contracts of energy and split units. So it is a linear program, of many hours.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gwplan.analysis.dispatch.whole_year import DUST, CannotDispatch, WholeYear, dispatch, model_with_hours
from gwplan.common.calendar import HOURS_A_DAY
from gwplan.common.printable import read_cell
from gwplan.inputs.definition_schema import DAYS_A_YEAR, day_text
from gwplan.inputs.definition_text import as_toml
from gwplan.inputs.memory import MemoryPath
from gwplan.inputs.profiles import FOLDER
from gwplan.model.parts.power.supplies import is_connection, offered, services
from gwplan.results.run_folder import RunFolder
from gwplan.solving.decisions import HEADER

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.planning.request import Request

FULL = DAYS_A_YEAR
"""So many days are all of the year."""
ORDERED = ("power", "ordered")
Told = Callable[[str], None]


@dataclass(frozen=True)
class Again:
    """A plan, the plan made again, and the full year of both, in the same period.

    what: `sized` or `kept`. days: of the year that are kept, such as `01-14`.
    """

    what: str
    before: WholeYear
    after: WholeYear
    days: tuple[str, ...] = ()

    @property
    def costs(self) -> tuple[float, float]:
        """Net present cost of both plans, in MUSD."""
        first, second = (float(each.run.summary["npv_cost_musd"]) for each in (self.before, self.after))
        return first, second

    @property
    def capacities(self) -> list[tuple[str, str, float, float]]:
        """Supply, site, and MW before and after, in the period, of what either has."""
        found = [capacity(each.run, each.period) for each in (self.before, self.after)]
        pairs = sorted({pair for each in found for pair, power in each.items() if power > DUST})
        return [(*pair, found[0].get(pair, 0.0), found[1].get(pair, 0.0)) for pair in pairs]

    @property
    def energies(self) -> list[tuple[str, str, float, float]]:
        """Storage whose energy is bought apart: supply, site, and MWh before and after."""
        found = [capacity(each.run, each.period, "power.energy_capacity") for each in (self.before, self.after)]
        pairs = sorted({pair for each in found for pair, energy in each.items() if energy > DUST})
        return [(*pair, found[0].get(pair, 0.0), found[1].get(pair, 0.0)) for pair in pairs]


class NoPlanAgain(CannotDispatch):
    """No plan keeps all the rules with these hours; the text says which do not hold."""


def size(year: WholeYear, days: int, runs: Path | None = None, told: Told | None = None) -> Again:
    """Size what may be of any size against so many typical days of 24 hours, or against the year (365).

    runs: the folder of the new run; None: in memory. CannotDispatch where all is whole, NoPlanAgain where there is no plan.
    """
    run = year.run
    hours: dict[str, Any] = {"kind": "full"} if days >= FULL else \
        {**kept_of(run), "kind": "typical_days", "n": days, "linked": True}
    model = with_hours(run, hours)
    sites = used_sites(run, model)
    fixed = fixed_text(run, year.case, sites)
    if told is not None:
        told(f"sizes against {'all hours' if days >= FULL else f'{days} typical days by the hour'}")
    return Again("sized", year, once_more(of_sites(model, sites), year, runs, told, fix=fixed), tuple(hours.get("keep", ())))


def keep(year: WholeYear, days: int, runs: Path | None = None, told: Told | None = None) -> Again | None:
    """Plan again, from the plan, with so many of its worst days kept beside the typical ones: those with the most unserved energy.

    None where all is served, or each day in which it is not is kept already. CannotDispatch where the plan has no typical days;
    NoPlanAgain where there is no plan.
    """
    hours = dict(year.run.manifest["definition"].get("hours") or {})
    if hours.get("kind") != "typical_days":
        raise CannotDispatch("the plan has no typical days beside which others could be kept: [hours] kind = \"typical_days\"")
    worst = worst_days(year, days)
    if not worst:
        return None
    hours["keep"] = sorted({*hours.get("keep", ()), *worst})
    if told is not None:
        told(f"plans again with {', '.join(worst)} kept")
    model = with_hours(year.run, hours)
    return Again("kept", year, once_more(model, year, runs, told, start=year.run.plan_text), tuple(worst))


def worst_days(year: WholeYear, most: int) -> list[str]:
    """The days with the most unserved energy of all sites, beyond those that are kept already, worst first."""
    missed = np.sum([each.unserved for each in year.hours], axis=0).reshape(DAYS_A_YEAR, HOURS_A_DAY).sum(axis=1)
    kept = set(kept_of(year.run).get("keep", ()))
    order = [int(day) for day in np.argsort(-missed, kind="stable") if missed[day] > DUST * HOURS_A_DAY]
    return [day_text(day) for day in order if day_text(day) not in kept][:most]


def kept_of(run: RunFolder) -> dict[str, Any]:
    """The days that a plan keeps already, as a key of its hours."""
    days = (run.manifest["definition"].get("hours") or {}).get("keep", ())
    return {"keep": list(days)} if days else {}


def with_hours(run: RunFolder, hours: Mapping[str, Any]) -> MemoryPath:
    """The model of a run with other hours."""
    model = model_with_hours(run)
    definition = {**run.manifest["definition"], "inputs": "inputs", "hours": dict(hours)}
    definition.pop("overlays", None)
    return MemoryPath({**model.files, model.at: as_toml(definition).encode()}, model.at)


def used_sites(run: RunFolder, model: MemoryPath) -> set[str]:
    """The sites that a plan uses, or its model names: others would add columns and nothing else."""
    peak, toml = run.table("account.facility_peak"), model.files[model.at].decode()
    used = {str(site) for site, value in zip(peak["site"], peak["value"], strict=True) if value > DUST}
    used |= {str(name) for column in ("site", "item") for name in run.plan[column]}
    existing = run.inputs("existing")
    used |= {str(site) for site in existing["site"]} if len(existing) else set()
    return {site for site in map(str, run.inputs("sites")["item"]) if site in used or site in toml}


def of_sites(model: MemoryPath, sites: set[str]) -> MemoryPath:
    """The model with these sites alone."""
    return MemoryPath({name: without_others(name, content, sites) for name, content in model.files.items()}, model.at)


def without_others(name: str, content: bytes, sites: set[str]) -> bytes:
    """A table without the rows of other sites."""
    column = "item" if name == "inputs/sites.csv" else "site"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))) if name.endswith(".csv") else []
    if name.startswith(f"inputs/{FOLDER}/") or not rows or column not in rows[0]:
        return content
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if row[column] in {"", *sites})
    return text.getvalue().encode()


def once_more(model: MemoryPath, year: WholeYear, runs: Path | None, told: Told | None, **given: str) -> WholeYear:
    """The plan of a model, and its full year. given: `fix` or `start`, the text of a plan."""
    from gwplan.planning.request import PlanText
    from gwplan.planning.request import Request as Asked

    texts: dict[str, Any] = {name: PlanText("plan.csv", text) for name, text in given.items()}
    run = solved(Asked(model, vendors=False, **texts), runs)
    sites = [site.site for site in year.sites] if given.get("fix") else []
    return dispatch(run, year.period, sites, told=told)


def solved(request: Request, runs: Path | None) -> RunFolder:
    """The run of a request, in a folder or in memory. NoPlanAgain where there is none."""
    from gwplan.planning import build, run
    from gwplan.planning.request import Clock, Outcome
    from gwplan.planning.run_writer import in_memory

    if runs is not None:
        outcome = run.solve(replace(request, runs=runs))
        if outcome.run is None:
            raise NoPlanAgain(outcome.message)
        return RunFolder(outcome.run)
    clock = Clock(None)
    with clock.phase("read"):
        case = build.read(request)
    with clock.phase("build"):
        built = (case, *build.build(case))
    answer = run.sought(request, clock, built, None)
    if isinstance(answer, Outcome):
        raise NoPlanAgain(answer.message)
    return in_memory(request, clock, built, answer)


def fixed_text(run: RunFolder, case: Case, sites: set[str]) -> str:
    """The plan as a table of decisions in which what may be of any size is left blank. CannotDispatch where nothing is."""
    free = [pair for pair in offered(case) if pair[1] in sites and is_free(case, *pair)]
    if not free:
        raise CannotDispatch("all that the plan may order comes whole, or is a connection: there is nothing to size")
    table = csv.DictReader(io.StringIO(run.plan_text))
    rows = [[read_cell(row[name]) for name in HEADER] for row in table if (row["part"], row["decision"]) != ORDERED
            or (row["item"], row["site"]) not in free]
    names = case.calendar.names
    rows += [[*ORDERED, *pair, names[period], ""] for pair in free for period in services(case, *pair)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    return text.getvalue()


def is_free(case: Case, supply: str, site: str) -> bool:
    """True for a supply that may be of any size: its units are split, and it is no connection."""
    whole = case.number("power", supply, "unit", site) >= case.definition.solver.whole_units_from
    return not whole and not is_connection(case, supply, site)


def capacity(run: RunFolder, period: str, table: str = "power.capacity") -> dict[tuple[str, str], float]:
    """MW, or MWh, in a period, by (supply, site)."""
    frame = run.table(table)
    if not len(frame):
        return {}
    rows = frame[frame["period"] == period]
    return {(str(supply), str(site)): float(value)
            for supply, site, value in zip(rows["supply"], rows["site"], rows["value"], strict=True)}
