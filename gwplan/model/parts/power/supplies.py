"""Supplies: their roles, where they are offered, when they serve, and what their energy may be."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from statistics import fmean

import numpy as np
import numpy.typing as npt

from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.inputs.profiles import TEMPERATURE
from gwplan.model.existing_assets import first_period
from gwplan.model.parts.power.table import SHORTFALL, STEPS

Floats = npt.NDArray[np.float64]


def role_of(case: Case, supply: str) -> str:
    """prime, backup, variable, storage or contract."""
    return case.label("power", supply, "role")


def offered(case: Case, *sites: str) -> list[tuple[str, str]]:
    """(supply, site) that a plan can use, at these sites or at all: with a `most` there, or standing there. Storage needs hours."""
    there = {(thing.item, thing.site) for thing in case.existing()}
    periods = range(len(case.calendar.periods))
    pairs = product(case.items("supply"), sites or served_sites(case))
    return [(supply, site) for supply, site in pairs if (case.hours is not None or role_of(case, supply) != "storage") and (
            (supply, site) in there or any(case.get("power", supply, "most", site, period) for period in periods))]


def served_sites(case: Case) -> list[str]:
    """Sites where power may be used: all where something may be built; else those with a demand that is given."""
    return [site for site in case.items("site") if is_served(case, site)]


def is_served(case: Case, site: str) -> bool:
    """True for a site where power may be used."""
    return bool({"halls", "contracts"} & {*case.definition.parts}) or any(
        case.get("demand", load, "power", site, period) for load in case.items("demand") for period in range(len(case.calendar.periods)))


def burns(case: Case, supply: str, site: str) -> bool:
    """True for a supply that burns a fuel at a site."""
    return bool(case.get("power", supply, "heat_rate", site))


def is_bought(case: Case, supply: str, site: str) -> bool:
    """True for a supply that is billed for its energy at a site: it has an energy price and is no contract, which pays all it can give."""
    priced = case.has("power", supply, "energy_price", site) or case.has("power", supply, "energy_price", "")
    return priced and role_of(case, supply) != "contract"


def minimum_take(case: Case, supply: str, site: str) -> float:
    """Share of the contracted power whose energy is paid in any case."""
    return case.number("power", supply, "minimum_take", site)


def is_connection(case: Case, supply: str, site: str) -> bool:
    """True for a grid connection: a prime supply whose energy is bought and that burns nothing. Contracts use it too."""
    return role_of(case, supply) == "prime" and is_bought(case, supply, site) and not burns(case, supply, site)


def life_years(case: Case, supply: str, site: str) -> float:
    """Years from service to the end: the life, or the term of a contract."""
    return case.number("power", supply, "contract_term" if role_of(case, supply) == "contract" else "life", site)


def term_years(case: Case, supply: str, site: str) -> float:
    """Years from service in which the minimum take is owed: the contract's term, within the life."""
    life = life_years(case, supply, site)
    return min(case.get("power", supply, "contract_term", site) or life, life)


def is_rented(case: Case, supply: str, site: str) -> bool:
    """True for a supply with a rent: a lease for its life, with no residual value."""
    return any(case.number("power", supply, "rent", site, period) for period in range(len(case.calendar.periods)))


def leaves_in(case: Case, supply: str, site: str) -> int | None:
    """Number of the period from which it does not serve any more, whatever its life: its `until`; None without one."""
    date = case.date("power", supply, "until", site)
    return None if date is None else case.calendar.begun(date)


def years_from(case: Case, supply: str, site: str, service: int) -> float:
    """Years that what enters service in a period serves: its life, or the time to its `until` if that is shorter."""
    life, leaves = life_years(case, supply, site), leaves_in(case, supply, site)
    return life if leaves is None else min(life, (leaves - service) / case.calendar.steps_a_year)


def term_from(case: Case, supply: str, site: str, service: int) -> float:
    """Years from a period of service in which the minimum take is owed: the contract's term, while it serves."""
    return min(term_years(case, supply, site), years_from(case, supply, site, service))


