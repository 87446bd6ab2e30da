"""The limits that bind in a plan, by the number of a table or of the model file that states them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.analysis.explain.number import Number, number_of, of_rows
from gwplan.model.linear import value_of
from gwplan.model.stated import DEMAND, STATED, TARGET, far_of, values_behind

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.values import Value
    from gwplan.model.assemble import Plan
    from gwplan.model.block import Key

TIGHT = 1e-6
"""Slack, as a share of the bound (of 1 for smaller ones), below which a limit binds: the solver's tolerance."""
SHARES = {"budget": 0.02}
STEP, TARGET_STEP = 0.1, 0.05
"""Step of a number as a share of it: of money, of other limits, of the amount of a target; rounded to 1, 2 or 5 of a power of ten."""
QUARTER = 3
"""Months by which a target is later: at least a quarter, and a whole period."""


@dataclass(frozen=True)
class Limit:
    """A number whose rows bind. step: the change that relaxes it; rows: rules and keys that bind; words: what the step is."""

    name: str
    number: Number
    step: float
    rows: tuple[tuple[str, Key], ...]

    @property
    def words(self) -> str:
        """`+50 MW`, `3 months later`, `+10 %` of several rows."""
        if self.number.is_date:
            return f"{self.step:.0f} months later"
        if len(self.number.places) > 1:
            return f"{100 * self.step / self.number.base:+.3g} %"
        return f"{self.step:+.6g} {'' if self.number.unit == '1' else self.number.unit}".rstrip()


def binding(plan: Plan) -> list[tuple[str, Key]]:
    """Rules and keys of the limits without slack in a plan that is loaded; those of 0 of 0 are left out."""
    found = []
    for rule in plan.rules:
        for key, side in rule.sides.items():
            bound, use = value_of(side.right), value_of(side.left) - (0.0 if side.spare is None else value_of(side.spare))
            if abs(bound - use) <= TIGHT * max(1.0, abs(bound)) and max(abs(bound), abs(use)) > TIGHT:
                found.append((rule.full_name, key))
    return found


def limits_of(case: Case, rows: Iterable[tuple[str, Key]]) -> tuple[list[Limit], list[str]]:
    """The numbers behind rows that bind, each once with all its rows, and the rules whose number is not known."""
    by_number: dict[tuple[str, ...], list[tuple[str, Key]]] = {}
    numbers: dict[tuple[str, ...], Number] = {}
    unknown: dict[str, None] = {}
    for rule, key in rows:
        known = False
        for number in numbers_behind(case, rule, key):
            known = True
            name = (number.key, *(place.where for place in number.places))
            numbers[name] = number
            by_number.setdefault(name, []).append((rule, key))
        if not known:
            unknown[rule] = None
    found = [Limit(name_of(number), number, step_of(case, number), tuple(by_number[name])) for name, number in numbers.items()]
    return [limit for limit in found if limit.step], list(unknown)


def numbers_behind(case: Case, rule: str, key: Key) -> Iterator[Number]:
    """The numbers that state a row of a limit: of a target its amount and its date."""
    if rule == TARGET:
        yield number_of(case, f"model.target.{key[0]}.amount", "")
        yield number_of(case, f"model.target.{key[0]}.by", "")
    elif rule == DEMAND:
        yield number_of(case, "model.goal.most_it", "")
    elif rule in STATED and STATED[rule].far is not None:
        for value in values_behind(case, rule, key):
            yield of_rows(case, [value])
    else:
        yield from one(case, values_behind(case, rule, key))


def one(case: Case, rows: list[Value]) -> Iterator[Number]:
    """The number of some rows; none without a row, or where the first of several is 0 and they cannot grow in proportion."""
    first = min(rows, key=lambda value: -1 if value.when is None else value.when.first, default=None)
    if first is not None and (len(rows) == 1 or first.base):
        yield of_rows(case, rows)


def name_of(number: Number) -> str:
    """What a limit is called: the name of its first row, without the date where there are several."""
    return number.key.replace("@@*", "").replace("@*", "")


def step_of(case: Case, number: Number) -> float:
    """The step that relaxes a limit; 0 for a number that is 0."""
    if number.is_date:
        return float(max(QUARTER, case.calendar.periods[0].months))
    if number.key.startswith("model.target."):
        return -rounded(TARGET_STEP * number.base)
    row = None if number.row is None else number.row.row
    if number.row is not None and row is not None and (far := far_of(row.table, row.quantity)) is not None:
        return toward(number.base, far * number.base / number.row.base) if number.row.base else 0.0
    share = SHARES.get(row.table if row else "", STEP) * number.base
    step = share if len(number.places) > 1 else rounded(share)
    return max(step, whole_step(case, row.table, row.quantity)) if row and step else step


def toward(base: float, far: float) -> float:
    """The step from a number towards the value at which its limit says nothing, and not beyond it."""
    step = min(rounded(STEP * abs(base)), abs(far - base))
    return step if far > base else -step


def whole_step(case: Case, table: str, quantity: str) -> float:
    """The least step of a limit on halls, which come whole: one start, or the room of the smallest hall."""
    if (table, quantity) == ("halls", "most_started"):
        return 1.0
    if (table, quantity) == ("sites", "most_it"):
        return min((case.number("halls", design, "room") for design in case.items("design")), default=0.0)
    return 0.0


def rounded(amount: float) -> float:
    """The nearest 1, 2 or 5 of a power of ten, by ratio; 0 for 0."""
    if amount <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(amount))
    return min((power * each for each in (1, 2, 5, 10)), key=lambda each: abs(math.log(each / amount)))
