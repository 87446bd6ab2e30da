"""What a search for a break-even is asked: the number that is varied, the aim, the range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.analysis.explain.number import Number, number_of
from gwplan.analysis.explain.option import Option, of_row
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.spelling import suggestion
from gwplan.results.figures import CATALOGUE, value_of

if TYPE_CHECKING:
    from gwplan.analysis.explain.resolve import Sets
    from gwplan.analysis.scenarios.scenario import Result
    from gwplan.inputs.case import Case

WITHIN = 0.005
"""Width of the bracket that is looked for, as a share of the value that the number has."""
ENTERS, LEAVES = "enters", "leaves"


@dataclass(frozen=True)
class Varied:
    """Numbers that move together along one value. sets: the changes of a value; text: it in words."""

    name: str
    base: float
    sets: Callable[[float], Sets]
    text: Callable[[float], str]
    months: int = 0
    """Of a date the length of a period, the least step; 0 for a number."""


@dataclass(frozen=True)
class Aim:
    """What is asked of a plan: whether it has an option, or whether a figure is at least a value. unit: of the figure."""

    words: str
    option: Option | None = None
    figure: str = ""
    value: float = 0.0

    def yes(self, result: Result) -> bool | None:
        """The answer in a plan; None where the figure has no value."""
        if self.option is not None:
            return self.option.chosen(result)
        found = self.level(result)
        return None if found is None else found >= self.value

    def level(self, result: Result) -> float | None:
        """How much of the option a plan has, or its figure; of a period its number."""
        if self.option is not None:
            return self.option.amount(result) if result.plan else None
        found = value_of(result.summary, self.figure) if result.summary else None
        if isinstance(found, str):
            return float(result.summary["periods"].index(found))
        return None if found is None else float(found)


@dataclass(frozen=True)
class Asked:
    """A search that is asked for. ends: the range of the value; stops: values in it that are tried before its ends, nearest first."""

    number: Varied
    aim: Aim
    ends: tuple[float, float]
    within: float
    stops: tuple[float, ...] = ()


def of_number(case: Case, number: Number) -> Varied:
    """A number of the tables or of the model file as what is varied."""
    return Varied(number.key, number.base, number.sets, number.text, case.calendar.periods[0].months if number.is_date else 0)


def aim_of(case: Case, number: Number, text: str) -> Aim:
    """The aim of `--for enters|leaves|FIGURE=VALUE`, by default of the item of the number. InputFaults."""
    name, equals, value = text.partition("=")
    if not equals:
        if text not in ("", ENTERS, LEAVES):
            raise InputFaults([Fault(f"--for {text}", 0, f"is not {ENTERS}, {LEAVES} or FIGURE=VALUE{suggestion(text, (ENTERS, LEAVES))}")])
        option = None if number.row is None else of_row(case, number.row.row.item, number.row.row.site)
        if option is None:
            wrong = f"{number.places[0].name} is not of a system, site, hall design, supply or contract: give --for FIGURE=VALUE"
            raise InputFaults([Fault("--for", 0, wrong)])
        return Aim(option.words, option)
    name = name.strip()
    known = CATALOGUE.get(name)
    if known is None or known.format == "truth":
        wrong = f"no figure {name!r} with a value{suggestion(name, CATALOGUE)}"
        raise InputFaults([Fault(f"--for {text}", 0, wrong)])
    if known.format == "period":
        if value.strip() not in case.calendar.names:
            wrong = f"{value.strip()!r} is no period of the horizon{suggestion(value, case.calendar.names)}"
            raise InputFaults([Fault(f"--for {text}", 0, wrong)])
        return Aim(f"{known.title} at {value.strip()} or later", None, name, float(case.calendar.names.index(value.strip())))
    try:
        level = float(value.replace(",", "").split()[0])
    except (ValueError, IndexError):
        raise InputFaults([Fault(f"--for {text}", 0, f"{value!r} is not a number")]) from None
    return Aim(f"{known.title} of {level:,.6g} {known.unit}".rstrip(), None, name, level)


@dataclass(frozen=True)
class Wanted:
    """What a user asks for: the options of `gwplan breakeven`. ends: --from and --to, blank for low and high of the tables."""

    of: str
    aim: str = ""
    ends: tuple[str, str] = ("", "")
    within: float = WITHIN


def asked_of(case: Case, wanted: Wanted) -> tuple[Asked, Number]:
    """The search that a user asks for, and its number. InputFaults."""
    number = number_of(case, wanted.of, "--of")
    given = [number.parsed(text, option) if text else None for text, option in zip(wanted.ends, ("--from", "--to"), strict=True)]
    if None in given and number.ends is None:
        raise InputFaults([Fault(number.places[0].where, 0, f"{number.places[0].name} has no low and high: give --from and --to")])
    low, high = (end if value is None else value for value, end in zip(given, number.ends or (0.0, 0.0), strict=True))
    if low >= high:
        raise InputFaults([Fault("--from", 0, f"{number.text(low)} is not below {number.text(high)}")])
    varied = of_number(case, number)
    width = float(varied.months) or wanted.within * (abs(number.base) or high - low)
    return Asked(varied, aim_of(case, number, wanted.aim), (low, high), width), number
