"""Cash: what comes in and goes out in each period, what is kept, and what covers the debt.

Own use of compute pays a transfer price, which stands for what the planner's own business earns with it. Rented compute
earns it too, but never more than its use costs: passing compute on makes no profit. What was paid before the use, such as a prepayment,
is an asset until then and is earned as it is used; what is never used is never earned.
"""

from __future__ import annotations

from itertools import product
from math import ceil

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.model import targets
from gwplan.model.block import Block, Expression, Relation, at_least, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.finance import commitments, guarantees, tax
from gwplan.model.price_level import inflator
from gwplan.model.stocks import before, change, stock
from gwplan.model.targets import measured

UNIT = "MUSD_nominal"
PERIOD = ("period",)
OWN_USE, RENTED = "own", "rented"
CLOUD_CLASSES = ("cloud", "premiums")
"""Classes of running cost that rented compute is paid under."""


def decide(block: Block, case: Case) -> None:
    """Declare cash, its uses and what is kept."""
    periods = [(period.number,) for period in case.calendar.periods]
    block.variable("cash", PERIOD, periods, unit=UNIT, doc="cash at the end of the period")
    block.variable("service", PERIOD, periods, unit=UNIT, doc="interest and principal, less what is refinanced")
    block.variable("own_use", ("source", "period"), product((OWN_USE, RENTED), (period for period, in periods)), unit=UNIT,
                   doc="what own use of compute pays, for own and for rented compute")
    block.variable("revolver", PERIOD, periods if "revolver" in case.items("revolver") else [], unit=UNIT, doc="balance of the revolver")
    block.variable("revolver_agreed", ("facility",), case.items("revolver"), unit=UNIT, doc="largest balance of the revolver agreed")


def nominal(case: Case, amounts: dict[tuple[str, int], Expression], period: int) -> Expression:
    """The sum over classes of real money in a period, in nominal MUSD."""
    return inflator(case, period) * total(amount for (_, each), amount in amounts.items() if each == period)


def earned(block: Block, case: Case, ledger: Ledger) -> list[Expression]:
    """Revenue and own use less running cost, by period, nominal: earnings before interest, tax and depreciation."""
    own_use = block.variables["own_use"].data
    return [own_use[OWN_USE, n] + own_use[RENTED, n] + nominal(case, ledger.revenue, n) - nominal(case, ledger.running, n)
            for n in range(len(case.calendar.periods))]


def paid_ahead(case: Case, exchange: Exchange) -> list[Expression]:
    """What is paid for rented compute ahead of its use, less what was so paid for the use of the period, by period."""
    every = exchange.balance("paid_ahead")
    return [total(amount for key, amount in every.items() if key[-1] == n) for n in range(len(case.calendar.periods))]


def interest_paid(block: Block, case: Case) -> list[Expression]:
    """Interest on debt and on the revolver, by period."""
    interest = block.variables["interest"].data
    return [total(amount for key, amount in interest.items() if key[-1] == n) + revolver_interest(block, case, n)
            for n in range(len(case.calendar.periods))]


def interest_borne(block: Block, case: Case) -> list[Expression]:
    """Interest that is deductible, by period: what is paid, and what is added to the debt in its grace."""
    accrued = block.expressions["accrued"].data
    return [paid + total(amount for key, amount in accrued.items() if key[-1] == n) for n, paid in enumerate(interest_paid(block, case))]


def revolver_interest(block: Block, case: Case, period: int) -> Expression:
    """Interest of a period on the revolver's balance at its start."""
    owed = before(block.variables["revolver"].data, (period,))
    return case.number("finance", "revolver", "rate") / case.calendar.steps_a_year * owed if case.items("revolver") else 0


def cash_interest(block: Block, case: Case, period: int) -> Expression:
    """Interest of a period on the cash at its start."""
    return case.number("finance", "cash", "rate") / case.calendar.steps_a_year * before(block.variables["cash"].data, (period,))


def build_is_over(case: Case) -> int:
    """Number of the first period after the first build, or of the first date of a dividend, where one is given."""
    begins = case.date("finance", "equity", "dividends_from")
    return targets.last_period(case) + 1 if begins is None else case.calendar.begun(begins)


