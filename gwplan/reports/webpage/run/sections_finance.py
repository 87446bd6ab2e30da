"""The sections of finance on the page of a run, and the levelised cost of any."""

from __future__ import annotations

from typing import Any

from gwplan.reports.sentences import binding
from gwplan.reports.terminal import finance
from gwplan.reports.webpage.charts import Chart
from gwplan.reports.webpage.run import charts_finance
from gwplan.results import cash_flows
from gwplan.results.run_folder import RunFolder

Filling = tuple[str, str, str, list[Chart | None], list[tuple[tuple[str, ...], list[tuple[Any, ...]]]]]
"""Key, title, text, charts and tables of a section."""


def sources(run: RunFolder) -> Filling:
    """Whose money builds, and what it builds."""
    text = ("Until the first build is over, each net over that time. Compute that already runs pays its price, and helps to pay for the "
            "rest; cash that is kept counts as a use. All of it in the money of the day, nominal.")  # fmt: skip
    found = [charts_finance.sources_and_uses(run), charts_finance.paid_so_far(run), charts_finance.who_goes_first(run)]
    return "sources", "Sources and uses", text if cash_flows.is_financed(run) else "", found, []


def cash(run: RunFolder) -> Filling:
    """What is earned, and who is paid from it in which order."""
    if not cash_flows.is_financed(run):
        return "cash", "Cash waterfall", "", [], []
    rows: list[tuple[Any, ...]] = [row for row in finance.figures(run, binding(run)) if row[1]]
    text = ("Earnings are what own use and customers pay for compute, less running cost. They pay tax, then lenders, then investors "
            "until nothing is owed to them, then the sponsor. Money is nominal; prices of compute are real.")  # fmt: skip
    return "cash", "Cash waterfall", text, [charts_finance.cash(run)], [(("figure", "of the plan"), rows)]


def debt(run: RunFolder) -> Filling:
    """What is owed, and how well the cash covers its service."""
    found = [charts_finance.debt(run), charts_finance.coverage(run)]
    text = ("Coverage is tested over each whole year after the first build: cash flow available, after tax and after capital that no draw "
            "pays for, over interest and principal.")  # fmt: skip
    return "debt", "Debt and coverage", text if any(found) else "", found, []


def levelised(run: RunFolder) -> Filling:
    """What an hour of compute costs."""
    chart, whole = charts_finance.levelised(run), finance.levelised(run)
    if chart is None or whole is None:
        return "levelised", "Levelised cost", "", [], []
    price = finance.break_even(run)
    text = f"Present value of all cost, less what is left at the end, over the present value of the hours computed, both real: {whole}."
    text += f" Break-even price, at which equity earns no more than its required return: {price}." if price else ""
    return "levelised", "Levelised cost", text, [chart], []
