"""Terms drawn from the ranges that ship with the case of one gigawatt never give returns that make no sense.

The plan is that of the most value, in yearly steps; how it is financed is left open. Some terms cannot finance it at all: such draws
have no plan, and are said to be infeasible.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gwplan.common.financial.returns import rate_of_return
from gwplan.model import targets
from tests.exploits.taken import Taken, solved
from tests.financing.cases import INVESTOR, WITH_CONTRACTS, changed, of
from tests.financing.drawn import Built, Drawn, built, financed, nominal_capital, ranged

EXAMPLES = 20
DEAREST_CONTRACT = 13_300
"""MUSD of 2026 a year that the dearest published contract pays for a GW."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("built"))


def yearly_return(taken: Taken) -> float | None:
    """The sponsor's return; what is left counts as if it were paid a year after the last dividend."""
    flows = [paid - given for given, paid in zip(of(taken, "equity"), of(taken, "dividends"), strict=True)]
    return rate_of_return([*flows, taken.total("finance", "left_over")])


def weigh(found: Built, drawn: Drawn) -> None:
    """The best financing under the terms drawn makes sense, or there is none."""
    taken = financed(found, drawn)
    if taken.objective is None:
        assert taken.answer is None or taken.answer.status == "infeasible"
        return
    case, capital = taken.plan.case, nominal_capital(taken)
    last = targets.last_period(case)
    equity, dividends = of(taken, "equity"), of(taken, "dividends")
    share = case.number("finance", "equity", "least_share")
    assert sum(equity) >= share * sum(capital[: last + 1]) - 1e-3 > 0
    assert sum(of(taken, "drawn")[: last + 1]) <= (1 - share) * sum(capital[: last + 1]) + 1e-3
    assert dividends[: last + 1] == [0.0] * (last + 1)
    assert taken.total("finance", "left_over") >= 0
    assert abs(taken.objective) < sum(capital)
    rate = yearly_return(taken)
    assert rate is None or rate <= 1
    weigh_coverage(taken, last)


def weigh_coverage(taken: Taken, last: int) -> None:
    """Each year's cash flow covers its debt service."""
    floor = taken.plan.case.number("finance", "debt", "coverage_floor")
    for period, (flow, service) in enumerate(zip(of(taken, "available"), of(taken, "service"), strict=True)):
        if period > last and service > 1e-3:
            assert flow / service >= floor - 1e-6


def test_the_base_makes_sense(plan: Built) -> None:
    weigh(plan, {})
    rate = yearly_return(financed(plan, {}))
    assert rate is not None and 0.14 < rate < 0.6


@pytest.mark.long
def test_every_number_at_either_end(plan: Built) -> None:
    names = ranged(plan.case)
    assert len(names) > 30
    for name in names:
        for place in (0.0, 1.0):
            weigh(plan, {name: place})


@given(st.data())
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate),
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_all_numbers_together(plan: Built, data: st.DataObject) -> None:
    weigh(plan, {name: data.draw(st.floats(0, 1), label=name) for name in ranged(plan.case)})


def test_revenue_is_near_what_contracts_pay(plan: Built) -> None:
    """At the highest price of 2027, a GW of the systems sold then earns no more than a fifth above the dearest contract."""
    case = plan.case
    from gwplan.model.compute_measure import RATES

    high = max(value.numbers[2] or 0 for value in case.checked.values if value.row.item == "compute_sales" and str(value.when) == "2027")
    reference = case.number("compute", "h100", RATES[case.definition.precision])
    system = "gb300_nvl72"
    per_megawatt = case.number("accelerators", system, RATES[case.definition.precision]) / reference / case.number("accelerators", system, "power")
    per_megawatt *= case.number("accelerators", system, "availability") / case.number("accelerators", system, "overhead")
    earned = high * case.number("finance", "compute_sales", "sold_share") * per_megawatt * 8760
    assert earned < 1.2 * DEAREST_CONTRACT


@given(required=st.floats(0.08, 0.15), cap=st.floats(0, 300).map(lambda cap: round(cap, 6)), share=st.floats(0.1, 0.4), price=st.floats(0.9, 1.4), floor=st.floats(1.2, 1.5),
       needs=st.floats(0.1, 0.2))
@settings(max_examples=12, deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate),
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_investors_terms_together(required: float, cap: float, share: float, price: float, floor: float, needs: float,
                                  tmp_path_factory: pytest.TempPathFactory) -> None:
    """An investor who asks for 8 to 15 %, up to the whole capital, beside a sponsor of 10 to 40 %: it is owed or the sponsor is paid, never both."""
    rows = (f"contracts.vendor.required_return={required!r} 1/year", f"contracts.vendor.cap={cap!r} MUSD_nominal",
            f"finance.equity.least_share={share!r} 1", f"finance.compute_sales.price={price!r} USD_2026/H100e/hour",
            f"finance.debt.coverage_floor={floor!r} 1", f"finance.equity.required_return={needs!r} 1/year")
    taken = solved(changed(tmp_path_factory.mktemp("terms"), *INVESTOR, *rows, texts=[WITH_CONTRACTS]))
    assert taken.objective is not None
    for dividend, claim in zip(of(taken, "dividends"), of(taken, "claim"), strict=True):
        assert min(dividend, claim) < 1e-6
    assert sum(of(taken, "equity")) >= share * 310 - 1e-6
    rate = yearly_return(taken)
    assert rate is None or rate <= 1
    # Left over pays the investor first: what it is owed at the end has been taken off it.
    assert taken.total("finance", "left_over") >= -1e-6
