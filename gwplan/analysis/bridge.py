"""The bridge: a step-by-step reconciliation of a plan's capital per GW of IT with published figures.

Published figures differ in basis: per GW of IT or at the meter, different generations, mostly without spares, contingency
or power plants, in dollars of their year. The bridge breaks the plan's first build down by class, then removes the items
that published figures exclude; each step is computed from the run's own ledger and inputs. The unexplained rest is shown.

The published level is the median of families of figures, each with the median of its own: six figures of one model, or ten
sites of one study, are one opinion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

from gwplan.results.run_folder import RunFolder, sums
from gwplan.results.schedule import system_power

MUSD_A_GUSD = MW_A_GW = 1e3
SYSTEMS = ("accelerators", "networks")
PAPER = {"stakes": "paid for shares of companies", "collateral": "posted with utilities, and paid back"}
"""Classes of capital that build nothing, and what they are."""
CLASS_ORDER = ("accelerators", "networks", "halls", "power", "sites")
PUBLISHED, PUBLISHED_FACILITY, FAMILY = "capital_per_gw", "facility_per_gw", "family"
LEAST_SHOWN = 0.05
ALIKE, MIDDLE = "like for like, per GW of IT", "published, median, at the meter"
"""Names of two levels that are shown alone."""

Basis = Literal["IT", "meter", "unstated"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `kind` is class (a cost class of the plan), change (the amount of a step) or level (the subtotal after it).

    amount: GUSD per GW, in the dollars of the model unless the name says otherwise.
    """

    kind: Literal["class", "change", "level"]
    name: str
    amount: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """One system on offer: GW of IT in the first build, and GUSD per GW of IT.

    systems: the system and its network; all_in: the like-for-like plan with this system alone. Both without spares
    and contingency, at prices in the middle of the first build's orders.
    """

    system: str
    gigawatts: float
    systems: float
    all_in: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure in GUSD per GW, and the plan on the same basis (both the meter and IT if the figure states none).

    family: the model or programme that it comes from; all figures of a family have one vote.
    """

    name: str
    family: str
    quantity: str
    source: str
    basis: Basis
    low: float
    base: float
    high: float
    plan: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """The steps in order, the generations on offer, and the published figures in order of size."""

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
    """The bridge of a run; None if no IT power is built, all of it is in leased halls, or nothing is paid."""
    capital, per_gigawatt = run.figure("capital_first_build_musd"), run.figure("capital_musd_per_it_gw")
    if not capital or not per_gigawatt or not len(run.first_build):
        return None
    ratio = own_share(run)
    if not ratio:
        return None
    gigawatts = capital / per_gigawatt
    scale = gigawatts * MUSD_A_GUSD
    end = run.periods[run.first_build_end]
    bare, changes = left_out(run, scale)
    alike, facility = sum(bare.values()), sum(amount for name, amount in bare.items() if name not in SYSTEMS)
    offered = generations(run, facility)
    figures = _figures(run, ratio, {PUBLISHED: alike, PUBLISHED_FACILITY: facility})
    steps = [Step("level", "plan, per GW of IT", capital / scale, f"first build, to {end}"), *_classes(run, scale), *changes]
    steps.append(Step("level", ALIKE, alike))
    middle = median(each.all_in for each in offered) if offered else alike
    if offered:
        cheapest, dearest = run.named(offered[0].system), run.named(offered[-1].system)
        why = f"on offer from {cheapest} {offered[0].all_in:.1f} to {dearest} {offered[-1].all_in:.1f}"
        steps.append(Step("change", "generation: the median of those on offer", middle - alike, why))
    steps.append(Step("change", "basis: per GW at the meter", middle * (ratio - 1), f"IT is {ratio:.3f} of the facility's peak"))
    steps.append(Step("level", "median generation, per GW at the meter", middle * ratio))
    steps += _published(run, middle * ratio, ratio, figures)
    return Bridge(run.dollars, end, gigawatts, tuple(steps), offered, figures)


def own_share(run: RunFolder) -> float:
    """IT power in own halls over power at the meter, in the period of peak IT power; 0 if either is zero."""
    leased, own = run.summary.get("leased_mw"), float(run.summary["it_mw"][run.full_period])
    own -= float(leased[run.full_period]) if leased else 0.0
    facility = float(run.summary["facility_mw"][run.full_period])
    return own / facility if facility > 0 else 0.0


def _classes(run: RunFolder, scale: float) -> list[Step]:
    paid: dict[str, dict[str, float]] = {}
    for row in sums(run.first_build, ["class", "item"]):
        paid.setdefault(row["class"], {})[row["item"]] = row["amount"] / scale
    steps = []
    for name in sorted(paid, key=lambda name: (CLASS_ORDER.index(name) if name in CLASS_ORDER else len(CLASS_ORDER), name)):
        items = sorted(paid[name].items(), key=lambda item: (-item[1], item[0]))
        text = ", ".join(f"{run.named(item)} {amount:.1f}" for item, amount in items if amount >= LEAST_SHOWN)
        steps.append(Step("class", name, sum(paid[name].values()), text))
    return steps


def left_out(run: RunFolder, scale: float) -> tuple[dict[str, float], list[Step]]:
    """The items that published figures exclude: spares, then contingency on the rest, then power plants beyond the grid, and stakes.

    Returns the remaining GUSD per GW of IT, by class, and the steps.
    """
    taken = {"spares": 0.0, "contingency": 0.0, "plants": 0.0, **dict.fromkeys(PAPER, 0.0)}
    bare: dict[str, float] = {}
    plants: set[str] = set()
    for row in sums(run.first_build, ["class", "item", "site"]):
        amount, table = row["amount"] / scale, "accelerators" if row["class"] in SYSTEMS else row["class"]
        if row["class"] in PAPER:
            taken[row["class"]] += amount
            continue
        spares = (run.number(table, row["item"], "spares") or 0.0) if row["class"] in SYSTEMS else 0.0
        taken["spares"] += amount * spares / (1 + spares)
        amount /= 1 + spares
        contingency = run.number(table, row["item"], "contingency", row["site"]) or 0.0
        taken["contingency"] += amount * contingency / (1 + contingency)
        amount /= 1 + contingency
        if row["class"] == "power" and not run.has("power", row["item"], "energy_price"):
            taken["plants"] += amount
            plants.add(row["item"])
        else:
            bare[row["class"]] = bare.get(row["class"], 0.0) + amount
    shares = [Step("change", name, -taken[name], why) for name, why in PAPER.items() if taken[name]]
    return bare, [
        Step("change", "spares", -taken["spares"], "systems bought in excess of those running"),
        Step("change", "contingency", -taken["contingency"], "added to the prices of halls, systems and supplies"),
        Step("change", "power plants beyond the grid", -taken["plants"], ", ".join(map(run.named, sorted(plants))) or "none"),
        *shares,
    ]


def generations(run: RunFolder, facility: float) -> tuple[Generation, ...]:
    """Each system of the case that is for sale, cheapest per GW first; facility: GUSD per GW of IT excluding systems."""
    frame = run.inputs("accelerators")
    plan = run.plan[run.plan["decision"] == "bought"]
    numbers = plan["when"].map(run.number_of)
    plan = plan[numbers <= run.first_build_end]
    bought = {row["item"]: row["amount"] for row in sums(plan, ["item"])}
    total = sum(bought.values())
    middle = round(float((plan["amount"] * plan["when"].map(run.number_of)).sum()) / total) if total else 0
    found = []
    for system in sorted(set(frame["item"])) if len(frame) else []:
        prices = [run.price("accelerators", system, quantity, middle) for quantity in ("price", "network_price")]
        power, spares = system_power(run, system), run.number("accelerators", system, "spares") or 0.0
        if prices[0] is not None and power > 0 and for_sale(run, system):
            systems = sum(price or 0.0 for price in prices) / power
            gigawatts = bought.get(system, 0.0) / (1 + spares) * power / MW_A_GW
            found.append(Generation(system, gigawatts, systems, systems + facility))
    return tuple(sorted(found, key=lambda generation: (generation.all_in, generation.system)))


def for_sale(run: RunFolder, system: str) -> bool:
    """False for a system of which no row ever lets any be bought: its price is no offer."""
    most = [float(base) for _, _, base in run.rows("accelerators", system, "most_bought")]
    return not most or max(most) > 0


def _figures(run: RunFolder, ratio: float, plan: dict[str, float]) -> tuple[Figure, ...]:
    """Published figures of the quantities of `plan`. In the run's inputs they are in MUSD/MW, which is GUSD/GW."""
    rows, sources = run.inputs("published"), run.inputs("sources")
    titles = dict(zip(sources["key"], sources["publisher"] + ": " + sources["title"], strict=True)) if len(sources) else {}
    records = rows.to_dict("records") if len(rows) else []
    families = {row["item"]: row["base"] for row in records if row["quantity"] == FAMILY}
    found = []
    for row in records:
        if row["quantity"] in plan and row["base"]:
            base, basis, it = float(row["base"]), _basis(row["note"]), plan[row["quantity"]]
            low, high = (float(row[name]) if row[name] else base for name in ("low", "high"))
            beside: dict[Basis, tuple[float, ...]] = {"IT": (it,), "meter": (it * ratio,), "unstated": (it * ratio, it)}
            source, family = titles.get(row["source"], row["source"]), families.get(row["item"], row["item"])
            found.append(Figure(row["item"], family, row["quantity"], source, basis, low, base, high, beside[basis]))
    return tuple(sorted(found, key=lambda figure: (figure.base, figure.name)))


