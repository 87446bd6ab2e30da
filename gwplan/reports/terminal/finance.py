"""The finance of a run for the terminal: sources and uses, returns and covenants, cash by year. Nominal money."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from rich.console import Console
from rich.table import Table

from gwplan.common.amounts import TABLE, money, said
from gwplan.reports.formatting import figure_text, money_unit
from gwplan.reports.headline import series
from gwplan.reports.terminal.tables import blank, filled, section
from gwplan.results import cash_flows
from gwplan.results.cash_flows import name_of
from gwplan.results.figures import PRICE, title
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST

Row = tuple[str, str | None]
PART = "finance."


def show(run: RunFolder, console: Console, binding: list[dict[str, Any]]) -> None:
    """Print the finance of a run. binding: the limits that bind."""
    unit, size = money_unit(run)
    until = run.periods[run.first_build_end]
    section(console, f"Sources and uses of the first build, to {until}, {unit} nominal", sources_and_uses(run, size))
    rows = figures(run, binding)
    section(console, "Finance (nominal money; prices of compute real)", filled(blank("", "", header=False), rows))
    section(console, f"Cash by year, {unit} nominal", cash_by_year(run, size))


def sources_and_uses(run: RunFolder, size: float) -> Table | None:
    """Sources and uses of the first build side by side; each side sums to the same."""
    found = run.summary.get("sources_and_uses")
    if not found or not found["sources"]:
        return None
    table = blank("Source", ">Amount", ">Share", "   Use", ">Amount", ">Share")
    sides = [largest_first(found[side]) for side in ("sources", "uses")]
    for source, use in zip_longest(*sides, fillvalue=("", None)):
        table.add_row(*cells(*source, sides[0], size), *cells(f"   {use[0]}", use[1], sides[1], size))
    sums = [f"{sum(amount for _, amount in side) / size:,.2f}" for side in sides]
    table.add_row("all", sums[0], "", "   all", sums[1], "", style="bold")
    return table


def largest_first(amounts: dict[str, float]) -> list[tuple[str, float]]:
    """Names as people read them with their amounts, the largest first."""
    return [(name_of(name), float(amount)) for name, amount in sorted(amounts.items(), key=lambda item: -item[1])]


def cells(name: str, amount: float | None, side: list[tuple[str, float]], size: float) -> tuple[str, str, str]:
    """Name, amount and share of a side; blank where the other side is longer."""
    if amount is None:
        return "", "", ""
    return name, f"{amount / size:,.2f}", f"{amount / sum(each for _, each in side):.0%}"


def figures(run: RunFolder, binding: list[dict[str, Any]]) -> list[Row]:
    """What the sponsor pays in and gets, debt and coverage, prices; texts are None where there is nothing to say."""
    def row(key: str, more: str = "", name: str = "") -> Row:
        value = run.figure(key)
        return name or title(key), None if value is None else f"{figure_text(key, value)}{more}"

    peak, most = run.summary.get("peak_equity_period"), run.summary.get("debt_most_period")
    required = run.figure("required_return") or 0.0
    held = [str(row["rule"]).removeprefix(PART).replace("_", " ") for row in binding if str(row["rule"]).startswith(PART)]
    invested = sum(run.summary.get("invested_by_contract_musd_nominal", {}).values())
    return [
        row("equity_paid_in_musd_nominal"),
        row("peak_equity_musd_nominal", f", in {peak}"),
        row("dividends_musd_nominal"),
        row("left_over_musd_nominal"),
        row("equity_value_musd_nominal", name=f"{title('equity_value_musd_nominal')} at {required:.1%}"),
        ("Rate of return (IRR), yearly", rates(run)),
        (title("payback_years"), payback(run)),
        ("Paid in by investors", money(invested, TABLE) if invested > LEAST else None),
        ("Debt drawn", drawn(run)),
        row("debt_most_musd_nominal", f", in {most}"),
        (title("least_coverage"), coverage(run)),
        row("tax_paid_musd_nominal"),
        (title("break_even_usd_per_h100e_hour"), break_even(run)),
        ("Covenants and limits that bind", ", ".join(held) or "none"),
    ]


def rates(run: RunFolder) -> str:
    """The rate of return, said to be nominal and real; that there are several, or none."""
    several = [float(rate) for rate in run.summary.get("irr_all") or []]
    modified = run.figure("mirr")
    more = "" if modified is None else f"; modified (MIRR) {modified:.1%}"
    if len(several) > 1:
        return f"several balance the flows: {', '.join(f'{rate:.1%}' for rate in several)} nominal{more}"
    rate, real = run.figure("irr"), run.figure("irr_real")
    return f"none{more}" if rate is None or real is None else f"{rate:.1%} nominal, {real:.1%} real{more}"


def payback(run: RunFolder) -> str:
    """Years until the sponsor has its money back."""
    plain, discounted = run.figure("payback_years"), run.figure("discounted_payback_years")
    if plain is None:
        return "never within the horizon"
    later = "never" if discounted is None else f"{discounted:.1f} years"
    return f"{plain:.1f} years; with the required return {later}"


def drawn(run: RunFolder) -> str | None:
    """What is drawn on each facility."""
    amounts = run.summary.get("debt_drawn_by_facility_musd_nominal") or {}
    return ", ".join(f"{name} {money(amount, TABLE)}" for name, amount in largest_first(amounts)) or None


def coverage(run: RunFolder) -> str | None:
    """The least coverage beside its floor and its lock-up."""
    least, floor, lock = (run.figure(key) for key in ("least_coverage", "coverage_floor", "coverage_lock_up"))
    if least is None:
        return None
    locks = "" if lock is None else f", no dividend below {lock:.2f}"
    return f"{least:.2f} in the year to {run.summary['least_coverage_period']}; floor {floor:.2f}{locks}"


def break_even(run: RunFolder) -> str | None:
    """The price at which equity is worth nothing, real, beside the price planned with."""
    names = ("break_even_usd_per_h100e_hour", "break_even_multiple", "price_usd_per_h100e_hour")
    price, multiple, planned = map(run.figure, names)
    if price is None or multiple is None or planned is None:
        return None
    held = [str(each).removeprefix(PART).replace("_", " ") for each in run.summary.get("break_even_held_by") or []]
    by = f"; held by {', '.join(held)}" if held else ""
    return (f"${price:.3f} per H100e-hour {uncontracted(run)}, levelised, in dollars of {run.dollars}: "
            f"{multiple:.2f} of the planned ${planned:.3f}{by}")


def uncontracted(run: RunFolder) -> str:
    """Which compute the break-even price is of: that which no contract sells, with its share of all where one does."""
    own, sold = (sum(series(run, name)) for name in ("compute_kh100e", "sold_kh100e"))
    return f"not under contract ({own / (own + sold):.1%} of the compute)" if sold > 0 else "that own use pays"


def levelised(run: RunFolder) -> str | None:
    """The levelised cost of compute, real."""
    each, accelerator = run.figure("levelised_usd_per_h100e_hour"), run.figure("levelised_usd_per_accelerator_hour")
    if each is None:
        return None
    more = "" if accelerator is None else f"; ${accelerator:,.2f} per hour of an accelerator"
    return f"{said(each, PRICE)}{more}"


def cash_by_year(run: RunFolder, size: float) -> Table | None:
    """Cash by calendar year, and what is kept at its end."""
    if not cash_flows.is_financed(run):
        return None
    columns = cash_flows.by_year(run, cash_flows.gathered(run))
    kept = cash_flows.at_year_ends(run, cash_flows.by_period(run, "finance.cash"))
    table = blank(">Year", *(f">{name.capitalize()}" for name in columns), ">Cash left")
    for place, year in enumerate(cash_flows.years_of(run)):
        table.add_row(str(year), *(amount(values[place], size) for values in columns.values()), amount(kept[place], size))
    table.add_row("all", *(amount(sum(values), size) for values in columns.values()), "", style="bold")
    return table


def amount(value: float, size: float) -> str:
    """Money of a year; blank for none."""
    return f"{value / size:,.2f}" if abs(value) > LEAST else ""
