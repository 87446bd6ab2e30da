"""Equity: what the sponsor pays in and is paid, what investors are owed, and what is left at the end.

The sponsor pays in until the first build is over, and at every date its share of the capital so far. It is paid nothing
before the first build is over, nothing while an investor is owed anything, and nothing from what lenders put in. An
investor is owed what it paid in with its required return. It is an owner too, and paid nothing before the first build is
over or while coverage is thin: else its money would be a bridge of some months and no equity; nor in a period in which it
pays in. What is left at the horizon's end pays debt and investors first, and each debt first from what is pledged for it.
Investors that buy common stock are owed nothing, and share what the sponsor is paid (`common_stock`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from gwplan.common.calendar import SHIFT
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.model import targets
from gwplan.model.block import Block, Expression, Relation, at_least, at_most, equal, total
from gwplan.model.exchange import Exchange, ExchangeError
from gwplan.model.ledger import Ledger
from gwplan.model.parts.finance import cash, collateral, common_stock, debt
from gwplan.model.parts.finance.common_stock import claimants, investors
from gwplan.model.price_level import inflator_at_end
from gwplan.model.stocks import growing

UNIT = "MUSD_nominal"
PERIOD = ("period",)
CLAIM = ("contract", "period")


def paying_in(case: Case) -> range:
    """Numbers of the periods in which the sponsor may pay in."""
    until = case.date("finance", "equity", "until")
    last = targets.last_period(case) if until is None else min(case.calendar.holding(until.last), len(case.calendar.periods) - 1)
    return range(last + 1)


def paying_out(case: Case) -> range:
    """Numbers of the periods in which dividends may be paid."""
    return range(cash.owners_from(case), len(case.calendar.periods))


def check(case: Case) -> Iterator[Fault]:
    """Dividends wait for the first build and for the last date of paying in: else construction money or new money would pay them."""
    last, opens, closes = targets.last_period(case), cash.build_is_over(case), paying_in(case).stop - 1
    names = case.calendar.names
    if opens <= last:
        yield Fault(*case.location("finance", "equity", "dividends_from"),
                    f"equity.dividends_from: the first build is over with {names[last]}; before, dividends would be construction money")
    if closes >= opens:
        quantity = "until" if case.has("finance", "equity", "until") else "dividends_from"
        yield Fault(*case.location("finance", "equity", quantity),
                    f"equity.{quantity}: the sponsor pays in until {names[closes]}, and dividends may be paid from {names[opens]} on: "
                    "it would be paid with what it pays in later")
    yield from check_claim_costs(case)
    yield from common_stock.check(case, cash.owners_from(case))


def warn(case: Case) -> Iterator[Fault]:
    """A first date of a dividend that coverage is not tested by."""
    opens, owners = cash.build_is_over(case), cash.owners_from(case)
    if case.has("finance", "equity", "dividends_from") and opens < min(owners, len(case.calendar.periods)):
        when = f"first with {case.calendar.names[owners]}" if owners < len(case.calendar.periods) else "never within the horizon"
        yield Fault(*case.location("finance", "equity", "dividends_from"), "equity.dividends_from: is too early to count: with lenders "
                    f"nobody is paid before the coverage of a whole year is tested, {when}")


def check_claim_costs(case: Case) -> Iterator[Fault]:
    """Investors require more than cash earns: else a plan would keep their money to deposit it."""
    earned = case.number("finance", "cash", "rate")
    for name in investors(case):
        required = case.number("contracts", name, "required_return")
        if required <= earned:
            yield Fault(*case.location("contracts", name, "required_return"), f"{name}.required_return: it requires {required:.2%} "
                        f"and cash earns {earned:.2%}: a plan would keep its money to deposit it")


def within(case: Case) -> float:
    """When in its period money falls, as a share of the period: as for running cost."""
    return SHIFT[case.calendar.timing["running"]]


def discount(case: Case, period: int, rate: float) -> float:
    """Present value at the horizon's start, at a yearly rate, of money of a period."""
    return float((1 + rate) ** -((period + within(case)) / case.calendar.steps_a_year))


def discounts(case: Case, investor: str) -> list[float]:
    """Present value at an investor's required return of a dollar of each period, and of one at the horizon's end."""
    rate = case.number("contracts", investor, "required_return")
    return [*(discount(case, period.number, rate) for period in case.calendar.periods), (1 + rate) ** -case.calendar.years]


def settled(case: Case, block: Block) -> dict[str, Expression]:
    """Cash, debt and claims at the horizon's end, each with its interest since the last payments: they fall before the period is over."""
    last, years = len(case.calendar.periods) - 1, years_after(case)
    claim = block.variables["claim"].data
    claims = [(1 + case.number("contracts", name, "required_return")) ** years * amount
              for (name, period), amount in claim.items() if period == last]
    kept = (1 + case.number("finance", "cash", "rate") * years) * block.variables["cash"].data[last,]
    found = {"cash": kept, "debt": -1 * total(owed_at_end(block, case).values()), "claims": -1 * total(claims)}
    stock = block.variables["stock_left"].data
    return found | {"stock": -1 * total(stock.values())} if stock else found


