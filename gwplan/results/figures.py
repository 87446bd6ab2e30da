"""The one catalogue of headline figures and of goals: what each is called, its unit, how people read it, which way is better.

The terminal, the page, the workbook, studies and comparisons read titles, units and lists of figures here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Direction = Literal["more", "less", "neither"]
"""What is better of a figure."""
Format = Literal["money", "price", "power", "compute", "work", "percent", "ratio", "years", "period", "truth", "objective"]
"""How people read a figure: money as $39.8B, a price as $1.06 per H100e-hour, a share as 12.3% ..."""

REAL, NOMINAL = "MUSD", "MUSD_nominal"
PRICE = "USD/H100e/hour"
COUNTED = ("precision", "compute.basis", "compute.workload")
DOLLARS = ("horizon.dollars",)
PRESENT = (*DOLLARS, "horizon.start")
MOST = "_most"
"""Ending of a column of studies: the greatest value of a figure by period."""


@dataclass(frozen=True, slots=True)
class HeadlineFigure:
    """A figure of summary.json that people are shown.

    key: in summary.json; unit: as it stands there; needs: keys of the question that must be the same for it to be compared;
    by_period: a list by period, whose greatest value is shown; short: the title where there is little room.
    """

    key: str
    title: str
    unit: str
    format: Format
    direction: Direction
    needs: tuple[str, ...] = ()
    by_period: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of a question. name: of its objective; aim: how the plan was made, in a sentence; unit: of its objective."""

    kind: str
    name: str
    aim: str
    unit: str
    direction: Direction


