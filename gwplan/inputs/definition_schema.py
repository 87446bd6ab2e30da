"""The schema of a model's TOML: the keys of each table and their valid values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from gwplan.common.calendar import Span, Step, Timing, parse_date
from gwplan.common.spelling import suggestion
from gwplan.common.units import amount

PARTS = "parts"
"""Key in the validation context for the names of the known parts."""
Precision = Literal["bf16", "fp8", "fp4"]
Measure = Literal["it", "facility", "compute"]
GoalKind = Literal["most_value", "least_cost", "most_compute", "soonest", "most_equity_value"]
Spend = Literal["whole_life", "capital"]
MOST_THREADS = 1024
UNIT_OF = {"it": "MW", "facility": "MW", "compute": "kH100e"}
Counted = Literal["own", "leased", "cloud"]
TENURES: tuple[Counted, ...] = ("own", "leased")
MoneyKind = Literal["capital", "running"]
MIDDLE: dict[MoneyKind, Timing] = {"capital": "middle", "running": "middle"}


def _date(value: object) -> Span:
    return value if isinstance(value, Span) else parse_date(str(value))


def _written(value: object, unit: str) -> float:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} needs its unit, as text: \"{value} {unit}\"")
    found = amount(value, unit)
    if found <= 0:
        raise ValueError(f"{value!r} is not positive")
    return found


def _of_measure(value: object, info: ValidationInfo) -> float:
    """An amount in the unit of its measure; accepted as is if the measure is invalid, so that only that is reported."""
    return _written(value, UNIT_OF[info.data["measure"]]) if "measure" in info.data else 1.0


def _power(value: object) -> float:
    return _written(value, "MW")


def _seconds(value: object) -> float:
    """A time limit, which may also be a plain number of seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value <= 0:
            raise ValueError(f"{value!r} is not positive")
        return float(value)
    return _written(value, "second")


Date = Annotated[Span, BeforeValidator(_date)]
Power = Annotated[float, BeforeValidator(_power)]
Seconds = Annotated[float, BeforeValidator(_seconds)]


class Strict(BaseModel):
    """A table of the TOML: no unknown keys, no type coercion, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Horizon(Strict):
    """Start, end and step of the horizon, and the year of its dollars. discount_rate: real, per year."""

    start: Date
    end: Date
    step: Step = "quarter"
    dollars: int = Field(ge=2000, le=2100)
    discount_rate: float = Field(ge=0, lt=1)
    timing: dict[MoneyKind, Timing] = MIDDLE

    @field_validator("discount_rate", mode="before")
    @classmethod
    def _no_percent(cls, value: object) -> object:
        """Reject a rate such as 9 that was meant as 9 %."""
        if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 100:
            raise ValueError(f"should be less than 1; {value:g} % is written {value / 100:g}")
        return value

    @field_validator("timing", mode="before")
    @classmethod
    def _both(cls, value: object) -> object:
        """A single word applies to both capital and running."""
        return {"capital": value, "running": value} if isinstance(value, str) else value

    @field_validator("timing")
    @classmethod
    def _filled(cls, value: dict[MoneyKind, Timing]) -> dict[MoneyKind, Timing]:
        return {**MIDDLE, **value}


class Target(Strict):
    """A target: `amount` of a measure (MW, or kH100e) from `by` to `until` (None: the horizon's end)."""

    measure: Measure
    amount: float
    by: Date
    until: Date | None = None
    counts: tuple[Counted, ...] = TENURES

    @field_validator("amount", mode="before")
    @classmethod
    def _amount(cls, value: object, info: ValidationInfo) -> float:
        return _of_measure(value, info)

    @field_validator("counts", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Goal(Strict):
    """A goal. most_it: cap on IT power in MW; amount: of the measure, for soonest."""

    kind: GoalKind
    most_it: Power | None = None
    spend: Spend = "whole_life"
    any_hardware: bool = False
    measure: Measure = "it"
    amount: float | None = None

    @field_validator("amount", mode="before")
    @classmethod
    def _amount(cls, value: object, info: ValidationInfo) -> float:
        return _of_measure(value, info)


class Contracts(Strict):
    """The deals of contracts.csv that must be signed, and those that are excluded; the others are optional."""

    signed: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @field_validator("signed", "without", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Solver(Strict):
    """Solver settings: relative gap, seconds, MW above which supply units are integer, threads (None: all), seed."""

    gap: float = Field(default=0.005, ge=0, lt=1)
    time_limit: Seconds = 600.0
    whole_units_from: Power = 100.0
    threads: int | None = Field(default=None, ge=1, le=MOST_THREADS)
    seed: int = Field(default=0, ge=0, lt=2**31)


class Document(Strict):
    """The whole TOML."""

    title: str = ""
    inputs: str
    parts: tuple[str, ...]
    precision: Precision
    horizon: Horizon
    target: tuple[Target, ...] = ()
    goal: tuple[Goal, ...]
    contracts: Contracts = Field(default_factory=Contracts)
    overlays: tuple[str, ...] = ()
    solver: Solver = Field(default_factory=Solver)

    @field_validator("inputs")
    @classmethod
    def _folder(cls, value: str) -> str:
        if not value.strip() or "\0" in value:
            raise ValueError(f"{value!r} is not a folder")
        return value

    @field_validator("parts", "target", "overlays", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("goal", mode="before")
    @classmethod
    def _goals(cls, value: object) -> object:
        """One goal is a table, several in order of priority an array of tables."""
        if value in ([], ()):
            raise ValueError("there is no goal")
        return (value,) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value

    @field_validator("parts")
    @classmethod
    def _known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        parts = (info.context or {}).get(PARTS, value)
        known = f" ({', '.join(parts)})"
        wrong = [f"no part {name!r}{suggestion(name, parts) or known}" for name in value if name not in parts]
        wrong += [f"the part {name!r} is listed twice" for name in dict.fromkeys(value) if value.count(name) > 1]
        if wrong:
            raise ValueError("; ".join(wrong))
        return value
