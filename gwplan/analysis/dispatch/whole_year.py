"""The test of a plan by the hour: each of its sites in one period, over all hours of a year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gwplan.analysis.dispatch.program import Dispatched, run_year
from gwplan.analysis.dispatch.site_year import SiteYear, by_supply, site_year
from gwplan.analysis.explain.resolve import model_of
from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.spelling import suggestion
from gwplan.common.status import Status
from gwplan.inputs.case import Case
from gwplan.inputs.definition_schema import Hours
from gwplan.inputs.hours import slice_year
from gwplan.inputs.memory import MemoryPath
from gwplan.inputs.plain_files import read_bytes
from gwplan.inputs.profiles import FOLDER, profile_files, read_profiles
from gwplan.model.parts.power.supplies import series_of
from gwplan.model.parts.power.table import FLAT
from gwplan.results.run_folder import RunFolder
from gwplan.solving.options import Options

DUST = 1e-6
"""MW below which load is served."""


@dataclass(frozen=True)
class SiteDispatch:
    """The year of a site in figures. Energy in GWh; unserved_hours: hours in which load goes unserved; peak: highest import in MW.

    spilled: GWh that sun, wind and contracts could have given beyond what was used; sold: over the grid. longest: hours in a row with
    unserved load.
    cost_musd: running cost of the year, load not served at its price included, less production tax credits (credits_musd).
    planned_musd: what the plan paid for energy, by the year, less such credits. beyond_gwh: unserved beyond what may be turned down.
    """

    site: str
    load_gwh: float
    energy_gwh: dict[str, float]
    spilled_gwh: float
    sold_gwh: float
    unserved_gwh: float
    unserved_hours: int
    longest: int
    worst_hour: int | None
    worst_mw: float
    peak_import_mw: float
    cost_musd: float
    planned_musd: float
    planned_unserved_gwh: float
    seconds: float
    beyond_gwh: float = 0.0
    credits_musd: float = 0.0


@dataclass(frozen=True)
class WholeYear:
    """The dispatch of a run in one period: figures by site, and the hours."""

    run: RunFolder
    period: str
    case: Case
    sites: list[SiteDispatch]
    hours: list[Dispatched]
    status: Status

    @property
    def falls_short(self) -> bool:
        """True if more load goes unserved than the plan leaves unserved."""
        return any(each.unserved_gwh > each.planned_unserved_gwh + DUST * max(each.load_gwh, 1.0) for each in self.sites)


class CannotDispatch(ValueError):
    """There is nothing to dispatch, or no hourly series to do it with; the text says why."""


def dispatch(run: RunFolder, period: str | None = None, sites: Sequence[str] = (), options: Options | None = None,
             told: Callable[[str], None] | None = None) -> WholeYear:
    """Run the sites of a plan over the full year, in the last period or in the one named. CannotDispatch or InputFaults."""
    case = full_case(run)
    names = case.calendar.names
    chosen = period or names[-1]
    if chosen not in names:
        raise CannotDispatch(f"the plan has no period {chosen!r}{suggestion(chosen, names)} ({names[0]} to {names[-1]})")
    there = [site for site in case.items("site") if load_in(run, site, chosen) > DUST]
    unknown = [site for site in sites if site not in case.items("site")]
    if unknown:
        raise CannotDispatch(f"the plan has no site {unknown[0]!r}{suggestion(unknown[0], case.items('site'))}")
    wanted = [site for site in there if not sites or site in sites]
    if not wanted:
        raise CannotDispatch(f"no load is on the planner's meter in {chosen}")
    hours, figures = [], []
    for site in wanted:
        if told is not None:
            told(f"{site}, {HOURS_A_YEAR:,} hours of {chosen}")
        year = site_year(case, run, site, names.index(chosen))
        check_series(case, year)
        found = run_year(year, options or Options())
        if np.isnan(found.cost):
            raise CannotDispatch(f"the year of {site} could not be solved: {found.reason or found.status}")
        hours.append(found)
        figures.append(figures_of(run, found, chosen, case))
    status = next((each.status for each in hours if each.status is not Status.OPTIMAL), Status.OPTIMAL)
    return WholeYear(run, chosen, case, figures, hours, status)


def check_series(case: Case, year: SiteYear) -> None:
    """CannotDispatch where what a plan of yearly means builds comes when it will, and no series says when."""
    for plant in year.plants:
        if plant.role in ("variable", "contract") and not series_of(case, plant.name, year.site) \
                and case.get_label("power", plant.name, "profile") != FLAT:
            raise CannotDispatch(f"{plant.name} at {year.site} has no hourly series: {FOLDER}/{year.site}.csv has none of its profile, its "
                                 "name or its fuel")


def full_case(run: RunFolder) -> Case:
    """The case of a run with all hours of the year; of a plan of yearly means, with the hourly series of the case that it was read from."""
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    case, faults = read(Request(model_with_hours(run))), list[Fault]()
    profiles = read_profiles(case.definition.inputs, case.items("site"), faults, [])
    if faults:
        raise InputFaults(faults)
    case.take_hours(slice_year(Hours(kind="full"), profiles, case.items("site")))
    return case


def model_with_hours(run: RunFolder) -> MemoryPath:
    """The model of a run in memory, with hourly series. CannotDispatch where there are none."""
    model = model_of(run)
    if any(name.startswith(f"inputs/{FOLDER}/") for name in model.files):
        return model
    source = Path(str(run.manifest.get("model", ""))).parent / str(run.manifest["definition"].get("inputs", ""))
    found = profile_files(source) if source.is_dir() else []
    if not found:
        raise CannotDispatch(f"the run has no hourly series, and there are none in {source / FOLDER}; a plan "
                             "that was solved in memory has them only if its model has [hours]")
    return MemoryPath({**model.files, **{f"inputs/{FOLDER}/{path.name}": read_bytes(path) for path in found}}, model.at)


def load_in(run: RunFolder, site: str, period: str) -> float:
    """Power at the meter in the worst hour, in MW."""
    frame = run.table("account.facility_peak")
    rows = frame[(frame["site"] == site) & (frame["period"] == period)] if len(frame) else frame
    return float(rows["value"].sum()) if len(rows) else 0.0


def figures_of(run: RunFolder, found: Dispatched, period: str, case: Case) -> SiteDispatch:
    """The figures of a site's year."""
    year, unserved = found.year, found.unserved
    comes = [plant for plant in year.plants if plant.role in ("variable", "contract")]
    spilled = sum(float((plant.could - found.output.get(plant.name, np.zeros(1))).sum()) for plant in comes)
    missed = np.flatnonzero(unserved > DUST)
    imports = [found.output[plant.name] for plant in year.plants if plant.wired and plant.name in found.output]
    planned, lost = planned_of(run, year.site, period, case)
    return SiteDispatch(
        year.site, float(year.load.sum()) / 1e3, {name: float(output.sum()) / 1e3 for name, output in found.output.items()}
        | {name: float(output.sum()) / 1e3 for name, output in found.discharge.items()}, spilled / 1e3,
        sum(float(each.sum()) for each in found.sold.values()) / 1e3, float(unserved.sum()) / 1e3,
        len(missed), longest_run(missed), int(unserved.argmax()) if len(missed) else None, float(unserved.max()),
        float(np.max(np.sum(imports, axis=0))) if imports else 0.0, found.cost / 1e6, planned - credits_in(run, year, period), lost,
        found.seconds, float(found.beyond.sum()) / 1e3, found.credits / 1e6)


