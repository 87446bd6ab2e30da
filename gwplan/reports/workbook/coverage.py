"""Coverage of the debt service, and money that is short of what lenders and the planner ask to be held, on the sheet Finance."""

from __future__ import annotations

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.reports.workbook.book import cell
from gwplan.reports.workbook.finance_rows import NAME, Layout, Sheet, named
from gwplan.reports.workbook.flows import LEAST_SHORT, LEFT, TOTAL
from gwplan.reports.workbook.money import Place
from gwplan.results import cash_flows

TAKEN = ("revenue", "own_use", "running", "tax", "capital", "drawn", "interest", "principal")
"""Lines that cash flow available and debt service are made of."""
NEAR = 1e-6
"""Coverage below the floor by less than this is at the floor."""


def coverage(into: Sheet, layout: Layout) -> Place:
    """Coverage = cash flow available / debt service over the year, in the years that are tested; gives the least."""
    run = into.book.run
    tested: dict[str, float] = run.summary.get("coverage_by_year") or {}
    into.gap("Coverage, over the year that ends with the period")
    layout.available = available = covering(into, layout)
    service = available + 1
    steps, cells = MONTHS_A_YEAR // run.months, []
    for n, name in enumerate(run.periods):
        year = [f"SUM({into.across(row, max(0, n - steps + 1), n)})" for row in (available, service)]
        cells.append((f"={'/'.join(year)}", float(tested[name])) if name in tested else ("", 0.0))
    row = into.formulas("coverage", cells, into.book.factor)
    floor = run.figure("coverage_floor") or 0.0
    asked = layout.flows.terms.name("debt", "coverage_floor")
    under = into.formulas("floor", [(f"={asked}" if name in tested else "", floor) for name in run.periods], into.book.factor)
    # The floor binds where the plan meets it to the digit.
    lacks = [f"=IF({into.at(under, n)}-{into.at(row, n)}>{NEAR!r},{into.at(under, n)}-{into.at(row, n)},0)" for n in range(into.count)]
    layout.short["coverage"] = into.formulas("below the floor", [(text if name in tested else "", 0.0)
                                                                 for text, name in zip(lacks, run.periods, strict=True)], into.book.factor)
    least = min(tested.values(), default=0.0)
    at = into.single("least coverage", f"=MIN({into.across(row, 0, into.count - 1)})", least, into.book.factor)
    return Place(f"{NAME}!{cell(at, TOTAL, fixed=True)}", least)


def covering(into: Sheet, layout: Layout) -> int:
    """Cash flow available for debt service, and that below it; gives the row of the first."""
    run = into.book.run
    refinanced = cash_flows.by_period(run, "finance.refinanced")
    again = into.numbers(("drawn to refinance, of which",), refinanced) if any(refinanced) else None
    formulas: dict[str, list[str]] = {"available": [], "service": []}
    for n in range(into.count):
        of = {line: named(layout.lines, LEFT + n, line) for line in TAKEN}
        less = f"-{into.at(again, n)}" if again is not None else ""
        later = f"+{of['capital']}+{of['drawn']}{less}" if n > run.first_build_end else ""
        formulas["available"].append(f"={of['revenue']}+{of['own_use']}+{of['running']}+{of['tax']}{later}")
        formulas["service"].append(f"=-{of['interest']}-{of['principal']}{less}")
    values = {name: cash_flows.by_period(run, f"finance.{name}") for name in formulas}
    row = into.formulas("cash flow available", list(zip(formulas["available"], values["available"], strict=True)))
    into.formulas("debt service", list(zip(formulas["service"], values["service"], strict=True)))
    return row


def shortages(into: Sheet, layout: Layout, kept: tuple[int, list[float]]) -> None:
    """What cash lacks of its smallest balance, and of the reserve of the debt service to come."""
    terms, run, last = layout.flows.terms, into.book.run, into.count - 1
    months = terms.value("debt", "reserve")
    service = cash_flows.by_period(run, "finance.service")
    into.gap("Cash that is short")

    def short(needs: str, n: int) -> str:
        return f"=IF({needs}-{into.at(kept[0], n)}>{LEAST_SHORT!r},{needs}-{into.at(kept[0], n)},0)"

    least = terms.name("cash", "least")
    layout.short["least"] = into.formulas("of the smallest balance", [(short(least, n), 0.0) for n in range(into.count)])
    held = [months / MONTHS_A_YEAR * sum(service[n + 1 : min(n + terms.steps, last) + 1]) for n in range(last)]
    name = terms.name("debt", "reserve")
    coming = [f"SUM({into.across(layout.available + 1, n + 1, min(n + terms.steps, last))})" for n in range(last)]
    reserve = into.formulas("reserve to be held", [(f"={name}/{MONTHS_A_YEAR}*{each}", value)
                                                   for each, value in zip([*coming, "0"], [*held, 0.0], strict=True)])
    layout.short["reserve"] = into.formulas("of the reserve", [(short(into.at(reserve, n), n), 0.0) for n in range(into.count)])
