"""The schedule: contracts signed, sites opened, halls started and renewed, systems and supplies ordered, and entries into service."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.model.parts.power.table import STEPS
from gwplan.results.run_folder import RunFolder

LEAST = 1e-6
CLOUD = "elsewhere"
"""The site shown for a contract without a site."""
KILO = 1e3


@dataclass(frozen=True, slots=True)
class Event:
    """One decision of the plan.

    period: name of the period of the decision; what: signed, leases, sites, halls, renewals, systems, life over, retired or supplies;
    amount: how many; megawatts: its power (IT MW of rooms, halls and systems, MW of supplies), None for a site or a contract;
    service: the period in which it enters service, blank if
    nothing does.
    """

    period: str
    what: str
    site: str
    item: str
    amount: float
    megawatts: float | None
    service: str


def events(run: RunFolder) -> list[Event]:
    """The plan in chronological order; within a period contracts, sites, leases, halls, renewals, systems, supplies."""
    names = ("signed", "sites", "leases", "halls", "renewals", "systems", "life over", "retired", "supplies")
    order = {name: place for place, name in enumerate(names)}
    found = list(_events(run))
    return sorted(found, key=lambda event: (run.number_of.get(event.period, 0), order[event.what], event.site, event.item))


def _events(run: RunFolder) -> Iterator[Event]:
    makers = {
        ("sites", "opening"): _opening,
        ("halls", "started"): _started,
        ("halls", "renewed"): _renewed,
        ("accelerators", "bought"): _bought,
        ("accelerators", "retired"): _retired,
        ("power", "ordered"): _ordered,
        ("contracts", "signed"): _signed,
        ("contracts", "held"): _signed,
        ("contracts", "staked"): _staked,
        ("contracts", "exercised"): _taken,
        ("contracts", "leased"): _taken,
    }
    for row in run.plan.to_dict("records"):
        make = makers.get((row["part"], row["decision"]))
        if make is not None and row["amount"] > LEAST:
            yield make(run, row["item"], row["site"], row["when"], row["amount"])


def _opening(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    return Event(when, "sites", site or item, item, amount, None, "")


def _started(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    months = run.number("halls", item, "build_months", site, run.number_of[when]) or 0.0
    room = run.number("halls", item, "room", site) or 0.0
    return Event(when, "halls", site, item, amount, room * amount, run.later(run.number_of[when], months))


def _renewed(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    return Event(when, "renewals", site, item, amount, (run.number("halls", item, "room", site) or 0.0) * amount, when)


def _bought(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    months = run.number("accelerators", item, "lead_months", site, run.number_of[when]) or 0.0
    return Event(when, "systems", site, item, amount, amount * system_power(run, item), run.later(run.number_of[when], months))


def _retired(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    """Systems leaving service: at the end of their life, or retired early."""
    arrived = run.table("accelerators.arrived")
    life = run.number("accelerators", item, "life") or 0.0
    born = run.number_of[when] - math.ceil(life * MONTHS_A_YEAR / run.months - LEAST)
    old = 0.0
    if len(arrived) and 0 <= born:
        rows = arrived[(arrived["system"] == item) & (arrived["site"] == site) & (arrived["period"] == run.periods[born])]
        old = float(rows["value"].sum())
    what = "life over" if amount <= old * (1 + LEAST) + LEAST else "retired"
    return Event(when, what, site, item, amount, amount * system_power(run, item), "")


def _ordered(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    period = run.number_of[when]
    months = months_to_service(run, item, site, period)
    unit = run.number("power", item, "unit", site) or 0.0
    return Event(when, "supplies", site, item, amount, amount * unit, run.later(period, months))


def months_to_service(run: RunFolder, supply: str, site: str, period: int) -> float:
    """Months from an order of a supply to its service: the longest of its lead time and the steps beside it."""
    return max(run.number("power", supply, step, site, period) or 0.0 for step in ("lead_months", *STEPS))


def _signed(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    return Event(when, "signed", site or CLOUD, item, amount, None, _from(run, item, when))


def _staked(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    return Event(when, "signed", CLOUD, item, amount, None, when)


def _taken(run: RunFolder, item: str, site: str, when: str, amount: float) -> Event:
    """Megawatts exercised of an option, or leased."""
    return Event(when, "leases" if site else "signed", site or CLOUD, item, amount, amount, _from(run, item, when))


def _from(run: RunFolder, item: str, when: str) -> str:
    """The first period of service of a contract."""
    months = sum(run.number("contracts", item, quantity) or 0.0 for quantity in ("lead_months", "delay_months"))
    return run.later(run.number_of[when], months)


def system_power(run: RunFolder, system: str) -> float:
    """IT MW of one system at its peak."""
    power = run.number("accelerators", system, "power") or 0.0
    overhead = run.number("accelerators", system, "overhead")
    return power * (1.0 if overhead is None else overhead) / KILO
