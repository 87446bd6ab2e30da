"""Finance: all cash flows are recomputed, cash adds up, lenders and investors are paid before the sponsor, all debts are settled.

Nominal money, recomputed from decisions, inputs and ledger: draws, contributions and distributions are decisions, all else is
recomputed. Debt and tax are in separate files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gwplan.audit import common_stock
from gwplan.audit import debt as lending
from gwplan.audit import tax as taxes
from gwplan.audit.cash_flow import FUNDED, KEYS, Books, compare_signed, first_on, last_on, number, open_books, text
from gwplan.audit.checks import YES, Array
from gwplan.audit.debt import Debt
from gwplan.audit.run_folder import SHIFTS, Answer
from gwplan.audit.stocks import rolling
from gwplan.audit.summary import first_build_until
from gwplan.audit.tax import Income
from gwplan.common.calendar import MONTHS_A_YEAR

PERIOD = ("period",)
SOURCES = ["own", "rented"]
RENTED_CLASSES = ("cloud", "premiums")


@dataclass(frozen=True)
class Decided:
    """Contributions of and payments to sponsor, investors and revolver, over periods; what is of contracts over (contract, period).

    returned: paid on claims; stock: dividends on common stock.
    """

    equity: Array
    dividends: Array
    invested: Array
    returned: Array
    claim: Array
    revolver: Array
    stock: Array


def check(answer: Answer) -> None:
    """Check all tables of finance, and recompute the value of the sponsor's equity."""
    if "finance" not in answer.folder.parts:
        return
    books, every = open_books(answer), answer.axis["contract"]
    size = np.full(answer.last + 1, sum(float(each.sum()) for each in books.capital.values()) + float(books.running.sum()))
    earned = check_earned(answer, books, size)
    debt = lending.check(answer, books)
    cash = answer.table("finance.cash", *PERIOD)
    decided = read_decided(answer, books, owners_from(answer, debt))
    revolver_interest, received = check_revolver(answer, books, decided.revolver), interest_on(answer, cash)
    tax = taxes.check(answer, books, Income(earned, paid_ahead(answer), debt.interest + debt.added + revolver_interest, received))
    service = debt.interest + revolver_interest + debt.principal - debt.refinanced
    answer.compare("finance.service", service, *PERIOD, scale=size)
    enter_flows(answer, books, decided, tax, received)
    check_cash(answer, books, cash, service, size)
    check_coverage(answer, books, debt, earned - tax, service, owners_paid(decided))
    check_sponsor(answer, books, debt, decided, size)
    check_claims(answer, books, decided)
    check_flows(answer, books)
    years = (1 - shift_of(answer)) * answer.years
    kept = float(cash[-1]) * (1 + number(answer, "cash", "rate", 0.0) * years)
    check_collateral(answer, books, debt.by_class(years), kept)
    check_end(answer, books, decided, kept, debt.settled(years))
    answer.axis["contract"] = every  # other subjects use all contracts, not only those of investors


def read_decided(answer: Answer, books: Books, pays_from: int) -> Decided:
    """The financial decisions in the run's tables. pays_from: the first period in which an owner may be paid."""
    answer.axis["contract"] = sorted(books.investors)
    equity, dividends, revolver = (answer.table(f"finance.{name}", *PERIOD) for name in ("equity", "dividends", "revolver"))
    invested, returned, claim = (answer.table(name, "contract", "period")
                                 for name in ("account.invested", "finance.returned", "finance.claim"))
    stock = common_stock.check(answer, invested, dividends, pays_from)
    return Decided(equity, dividends, invested, returned, claim, revolver, stock)


