"""The schema of a model's TOML: the keys of each table and their valid values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from gwplan.common.calendar import Span, Step, Timing, parse_date
from gwplan.common.spelling import suggestion
from gwplan.common.units import amount
from gwplan.inputs.selectors import EXCLUDE, REQUIRE, selector

PARTS = "parts"
"""Key in the validation context for the names of the known parts."""
Precision = Literal["bf16", "fp8", "fp4"]
Measure = Literal["it", "facility", "compute"]
GoalKind = Literal["most_value", "least_cost", "most_compute", "soonest", "most_equity_value"]
Spend = Literal["whole_life", "capital"]
MOST_THREADS = 1024
SHARES_SUM = 1e-6
"""How far from 1 shares may sum to."""
EXAMPLE = "{ training = 0.5, prefill = 0.2, decode = 0.3 }"
UNIT_OF = {"it": "MW", "facility": "MW", "compute": "kH100e"}
Counted = Literal["own", "leased", "cloud"]
TENURES: tuple[Counted, ...] = ("own", "leased")
Workload = Literal["training", "prefill", "decode"]
WORKLOADS: tuple[Workload, ...] = ("training", "prefill", "decode")
MoneyKind = Literal["capital", "running"]
HoursKind = Literal["mean", "typical_days", "segments", "full"]
DAYS_A_YEAR = 365
ANY_YEAR = 2023
"""Of days that are named without a year: any without a leap day."""
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


def _list(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _texts(value: object) -> object:
    """A list, or a single text."""
    if not isinstance(value, str | list | tuple):
        raise ValueError(f"{value!r} is no text, such as \"@SITE >= 100 MW\", and no list of texts")
    return (value,) if isinstance(value, str) else tuple(value)


def _as_written(text: str, **more: str) -> WithJsonSchema:
    """How the reference page describes a value that is written as text; `x-default` is the default as it is written."""
    return WithJsonSchema({"type": "string", "x-written": text, **more})


Date = Annotated[Span, BeforeValidator(_date), _as_written("date")]
Power = Annotated[float, BeforeValidator(_power), _as_written('amount in MW, such as `"1 GW"`')]
Seconds = Annotated[float, BeforeValidator(_seconds), _as_written('amount in seconds, such as `"10 min"`, or a number of seconds')]
Amount = Annotated[float, BeforeValidator(_of_measure),
                   _as_written('amount in MW (`it`, `facility`), such as `"1 GW"`, or in kH100e (`compute`)')]  # fmt: skip
Texts = Annotated[tuple[str, ...], BeforeValidator(_list)]
Days = Annotated[tuple[str, ...], BeforeValidator(_list)]
Selectors = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Kinds = Annotated[tuple[Counted, ...], BeforeValidator(_list)]
Timings = Annotated[dict[MoneyKind, Timing], WithJsonSchema({"type": "string", "enum": list(get_args(Timing)), "x-default": "middle"})]


class Strict(BaseModel):
    """A table of the TOML: no unknown keys, no type coercion, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Horizon(Strict):
    """From when to when the plan runs, in which steps, and in the dollars of which year."""

    start: Date = Field(description="First period: the plan begins on its first day.")
    end: Date = Field(description="Last period: the plan ends on its last day.")
    step: Step = Field(default="quarter", description="Length of one period.")
    dollars: int = Field(ge=2000, le=2100, description="Year of the dollars in which all real money is counted.")
    discount_rate: float = Field(ge=0, lt=1, description="Real discount rate per year; 9 % is written 0.09.")
    timing: Timings = Field(default=MIDDLE, description="When in a period money is paid, for present values: one word for both, or a table "
                                                        "with `capital` and `running`.")  # fmt: skip

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
    """An amount that must be reached in each period from `by` to `until`. There may be several targets, or none."""

    measure: Measure = Field(description="What is counted: IT power, power at the meter, or compute.")
    amount: Amount = Field(description="The least that must be reached.")
    by: Date = Field(description="First period in which it must be reached.")
    until: Date | None = Field(default=None, description="Last period in which it must be reached; the end of the horizon if left out.")
    counts: Kinds = Field(default=TENURES, description="What counts towards it: own halls, leased room, rented cloud (for compute only).")


