"""How each kind of published figure follows from the tables: its components, on the figure's own basis.

Prices are those of the tables at the figure's date, without spares; contingency only where the figure includes it. The
publisher's own counts and terms are used where it states them; all else is of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gwplan.analysis.calibrate.cases import Published
from gwplan.analysis.calibrate.numbers import NotPriced, Numbers
from gwplan.common.calendar import HOURS_A_YEAR, MONTHS_A_YEAR
from gwplan.common.constants import KILO, MEGA
from gwplan.inputs.calibration_table import COUNT, METER, NOT_PRICED, UNIT
from gwplan.model.compute_measure import RATES
from gwplan.model.price_level import grown

Components = dict[str, float]
"""Parts of a figure, in its unit."""
SALE = "finance.compute_sales.price"
H100 = "compute.h100."


@dataclass(frozen=True)
class Scale:
    """What a MW of the figure is: systems, MW of IT and MW at the meter. For one system: 1, its IT power, its power at the meter."""

    systems: float
    it: float
    meter: float


def components(figure: Published, numbers: Numbers, basis: str) -> Components:
    """The parts of a figure from the tables, on a basis. NotPriced if the tables or the figure do not say enough."""
    missing = [name.replace("_", " ") for name in NOT_PRICED if name in figure.covers]
    if missing:
        raise NotPriced(f"no table has a price of its {' and '.join(missing)}")
    if figure.figure not in FORMULAS:
        raise NotPriced(f"what {figure.figure.replace('_', ' ')} leaves out of cost and tax is not said")
    return FORMULAS[figure.figure](figure, numbers, basis)


def _stated(figure: Published, name: str) -> float:
    if name not in figure.own:
        raise NotPriced(f"it states no {name.replace('_', ' ')}")
    return figure.own[name]


def _named(figure: Published, label: str) -> str:
    if not figure[label]:
        raise NotPriced(f"it names no {label} of the tables")
    return figure[label]


def _it_power(figure: Published, numbers: Numbers) -> float:
    """MW of IT of one system, with the network and hosts beside it."""
    system = f"accelerators.{_named(figure, 'system')}"
    power, overhead = (numbers.number(f"{system}.{name}", "power", figure.month) for name in ("power", "overhead"))
    return power * overhead / KILO


def _meter_ratio(figure: Published, numbers: Numbers, name: str = "peak_ratio") -> float:
    """Power at the meter over IT power, of the cooling of the figure's hall, else of its system."""
    of = ("halls", figure["design"]) if figure["design"] else ("accelerators", _named(figure, "system"))
    cooling = numbers.label(*of, "cooling")
    return numbers.number(f"cooling.{cooling}.{name}", "cooling", figure.month, figure["site"])


def scale(figure: Published, numbers: Numbers, basis: str) -> Scale:
    """What a MW of the figure, or its one system, is."""
    with_systems = {"systems", "network"} & set(figure.covers)
    if with_systems:
        _named(figure, "system")
    ratio = _meter_ratio(figure, numbers) if basis != COUNT or "hall" in figure.covers else 1.0
    if basis == UNIT:
        each = _it_power(figure, numbers)
        return Scale(1.0, each, each * ratio)
    if basis == COUNT:
        power = _it_power(figure, numbers)
        count = figure.own["count_per_gw"] / KILO if "count_per_gw" in figure.own else KILO / _stated(figure, "power_per_system")
        it = count * power
        return Scale(count, it, it * ratio)
    it = 1 / ratio if basis == METER else 1.0
    return Scale(it / _it_power(figure, numbers) if with_systems else 0.0, it, it * ratio)


def capital(figure: Published, numbers: Numbers, basis: str) -> Components:
    """Systems, network, hall, grid, plant and land, with contingency on all of them where the figure includes it."""
    size = scale(figure, numbers, basis)
    asked = {
        "systems": ("accelerators", "system", "price", size.systems),
        "network": ("accelerators", "system", "network_price", size.systems),
        "hall": ("halls", "design", "price", size.it),
        "plant": ("power", "supply", "price", size.meter * figure.own.get("plant_share", 1.0)),
        "grid": ("power", "grid", "price", size.meter),
    }  # fmt: skip
    found: Components = {}
    added = 0.0
    for part, (table, label, quantity, amount) in asked.items():
        if part not in figure.covers:
            continue
        item = f"{table}.{label if part == 'grid' else _named(figure, label)}"
        found[part] = amount * numbers.number(f"{item}.{quantity}", part, figure.month, figure["site"])
        if part == "hall" and figure["site"]:
            found[part] *= numbers.number(f"sites.{figure['site']}.construction_index", part, figure.month)
        if "contingency" in figure.covers:
            added += found[part] * numbers.number(f"{item}.contingency", "contingency", figure.month, figure["site"])
    if added:
        found["contingency"] = added
    if "land" in figure.covers:
        found["land"] = size.it * _land(figure, numbers)
    return found