def before_leaving(case: Case, amounts: dict[tuple[str, str, int], float]) -> dict[tuple[str, str, int], float]:
    """Of amounts by (supply, site, period) those of periods before the supply's `until`."""
    leaves = {key[:2]: leaves_in(case, *key[:2]) for key in amounts}
    return {key: amount for key, amount in amounts.items() if (last := leaves[key[:2]]) is None or key[2] < last}


def steps_to_service(case: Case, supply: str, site: str, period: int) -> dict[str, float]:
    """Months from an order in a period to the end of each step, by quantity; they run side by side, so the longest sets the service."""
    return {name: case.number("power", supply, name, site, period) for name in ("lead_months", *STEPS)}


def months_to_service(case: Case, supply: str, site: str, period: int) -> float:
    """Months from an order in a period to service."""
    return max(steps_to_service(case, supply, site, period).values())


def set_by(case: Case, supply: str, site: str, order: int) -> str:
    """The quantity that sets the service of an order: its longest step, or `earliest` where it waits for the queue alone."""
    steps, opens = steps_to_service(case, supply, site, order), first_period(case, "power", supply, site)
    waits = opens > case.calendar.steps(months_to_service(case, supply, site, 0))
    return "earliest" if waits and services(case, supply, site)[order] == opens else max(steps, key=lambda step: steps[step])


def services(case: Case, supply: str, site: str) -> dict[int, int]:
    """Period of service by period of order: inside the horizon, not before the queue's first day, and before its `until`."""
    return case.once(("services", supply, site), lambda: services_of(case, supply, site))


def services_of(case: Case, supply: str, site: str) -> dict[int, int]:
    """As `services`, worked out again."""
    last = len(case.calendar.periods) - 1
    leaves, found = leaves_in(case, supply, site), {}
    if leaves is not None:
        last = min(last, leaves - 1)
    opens = first_period(case, "power", supply, site)
    for period in range(last + 1):
        service = period + case.calendar.steps(months_to_service(case, supply, site, period))
        if opens <= service <= last and case.get("power", supply, "most", site, service):
            found[period] = service
    return found


def fuel_name(case: Case, supply: str) -> str:
    """The fuel, or the group of what comes without one, that a supply's energy counts towards; else its own name."""
    return case.get_label("power", supply, "fuel") or supply


def payee(case: Case, supply: str) -> str:
    """Who sells the supply: a contract's seller goes by the contract's name."""
    return supply if role_of(case, supply) == "contract" else "suppliers"


def limits(case: Case, supply: str, site: str, period: int | None = None) -> dict[str, float]:
    """Largest mean output, per capacity, by the quantity that says so; the least of them binds.

    Availability of prime and backup supplies, in a period for the hours in which it is not cut; a capacity factor and full-load hours of
    any that has one.
    """
    found = {}
    if role_of(case, supply) in ("prime", "backup"):
        found["availability"] = case.number("power", supply, "availability", site) * (1 - cut_share(case, supply, site, period))
    factor, hours = (case.get("power", supply, quantity, site) for quantity in ("capacity_factor", "most_hours"))
    if factor is not None:
        found["capacity_factor"] = factor
    if hours is not None:
        found["most_hours"] = hours / HOURS_A_YEAR
    return found


def cut_share(case: Case, supply: str, site: str, period: int | None) -> float:
    """Share of the year in which a supply gives nothing, for its connection is interim; 0 without a period."""
    return 0.0 if period is None else case.number("power", supply, "curtailed_hours", site, period) / HOURS_A_YEAR


def lost_load_price(case: Case) -> float | None:
    """USD/MWh of load that is not served; None where all load must be."""
    return case.get("power", SHORTFALL, "lost_load_price") if SHORTFALL in case.items("shortfall") else None


def yearly_limit(case: Case, supply: str, site: str, period: int | None = None) -> float:
    """Largest mean output, per capacity. MissingValue where the supply has none at the site."""
    found = limits(case, supply, site, period)
    return min(found.values()) if found else case.number("power", supply, "capacity_factor", site)