_FIGURES = (
    HeadlineFigure("objective", "Objective", "", "objective", "neither"),
    HeadlineFigure("target_met", "Targets met", "", "truth", "more"),
    HeadlineFigure("first_it_period", "First IT power", "period", "period", "less", short="First IT"),
    HeadlineFigure("it_mw", "Peak IT power", "MW", "power", "more", by_period=True, short="IT MW"),
    HeadlineFigure("facility_mw", "Peak power at the meter", "MW", "power", "neither", by_period=True),
    HeadlineFigure("compute_kh100e", "Peak compute", "kH100e", "compute", "more", COUNTED, by_period=True, short="kH100e"),
    HeadlineFigure("capital_first_build_musd", "Capital of the first build", REAL, "money", "less", DOLLARS, short="First build"),
    HeadlineFigure("capital_musd_per_it_gw", "Capital per GW of IT", f"{REAL}/GW", "money", "less", DOLLARS),
    HeadlineFigure("capital_musd", "Capital of the whole horizon", REAL, "money", "less", DOLLARS, short="Capital"),
    HeadlineFigure("running_musd_per_year_final", "Running cost in the last year", f"{REAL}/year", "money", "less", DOLLARS),
    HeadlineFigure("npv_cost_musd", "Net present cost", REAL, "money", "less", PRESENT, short="NPV cost"),
    HeadlineFigure("npv_value_musd", "Present value of compute", REAL, "money", "more", (*PRESENT, *COUNTED)),
    HeadlineFigure("levelised_usd_per_h100e_hour", "Levelised cost of compute", PRICE, "price", "less", (*DOLLARS, *COUNTED)),
    HeadlineFigure("levelised_usd_per_accelerator_hour", "Levelised cost of an accelerator", "USD/hour", "price", "less", DOLLARS),
    HeadlineFigure("training_exaflop_days", "Training if all is used", "exaFLOP-days/year", "work", "more", COUNTED, by_period=True),
    HeadlineFigure("usd_per_training_exaflop_day", "Cost of training", "USD/exaFLOP-day", "price", "less", (*DOLLARS, *COUNTED)),
    HeadlineFigure("input_tokens_trillion", "Tokens read if all is used", "trillion/year", "work", "more", COUNTED, by_period=True),
    HeadlineFigure("usd_per_million_input_tokens", "Cost of tokens read", "USD/million tokens", "price", "less", (*DOLLARS, *COUNTED)),
    HeadlineFigure("output_tokens_trillion", "Tokens written if all is used", "trillion/year", "work", "more", COUNTED, by_period=True),
    HeadlineFigure("usd_per_million_output_tokens", "Cost of tokens written", "USD/million tokens", "price", "less", (*DOLLARS, *COUNTED)),
    HeadlineFigure("residual_musd", "Residual value at the end of the horizon", REAL, "money", "more", DOLLARS),
    HeadlineFigure("resale_musd", "Resale at the end of use", REAL, "money", "more", DOLLARS),
    HeadlineFigure("commitments_musd", "Commitments beyond the horizon", REAL, "money", "less", DOLLARS),
    HeadlineFigure("equity_value_musd_nominal", "Value of equity", NOMINAL, "money", "more", ("horizon.start",)),
    HeadlineFigure("irr", "Rate of return (IRR), nominal", "1/year", "percent", "more"),
    HeadlineFigure("irr_real", "Rate of return (IRR), real", "1/year", "percent", "more"),
    HeadlineFigure("mirr", "Modified rate of return", "1/year", "percent", "more"),
    HeadlineFigure("required_return", "Required return of the sponsor", "1/year", "percent", "neither"),
    HeadlineFigure("equity_paid_in_musd_nominal", "Equity paid in", NOMINAL, "money", "less"),
    HeadlineFigure("peak_equity_musd_nominal", "Peak equity at risk", NOMINAL, "money", "less"),
    HeadlineFigure("dividends_musd_nominal", "Dividends", NOMINAL, "money", "more"),
    HeadlineFigure("left_over_musd_nominal", "Final distribution to the sponsor", NOMINAL, "money", "more"),
    HeadlineFigure("payback_years", "Payback time of equity", "years", "years", "less"),
    HeadlineFigure("discounted_payback_years", "Discounted payback time", "years", "years", "less"),
    HeadlineFigure("debt_most_musd_nominal", "Peak debt", NOMINAL, "money", "less"),
    HeadlineFigure("least_coverage", "Lowest debt service coverage", "1", "ratio", "more"),
    HeadlineFigure("tax_paid_musd_nominal", "Tax paid", NOMINAL, "money", "less"),
    HeadlineFigure("price_usd_per_h100e_hour", "Price of compute as planned", PRICE, "price", "neither", (*DOLLARS, *COUNTED)),
    HeadlineFigure("break_even_multiple", "Break-even price over the planned one", "1", "ratio", "less"),
    HeadlineFigure("break_even_usd_per_h100e_hour", "Break-even price of compute", PRICE, "price", "less", (*DOLLARS, *COUNTED)),
)
CATALOGUE = MappingProxyType({each.key: each for each in _FIGURES})
"""Every headline figure by its key in summary.json."""
INNER = (
    "dollars", "bound", "gap", "goals", "capital_by_class_musd", "running_by_class_musd", "levelised_by_class_usd_per_h100e_hour",
    "discounted_million_h100e_hours", "halls", "systems", "vendors", "supplies_mw", "cloud_kh100e", "leased_mw", "sold_kh100e",
    "shortfall_musd_nominal", "committed_beyond_musd_nominal", "diversification", "estimate_share", "capital_by_grade_musd",
    "seconds", "inflation", "irr_all", "irr_sign_changes", "debt_drawn_by_facility_musd_nominal",
    "coverage_floor", "coverage_lock_up", "coverage_by_year",
    "invested_by_contract_musd_nominal", "returned_by_contract_musd_nominal", "sources_and_uses",
)  # fmt: skip
"""Numeric keys of summary.json that are not headline figures: components, facts on the search, lists by name."""
OF_A_PLAN = (
    "target_met", "first_it_period", "it_mw", "facility_mw", "compute_kh100e", "capital_first_build_musd", "capital_musd_per_it_gw",
    "capital_musd", "running_musd_per_year_final", "npv_cost_musd", "npv_value_musd", "levelised_usd_per_h100e_hour",
)  # fmt: skip
"""Figures of any plan, in their order."""
SUMMARISED = (*OF_A_PLAN, "training_exaflop_days", "input_tokens_trillion", "output_tokens_trillion")
"""Figures of the summary of a run, in their order."""
COMPARED = (
    *OF_A_PLAN,
    "equity_value_musd_nominal", "irr", "equity_paid_in_musd_nominal", "peak_equity_musd_nominal", "payback_years",
    "debt_most_musd_nominal", "least_coverage", "break_even_usd_per_h100e_hour",
)  # fmt: skip
"""Figures of a comparison of two runs, in their order."""
STUDIED = (
    "objective", "bound", "gap", "capital_musd", "capital_first_build_musd", "first_build_until", "capital_musd_per_it_gw", "residual_musd",
    "npv_cost_musd", "npv_value_musd", "running_musd_per_year_final", "target_met", "first_it_period",
    "levelised_usd_per_h100e_hour", "levelised_usd_per_accelerator_hour",
)  # fmt: skip
"""Columns of the table of a study that are one value of summary.json, in their order."""
STUDIED_FINANCE = (
    "equity_value_musd_nominal", "equity_paid_in_musd_nominal", "peak_equity_musd_nominal", "dividends_musd_nominal", "irr",
    "payback_years", "debt_most_musd_nominal", "least_coverage", "tax_paid_musd_nominal", "break_even_multiple",
    "break_even_usd_per_h100e_hour",
)  # fmt: skip
"""Those of plans that are financed."""
STUDIED_SERIES = ("it_mw", "facility_mw", "compute_kh100e")
"""Figures by period whose greatest value is a column `<key>_most`."""
SAMPLED = (
    "objective", "capital_first_build_musd", "capital_musd", "capital_musd_per_it_gw", "npv_cost_musd", "npv_value_musd",
    "running_musd_per_year_final", "it_mw_most", "facility_mw_most", "compute_kh100e_most",
    "levelised_usd_per_h100e_hour", "equity_value_musd_nominal", "irr", "least_coverage", "break_even_usd_per_h100e_hour",
)  # fmt: skip
"""Columns of the table of a study whose quantiles a sample gives."""
DRIVEN = ("objective", "capital_first_build_musd")
"""Columns whose drivers a sample seeks."""
LEADING = ("capital_first_build_musd", "npv_cost_musd", "it_mw", "compute_kh100e")
"""Figures of the first screen of a comparison."""
CARDS = ("it_mw", "first_it_period", "capital_first_build_musd", "capital_musd_per_it_gw", "npv_cost_musd", "compute_kh100e")
"""Figures of the first screen of a run."""
LEADING_OF_STUDY = ("objective", "capital_first_build_musd", "npv_cost_musd", "it_mw_most", "compute_kh100e_most")
"""Columns of the first screen of a study."""
SWEPT = (*LEADING_OF_STUDY, "first_it_period")
"""Columns that a sweep lists and draws."""
LISTED_OF_FRONTIER = ("first_it_period", "it_mw_most", "facility_mw_most", "compute_kh100e_most", "capital_first_build_musd",
                      "capital_musd", "npv_cost_musd")  # fmt: skip