def years_after(case: Case) -> float:
    """Years from the last payments to the horizon's end."""
    return (1 - within(case)) / case.calendar.steps_a_year


def owed_at_end(block: Block, case: Case) -> dict[str, Expression]:
    """Debt at the horizon's end by class of what is pledged, with its interest since the last payments."""
    last, found = len(case.calendar.periods) - 1, defaultdict(list)
    for key, amount in block.variables["balance"].data.items():
        if key[-1] == last:
            found[str(key[1])].append((1 + debt.rate(case, key[0]) * years_after(case)) * amount)
    return {cost_class: total(amounts) for cost_class, amounts in found.items()}


def decide(block: Block, case: Case, exchange: Exchange) -> None:
    """Declare what is paid in and out, and what is owed to investors."""
    periods, names = range(len(case.calendar.periods)), claimants(case)
    block.variable("equity", PERIOD, paying_in(case), unit=UNIT, doc="equity that the sponsor pays in")
    block.variable("dividends", PERIOD, paying_out(case), unit=UNIT, doc="dividends paid to the sponsor")
    keys = [(name, period) for name in names for period in periods]
    paid = [(name, period) for name in names for period in paying_out(case)]
    block.variable("returned", CLAIM, paid, unit=UNIT, doc="paid to the investor on its claim")
    block.variable("claim", CLAIM, keys, unit=UNIT, doc="what the investor is owed at the end of the period, its return included")
    both = [key for key in exchange.balance("invested") if key in set(paid)]
    block.variable("pays_in", CLAIM, both, unit="1", doc="1 in a period in which the investor may pay in, and is paid nothing", whole=True)
    block.variable("cleared", PERIOD, paying_out(case) if names else [], unit="1", doc="1 once nothing is owed to investors", whole=True)
    block.variable("unlocked", PERIOD, cash.tested(case) if locks(case) else [], unit="1",
                   doc="1 in a period whose coverage allows dividends", whole=True)
    block.variable("left_over", ("moment",), ["end"], unit=UNIT, doc="what is left for the sponsor at the horizon's end")
    common_stock.decide(block, case, paying_out(case))


def locks(case: Case) -> bool:
    """True where dividends need more coverage than the floor; else the floor sees to it."""
    return case.number("finance", "debt", "lock_up") > case.number("finance", "debt", "coverage_floor")


def others(block: Block, case: Case, exchange: Exchange) -> list[Expression]:
    """What sponsor and investors pay in, less what they are paid, by period."""
    equity, dividends, returned = (block.variables[name].data for name in ("equity", "dividends", "returned"))
    # Without contracts nobody makes the account; with them it is made whether an investor is on offer or not.
    invested = exchange.take("invested", "finance") if exchange.makers["invested"] else {}
    strangers = sorted({key[0] for key in invested} - set(investors(case)))
    if strangers:
        raise ExchangeError(f"invested: {', '.join(strangers)} would pay in and be owed nothing")
    found = []
    for n in range(len(case.calendar.periods)):
        gained = [equity.get((n,), 0), *(amount for key, amount in invested.items() if key[-1] == n)]
        paid = [dividends.get((n,), 0), common_stock.dividends(block, n), *(amount for key, amount in returned.items() if key[-1] == n)]
        found.append(total(gained) - total(paid))
    return found


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger, most: float) -> None:
    """State what is owed, shared and left. most: more than all dividends or claims can be."""
    bind_shares(block, case, ledger)
    bind_claims(block, case, exchange, most)
    bind_lock(block, case, most)
    bind_end(block, case, ledger)
    common_stock.bind(block, case, exchange, {name: discounts(case, name) for name in common_stock.holders(case)}, most)
    value = worth(block, case, case.number("finance", "equity", "required_return"))
    ledger.equity_value = value
    hurdle = case.get("finance", "equity", "hurdle_rate")

    @block.rule(("sponsor",), ["sponsor"] if hurdle is not None else [], promise=UNIT)
    def return_meets_hurdle(sponsor: str) -> Relation:
        """Dividends and what is left, less equity, are worth at least nothing at the hurdle rate."""
        return at_least(worth(block, case, hurdle or 0), 0)


def worth(block: Block, case: Case, rate: float) -> Expression:
    """Present value, at the horizon's start, of dividends and what is left, less equity, at a yearly rate."""
    equity, dividends, left = (block.variables[name].data for name in ("equity", "dividends", "left_over"))
    flows = [discount(case, n, rate) * amount for (n,), amount in dividends.items()]
    flows += [-discount(case, n, rate) * amount for (n,), amount in equity.items()]
    return total([*flows, (1 + rate) ** -case.calendar.years * left["end",]])