def _land(figure: Published, numbers: Numbers) -> float:
    """MUSD of opening a site per MW of IT power: of the figure's site, else of the site in the middle."""
    sites = [figure["site"]] if figure["site"] else numbers.case.items("site")
    names = ("opening_price", "most_it")
    paid = [[numbers.number(f"sites.{site}.{name}", "land", figure.month) for name in names] for site in sites]
    ranked = sorted(price / power for price, power in paid)
    return ranked[len(ranked) // 2]


def plant(figure: Published, numbers: Numbers, basis: str) -> Components:
    """The price of a plant."""
    return {"plant": numbers.number(f"power.{_named(figure, 'supply')}.price", "plant", figure.month, figure["site"])}


def rent(figure: Published, numbers: Numbers, basis: str) -> Components:
    """The rent of a hall in its first year, in the money of the figure's date."""
    price = numbers.number(f"contracts.{_named(figure, 'lease')}.rent", "rent", figure.month, figure["site"])
    return {"rent": price * KILO / MONTHS_A_YEAR}  # MUSD/MW/year in USD/kW/month


def service(figure: Published, numbers: Numbers, basis: str) -> Components:
    """Rented compute: the mean price of sold compute over the contract's term, in nominal money, x the peak rate of its systems.

    Sold compute is counted in H100e at the peak rate of the system that is rented.
    """
    item = f"accelerators.{_named(figure, 'system')}"
    start, years = int(_stated(figure, "starts")), round(_stated(figure, "term"))
    rate = RATES[numbers.label("finance", "compute_sales", "reference_precision") or "fp8"]
    system = numbers.number(f"{item}.{rate}", "rate", figure.month)
    h100e = system / numbers.number(f"{H100}{rate}", "rate", figure.month)
    middles = [start + MONTHS_A_YEAR * year + MONTHS_A_YEAR // 2 for year in range(years)]
    mean = sum(numbers.number(SALE, "compute", month) * grown(numbers.case, month) for month in middles) / years
    per_mw = h100e / _it_power(figure, numbers) / (_meter_ratio(figure, numbers) if basis == METER else 1.0)
    return {"compute": mean * per_mw * HOURS_A_YEAR / MEGA}


def ownership(figure: Published, numbers: Numbers, basis: str) -> Components:
    """USD per hour of an accelerator: annuities of system, network and hall, energy and upkeep."""
    system, design = f"accelerators.{_named(figure, 'system')}", f"halls.{_named(figure, 'design')}"

    def of(name: str, part: str) -> float:
        return numbers.number(name, part, figure.month, figure["site"])

    rate, life = figure.own.get("rate", numbers.case.definition.horizon.discount_rate), figure.own.get("life")
    life = of(f"{system}.life", "life") if life is None else life
    price, it = of(f"{system}.price", "systems"), _it_power(figure, numbers)
    hall = of(f"{design}.price", "hall") * it
    energy = it * of(f"{system}.load_factor", "energy") * _meter_ratio(figure, numbers, "mean_ratio") * HOURS_A_YEAR
    each = {
        "systems": price * annuity(rate, life),
        "network": of(f"{system}.network_price", "network") * annuity(rate, life),
        "hall": hall * annuity(rate, of(f"{design}.life", "hall")),
        "energy": energy * of("power.grid.energy_price", "energy") / MEGA,
        "upkeep": price * of(f"{system}.upkeep", "upkeep") + it * of(f"{design}.upkeep", "upkeep"),
    }
    hours = of(f"{system}.accelerators", "systems") * HOURS_A_YEAR
    return {part: amount * MEGA / hours for part, amount in each.items() if part in figure.covers}


def annuity(rate: float, years: float) -> float:
    """The yearly payment that repays 1 with a return over some years."""
    return rate / (1 - (1 + rate) ** -years) if rate else 1 / years


def count(figure: Published, numbers: Numbers, basis: str) -> Components:
    """Systems in a gigawatt by what the publisher states: accelerators, else the power of a system."""
    if "accelerators_per_gw" in figure.own:
        each = numbers.number(f"accelerators.{_named(figure, 'system')}.accelerators", "systems", figure.month)
        return {"systems": figure.own["accelerators_per_gw"] / each}
    return {"systems": MEGA / _stated(figure, "power_per_system")}


def build(figure: Published, numbers: Numbers, basis: str) -> Components:
    """The time that a hall takes."""
    return {"time": numbers.number(f"halls.{_named(figure, 'design')}.build_months", "time", figure.month, figure["site"])}


FORMULAS: Mapping[str, Callable[[Published, Numbers, str], Components]] = {
    "capital_per_gw": capital, "facility_per_gw": capital, "vendor_content_per_gw": capital, "price_per_system": capital,
    "power_plant_price": plant, "rent_per_power": rent, "price_per_gw_year": service, "cost_per_gpu_hour": ownership,
    "systems_per_gw": count, "build_months": build,
}  # fmt: skip