def _basis(note: str) -> Basis:
    words = note.replace(",", " ").replace(";", " ").replace(":", " ").split()
    if "meter" in words:
        return "meter"
    return "IT" if "IT" in words else "unstated"


def one_vote_each(amounts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The median of each family's amounts, by family."""
    found: dict[str, list[float]] = {}
    for family, amount in amounts:
        found.setdefault(family, []).append(amount)
    return {family: median(each) for family, each in found.items()}


def _published(run: RunFolder, at_meter: float, ratio: float, figures: tuple[Figure, ...]) -> list[Step]:
    """The unexplained rest, the median of the published figures at the meter, and the same in the dollars of their years.

    Each family of figures has one vote.
    """
    every = [(figure.family, figure.name, figure.base * (ratio if figure.basis == "IT" else 1.0))
             for figure in figures if figure.quantity == PUBLISHED]
    if not every:
        return []
    years = _years(run)
    votes = one_vote_each((family, base) for family, _, base in every)
    then = median(one_vote_each((family, base * years.get(name, 1.0)) for family, name, base in every).values())
    middle, least, most = median(votes.values()), min(votes.values()), max(votes.values())
    count = f"{len(votes)} families from {least:.0f} to {most:.0f}, one vote each, of {len(every)} figures"
    return [
        Step("change", "not explained", middle - at_meter, "unstated basis taken as the meter; prices; scope"),
        Step("level", MIDDLE, middle, count),
        Step("change", "dollar years", then - middle, f"converted from {run.dollars} to the years of publication"),
        Step("level", "published, median, as published", then),
    ]


def _years(run: RunFolder) -> dict[str, float]:
    """For each published figure: the value of one model dollar in dollars of its source's year."""
    rows, sources, deflators = run.inputs("published"), run.inputs("sources"), run.inputs("deflators")
    if not (len(sources) and len(deflators)):
        return {}
    dates = dict(zip(sources["key"], sources["date"].str[:4], strict=True))
    index = {year: float(value) for year, value in zip(deflators["year"], deflators["index"], strict=True)}
    rows = rows[rows["quantity"] == PUBLISHED]
    dated = {item: dates.get(source, "") for item, source in zip(rows["item"], rows["source"], strict=True)}
    return {item: index[year] / index[str(run.dollars)] for item, year in dated.items() if year in index}