def bridges(case: Case, period: int) -> bool:
    """True where the revolver may be drawn: before the build is over and before the end."""
    return period < min(build_is_over(case), len(case.calendar.periods) - 1)


def revolver_fee(block: Block, case: Case, period: int) -> Expression:
    """Fee of a period, while it may be drawn, on what is agreed and was not drawn at its start."""
    if not case.items("revolver") or not bridges(case, period):
        return 0
    agreed, owed = block.variables["revolver_agreed"].data["revolver",], before(block.variables["revolver"].data, (period,))
    return case.number("finance", "revolver", "commitment_fee") / case.calendar.steps_a_year * (agreed - owed)


def tax_paid(block: Block, case: Case, period: int) -> Expression:
    """Tax of the year that ends with the period, else 0."""
    year = case.calendar.periods[period].year
    return tax.tax_of(block, year) if tax.periods_of(case, year)[-1] == period else 0


def available(block: Block, case: Case, ledger: Ledger, income: list[Expression]) -> list[Expression]:
    """Cash flow available for debt service: earnings - tax - capital after the first build that no draw pays for, by period."""
    drawn, found = block.variables["drawn"].data, []
    for period, amount in enumerate(income):
        kept = 0
        if period > targets.last_period(case):
            kept = nominal(case, ledger.capital, period) - total(draw for key, draw in drawn.items() if key[-1] == period)
        found.append(amount - tax_paid(block, case, period) - kept)
    return found


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger, income: list[Expression], others: list[Expression]) -> None:
    """State cash by period. income: earnings by period; others: what sponsor and investors pay in, less what they are paid."""
    bind_own_use(block, case, exchange, ledger)
    bind_balance(block, case, ledger, income, others)
    bind_revolver(block, case)
    bind_covenants(block, case, ledger, income)