def check_earned(answer: Answer, books: Books, size: Array) -> Array:
    """Own use pays its transfer price, rented use at most its cost; EBITDA."""
    answer.axis["source"] = SOURCES
    own_use, axes = answer.table("finance.own_use", "source", "period"), answer.axes(*PERIOD)
    price = answer.inputs.path("finance", "compute_sales", "price") * number(answer, "compute_sales", "sold_share", 1.0)
    pays = price * answer.hours * books.level
    own, rented = (compute_of(answer, mine) for mine in (True, False))
    answer.checks.equal("finance.own_use_pays_its_price", own_use[0], pays * own, axes, size)
    answer.checks.at_most("finance.rented_use_pays_its_price", own_use[1], pays * rented, axes, size)
    names = answer.axis["running_class"]
    running = (answer.known["running"][names.index(cost_class)] for cost_class in RENTED_CLASSES if cost_class in names)
    paid = sum(running, np.zeros(answer.last + 1))
    answer.checks.at_most("finance.rented_use_makes_no_profit", own_use[1], paid * books.level - paid_ahead(answer), axes, size)
    earned = own_use.sum(axis=0) + books.revenue - books.running
    compare_signed(answer, "finance.earned", earned, PERIOD, size)
    books.enter(answer, "own_use", SOURCES, "own use", own_use)
    return np.asarray(earned, dtype=float)


def paid_ahead(answer: Answer) -> Array:
    """Prepayments for rented compute less credits for the use of the period, by period."""
    return np.asarray(answer.known.get("paid_ahead", np.zeros((1, answer.last + 1))).sum(axis=0), dtype=float)


def compute_of(answer: Answer, mine: bool) -> Array:
    """Compute by period, in kH100e: the planner's own systems less sales, or rented."""
    file = answer.folder.tables.get("account.compute")
    if file is None:
        return np.zeros(answer.last + 1)
    frame = answer.folder.csv(file, ("provider", "period", "value"))
    frame = frame[frame["provider"].isin(["own", "sold"]) == mine]
    total = frame["value"].astype(float).groupby(frame["period"]).sum()
    return np.asarray(total.reindex(answer.axis["period"], fill_value=0.0), dtype=float)


def interest_on(answer: Answer, cash: Array) -> Array:
    """Interest of each period on the cash at its start."""
    before = np.concatenate([[0.0], cash[:-1]])
    return np.asarray(number(answer, "cash", "rate", 0.0) / answer.calendar.steps_a_year * before, dtype=float)


def check_revolver(answer: Answer, books: Books, revolver: Array) -> Array:
    """The revolver is within its commitment and cap, is used in the first build only, and costs interest and a fee."""
    answer.axis["facility"] = ["revolver"]
    agreed = answer.table("finance.revolver_agreed", "facility")
    bridges = (np.arange(answer.last + 1) < build_is_over(answer)) & (np.arange(answer.last + 1) < answer.last)
    answer.checks.at_most("finance.revolver_bridges_the_build", revolver, np.where(bridges, agreed[0], 0.0), answer.axes(*PERIOD))
    cap = number(answer, "revolver", "cap", 0.0)
    answer.checks.at_most("finance.revolver_within_cap", agreed, np.array([cap]), answer.axes("facility"))
    before = np.concatenate([[0.0], revolver[:-1]])
    rates = {quantity: number(answer, "revolver", quantity, 0.0) / answer.calendar.steps_a_year for quantity in ("rate", "commitment_fee")}
    interest = rates["rate"] * before
    change = revolver - before
    books.enter(answer, "interest", ["revolver"], "lenders", -interest[None, :])
    fee = np.where(bridges, rates["commitment_fee"] * (agreed[0] - before), 0.0)
    books.enter(answer, "fees", ["revolver"], "lenders", -fee[None, :])
    books.enter(answer, "revolver_drawn", ["revolver"], "lenders", np.maximum(change, 0.0)[None, :])
    books.enter(answer, "revolver_repaid", ["revolver"], "lenders", np.minimum(change, 0.0)[None, :])
    return np.asarray(interest, dtype=float)