"""Columns of each point of a frontier."""

GOALS = MappingProxyType({each.kind: each for each in (
    Goal("least_cost", "net present cost", "at least cost", REAL, "less"),
    Goal("most_value", "net present value", "for the most value", REAL, "more"),
    Goal("most_compute", "compute", "for the most compute", "kH100e years", "more"),
    Goal("soonest", "power, earlier counting more", "as soon as possible", "MW periods", "more"),
    Goal("most_equity_value", "value of equity", "for the most value of equity", NOMINAL, "more"),
)})  # fmt: skip
"""Every goal by its kind."""


def figure_of(key: str) -> HeadlineFigure | None:
    """The figure of a key of summary.json, or of a column of a study; None if it is not in the catalogue."""
    return CATALOGUE.get(key) or CATALOGUE.get(key.removesuffix(MOST))


def value_of(summary: Mapping[str, Any], key: str) -> float | str | bool | None:
    """A figure in a summary: a number, of a list by period its greatest value, a period or a truth; None where it has none."""
    figure, value = CATALOGUE[key], summary.get(key)
    if figure.by_period:
        return max(map(float, value), default=0.0) if isinstance(value, list) else None
    if figure.format == "truth":
        return None if value is None else value is True
    if figure.format == "period":
        return None if value is None else str(value)
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def title(key: str) -> str:
    """The title of a figure; the key itself if it is not in the catalogue."""
    found = figure_of(key)
    return key if found is None else found.title


def short(key: str) -> str:
    """The short title of a figure."""
    found = figure_of(key)
    return key if found is None else found.short or found.title


def name_of_goal(kind: str) -> str:
    """The name of a goal's objective; its kind if it is not in the catalogue."""
    return GOALS[kind].name if kind in GOALS else kind


def aim(kind: str) -> str:
    """The aim of a goal, in words; its kind if it is not in the catalogue."""
    return GOALS[kind].aim if kind in GOALS else kind


def less_is_better(kind: str) -> bool:
    """True for a goal whose objective is minimised."""
    return kind in GOALS and GOALS[kind].direction == "less"


def unit_of_goal(kind: str, dollars: int, precision: str) -> str:
    """The unit of an objective, with the year of its dollars or the precision of its compute."""
    unit = GOALS[kind].unit if kind in GOALS else ""
    return f"{unit} of {dollars}" if unit == REAL else f"{unit} ({precision})" if unit.startswith("kH100e") else unit
