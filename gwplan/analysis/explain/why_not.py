"""Why a plan does not have an option: what it costs to force it, and what would have to change for it to enter."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.analysis.explain.asked import Aim, Asked, Varied, of_number
from gwplan.analysis.explain.breakeven import Breakeven, Side, breakeven
from gwplan.analysis.explain.forced import Forced, force, need_of
from gwplan.analysis.explain.number import Number, of_rows
from gwplan.analysis.explain.option import Option, named
from gwplan.analysis.explain.resolve import NoBase, Resolver, Told, case_of, figure
from gwplan.analysis.explain.worth import result_of
from gwplan.analysis.scenarios.worker import Built
from gwplan.common import stopping
from gwplan.common.errors import InputFaults
from gwplan.inputs.values import DATE
from gwplan.results.figures import less_is_better, unit_of_goal

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import Result, SharedInputs
    from gwplan.inputs.case import Case
    from gwplan.inputs.values import Value
    from gwplan.results.run_folder import RunFolder

WITHIN = 0.01
"""Width of the brackets, as a share of what the number is now."""
CHEAPEST, DEAREST = 0.01, 10.0
"""The range in which a price that is paid, and a rate or a price that is received, is varied, as a share of what it is."""
LOWER, HIGHER = (0.8, 0.5, 0.2), (1.25, 2.0, 5.0)
"""Shares that are tried before the ends: a plan that has changed little is found sooner."""
PRICE, RATE, DATE_OF = "price", "rate", "date"
CHANGES = (PRICE, RATE, DATE_OF)


@dataclass(frozen=True)
class Asks:
    """A quantity that may keep an option out. better: whether it has to fall or to rise; at: table of rows at a site that is an option."""

    what: str
    table: str
    quantity: str
    falls: bool = True


ASKS = {
    "system": (Asks(PRICE, "accelerators", "price"), Asks(RATE, "accelerators", "{precision}_rate", falls=False),
               Asks(DATE_OF, "accelerators", "earliest")),
    "site": (Asks(PRICE, "sites", "opening_price"), Asks(DATE_OF, "sites", "earliest")),
    "design": (Asks(PRICE, "halls", "price"), Asks(DATE_OF, "halls", "build_months")),
    "supply": (Asks(PRICE, "power", "price"), Asks(PRICE, "power", "energy_price"), Asks(DATE_OF, "power", "earliest")),
    "contract": (Asks(PRICE, "contracts", "price"), Asks(PRICE, "contracts", "rent"), Asks(PRICE, "contracts", "premium"),
                 Asks(DATE_OF, "contracts", "earliest")),
}  # fmt: skip
ASKS["vendor"] = ASKS["system"]
SALE = "sale"


@dataclass(frozen=True)
class Change:
    """A change that may let an option in. numbers: what is varied, all alike; found: at which value it enters, if it does."""

    what: str
    numbers: tuple[Number, ...]
    found: Breakeven


@dataclass(frozen=True)
class WhyNot:
    """The answer for an option. chosen: the plan has it, and nothing else is looked for; forced is None then, or where it cannot be had.

    unproven: distance of the plan from its bound, in `unit`, the goal's; NaN where it has none.
    """

    option: Option
    chosen: bool
    amount: float
    unit: str
    unproven: float
    forced: Forced | None
    changes: tuple[Change, ...]
    solves: int
    seconds: float
    message: str = ""
    stopped: bool = False


def why_not(question: SharedInputs, name: str, changes: Sequence[str] = CHANGES, run: RunFolder | None = None,
            told: Told | None = None) -> WhyNot:
    """`gwplan why-not`: force an option, then vary what may keep it out. InputFaults for an unknown name; NoBase without a plan.

    run: the run whose plan is explained, in place of solving the question. If interrupted, it keeps what it has.
    """
    began, resolver = time.perf_counter(), Resolver(question, told)
    with stopping.noted():
        with stopping.raising():
            case = case_of(question)
            option = named(case, name)
        base = resolver.cold() if run is None else result_of(run)
        if not base.plan:
            raise NoBase(base)
        unit = unit_of_goal(str(base.summary["goal"][0]), case.definition.horizon.dollars, case.definition.measure)
        unproven = abs(figure(base, "objective") - figure(base, "bound"))
        found = WhyNot(option, option.chosen(base), option.amount(base), unit, unproven, None, (), 0, 0.0)
        if not found.chosen:
            try:
                found = with_cost(found, resolver, base)
                for change in searched(case, option, changes, resolver, base):
                    found = replace(found, changes=(*found.changes, change), stopped=change.found.stopped)
            except KeyboardInterrupt:
                stopping.acknowledge()
                found = replace(found, stopped=True)
    return replace(found, solves=resolver.solves, seconds=time.perf_counter() - began)


def with_cost(found: WhyNot, resolver: Resolver, base: Result) -> WhyNot:
    """The answer with what it costs to force the option."""
    from gwplan.planning.build import options_of

    built = resolver.build(())
    assert isinstance(built, Built), "it was built for its plan"
    wanted = need_of(built, found.option, base)
    if wanted is None:
        return replace(found, message="The model has no decision for it: no site offers it, or it cannot serve within the horizon.")
    if resolver.told is not None:
        resolver.told(f"solve {resolver.solves + 1}: {found.option.words} forced, {wanted.words}")
    sign = -1.0 if less_is_better(built.arrays.costs[0].kind) else 1.0
    forced = force(built, wanted, base, replace(options_of(built.case), cancel=stopping.ASKED), sign)
    resolver.solves += 1
    return replace(found, forced=forced)


def searched(case: Case, option: Option, changes: Sequence[str], resolver: Resolver, base: Result) -> Iterator[Change]:
    """The break-even of each quantity that may keep an option out; nothing more once one is interrupted."""
    for ask in ASKS[option.kind]:
        numbers = numbers_of(case, option, ask) if ask.what in changes else ()
        asked = asked_of(case, option, ask, numbers) if numbers else None
        if asked is None:
            continue
        resolver.last = base
        try:
            found = breakeven(asked, resolver)
        except InputFaults as error:  # a bound of the quantity is in the range
            message = f"It cannot be varied from {' to '.join(map(asked.number.text, asked.ends))}: {error.faults[0].message}"
            found = Breakeven(asked.number, asked.aim, side_of(base, option), asked.ends, None, None, asked.within, 0.0, 0, message)
        yield Change(ask.what, numbers, found)
        if found.stopped:
            return


def side_of(base: Result, option: Option) -> Side:
    """The unchanged plan, which does not have the option."""
    return Side(0.0, False, option.amount(base), base.status, figure(base, "objective"), figure(base, "gap"))


def numbers_of(case: Case, option: Option, ask: Asks) -> tuple[Number, ...]:
    """The numbers of a quantity of an option's items, one for each item and site; without those that are 0."""
    quantity = ask.quantity.format(precision=case.definition.precision)
    groups: dict[tuple[str, str], list[Value]] = {}
    for value in case.checked.values:
        row = value.row
        there = row.item in option.items and (not option.site or row.site in ("", option.site))
        if there and (row.table, row.quantity) == (ask.table, quantity):
            groups.setdefault((row.item, row.site), []).append(value)
    if option.site and any(site for _, site in groups):
        groups = {key: rows for key, rows in groups.items() if key[1]}
    rows = [each for each in groups.values() if each[0].quantity.unit == DATE or all(value.base for value in each)]
    return tuple(of_rows(case, each) for each in rows)