def enter_flows(answer: Answer, books: Books, decided: Decided, tax: Array, received: Array) -> None:
    """Tax, interest on cash, contributions and distributions of sponsor and investors."""
    books.enter(answer, "tax", ["tax"], "tax authority", -tax[None, :])
    books.enter(answer, "cash_interest", ["cash"], "banks", received[None, :])
    books.enter(answer, "equity", ["equity"], "sponsor", decided.equity[None, :])
    books.enter(answer, "dividends", ["dividends"], "sponsor", -decided.dividends[None, :])
    contracts = answer.axis["contract"]
    parties = [books.names.get(contract, "") for contract in contracts]
    books.enter(answer, "invested", contracts, parties, decided.invested)
    books.enter(answer, "returned", contracts, parties, -decided.returned - decided.stock)


def check_cash(answer: Answer, books: Books, cash: Array, service: Array, size: Array) -> None:
    """Cash is the cumulative sum of flows, at least the minimum balance, and covers the debt service reserve of the coming year."""
    axes = answer.axes(*PERIOD)
    answer.checks.equal("finance.cash_is_the_sum_of_all_flows", cash, np.cumsum(books.by_period(answer)), axes, size)
    answer.checks.at_least("finance.cash_never_runs_short", cash, np.full(len(cash), number(answer, "cash", "least", 0.0)), axes)
    ahead = np.array([service[when + 1 : when + 1 + answer.calendar.steps_a_year].sum() for when in range(answer.last + 1)])
    held = number(answer, "debt", "reserve", 0.0) / MONTHS_A_YEAR * ahead
    answer.checks.at_most("finance.reserve_is_held", held, cash, axes, size)


def check_coverage(answer: Answer, books: Books, debt: Debt, flow: Array, service: Array, dividends: Array) -> None:
    """Over each whole year after the first build cash flow available / debt service is at least the floor, for dividends the lock-up."""
    first, steps, number_of = first_build_until(answer) + 1, answer.calendar.steps_a_year, np.arange(answer.last + 1)
    capital = sum(books.capital.values(), np.zeros(answer.last + 1))
    available = flow - np.where(number_of >= first, capital - debt.drawn, 0.0)
    size = np.full(len(flow), float(capital.sum() + np.abs(flow).sum()))
    compare_signed(answer, "finance.available", available, PERIOD, size)
    tested = (number_of - steps + 1 >= first) & (number_of <= debt.last_owed + steps - 1)
    over, due = rolling(available, steps), rolling(service, steps)
    least, lock = number(answer, "debt", "coverage_floor"), number(answer, "debt", "lock_up", 0.0)
    owing = tested & (due > answer.checks.tolerance * (1 + size))
    coverage = np.divide(over, due, out=np.full(len(due), np.inf), where=owing)
    axes = answer.axes(*PERIOD)
    answer.checks.at_least("finance.coverage_is_at_least_its_floor", np.where(owing, coverage, least), np.full(len(due), least), axes)
    answer.checks.at_least("finance.cash_flow_is_never_below_nothing", np.where(tested, over, 0.0) + size * answer.checks.tolerance,
                           np.zeros(1), axes)
    unlocked = answer.table("finance.unlocked", *PERIOD)
    answer.checks.equal("finance.unlocked_is_what_follows", unlocked, np.round(unlocked), axes)
    locked = owing & ((dividends > answer.checks.tolerance * (1 + size)) | (unlocked > YES))
    answer.checks.at_least("finance.dividends_wait_for_coverage", np.where(locked, coverage, lock), np.full(len(due), lock), axes)


def owners_paid(decided: Decided) -> Array:
    """Distributions to sponsor and investors, by period."""
    return np.asarray(decided.dividends + decided.returned.sum(axis=0) + decided.stock.sum(axis=0), dtype=float)


def owners_from(answer: Answer, debt: Debt) -> int:
    """Number of the first period in which an owner may be paid: with lenders, not before the coverage of a whole year is tested."""
    return max(build_is_over(answer), first_build_until(answer) + answer.calendar.steps_a_year if debt.last_owed >= 0 else 0)


def build_is_over(answer: Answer) -> int:
    """Number of the first period after the first build, or of the first date of a dividend."""
    date = text(answer, "equity", "dividends_from")
    return first_on(answer, date) if date else first_build_until(answer) + 1