def bind_own_use(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """What own use pays."""
    own_use, share = block.variables["own_use"].data, case.number("finance", "compute_sales", "sold_share")
    ahead = paid_ahead(case, exchange)
    own, every = measured(case, exchange, "compute"), measured(case, exchange, "compute", ("own", "leased", "cloud"))
    pays = {}
    for period in case.calendar.periods:
        price = case.number("finance", "compute_sales", "price", period=period.number)
        pays[period.number] = price * share * period.hours / KILO * inflator(case, period.number)

    @block.rule(PERIOD, pays)
    def own_use_pays_its_price(period: int) -> Relation:
        """Own use = transfer price x share paid for x hours x own compute that is not sold."""
        return equal(own_use[OWN_USE, period], pays[period] * own[period])

    @block.rule(PERIOD, pays)
    def rented_use_pays_its_price(period: int) -> Relation:
        """Own use of rented compute is at most transfer price x share paid for x hours x rented compute."""
        return at_most(own_use[RENTED, period], pays[period] * (every[period] - own[period]))

    @block.rule(PERIOD, pays)
    def rented_use_makes_no_profit(period: int) -> Relation:
        """Own use of rented compute is at most what that use costs: what was prepaid counts in the periods in which it is used."""
        paid = total(ledger.running.get((cost_class, period), 0) for cost_class in CLOUD_CLASSES)
        return at_most(own_use[RENTED, period], inflator(case, period) * paid - ahead[period])


def bind_balance(block: Block, case: Case, ledger: Ledger, income: list[Expression], others: list[Expression]) -> None:
    """Cash adds up and is never negative."""
    cash, service = block.variables["cash"].data, block.variables["service"].data
    principal, refinanced = block.variables["principal"].data, block.variables["refinanced"].data
    drawn, revolver = block.variables["drawn"].data, block.variables["revolver"].data
    interest = interest_paid(block, case)

    def of(amounts: dict[tuple[object, ...], Expression], period: int) -> Expression:
        return total(amount for key, amount in amounts.items() if key[-1] == period)

    @block.rule(PERIOD, service)
    def service_adds_up(period: int) -> Relation:
        """Debt service = interest + principal - what is refinanced."""
        return equal(service[period,], interest[period] + of(principal, period) - of(refinanced, period))

    @block.rule(PERIOD, cash)
    def cash_adds_up(period: int) -> Relation:
        """Cash = cash before + earnings + what is sold - capital - tax + draws - fees - debt service + revolver + equity and investors."""
        lent = change(revolver, (period,)) - revolver_fee(block, case, period)
        paid = tax_paid(block, case, period) + commitments.fees(block, case, period) + guarantees.fees(block, case, period)
        used = nominal(case, ledger.capital, period) + paid + service[period,]
        gained = income[period] + tax.resold(case, ledger, period) + cash_interest(block, case, period) + of(drawn, period) + lent
        return stock(cash, (period,), gained + others[period], used)

    least = case.number("finance", "cash", "least")

    @block.rule(PERIOD, cash, promise=UNIT)
    def cash_never_runs_short(period: int) -> Relation:
        """Cash is at least the smallest balance."""
        return at_least(cash[period,], least)

    months = case.number("finance", "debt", "reserve")
    last = len(case.calendar.periods) - 1

    @block.rule(PERIOD, range(last) if months else [], promise=UNIT)
    def reserve_is_held(period: int) -> Relation:
        """Cash is at least the reserve's months of the debt service of the year to come."""
        coming = total(service[each,] for each in range(period + 1, min(period + case.calendar.steps_a_year, last) + 1))
        return at_least(cash[period,] - months / MONTHS_A_YEAR * coming, 0)


def bind_revolver(block: Block, case: Case) -> None:
    """The revolver bridges the first build: it stays within what is agreed, and is paid back before a dividend may be paid."""
    revolver, agreed = block.variables["revolver"].data, block.variables["revolver_agreed"].data

    @block.rule(PERIOD, revolver)
    def revolver_bridges_the_build(period: int) -> Relation:
        """The revolver's balance is at most what is agreed; nothing once dividends may be paid, and nothing at the end."""
        return at_most(revolver[period,], agreed["revolver",] if bridges(case, period) else 0)

    @block.rule(("facility",), agreed, promise=UNIT)
    def revolver_within_cap(facility: str) -> Relation:
        """The revolver agreed is at most its cap."""
        return at_most(agreed[facility,], case.number("finance", facility, "cap"))


def lenders(case: Case) -> list[str]:
    """Facilities that may be drawn at all."""
    return [facility for facility in case.items("facility") if case.get("finance", facility, "cap") != 0
            and commitments.window(case, facility)]


def tested(case: Case) -> list[int]:
    """Periods with which a year ends in which coverage is tested: each whole year after the first build in which a lender may be owed."""
    begins, steps = targets.last_period(case) + 1, case.calendar.steps_a_year
    repaid = [commitments.window(case, facility).stop - 1 + ceil(case.number("finance", facility, "tenor") * steps)
              for facility in lenders(case)]
    last = max(repaid, default=-1) + steps - 1
    return [period for period in range(len(case.calendar.periods)) if begins + steps - 1 <= period <= last]


def owners_from(case: Case) -> int:
    """Number of the first period in which an owner may be paid: the build is over and, where there are lenders, coverage is tested."""
    first = targets.last_period(case) + case.calendar.steps_a_year if lenders(case) else 0
    return max(build_is_over(case), first)


def bind_covenants(block: Block, case: Case, ledger: Ledger, income: list[Expression]) -> None:
    """Lenders' promises on coverage."""
    service, flow = block.variables["service"].data, available(block, case, ledger, income)
    floor = case.number("finance", "debt", "coverage_floor")
    block.expression("available", PERIOD, {(period,): amount for period, amount in enumerate(flow)}, unit=UNIT,
                     doc="cash flow available for debt service")
    block.expression("earned", PERIOD, {(period,): amount for period, amount in enumerate(income)}, unit=UNIT,
                     doc="revenue and own use less running cost")

    # Without lenders nobody asks for coverage: a bad year is then paid from cash.
    @block.rule(PERIOD, tested(case), promise=UNIT)
    def cash_flow_covers_debt(period: int) -> Relation:
        """Cash flow available over the year that ends with the period is at least the coverage floor x its debt service."""
        year = case.calendar.window(period)
        return at_least(total(flow[each] for each in year) - floor * total(service[each,] for each in year), 0)