def credits_in(run: RunFolder, year: SiteYear, period: str) -> float:
    """What the plan takes in tax credits for output, in MUSD a year."""
    credited = by_supply(run, "power.credited", year.site, period)
    return sum(plant.credit * credited.get(plant.name, 0.0) for plant in year.plants) * HOURS_A_YEAR / 1e6


def longest_run(hours: npt.NDArray[np.intp]) -> int:
    """Most hours in a row."""
    if not len(hours):
        return 0
    breaks = np.flatnonzero(np.diff(hours) > 1)
    edges = np.concatenate([[-1], breaks, [len(hours) - 1]])
    return int(np.diff(edges).max())


def planned_of(run: RunFolder, site: str, period: str, case: Case) -> tuple[float, float]:
    """What the plan pays for energy and demand at a site in a period, in MUSD a year, and the GWh a year that it leaves unserved.

    Upkeep, charges for capacity, and contracts, which are paid whatever they give, are left out.
    """
    number = case.calendar.names.index(period)
    years = case.calendar.periods[number].years
    ledger = run.table("ledger")
    rows = ledger[(ledger["kind"] == "running") & (ledger["maker"] == "power") & (ledger["site"] == site) & (ledger["period"] == period)]
    contracts = [supply for supply in case.items("supply") if case.get_label("power", supply, "role") == "contract"]
    varying = rows[((rows["class"] == "energy") | (rows["payee"] == "utilities")) & ~rows["item"].isin(contracts)]
    frame = run.table("power.unserved")
    lost = frame[(frame["site"] == site) & (frame["period"] == period)] if len(frame) else frame
    shares = dict(zip(run.table("slices")["slice"], run.table("slices")["share"], strict=True)) if len(lost) else {}
    unserved = sum(float(shares[part]) * value for part, value in zip(lost["slice"], lost["value"], strict=True)) if len(lost) else 0.0
    return float(varying["amount"].sum()) / years, unserved * HOURS_A_YEAR / 1e3