def check_sponsor(answer: Answer, books: Books, debt: Debt, decided: Decided, size: Array) -> None:
    """The sponsor contributes in the first build only, at least its share at every date; no distributions before its end."""
    axes, number_of = answer.axes(*PERIOD), np.arange(answer.last + 1)
    last = last_on(answer, text(answer, "equity", "until"), first_build_until(answer))
    answer.checks.nothing("finance.equity_is_paid_in_during_the_first_build", decided.equity, number_of > last, axes)
    early = number_of < owners_from(answer, debt)
    answer.checks.nothing("finance.dividends_wait_for_the_first_build", owners_paid(decided), early, axes)
    spent = np.cumsum(sum(books.capital.values(), np.zeros(answer.last + 1)))
    shared = number_of <= max(last, first_build_until(answer))
    share = np.where(shared, number(answer, "equity", "least_share") * spent, 0.0)
    lent = np.where(shared, np.cumsum(debt.drawn) + share - spent, 0.0)
    answer.checks.at_most("finance.lenders_leave_the_sponsors_share", lent, np.zeros(1), axes, size)
    answer.checks.at_most("finance.sponsor_pays_its_share", share, np.cumsum(decided.equity), axes, size)


def check_claims(answer: Answer, books: Books, decided: Decided) -> None:
    """Claims compound at the required return; no distributions to the sponsor while an investor's claim is outstanding."""
    axes, contracts = answer.axes("contract", "period"), answer.axis["contract"]
    growth = np.array([(1 + books.investors[name]) ** (1 / answer.calendar.steps_a_year) for name in contracts])
    claim, owed = np.zeros(decided.claim.shape), np.zeros(len(contracts))
    lent = np.where(common_stock.held(answer)[:, None], 0.0, decided.invested)  # nothing is owed on stock
    for when in range(answer.last + 1):
        owed = growth * owed + lent[:, when] - decided.returned[:, when]
        claim[:, when] = owed
    size = np.broadcast_to(np.abs(decided.invested).sum(axis=1, keepdims=True) * growth[:, None] ** answer.last, claim.shape)
    answer.compare("finance.claim", claim, "contract", "period", scale=size)
    answer.checks.at_least("finance.claims_are_never_below_nothing", claim + size * answer.checks.tolerance, np.zeros(1), axes)
    both = np.minimum(np.abs(decided.invested), np.abs(decided.returned))
    answer.checks.equal("finance.nothing_is_paid_in_and_returned_at_once", both, np.zeros(both.shape), axes, size)
    pays_in = answer.table("finance.pays_in", "contract", "period")
    answer.checks.equal("finance.pays_in_is_yes_or_no", pays_in, np.round(pays_in).clip(0, 1), axes)
    cleared = answer.table("finance.cleared", *PERIOD)
    answer.checks.equal("finance.cleared_is_what_follows", cleared, np.round(cleared), answer.axes(*PERIOD))
    spared = (cleared > YES) | (decided.dividends > answer.checks.tolerance * (1 + size.sum(axis=0)))
    answer.checks.equal("finance.dividends_wait_for_investors", np.where(spared, claim, 0.0), np.zeros(claim.shape), axes, size)


def check_flows(answer: Answer, books: Books) -> None:
    """finance.flow.csv holds exactly the recomputed flows."""
    answer.read.add("finance.flow")
    file = answer.folder.tables.get("finance.flow")
    written = answer.folder.csv(file, (*KEYS, "value")) if file is not None else pd.DataFrame(columns=[*KEYS, "value"])
    given = pd.to_numeric(written["value"], errors="coerce").astype(float).groupby([written[key] for key in KEYS]).sum(min_count=1)
    wanted = books.entered().groupby(KEYS)["amount"].sum()
    index = given.index.union(wanted.index, sort=False)
    sides = [np.asarray(side.reindex(index, fill_value=0.0), dtype=np.float64) for side in (given, wanted)]
    answer.checks.equal("finance.flow_is_what_follows", sides[0], sides[1], [["/".join(map(str, key)) for key in index]])
    total, gross = (np.asarray(each.groupby("period").sum().reindex(answer.axis["period"], fill_value=0.0), dtype=np.float64)
                    for each in (given, given.abs()))
    change = np.diff(np.concatenate([[0.0], answer.table("finance.cash", *PERIOD)]))
    answer.checks.equal("finance.flows_sum_to_the_change_of_cash", total, change, answer.axes(*PERIOD), gross)