def bind_shares(block: Block, case: Case, ledger: Ledger) -> None:
    """The sponsor pays its share, and first."""
    equity, share = block.variables["equity"].data, case.number("finance", "equity", "least_share")
    shared = range(max(targets.last_period(case) + 1, paying_in(case).stop))

    def spent(period: int) -> Expression:
        return total(cash.nominal(case, ledger.capital, each) for each in range(period + 1))

    @block.rule(PERIOD, shared, promise=UNIT)
    def sponsor_pays_its_share(period: int) -> Relation:
        """Equity paid in so far is at least the least share x capital so far, in each period of the first build."""
        return at_least(total(amount for (each,), amount in equity.items() if each <= period) - share * spent(period), 0)

    drawn = block.variables["drawn"].data

    @block.rule(PERIOD, shared, promise=UNIT)
    def lenders_leave_the_sponsors_share(period: int) -> Relation:
        """Draws so far are at most (1 - least share) x capital so far: the sponsor's share is spent, not kept and paid back to it."""
        return at_most(total(amount for key, amount in drawn.items() if key[-1] <= period) - (1 - share) * spent(period), 0)


def bind_claims(block: Block, case: Case, exchange: Exchange, most: float) -> None:
    """What investors are owed."""
    invested = exchange.balance("invested")
    claim, returned, dividends, cleared = (block.variables[name].data for name in ("claim", "returned", "dividends", "cleared"))
    years = 1 / case.calendar.steps_a_year

    @block.rule(CLAIM, claim)
    def claim_grows_with_return(contract: str, period: int) -> Relation:
        """Claim = claim of the period before x (1 + required return) + invested - paid to the investor."""
        growth = (1 + case.number("contracts", contract, "required_return")) ** years
        key = (contract, period)
        return growing(claim, key, growth, invested.get(key, 0), returned.get(key, 0))

    pays_in = block.variables["pays_in"].data

    @block.rule(CLAIM, pays_in)
    def invested_only_where_nothing_is_returned(contract: str, period: int) -> Relation:
        """An investor pays in, up to its cap, only in a period in which it is paid nothing."""
        return at_most(invested[contract, period], case.number("contracts", contract, "cap") * pays_in[contract, period])

    @block.rule(CLAIM, pays_in)
    def returned_only_where_nothing_is_invested(contract: str, period: int) -> Relation:
        """An investor is paid only in a period in which it pays nothing in."""
        return at_most(returned[contract, period], most * (1 - pays_in[contract, period]))

    @block.rule(PERIOD, cleared)
    def dividends_wait_for_investors(period: int) -> Relation:
        """Dividends are paid only once nothing is owed to investors."""
        return at_most(dividends[period,], most * cleared[period,])

    @block.rule(CLAIM, [key for key in claim if (key[-1],) in cleared])
    def cleared_owes_nothing(contract: str, period: int) -> Relation:
        """An investor is owed something only while its claims are not cleared."""
        return at_most(claim[contract, period], most * (1 - cleared[period,]))


def bind_lock(block: Block, case: Case, most: float) -> None:
    """Lenders lock up what owners are paid where coverage is thin."""
    unlocked, dividends, returned = (block.variables[name].data for name in ("unlocked", "dividends", "returned"))
    flow, service = block.expressions["available"].data, block.variables["service"].data
    level = case.number("finance", "debt", "lock_up")

    @block.rule(PERIOD, [key for key in unlocked if key in dividends])
    def dividends_wait_for_coverage(period: int) -> Relation:
        """Dividends, and payments to investors, are made only in a period that is not locked up."""
        owners = [dividends[period,], common_stock.dividends(block, period)]
        owners += [amount for (_, when), amount in returned.items() if when == period]
        return at_most(total(owners), most * unlocked[period,])

    @block.rule(PERIOD, unlocked)
    def unlocked_is_covered(period: int) -> Relation:
        """Cash flow available over the year is at least the lock-up coverage x its debt service, unless locked up."""
        year = case.calendar.window(period)
        margin = total(flow[each,] for each in year) - level * total(service[each,] for each in year)
        return at_least(margin, -most * (1 - unlocked[period,]))


def bind_end(block: Block, case: Case, ledger: Ledger) -> None:
    """What is left pays lenders and investors, then the sponsor."""
    left = block.variables["left_over"].data
    collateral.bind_end(block, case, ledger, owed_at_end(block, case), settled(case, block)["cash"])

    @block.rule(("moment",), left)
    def nothing_is_left_unpaid(moment: str) -> Relation:
        """Left for the sponsor = worth left - what contracts still ask for + cash - debt - claims, with interest - what stock gets."""
        worth_left = inflator_at_end(case) * ledger.left
        return equal(left[moment,], worth_left + total(settled(case, block).values()))

