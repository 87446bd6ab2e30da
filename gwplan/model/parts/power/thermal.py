"""Plants that burn a fuel, by the hour: what runs through a day gives at least its minimum load, and changes its output only so fast."""

from __future__ import annotations

from gwplan.common.calendar import HOURS_A_DAY
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Relation, at_least, at_most
from gwplan.model.parts.power.hourly import served
from gwplan.model.parts.power.supplies import offered, potentials, role_of
from gwplan.model.parts.power.table import KEY, SLICED


def day_of(case: Case) -> dict[str, int]:
    """The day through which a plant runs or not, by slice: the typical day, or the day of the year where the year is in order."""
    if len({part.day for part in case.calendar.slices}) > 1:
        return {part.name: part.day for part in case.calendar.slices}
    found, begun = {}, 0.0
    for part in case.calendar.slices:
        found[part.name] = int(begun // HOURS_A_DAY)
        begun += part.hours
    return found


def held_to(case: Case, quantity: str) -> list[tuple[str, str]]:
    """(supply, site) of the prime and backup supplies with a minimum load, or a ramp."""
    steered = [pair for pair in offered(case) if role_of(case, pair[0]) in ("prime", "backup")]
    return [pair for pair in steered if case.get("power", pair[0], quantity, pair[1])]


def decide_thermal(block: Block, case: Case) -> None:
    """Declare what of a plant runs through a day."""
    periods, days = served(case), sorted(set(day_of(case).values()))
    keys = [(*pair, period, day) for pair in held_to(case, "minimum_load") for period in periods[pair] for day in days]
    block.variable("committed", (*KEY, "day"), keys, unit="MW", doc="capacity that runs through a day")


def bind_thermal(block: Block, case: Case) -> None:
    """Hold plants to their minimum load and their ramp."""
    output, capacity, committed = (block.variables[name].data for name in ("output", "capacity", "committed"))
    days, parts = day_of(case), case.calendar.slices
    kept = [(*place, part) for *place, part in output if (*place, days[part]) in committed]
    could = potentials(case, held_to(case, "minimum_load"))

    @block.rule((*KEY, "day"), committed)
    def committed_within_capacity(supply: str, site: str, period: int, day: int) -> Relation:
        """What runs through a day is at most capacity."""
        return at_most(committed[supply, site, period, day], capacity[supply, site, period])

    @block.rule(SLICED, kept)
    def output_of_what_runs(supply: str, site: str, period: int, part: str) -> Relation:
        """Output is at most what a unit could give in the slice x what runs through its day."""
        return at_most(output[supply, site, period, part], could[supply, site, part] * committed[supply, site, period, days[part]])

    @block.rule(SLICED, kept)
    def output_above_minimum_load(supply: str, site: str, period: int, part: str) -> Relation:
        """Output is at least minimum load x what a unit could give in the slice x what runs through its day."""
        least = case.number("power", supply, "minimum_load", site) * could[supply, site, part]
        return at_least(output[supply, site, period, part] - least * committed[supply, site, period, days[part]], 0)

    lasts = {part.day: part for part in parts}
    earlier = {part.name: before if before.day == part.day else lasts[part.day]
               for part, before in zip(parts, (parts[-1], *parts), strict=False)}
    length = {part.name: part.hours for part in parts}
    ramping = set(held_to(case, "ramp"))
    moving = [(supply, site, period, part) for supply, site, period, part in output
              if (supply, site) in ramping and earlier[part].name != part]

    def step(supply: str, site: str, part: str) -> float:
        """Largest change of output per capacity from the middle of the slice before to the middle of a slice."""
        return case.number("power", supply, "ramp", site) * (length[part] + earlier[part].hours) / 2

    @block.rule(SLICED, moving)
    def output_rises_within_ramp(supply: str, site: str, period: int, part: str) -> Relation:
        """Output rises from slice to slice of a day, the first after the last, by at most ramp x hours between their middles x capacity."""
        before = output[supply, site, period, earlier[part].name]
        return at_most(output[supply, site, period, part] - before, step(supply, site, part) * capacity[supply, site, period])

    @block.rule(SLICED, moving)
    def output_falls_within_ramp(supply: str, site: str, period: int, part: str) -> Relation:
        """Output falls from slice to slice of a day, the first after the last, by at most ramp x hours between their middles x capacity."""
        before = output[supply, site, period, earlier[part].name]
        return at_most(before - output[supply, site, period, part], step(supply, site, part) * capacity[supply, site, period])
