"""Sliders and switches: the few inputs that move the goal, each with its range, its grade, and what each position sets.

A position is a list of `--set`; the position of the tables sets nothing. Numbers with a range go from its low to its high end, those
without one, which the planner chose, from half to one and a half.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.common.amounts import PRICES, SHARE, money, number, unit_words
from gwplan.common.units import UnitError, factor
from gwplan.inputs.labels import labels_in
from gwplan.inputs.overlays import MODEL
from gwplan.model.targets import UNITS
from gwplan.results.carriers import carriers
from gwplan.results.grading import Grader

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.tables import TextRow
    from gwplan.results.run_folder import RunFolder

SIDE = 10
"""Positions on either side of the number of the tables."""
FREE = (0.5, 1.5)
"""Ends of a number without a range, as factors."""
RATES = [each / 200 for each in range(41)]
"""Positions of the discount rate: half a per cent each."""
MONTHS = range(-12, 25, 3)
"""Positions of a date that moves, in months."""
MOST = 12
"""Sliders; switches of vendors and sites come after them."""
SHOWN = 4
"""Digits of a value that is set."""
CHOSEN = "chosen by the planner"
_MONEY = re.compile(r"(?P<word>GUSD|MUSD|kUSD|USD)_(?P<year>\d{4})(?P<per>/.*)?")
_MUSD = {"GUSD": 1e3, "MUSD": 1.0, "kUSD": 1e-3, "USD": 1e-6}
Sets = Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """A position: how it is called, and the value of each key that it sets."""

    words: str
    sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Control:
    """A slider, or a switch where it has two positions. as_is: the position of the tables; note: range and grade; about: file and row."""

    name: str
    title: str
    steps: tuple[Step, ...]
    as_is: int
    grade: str = ""
    note: str = ""
    group: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """All keys that a position may set."""
        return frozenset(key for step in self.steps for key, _ in step.sets)

    def position(self, sets: Sets) -> int | None:
        """Where it is with some sets; None where none of its positions sets the same."""
        mine = {key: value for key, value in sets.items() if key in self.keys}
        return next((place for place, step in enumerate(self.steps) if dict(step.sets) == mine), None)

    def words(self, sets: Sets) -> str:
        """How its value is called with some sets."""
        place = self.position(sets)
        return ", ".join(plain(value) for key, value in sets.items() if key in self.keys) if place is None else self.steps[place].words

    def thumb(self, sets: Sets) -> int:
        """Where its thumb is: at its position, or at the end that a number beyond it is nearer to, or where the tables have it."""
        place, mine = self.position(sets), [value for key, value in sets.items() if key in self.keys]
        if place is not None or len(mine) != 1:
            return self.as_is if place is None else place
        wanted = same_unit(mine[0], mine[0])
        ways = [(number, each) for each, step in enumerate(self.steps) for _, text in step.sets
                if wanted is not None and (number := same_unit(text, mine[0])) is not None]
        return min(ways, key=lambda one: abs(one[0] - (wanted or 0.0)), default=(0.0, self.as_is))[1]

    def moved(self, sets: Sets, place: int) -> dict[str, str]:
        """The sets with this control at a position. IndexError where there is none."""
        if place < 0:
            raise IndexError(place)
        return {key: value for key, value in sets.items() if key not in self.keys} | dict(self.steps[place].sets)


def controls_of(case: Case, run: RunFolder | None) -> list[Control]:
    """The sliders and switches of a case. run: its plan, which tells what moves the goal; None where it has none."""
    grader = Grader(case.sources, {(each.table, each.quantity): each.months for each in case.checked.half_lives})
    found = [each for each in _fixed(case, grader) if len(each.steps) > 1]
    found += [each for each in _carried(case, run, grader) if not any(each.keys & one.keys for one in found)]
    return [*found[:MOST], *_vendors(case), *_sites(case)]


def _fixed(case: Case, grader: Grader) -> Iterator[Control]:
    """What every question has, as far as this one has it."""
    yield from _targets(case)
    yield from (_of_row(row, grader, f"Budget: cap on {row.item}") for row in _rows(case, "budget", "cap") if not row.when)
    yield from _alike(case, grader, ("accelerators", "price"), "All systems: price")
    yield from _alike(case, grader, ("halls", "price"), "All halls: price")
    yield from _alike(case, grader, ("compute", "value"), "Rent of compute")
    yield from _grid(case)
    rate = case.definition.horizon.discount_rate
    rates = sorted({*RATES, rate})
    steps = tuple(Step(f"{each:.1%}", () if each == rate else (("model.horizon.discount_rate", f"{each:g}"),)) for each in rates)
    yield Control("discount_rate", "Discount rate, real", steps, rates.index(rate), "P", CHOSEN)


def _targets(case: Case) -> Iterator[Control]:
    """Amount and date of each target."""
    names = case.calendar.names
    for place, target in enumerate(case.definition.targets, 1):
        unit, which = UNITS[target.measure].split()[0], f" {place}" if len(case.definition.targets) > 1 else ""
        of = {"it": "IT power", "facility": "power at the meter", "compute": "compute"}.get(str(target.measure), str(target.measure))
        amount = _spread(f"target_{place}_amount", f"Target{which}: {of}", f"model.target.{place}.amount", target.amount, unit)
        yield replace(amount, note=CHOSEN)
        last = case.calendar.holding(target.until.last) if target.until else len(names) - 1
        now = case.calendar.holding(target.by.first)
        key, by = f"model.target.{place}.by", str(target.by)
        steps = tuple(Step(by if each == now else names[each], () if each == now else ((key, names[each]),)) for each in range(last + 1))
        yield Control(f"target_{place}_by", f"Target{which}: from", steps, now, "P", CHOSEN)


def _spread(name: str, title: str, key: str, base: float, unit: str, ends: tuple[float, float] | None = None) -> Control:
    """A number between its ends, with the same number of positions on either side."""
    low, high = ends or (base * FREE[0], base * FREE[1])
    values = [low + (base - low) * n / SIDE for n in range(SIDE)] if low < base else []
    place = len(values)
    values += [base, *(base + (high - base) * n / SIDE for n in range(1, SIDE + 1) if high > base)]
    texts = [f"{value:.{SHOWN}g}" for value in values]
    steps = tuple(Step(said(value, unit), () if n == place else ((key, f"{text} {unit}".removesuffix(" 1")),))
                  for n, (value, text) in enumerate(zip(map(float, texts), texts, strict=True)))
    note = f"{said(low, unit)} to {said(high, unit)}" if ends else f"no range: {said(low, unit)} to {said(high, unit)}"
    return Control(name, title, steps, place, "" if ends else "P", note)


def said(value: float, unit: str) -> str:
    """A number of a table as people read it, the year of its dollars left out."""
    found = _MONEY.fullmatch(unit)
    if found is None:
        return f"{number(value)}{'' if unit == '1' else ' a year' if unit == SHARE else f' {unit}'}"
    per = found["per"] or ""
    price = PRICES.get(f"{found['word']}{per}")
    if price is not None:
        return f"${value:,.3g} {price.removeprefix('$ ')}"
    return f"{money(value * _MUSD[found['word']])}{unit_words(f'MUSD{per}', '').strip().join((' ', '')) if per else ''}".rstrip()


def _rows(case: Case, table: str, quantity: str) -> list[TextRow]:
    """The rows of a quantity that hold a number, as written."""
    return [value.row for value in case.checked.values if value.row.table == table and value.row.quantity == quantity]


def key_of(row: TextRow) -> str:
    """The key of a row in a `--set`."""
    at = f"@{row.site}" + (f"@{row.when}" if row.when else "") if row.site or row.when else ""
    return f"{row.table}.{row.item}{at}.{row.quantity}"


def float_of(text: str) -> float | None:
    """The number of a cell; None for any other text."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _ends(row: TextRow) -> tuple[float, float] | None:
    """Low and high of a row, the base in place of a blank one; None without a range."""
    base = float_of(row.base) or 0.0
    low, high = float_of(row.low), float_of(row.high)
    return None if low is None and high is None else (base if low is None else low, base if high is None else high)


