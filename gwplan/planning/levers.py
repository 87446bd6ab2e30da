"""Numbers that may be changed alone to make a model feasible: amounts and dates of targets, and the numbers behind each limit.

A lever is one `--set` that changes one number, or every number of a quantity by the same factor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.common.amounts import number
from gwplan.common.errors import at_row
from gwplan.model.stated import DEMAND, STATED, TARGET, Stated, address, values_at
from gwplan.model.targets import UNITS

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.values import Value
    from gwplan.model.block import Key, Rule

EACH = "*"
SIX_DIGITS = "{:.6g}"
SEVERAL = 4
"""Numbers of one quantity that are looked at alone; of more, those that weigh most in the clash."""

Row = tuple[str, "Key"]
"""The rule and the key of a row."""
Numbered = tuple[Sequence["Value"], list[Row]]
"""The rows of the tables that state a number, and the rows of the model that follow it."""


@dataclass(frozen=True)
class Lever:
    """A change of one number, or of all of a quantity alike.

    place: file and row, or the option that set it; name: of the number; key: of its `--set`; before: its value in `unit`, None for
    several rows; rules: whose rows follow it in proportion, with the first name of their keys where they have one of their own;
    more: whether it has to grow; rows: only these follow it, None for all of the rules. A date has `date` in place of a value.
    part_of: the key of the change of all numbers of the quantity, where it is one of several. far: the value at which the limit says
    nothing, in `unit`, where its rows are not in proportion to the number, or it is a floor; whole: the number is whole.
    """

    place: str
    name: str
    key: str
    rules: tuple[tuple[str, str], ...]
    more: bool
    before: float | None = None
    unit: str = ""
    date: str = ""
    rows: frozenset[Row] | None = None
    part_of: str = ""
    far: float | None = None
    whole: bool = False

    def follows(self, rule: Rule, key: Key) -> bool:
        """True for a row that is in proportion to this number."""
        if self.rows is not None:
            return (rule.full_name, key) in self.rows
        return any(rule.full_name == name and first in ("", str(key[0])) for name, first in self.rules)

    @property
    def follows_rows(self) -> bool:
        """True if rows of the model are in proportion to it."""
        return bool(self.rules) and not self.date and self.far is None

    def by(self, factor: float) -> str:
        """The `--set` that multiplies it."""
        if self.before is None:
            return f"{self.key}=*{SIX_DIGITS.format(factor)}"
        return f"{self.key}={self.after(factor)}"

    def after(self, factor: float) -> str:
        """Its value times a factor, with its unit."""
        assert self.before is not None
        return f"{SIX_DIGITS.format(self.before * factor)} {self.unit}".rstrip()

    def to(self, date: str) -> str:
        """The `--set` of another date."""
        return f"{self.key}={date}"

    @property
    def now(self) -> str:
        """Its value as it is, with its unit; blank for several rows."""
        if self.date or self.before is None:
            return self.date
        return f"{number(self.before)} {self.unit}".rstrip()

    def new(self, change: str) -> str:
        """The value of a `--set` of it, with its unit."""
        value = change.partition("=")[2]
        if self.date:
            return value
        if self.before is None:
            return f"x {value.removeprefix(EACH)}"
        return f"{number(float(value.removesuffix(self.unit)))} {self.unit}".rstrip()

    def words(self, new: str) -> str:
        """`budget.csv:2 capital.cap 25 GUSD_2026 -> 36.5 GUSD_2026`. new: the new value."""
        now = f" {self.now} ->" if self.now else ""
        return f"{self.place} {self.name}{now} {new}"


def targets(case: Case) -> Iterator[Lever]:
    """The amount of each target, and its first date."""
    model = case.definition.path.name
    for place, target in enumerate(case.definition.targets, start=1):
        rules = ((TARGET, str(place)),)
        unit = UNITS[target.measure].split()[0]
        yield Lever(model, f"target {place}, amount", f"model.target.{place}.amount", rules, more=False, before=target.amount, unit=unit)
        yield Lever(model, f"target {place}, by", f"model.target.{place}.by", rules, more=False, date=str(target.by))


def demand(case: Case) -> Iterator[Lever]:
    """The demand, if there is one."""
    most = case.definition.goals[0].most_it
    if most is not None:
        yield Lever(case.definition.path.name, "goal, most_it", "model.goal.most_it", ((DEMAND, ""),), more=True, before=most, unit="MW")


def limits(case: Case, families: Sequence[tuple[str, str]], weights: Mapping[Row, float]) -> Iterator[Lever]:
    """The numbers behind some families of rows, each a rule and its group or a blank; of several first the change of all alike.

    weights: all rows of the model, each with its weight in the clash. Numbers that are 0 cannot grow in proportion and are left out.
    """
    taking_part = [(STATED[rule], group) for rule, group in families if rule in STATED]
    for stated, group in dict.fromkeys(taking_part):
        if stated.far is not None:
            yield from toward(case, stated, group, weights)
    quantities = dict.fromkeys((stated.table, stated.quantity) for stated, _ in taking_part if stated.far is None)
    for table, quantity in quantities:
        rules = [rule for rule, stated in STATED.items() if (stated.table, stated.quantity) == (table, quantity)]
        groups = {group for rule, group in families if rule in rules and table == "budget"}
        at: dict[tuple[str, str, str, str], list[Row]] = {}
        for rule, key in weights:
            if rule in rules and (not groups or str(key[0]) in groups):
                at.setdefault(address(rule, key), []).append((rule, key))
        numbers: dict[tuple[int, ...], list[Row]] = {}
        places = {id(value): value for value in case.checked.values}
        for place, mine in at.items():
            values = values_at(case, place)
            if any(value.base for value in values):
                numbers.setdefault(tuple(id(value) for value in values), []).extend(mine)
        rows_of: list[Numbered] = [([places[each] for each in ids], mine) for ids, mine in numbers.items()]
        yield from of_quantity((table, quantity), rows_of, weights)


def toward(case: Case, stated: Stated, group: str, weights: Mapping[Row, float]) -> Iterator[Lever]:
    """The numbers behind a limit that goes to a value at which it says nothing: each row of the table by itself."""
    rules = [rule for rule, other in STATED.items() if (other.table, other.quantity) == (stated.table, stated.quantity)]
    places: dict[tuple[str, str, str, str], list[Row]] = {}
    for rule, key in weights:
        if rule in rules and (not group or not isinstance(stated.item, int) or str(key[0]) == group):
            places.setdefault(address(rules[0], key), []).append((rule, key))
    for place, rows in places.items():
        for value in values_at(case, place):
            if value.base != stated.far and value.base:
                lever = of_values([value], rows)
                assert lever.before is not None and stated.far is not None
                far = stated.far * lever.before / value.base
                yield replace(lever, more=far > lever.before, far=far, whole=stated.whole)


def of_quantity(name: tuple[str, str], numbers: Sequence[Numbered], weights: Mapping[Row, float]) -> Iterator[Lever]:
    """All numbers of a quantity alike where there are several, and those that weigh most alone. name: table and quantity."""
    table, quantity = name
    every = f"{table}.{EACH}@{EACH}@{EACH}.{quantity}" if len(numbers) > 1 and table != "budget" else ""
    if every:
        both = frozenset(row for _, mine in numbers for row in mine)
        yield Lever(f"{table}.csv", f"{quantity} of all rows", every, rules_of(both), more=True, rows=both)
    weighed = sorted(((sum(weights[row] for row in rows), values, rows) for values, rows in numbers), key=lambda each: -each[0])
    for weight, values, rows in weighed[:SEVERAL]:
        if len(weighed) <= SEVERAL or weight > 0:
            yield of_values(values, rows, part_of=every)


def rules_of(rows: Collection[Row]) -> tuple[tuple[str, str], ...]:
    """The rules of some rows, each with a blank for the first name of their keys."""
    return tuple((rule, "") for rule in sorted({rule for rule, _ in rows}))


def of_values(values: Sequence[Value], rows: Collection[Row], *, part_of: str = "") -> Lever:
    """The number of one row, in the unit in which it is written, in that of the model where a what-if scaled it; dated rows all alike."""
    value = min(values, key=lambda each: -1 if each.when is None else each.when.first)
    row, rules = value.row, rules_of(rows)
    place = at_row(row.file, row.row)
    if len(values) > 1:
        at = f"{row.item}@{row.site}@{EACH}.{row.quantity}"
        name = f"{row.item}{f'@{row.site}' if row.site else ''}.{row.quantity} of all dates"
        return Lever(place, name, f"{row.table}.{at}", rules, more=True, rows=frozenset(rows), part_of=part_of)
    at = f"@{row.site}" + (f"@{row.when}" if row.when else "") if row.site or row.when else ""
    name, (base, unit) = f"{row.item}{at}.{row.quantity}", amount_of(value)
    return Lever(place, name, f"{row.table}.{name}", rules, more=True, before=base, unit=unit, rows=frozenset(rows), part_of=part_of)


def amount_of(value: Value) -> tuple[float, str]:
    """The number of a row and its unit as it is written, in the unit of the model where a what-if scaled it; a unit of 1 is blank."""
    row = value.row
    base, unit = (value.base, value.quantity.unit) if row.moves else (float(row.base.replace(",", "")), row.unit)
    return base, "" if unit == "1" else unit


def all_levers(case: Case, families: Sequence[tuple[str, str]], weights: Mapping[Row, float]) -> list[Lever]:
    """Targets and limits of the families that take part, targets first. weights: of all rows of the model in the clash."""
    named = {group for rule, group in families if rule == TARGET}
    held = [lever for lever in targets(case) if lever.rules[0][1] in named]
    wanted = list(demand(case)) if any(rule == DEMAND for rule, _ in families) else []
    return list({lever.key: lever for lever in (*held, *wanted, *limits(case, families, weights))}.values())