class Goal(Strict):
    """What is optimised: one `[goal]`, or several `[[goal]]` in order of priority.

    A later goal chooses only among the plans that are best by those before it.
    """

    kind: GoalKind = Field(description="What is made least or greatest.")
    most_it: Power | None = Field(default=None, description="Most IT power in any period; `most_value` and `most_equity_value` need it.")
    spend: Spend = Field(default="whole_life", description="For `most_compute`: the budget caps capital and running cost of the whole "
                                                           "horizon, or capital alone.")  # fmt: skip
    any_hardware: bool = Field(default=False, description="For `least_cost` without a target of compute: allow the cheapest megawatt, "
                                                          "whatever it computes.")  # fmt: skip
    measure: Measure = Field(default="it", description="For `soonest` with an `amount`: what is wanted soon.")
    amount: Amount | None = Field(default=None, description="For `soonest`: how much is wanted; that of the first target if left out.")


class Contracts(Strict):
    """Which deals of contracts.csv are signed whatever the cost, and which are not on offer. The model decides on all others."""

    signed: Texts = Field(default=(), description="Deals that are signed in every plan.")
    without: Texts = Field(default=(), description="Deals that no plan may sign.")


class Selected(Strict):
    """Selectors by kind."""

    of: ClassVar[str]

    halls: Selectors = Field(default=(), description="Halls started: `DESIGN@SITE`, in MW of room or a number.")
    systems: Selectors = Field(default=(), description="Systems bought: `SYSTEM@SITE`, in MW of IT power or a number.")
    power: Selectors = Field(default=(), description="Supplies ordered: `SUPPLY@SITE`, in MW or a number of units.")
    contracts: Selectors = Field(default=(), description="Contracts signed: `CONTRACT`; leases `CONTRACT@SITE` and options in MW.")
    sites: Selectors = Field(default=(), description="Sites opened: `SITE`, or a number of them.")
    vendor: Selectors = Field(default=(), description="Systems of a vendor: `VENDOR@SITE`, in MW of IT power or a number.")
    provider: Selectors = Field(default=(), description="Contracts of a provider or landlord: `PROVIDER`, a number.")
    fuel: Selectors = Field(default=(), description="Supplies of a fuel: `FUEL@SITE`, in MW or a number of units.")
    item: Selectors = Field(default=(), description="Any one design, system, supply, contract or site: `ITEM@SITE`.")

    @field_validator("*")
    @classmethod
    def _parsed(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for text in value:
            selector(cls.of, info.field_name or "", text)
        return value


class Require(Selected):
    """What a plan must have: an amount that it orders over the horizon, written `NAME@SITE >= 100 MW` (at most: `<=`).

    Name, site and amount may be left out: any, everywhere, at least one. `--force 'halls@north>=100 MW'` adds `halls = "@north >= 100 MW"`.
    """

    of: ClassVar[str] = REQUIRE


class Exclude(Selected):
    """What a plan may not order, on any date: `NAME@SITE`, without an amount. What exists already stays.

    `--forbid 'vendor=amd'` adds `vendor = "amd"`. A contract that is excluded is not signed, used or sold; an excluded site has no orders.
    """

    of: ClassVar[str] = EXCLUDE


class Compute(Strict):
    """How compute is counted: at what systems deliver in a mix of workloads, or at their peak rates."""

    basis: Literal["delivered", "peak"] = Field(default="delivered",
                                                description="Count what systems deliver in the workload, or their peak rates.")
    workload: dict[Workload, float] = Field(default_factory=dict,
                                          description="Share of time of each workload; the shares sum to 1.")

    @model_validator(mode="after")
    def _whole(self) -> Compute:
        shares = self.workload.values()
        if self.basis == "peak" and self.workload:
            raise ValueError("basis = \"peak\" has no workload")
        if any(not 0 <= share <= 1 for share in shares):
            raise ValueError("a share of the workload is not between 0 and 1")
        if self.basis == "delivered" and abs(sum(shares) - 1) > SHARES_SUM:
            raise ValueError(f"the shares of the workload sum to {sum(shares):g}, not to 1; such as workload = {EXAMPLE}")
        return self


def day_number(text: str) -> int:
    """The number of a day of the year, from 0: of `01-14` it is 13. ValueError where the text is none."""
    try:
        day = date.fromisoformat(f"{ANY_YEAR}-{text}")
    except ValueError:
        raise ValueError(f"{text!r} is no day of a year of {DAYS_A_YEAR} days: month and day, such as \"01-14\"") from None
    return day.timetuple().tm_yday - 1


def day_text(number: int) -> str:
    """A day of the year by its number from 0, as a model names it."""
    return (date(ANY_YEAR, 1, 1) + timedelta(days=number)).strftime("%m-%d")


class Hours(Strict):
    """Whether power is planned by the hour. Every period of a plan sees the hours of a whole year."""

    kind: HoursKind = Field(default="mean", description="`mean`: means over the year, without hours. `typical_days`: a few days that stand "
                                                        "for all. `segments`: the year in order, hours that are alike taken together. "
                                                        "`full`: all 8,760 hours.")  # fmt: skip
    n: int | None = Field(default=None, ge=1, le=8760, description="How many typical days, or how many segments of the year.")
    segments: int | None = Field(default=None, ge=1, le=24, description="Segments of each typical day; its 24 hours if left out.")
    linked: bool = Field(default=True, description="Storage may carry energy from one day to the next; else each typical day ends as it "
                                                   "began.")  # fmt: skip
    keep: Days = Field(default=(), description="Days of the year that stand for themselves alone, hour by hour, beside the typical ones: "
                                               "month and day, such as `\"01-14\"`.")  # fmt: skip
    per: Literal["year"] = Field(default="year", description="The span that the hours stand for.")

    @model_validator(mode="after")
    def _fitting(self) -> Hours:
        if (self.n is None) != (self.kind in ("mean", "full")):
            raise ValueError(f"kind = \"{self.kind}\" {'needs n, such as n = 8' if self.n is None else 'has no n'}")
        if self.segments is not None and self.kind != "typical_days":
            raise ValueError(f"kind = \"{self.kind}\" has no segments of a day; typical_days has")
        if self.kind == "typical_days" and self.n is not None and self.n > DAYS_A_YEAR:
            raise ValueError(f"n = {self.n} is more than the {DAYS_A_YEAR} days of a year")
        if self.keep and self.kind != "typical_days":
            raise ValueError(f"kind = \"{self.kind}\" has no typical days beside which days are kept")
        if len(set(self.kept)) + (self.n or 0) > DAYS_A_YEAR and self.keep:
            raise ValueError(f"n = {self.n} and {len(self.keep)} kept days are more than the {DAYS_A_YEAR} days of a year")
        return self

    @property
    def kept(self) -> tuple[int, ...]:
        """Numbers of the days that are kept, from 0, in order. ValueError for a text that is no day."""
        return tuple(sorted({day_number(text) for text in self.keep}))


class Solver(Strict):
    """When the search may stop, and what it may use."""

    gap: float = Field(default=0.005, ge=0, lt=1,
                       description="Stop when the plan is proven to be this close to the best, relative to the objective.")  # fmt: skip
    time_limit: Seconds = Field(default=600.0, json_schema_extra={"x-default": "10 min"},
                                description="Stop after this long, with the best plan found so far.")  # fmt: skip
    whole_units_from: Power = Field(default=100.0, json_schema_extra={"x-default": "100 MW"},
                                    description="A supply whose units are at least this large is ordered in whole units.")  # fmt: skip
    threads: int | None = Field(default=None, ge=1, le=MOST_THREADS, description="Threads that the solver may use; all if left out.")
    seed: int = Field(default=0, ge=0, lt=2**31, description="The solver's random seed.")


class Document(Strict):
    """These stand before the first table."""

    title: str = Field(default="", description="Title of the question, on every page; the name of the file if left out.")
    inputs: str = Field(description="Folder of the case, relative to the model file.")
    parts: Texts = Field(description="The parts that take part; see below.")
    precision: Precision = Field(description="Number format in which compute is counted; it decides what an H100e is.")
    horizon: Horizon
    target: tuple[Target, ...] = ()
    goal: tuple[Goal, ...]
    contracts: Contracts = Field(default_factory=Contracts)
    require: Require = Field(default_factory=Require)
    exclude: Exclude = Field(default_factory=Exclude)
    compute: Compute | None = Field(default=None, description="How compute is counted; at peak rates if left out.")
    overlays: Texts = Field(default=(), description="Files in the folder `overlays` of the case: rows that replace rows of its tables.")
    hours: Hours = Field(default_factory=Hours)
    solver: Solver = Field(default_factory=Solver)

    @field_validator("inputs")
    @classmethod
    def _folder(cls, value: str) -> str:
        if not value.strip() or "\0" in value:
            raise ValueError(f"{value!r} is not a folder")
        return value

    @field_validator("target", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return _list(value)

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
