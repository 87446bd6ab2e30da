"""Whose money builds the plan, how well its debt is covered, what circulates; and what each end of a number does to the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.common.amounts import money
from gwplan.reports.formatting import counted
from gwplan.reports.webpage.page import Section
from gwplan.reports.webpage.run import sections, sections_finance
from gwplan.results.carriers import Carrier, carriers
from gwplan.results.cash_flows import is_financed
from gwplan.results.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gwplan.server.controls import Control, Sets

NOT_FINANCED = "This model has no part finance: nobody lends, invests or is taxed. three_way_pact, five_investors and neocloud have one."


def money_of(run: RunFolder) -> list[Section]:
    """Sources and uses, cash, coverage, what circulates, and the levelised cost."""
    found = [sections.filled(make)(run) for make in (sections_finance.sources, sections_finance.cash, sections_finance.debt)]
    found += sections.money_of_others(run) if is_financed(run) else []
    found += [sections.filled(sections_finance.levelised)(run), sections.capital(run)]
    return [each for each in found if each.charts or each.tables]


@dataclass(frozen=True)
class End:
    """One end of a number. share: the length of its bar, of the widest; words: what it does; sets: by which it is taken."""

    words: str
    value: str
    share: float
    better: bool
    sets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Swing:
    """A number on which the plan hangs. at: whether it is at its low end (-1), as in the tables (0) or at its high end (1)."""

    name: str
    grade: str
    unit: str
    low: End
    high: End
    base: str
    at: int
    keys: frozenset[str]


def tornado(run: RunFolder, controls: Sequence[Control], sets: Sets, most: int = 10) -> list[Swing]:
    """The numbers with the widest swing, and what each end does, the plan as it is. sets: the changes on the screen."""
    found = carriers(run, most)
    widest = max((abs(value) for each in found for value in (each.at_low, each.at_high)), default=0.0) or 1.0
    return [_swing(run, each, (controls, sets), widest) for each in found]


def _swing(run: RunFolder, each: Carrier, moved: tuple[Sequence[Control], Sets], widest: float) -> Swing:
    controls, sets = moved
    key = f"{each.table}.{each.item}@{each.site or '*'}@*.{each.quantity}"
    exact = f"{each.table}.{each.item}{f'@{each.site}' if each.site else ''}.{each.quantity}"
    control = next((one for one in controls if one.name in (key, exact)), None)
    if control is not None:
        low, high = control.steps[0].sets, control.steps[-1].sets
    else:
        low, high = (((key, f"*{end / each.base:.4g}"),) if end != each.base else () for end in (each.low, each.high))
    name = f"{run.named(each.item)}: {each.quantity.replace('_', ' ')}" + (f" at {run.named(each.site)}" if each.site else "")
    mine = tuple((one, value) for one, value in sets.items() if one in (key, exact))
    ends = [End(money(effect, plus=True), f"{value:.4g}", abs(effect) / widest, effect > 0, taken)
            for value, effect, taken in ((each.low, each.at_low, low), (each.high, each.at_high, high))]  # fmt: skip
    at = 0 if not mine else -1 if mine == low else 1 if mine == high else 0
    return Swing(name + (f", {each.when}" if each.when and each.when != "nan" else ""), each.grade, "" if each.unit == "1" else each.unit,
                 ends[0], ends[1], f"{each.base:.4g}", at, frozenset((key, exact)))  # fmt: skip


def taken(swings: Sequence[Swing], sets: Sets, number: str, side: str) -> dict[str, str]:
    """The sets with an end of a number taken, or left again where it is taken already. ValueError where there is none."""
    if not number.isdecimal() or int(number) >= len(swings) or side not in ("low", "high"):
        raise ValueError("There is no such number.")
    swing = swings[int(number)]
    end, at = (swing.low, -1) if side == "low" else (swing.high, 1)
    return {key: value for key, value in sets.items() if key not in swing.keys} | ({} if swing.at == at else dict(end.sets))


def explained(swings: Sequence[Swing]) -> str:
    """How to read the bars."""
    return (f"The {counted(len(swings), 'number')} with the widest swing: what each end of its range does to net present value, the plan "
            "of the tables as it is. A plan that is solved again loses less and gains more: take an end, and the plan is solved with it.")