def _of_row(row: TextRow, grader: Grader, title: str) -> Control:
    """The slider of one row."""
    found = _spread(key_of(row), title, key_of(row), float_of(row.base) or 0.0, row.unit, _ends(row))
    return replace(found, grade=grader.of(row.table, row.quantity, row.source, row.grade).grade or found.grade)


def _alike(case: Case, grader: Grader, of: tuple[str, str], title: str, item: str = "*", site: str = "*") -> Iterator[Control]:
    """All rows of a quantity moved by the same factor; of one row alone, its value. The range is the middle one of the rows."""
    rows = [row for row in _rows(case, *of) if item in ("*", row.item) and site in ("*", row.site) and float_of(row.base)]
    if len(rows) == 1 and not rows[0].moves:
        yield _of_row(rows[0], grader, title)
    if len(rows) < 2:
        return
    spans = [(ends[0] / base, ends[1] / base) for row in rows if (ends := _ends(row)) and (base := float_of(row.base))]
    low, high = (_middle([span[n] for span in spans]) for n in (0, 1)) if spans else FREE
    only = {row.item for row in rows}
    key = f"{of[0]}.{only.pop() if len(only) == 1 else item}@{site}@*.{of[1]}"
    found = _spread(key, title, key, 1.0, "1", (low, high))
    steps = tuple(Step("as in the tables" if not step.sets else f"{float(step.sets[0][1]) - 1:+.0%}",
                       tuple((key, f"*{value}") for key, value in step.sets)) for step in found.steps)
    grade = Counter(grader.of(row.table, row.quantity, row.source, row.grade).grade for row in rows).most_common(1)[0][0]
    note = f"{low - 1:+.0%} to {high - 1:+.0%}, {len(rows)} rows"
    yield Control(key, title, steps, found.as_is, grade, note)


