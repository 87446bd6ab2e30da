"""The bridge: from a plan's capital per GW of IT to the figures that others publish, step by step.

Published figures mix bases: per GW of IT or at the meter, one generation or another, mostly without spares, contingency
or power plants, in dollars of their year. The bridge takes the plan's first build apart by class, then removes what the
published figures leave out, each step computed from the run's own ledger and inputs. What is left unexplained is said.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

from gwplan.reports.folder import RunFolder, sums
from gwplan.reports.schedule import LEAST, system_power

MUSD_A_GUSD = MW_A_GW = 1e3
SYSTEMS = ("accelerators", "networks")
CLASS_ORDER = ("accelerators", "networks", "halls", "power", "sites")
PUBLISHED = "capital_per_gw"
LEAST_SHOWN = 0.05

Basis = Literal["IT", "meter", "unstated"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `kind` is class (a part of the plan), change (what a step takes away or adds) or level (where that leads).

    amount: GUSD per GW, in the dollars of the model unless the name says otherwise.
    """

    kind: Literal["class", "change", "level"]
    name: str
    amount: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """One system of the first build: its IT power in GW, and GUSD per GW of IT for systems and networks."""

    system: str
    gigawatts: float
    amount: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure in GUSD per GW, and the plan on the same basis (both bases where it states none)."""

    name: str
    source: str
    basis: Basis
    low: float
    base: float
    high: float
    plan: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """The steps, the generations and the published figures, with the first and last of these in order of size."""

    dollars: int
    first_build_end: str
    gigawatts: float
    steps: tuple[Step, ...]
    generations: tuple[Generation, ...]
    published: tuple[Figure, ...]

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return asdict(self)


def build(run: RunFolder) -> Bridge | None:
    """The bridge of a run; None where no IT power is built or nothing is paid."""
    capital, per_gigawatt = run.figure("capital_first_build_musd"), run.figure("capital_musd_per_it_gw")
    if not capital or not per_gigawatt or not len(run.first_build):
        return None
    gigawatts = capital / per_gigawatt
    scale = gigawatts * MUSD_A_GUSD
    steps = [Step("level", "plan, per GW of IT", capital / scale, f"first build, to {run.periods[run.first_build_end]}")]
    steps += _classes(run, scale)
    changes = _left_out(run, scale)
    alike = capital / scale + sum(change.amount for change in changes)
    ratio = _it_over_facility(run)
    at_meter = alike * ratio
    figures = _figures(run, alike, at_meter)
    steps += [*changes, Step("level", "like for like, per GW of IT", alike)]
    steps.append(Step("change", "basis: per GW at the meter", at_meter - alike, f"IT is {ratio:.3f} of the facility's peak"))
    steps.append(Step("level", "like for like, per GW at the meter", at_meter))
    steps += _years(run, at_meter, figures)
    return Bridge(run.dollars, run.periods[run.first_build_end], gigawatts, tuple(steps), _generations(run), figures)


def _classes(run: RunFolder, scale: float) -> list[Step]:
    paid: dict[str, dict[str, float]] = {}
    for row in sums(run.first_build, ["class", "item"]):
        paid.setdefault(row["class"], {})[row["item"]] = row["amount"] / scale
    steps = []
    for name in sorted(paid, key=lambda name: (CLASS_ORDER.index(name) if name in CLASS_ORDER else len(CLASS_ORDER), name)):
        items = sorted(paid[name].items(), key=lambda item: (-item[1], item[0]))
        text = ", ".join(f"{item} {amount:.1f}" for item, amount in items if amount >= LEAST_SHOWN)
        steps.append(Step("class", name, sum(paid[name].values()), text))
    return steps


def _left_out(run: RunFolder, scale: float) -> list[Step]:
    """What published figures leave out: spares, then the contingency of the rest, then plants beyond the grid."""
    taken = {"spares": 0.0, "contingency": 0.0, "plants": 0.0}
    plants: set[str] = set()
    for row in sums(run.first_build, ["class", "item", "site"]):
        amount, table = row["amount"], "accelerators" if row["class"] in SYSTEMS else row["class"]
        spares = (run.number(table, row["item"], "spares") or 0.0) if row["class"] in SYSTEMS else 0.0
        taken["spares"] += amount * spares / (1 + spares)
        amount /= 1 + spares
        contingency = run.number(table, row["item"], "contingency", row["site"]) or 0.0
        taken["contingency"] += amount * contingency / (1 + contingency)
        amount /= 1 + contingency
        if row["class"] == "power" and run.number("power", row["item"], "energy_price", row["site"]) is None:
            taken["plants"] += amount
            plants.add(row["item"])
    return [
        Step("change", "spares", -taken["spares"] / scale, "systems bought beyond those that run"),
        Step("change", "contingency", -taken["contingency"] / scale, "added to the prices of halls, systems and supplies"),
        Step("change", "power plants beyond the grid", -taken["plants"] / scale, ", ".join(sorted(plants)) or "none"),
    ]


def _it_over_facility(run: RunFolder) -> float:
    """IT power / power at the meter, in the first period in which the most IT power runs."""
    it = [float(value) for value in run.summary["it_mw"]]
    place = it.index(max(it))
    facility = float(run.summary["facility_mw"][place])
    return it[place] / facility if facility > 0 else 1.0


def _figures(run: RunFolder, alike: float, at_meter: float) -> tuple[Figure, ...]:
    """Published all-in figures, largest last. In the run's inputs they are in MUSD/MW, which is GUSD/GW."""
    rows = run.inputs("published")
    sources = run.inputs("sources")
    titles = dict(zip(sources["key"], sources["publisher"] + ": " + sources["title"], strict=True)) if len(sources) else {}
    plan: dict[Basis, tuple[float, ...]] = {"IT": (alike,), "meter": (at_meter,), "unstated": (at_meter, alike)}
    found = []
    for row in rows.to_dict("records") if len(rows) else []:
        if row["quantity"] == PUBLISHED and row["base"]:
            base = float(row["base"])
            basis = _basis(row["note"])
            low, high = (float(row[name]) if row[name] else base for name in ("low", "high"))
            found.append(Figure(row["item"], titles.get(row["source"], row["source"]), basis, low, base, high, plan[basis]))
    return tuple(sorted(found, key=lambda figure: (figure.base, figure.name)))


