"""Numbers that may be changed alone to make a model feasible: amounts and dates of targets, and the numbers behind each limit.

A lever is one `--set` that changes one row, or every row of a quantity by the same factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.common.amounts import number
from gwplan.model.targets import UNITS
from gwplan.solving.elastic import TARGET

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.values import Value
    from gwplan.model.block import Key, Rule

EACH = "*"
SIX_DIGITS = "{:.6g}"


@dataclass(frozen=True)
class Limit:
    """The number behind the rows of some rules. quantity: of which table; grouped: whether the first name of a row is its item."""

    rules: tuple[str, ...]
    table: str
    quantity: str
    grouped: bool = False


LIMITS = (
    Limit(("budget.capital_within_cap", "goal.spend_within_budget"), "budget", "cap", grouped=True),
    Limit(("accelerators.arrivals_within_allocation", "accelerators.carried_within_allocation"), "accelerators", "most_bought"),
    Limit(("power.capacity_within_offer",), "power", "most"),
    Limit(("halls.starts_within_limit",), "halls", "most_started"),
    Limit(("halls.halls_within_site",), "sites", "most_it"),
    Limit(("sites.halls_fit_the_land",), "sites", "land"),
    Limit(("sites.water_within_limit",), "sites", "water_limit"),
    Limit(("carbon.operational_within_cap",), "carbon", "cap"),
    Limit(("carbon.embodied_within_cap",), "carbon", "total_cap"),
)
"""Limits whose rows are in proportion to one quantity."""
DEMAND = "goal.it_within_demand"


@dataclass(frozen=True)
class Lever:
    """A change of one number, or of all of a quantity alike.

    place: file and row, or the option that set it; name: of the number; key: of its `--set`; before: its value in `unit`, None for
    several rows; rules: whose rows follow it in proportion, with the first name of their keys where they have one of their own;
    more: whether it has to grow. A date has `date` in place of a value.
    """

    place: str
    name: str
    key: str
    rules: tuple[tuple[str, str], ...]
    more: bool
    before: float | None = None
    unit: str = ""
    date: str = ""

    def follows(self, rule: Rule, key: Key) -> bool:
        """True for a row that is in proportion to this number."""
        return any(rule.full_name == name and first in ("", str(key[0])) for name, first in self.rules)

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

    def words(self, change: str) -> str:
        """`budget.csv:2 capital.cap 25 GUSD_2026 -> 36.5 GUSD_2026`. change: its `--set`."""
        now = f" {self.now} ->" if self.now else ""
        return f"{self.place} {self.name}{now} {self.new(change)}"


def targets(case: Case) -> Iterator[Lever]:
    """The amount of each target, and its first date."""
    model = case.definition.path.name
    for place, target in enumerate(case.definition.targets, start=1):
        rules = ((TARGET, str(place)),)
        unit = UNITS[target.measure].split()[0]
        yield Lever(model, f"target {place}, amount", f"model.target.{place}.amount", rules, more=False, before=target.amount, unit=unit)
        yield Lever(model, f"target {place}, by", f"model.target.{place}.by", rules, more=False, date=str(target.by))


def limits(case: Case, families: Iterable[tuple[str, str]]) -> Iterator[Lever]:
    """The numbers behind some families of rows, each a rule and its group or a blank; those without one number are left out."""
    for rule, group in families:
        if rule == DEMAND and case.definition.goals[0].most_it is not None:
            yield Lever(case.definition.path.name, "goal, most_it", "model.goal.most_it", ((rule, ""),), more=True,
                        before=case.definition.goals[0].most_it, unit="MW")
        for limit in LIMITS:
            if rule in limit.rules:
                yield from of_limit(case, limit, group or "capital" if limit.grouped else "")


def of_limit(case: Case, limit: Limit, item: str) -> Iterator[Lever]:
    """The one row behind a limit, or all rows of its quantity alike."""
    rows = [value for value in case.checked.values if value.row.table == limit.table and value.row.quantity == limit.quantity
            and item in ("", value.row.item)]
    whole = [value for value in rows if not limit.grouped or value.when is None]
    rules = tuple((rule, "" if rule == "goal.spend_within_budget" else item) for rule in limit.rules)
    if len(whole) == 1:
        yield of_row(whole[0], rules)
    elif rows:
        yield Lever(f"{limit.table}.csv", f"{limit.quantity} of all rows", f"{limit.table}.{EACH}@{EACH}@{EACH}.{limit.quantity}", rules,
                    more=True)


def of_row(value: Value, rules: tuple[tuple[str, str], ...], *, more: bool = True) -> Lever:
    """The number of one row, in the unit in which it is written; in that of the model where a what-if scaled it."""
    row = value.row
    at = f"@{row.site}" + (f"@{row.when}" if row.when else "") if row.site or row.when else ""
    place = row.file if row.row == 0 else f"{row.file}:{row.row}"
    written = not row.moves
    return Lever(place, f"{row.item}{at}.{row.quantity}", f"{row.table}.{row.item}{at}.{row.quantity}", rules, more,
                 float(row.base.replace(",", "")) if written else value.base, row.unit if written else value.quantity.unit)


def all_levers(case: Case, families: Sequence[tuple[str, str]]) -> list[Lever]:
    """Targets and limits of the families that take part, targets first."""
    named = {group for rule, group in families if rule == TARGET}
    held = [lever for lever in targets(case) if lever.rules[0][1] in named]
    return [*held, *dict.fromkeys(limits(case, families))]