def asked_of(case: Case, option: Option, ask: Asks, numbers: Sequence[Number]) -> Asked | None:
    """The search of a change; None where a date cannot be earlier within the horizon."""
    aim = Aim(option.words, option)
    if numbers[0].is_date:
        first = float(case.calendar.periods[0].first)
        latest = max(number.base for number in numbers)
        if latest <= first:
            return None
        varied = of_number(case, numbers[0]) if len(numbers) == 1 else earlier(case, numbers)
        return Asked(varied, aim, (varied.base - (latest - first), varied.base), float(varied.months))
    varied = of_number(case, numbers[0]) if len(numbers) == 1 else together(numbers)
    falls = ask.falls and case.checked.kinds.get("contracts", {}).get(option.name) != SALE
    ends = (CHEAPEST * varied.base, varied.base) if falls else (varied.base, DEAREST * varied.base)
    shares = LOWER if falls else HIGHER
    return Asked(varied, aim, ends, WITHIN * varied.base, tuple(share * varied.base for share in shares))


def together(numbers: Sequence[Number]) -> Varied:
    """Several numbers by one factor, 1 as they are."""
    def sets(factor: float) -> tuple[str, ...]:
        return tuple(each for number in numbers for each in number.sets(number.base * factor))

    return Varied(name_of(numbers), 1.0, sets, lambda factor: f"x {factor:.4g}")


def earlier(case: Case, numbers: Sequence[Number]) -> Varied:
    """Several dates by the same months, 0 as they are."""
    def sets(months: float) -> tuple[str, ...]:
        return tuple(each for number in numbers for each in number.sets(number.base + months))

    return Varied(name_of(numbers), 0.0, sets, lambda months: f"{months:+.0f} months", case.calendar.periods[0].months)


def name_of(numbers: Sequence[Number]) -> str:
    """What several numbers are called together."""
    table, _, rest = numbers[0].key.partition(".")
    items = dict.fromkeys(number.key.partition(".")[2].rpartition(".")[0].partition("@")[0] for number in numbers)
    return f"{table}.{'|'.join(items)}.{rest.rpartition('.')[2]}"