def _basis(note: str) -> Basis:
    words = note.replace(",", " ").replace(";", " ").replace(":", " ").split()
    if "meter" in words:
        return "meter"
    return "IT" if "IT" in words else "unstated"


def _years(run: RunFolder, at_meter: float, figures: tuple[Figure, ...]) -> list[Step]:
    """Dollars of the years of the published figures, their middle, and what stays unexplained."""
    if not figures:
        return []
    middle = median(figure.base for figure in figures)
    factor, year = _factor(run)
    steps = []
    if year:
        why = "the middle year of the published figures"
        steps.append(Step("change", f"years of dollars: {year} for {run.dollars}", at_meter * (factor - 1), why))
        steps.append(Step("level", f"plan in dollars of {year}, at the meter", at_meter * factor))
    left = middle * factor - at_meter * factor
    steps.append(Step("change", "not explained", left, "generation bought, basis unstated, prices"))
    low, high = figures[0].base * factor, figures[-1].base * factor
    steps.append(Step("level", "published, middle of all", middle * factor, f"{len(figures)} figures from {low:.0f} to {high:.0f}"))
    return steps


def _factor(run: RunFolder) -> tuple[float, int]:
    """Value of a dollar of the model in dollars of the published figures' middle year, and that year (0 where unknown)."""
    rows, sources, deflators = run.inputs("published"), run.inputs("sources"), run.inputs("deflators")
    if not (len(rows) and len(sources) and len(deflators)):
        return 1.0, 0
    dates = dict(zip(sources["key"], sources["date"], strict=True))
    index = {int(year): float(value) for year, value in zip(deflators["year"], deflators["index"], strict=True)}
    years = sorted(int(dates[key][:4]) for key in rows[rows["quantity"] == PUBLISHED]["source"] if dates.get(key, "")[:4].isdigit())
    years = [year for year in years if year in index]
    if not years or run.dollars not in index:
        return 1.0, 0
    year = years[len(years) // 2]
    return index[year] / index[run.dollars], year


def _generations(run: RunFolder) -> tuple[Generation, ...]:
    """IT power and price of each system that stands at the end of the first build."""
    frame = run.table("accelerators.installed")
    if not len(frame):
        return ()
    standing = sums(frame[frame["period"] == run.periods[run.first_build_end]], ["system"], "value")
    first = run.first_build
    paid = {row["item"]: row["amount"] for row in sums(first[first["class"].isin(SYSTEMS)], ["item"])}
    found = []
    for row in standing:
        system = row["system"]
        spares = run.number("accelerators", system, "spares") or 0.0
        gigawatts = row["value"] / (1 + spares) * system_power(run, system) / MW_A_GW
        if gigawatts > LEAST and system in paid:
            found.append(Generation(system, gigawatts, paid[system] / MUSD_A_GUSD / gigawatts))
    return tuple(sorted(found, key=lambda generation: -generation.gigawatts))