def check_collateral(answer: Answer, books: Books, owed: Array, cash: float) -> None:
    """Debt at the end is repaid from its own class's residual value, and the rest from cash. owed: by class, with interest."""
    names = answer.axis["residual_class"]
    residual = answer.known["residual"]
    left = [residual[names.index(cost_class)].sum() if cost_class in names else 0.0 for cost_class in FUNDED]
    worth = np.array(left) * books.level_end
    answer.axis["class"] = list(FUNDED)
    written, uncovered = answer.table("finance.uncovered", "class"), np.maximum(owed - worth, 0.0)
    size = np.full(len(FUNDED), float(owed.sum() + cash))
    answer.checks.at_most("finance.collateral_repays_its_debt", uncovered, written, answer.axes("class"), size)
    rest = np.array([max(float(uncovered.sum()), float(written.sum()))])
    answer.checks.at_most("finance.cash_repays_the_rest", rest, np.array([cash]), [["end"]], size[:1])


def check_end(answer: Answer, books: Books, decided: Decided, cash: float, debt: float) -> None:
    """The final settlement pays debt and claims and is never negative; the value of the sponsor's equity, and its hurdle rate."""
    years = (1 - shift_of(answer)) * answer.years
    growth = np.array([(1 + books.investors[name]) ** years for name in answer.axis["contract"]])
    lines = {"residual": float(answer.known["residual"].sum()) * books.level_end,
             "commitments": -float(answer.known["commitment"].sum()) * books.level_end, "cash": cash, "debt": -debt,
             "claims": -float(growth @ decided.claim[:, -1])}
    size = np.array([sum(abs(amount) for amount in lines.values())])
    # The sponsor and stock share what is left; each lot gets its part per dollar of the sponsor's.
    left = sum(lines.values()) / (1 + float(answer.known["stock_parts"].sum()))
    gets = common_stock.check_end(answer, left, size)
    if common_stock.held(answer).any():
        lines["stock"] = -float(gets.sum())
    common_stock.check_return(answer, books, decided.stock - decided.invested, gets, shift_of(answer))
    answer.axis["line"] = [*lines, "left_over"]
    compare_signed(answer, "finance.settlement", np.array([*lines.values(), left]), ("line",), size)
    answer.axis["moment"] = ["end"]
    answer.compare("finance.left_over", np.array([left]), "moment", scale=size)
    answer.checks.at_least("finance.nothing_is_left_unpaid", np.array([left]) + size * answer.checks.tolerance, np.zeros(1), [["end"]])
    net = decided.dividends - decided.equity
    answer.known["equity_value"] = np.array([worth(answer, net, left, number(answer, "equity", "required_return"))])
    hurdle = number(answer, "equity", "hurdle_rate")
    if not np.isnan(hurdle):
        at_hurdle = np.array([worth(answer, net, left, hurdle)])
        answer.checks.at_least("finance.return_meets_hurdle", at_hurdle + size * answer.checks.tolerance, np.zeros(1), [["sponsor"]])


def shift_of(answer: Answer) -> float:
    """Timing of running cost within its period, as a share of the period."""
    timing = answer.folder.definition["horizon"].get("timing") or {}
    return SHIFTS[timing if isinstance(timing, str) else timing.get("running", "middle")]


def worth(answer: Answer, net: Array, left: float, rate: float) -> float:
    """Present value at the horizon's start, at a yearly rate, of net payments to the sponsor by period and the final settlement."""
    years = (np.arange(answer.last + 1) + shift_of(answer)) * answer.years
    return float(net @ (1 + rate) ** -years + left * (1 + rate) ** -((answer.last + 1) * answer.years))
