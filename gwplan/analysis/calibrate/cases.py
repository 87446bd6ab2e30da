"""The cases of calibration.csv: a published figure with its class, family, basis and scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gwplan.common.errors import Fault, InputFaults
from gwplan.inputs.calibration_table import CASE, FIGURES, NAME, TOLERANCE
from gwplan.inputs.case import Case
from gwplan.inputs.values import LABEL, Value
from gwplan.results.grading import Grader


@dataclass(frozen=True)
class Tolerance:
    """How close a class must come. share: of the published base; months: of a duration; neither: from its low to its high."""

    share: float | None
    months: float | None
    tested: bool


@dataclass(frozen=True)
class Published:
    """One case. month: of publication, from year 0; low, base, high in `unit`; labels and own: what its other rows say, by quantity."""

    name: str
    figure: str
    unit: str
    date: str
    month: int
    low: float
    base: float
    high: float
    source: str
    grade: str
    labels: dict[str, str]
    own: dict[str, float]

    @property
    def covers(self) -> tuple[str, ...]:
        """What the figure includes."""
        return tuple(self.labels["covers"].split("|"))

    def __getitem__(self, label: str) -> str:
        return self.labels.get(label, "")


def tolerances(case: Case) -> dict[str, Tolerance]:
    """The tolerance of each class of the table."""
    found = {}
    for name in case.items(TOLERANCE):
        share, months = (case.get(NAME, name, quantity) for quantity in ("tolerance", "tolerance_months"))
        found[name] = Tolerance(share, months, case.label(NAME, name, "tested") == "yes")
    return found


def cases(case: Case) -> list[Published]:
    """The cases in the order of the table. InputFaults if one has no figure, two, or a figure without a date."""
    rows: dict[str, list[Value]] = {}
    for value in case.checked.values:
        if value.row.table == NAME and case.checked.kinds[NAME][value.row.item] == CASE:
            rows.setdefault(value.row.item, []).append(value)
    lives = {(each.table, each.quantity): each.months for each in case.checked.half_lives}
    grader = Grader(case.sources, lives)
    faults = [fault for name, values in rows.items() for fault in _faults(name, values)]
    stated = {value.text for values in rows.values() for value in values if value.row.quantity == "class"}
    faults += [Fault(f"{NAME}.csv", 0, f"no row gives the tolerance of the class {name!r}")
               for name in sorted(stated - set(case.items(TOLERANCE)))]
    if faults:
        raise InputFaults(faults)
    return [_case(name, values, grader) for name, values in rows.items()]


def _faults(name: str, values: Sequence[Value]) -> Iterator[Fault]:
    figures = [value for value in values if value.row.quantity in FIGURES]
    if len(figures) != 1:
        stated = ", ".join(value.row.quantity for value in figures) or "none"
        yield values[0].row.fault(f"{name}: a case has one published figure ({', '.join(FIGURES)}); it has {stated}", named=False)
    for value in figures:
        if value.when is None:
            yield value.row.fault("when is blank: the date of publication is needed")
        if not value.base:
            yield value.row.fault("a published figure is above 0")


def _case(name: str, values: Sequence[Value], grader: Grader) -> Published:
    figure = next(value for value in values if value.row.quantity in FIGURES)
    assert figure.when is not None
    low, base, high = figure.numbers
    assert base is not None
    labels = {value.row.quantity: value.text for value in values if value.quantity.unit == LABEL}
    own = {value.row.quantity: value.base for value in values if value is not figure and value.quantity.unit not in (LABEL, "date")}
    own |= {value.row.quantity: float(value.dates[1].first) for value in values if value.dates[1] is not None}
    grade = grader.of(NAME, figure.row.quantity, figure.row.source, figure.row.grade).grade
    return Published(name, figure.row.quantity, figure.quantity.unit, figure.row.when, (figure.when.first + figure.when.last) // 2,
                     base if low is None else low, base, base if high is None else high, figure.row.source, grade, labels, own)