def yearly_given(case: Case, supply: str, site: str) -> float:
    """What a supply could give, per capacity, as a mean over the year: a contract is paid for it."""
    if case.hours is None:
        return yearly_limit(case, supply, site)
    return float(potential(case, supply, site) @ [part.share for part in case.calendar.slices])


def series_of(case: Case, supply: str, site: str) -> tuple[str, ...]:
    """The hourly series whose mean a supply's output follows: of its `profile`, else of its own name, else of its fuel's.

    None for a supply that runs as it is told, for one that is flat, and where the site has no such series.
    """
    if role_of(case, supply) not in ("variable", "contract") or case.hours is None:
        return ()
    profile = case.labels("power", supply, "profile")
    if profile:
        return profile if all(case.hours.mean(site, name) is not None for name in profile) else ()
    names = (supply, case.get_label("power", supply, "fuel") or supply)
    return next(((name,) for name in names if case.hours.mean(site, name) is not None), ())


def potential(case: Case, supply: str, site: str) -> Floats:
    """Largest output per capacity in each slice of a plan with hours, in their order.

    Sun and wind: the mean of their hourly series, scaled to the capacity factor of the table where there is one, and at most 1. A contract
    without a series: its capacity factor. Others: availability, less what heat takes of it.
    """
    year, role, names = case.hours, role_of(case, supply), series_of(case, supply, site)
    assert year is not None
    if names:
        series: Floats = np.mean([year.series[site, name] for name in names], axis=0)
        mean, factor = fmean(year.mean(site, name) or 0.0 for name in names), case.get("power", supply, "capacity_factor", site)
        return np.minimum(1.0, series if factor is None or not mean else series * factor / mean)
    if role in ("variable", "contract"):
        return np.full(len(year.slices), yearly_limit(case, supply, site))
    able = np.full(len(year.slices), case.number("power", supply, "availability", site))
    derate, warm = case.number("power", supply, "derate", site), year.series.get((site, TEMPERATURE))
    if not derate or warm is None:
        return able
    return able * np.maximum(0.0, 1 - derate * np.maximum(0.0, warm - case.number("power", supply, "derate_from", site)))


def potentials(case: Case, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str, str], float]:
    """Largest output per capacity by (supply, site, slice), of supplies at sites."""
    names = [part.name for part in case.calendar.slices]
    return {(*pair, name): float(most) for pair in pairs for name, most in zip(names, potential(case, *pair), strict=True)}


def has_own_energy(case: Case, supply: str, site: str) -> bool:
    """True for storage whose energy is chosen apart from its power: it has no duration."""
    return role_of(case, supply) == "storage" and case.get("power", supply, "duration", site) is None


def storage_price(case: Case, supply: str, site: str, period: int) -> float:
    """MUSD/MWh of the energy part of storage."""
    return case.number("power", supply, "storage_price", site, period) / KILO


def price_of(case: Case, supply: str, site: str, period: int) -> float:
    """MUSD/MW of a supply without contingency; of storage with a duration its energy is in it."""
    price = case.number("power", supply, "price", site, period)
    if role_of(case, supply) == "storage" and not has_own_energy(case, supply, site):
        price += case.number("power", supply, "duration", site) * storage_price(case, supply, site, period)
    return price


def direct_share(case: Case, supply: str, site: str) -> float | None:
    """Largest mean output, per facility power, of what comes when it will: sun, wind and contracts for them; None of others."""
    role = role_of(case, supply)
    if role == "contract":
        share = case.get("power", supply, "direct_share", site)
        return case.number("power", supply, "capacity_factor", site) if share is None else share
    return case.number("power", supply, "direct_share", site) if role == "variable" else None


def overlapping(case: Case, site: str) -> dict[str, float]:
    """Shares of the supplies at a site that overlap by chance: of those that serve all of a load or none of it there is nothing to say."""
    there = offered(case, site) if is_served(case, site) else []
    shares = {supply: direct_share(case, supply, site) for supply, _ in there}
    return {supply: share for supply, share in shares.items() if share is not None and 0 < share < 1}