def same_unit(text: str, other: str) -> float | None:
    """The number of a value in the unit of another one, if it can have it."""
    (amount, _, unit), (_, _, wanted) = text.partition(" "), other.partition(" ")
    found = float_of(amount)
    try:
        return None if found is None else found * (factor(unit, wanted)[0] if unit != wanted else 1.0)
    except UnitError:
        return None


def plain(value: str) -> str:
    """A value of a `--set` as people read it; any other text as it is."""
    amount, _, unit = value.partition(" ")
    found = float_of(amount)
    return value if found is None or not unit else said(found, unit)


def _middle(values: Sequence[float]) -> float:
    """The median, the lower of two."""
    return sorted(values)[(len(values) - 1) // 2]


def _grid(case: Case) -> Iterator[Control]:
    """The date of the supply that most sites wait for, sooner or later by months."""
    rows = _rows(case, "power", "earliest")
    if not rows:
        return
    item, count = Counter(row.item for row in rows).most_common(1)[0]
    key = f"power.{item}@*@*.earliest"
    steps = tuple(Step(f"{each:+d} months" if each else "as in the tables", ((key, f"+{each} months"),) if each else ()) for each in MONTHS)
    label = case.checked.labels.get(item, item)
    yield Control(key, f"{label}: earliest date", steps, list(MONTHS).index(0), "", f"{count} sites")


def _carried(case: Case, run: RunFolder | None, grader: Grader) -> Iterator[Control]:
    """The numbers on which the plan hangs, the widest swing first."""
    for each in carriers(run, 2 * MOST) if run is not None else ():
        site = each.site or "*"
        labels = case.checked.labels
        at = f" at {labels.get(each.site, each.site)}" if each.site and each.site != each.item else ""
        title = f"{labels.get(each.item, each.item)}: {each.quantity.replace('_', ' ')}{at}"
        yield from _alike(case, grader, (each.table, each.quantity), title, each.item, site)


def _vendors(case: Case) -> Iterator[Control]:
    """Each vendor whose systems can be bought, or not; none that sells nothing anyway."""
    systems: dict[str, list[str]] = {}
    for row in _rows(case, "accelerators", "vendor"):
        systems.setdefault(row.base, []).append(row.item)
    capped = {row.item for row in _rows(case, "accelerators", "most_bought")}
    sold = {row.item for row in _rows(case, "accelerators", "most_bought") if float_of(row.base)}
    for vendor, items in systems.items():
        if capped.issuperset(items) and len(systems) > 1 and sold.intersection(items):
            sets = tuple((f"accelerators.{item}@*@*.most_bought", "0 1/year") for item in items)
            yield _switch(f"vendor_{vendor}", case.checked.labels.get(vendor, vendor), sets, "Vendors")


def _sites(case: Case) -> Iterator[Control]:
    """Each site, which can be built on or not."""
    rows = [row for row in _rows(case, "sites", "most_it") if not row.when]
    for row in rows if len(rows) > 1 else ():
        yield _switch(f"site_{row.item}", case.checked.labels.get(row.item, row.item), ((key_of(row), "0 MW"),), "Sites")


def _switch(name: str, title: str, off: tuple[tuple[str, str], ...], group: str) -> Control:
    return Control(name, title, (Step("off", off), Step("on")), 1, group=group)


def in_words(controls: Iterable[Control], sets: Sets, files: Mapping[str, bytes]) -> list[str]:
    """Some sets as people read them: those of a control by its title, others as they are."""
    found, left = [], dict(sets)
    labels = labels_in(files)
    # A switch that is off says more than a slider that one of its numbers is beyond the ends of.
    for control in sorted(controls, key=lambda each: each.position(sets) in (None, each.as_is)):
        if control.keys & left.keys():
            found.append(f"{control.title}: {control.words(sets)}")
            left = {key: value for key, value in left.items() if key not in control.keys}
    return found + [f"{labels.get(key, key)}: {value}" for key, value in left.items()]


def left_over(sets: Sets) -> list[str]:
    """The changes that are no rows of tables, as `--set`."""
    return [f"{key}={value}" for key, value in sets.items() if key.startswith(MODEL)]
