"""Tax: profit by calendar year, with depreciation, the limit on interest, and losses carried forward.

Tax on the profit of a year is paid in its last period. What is left at the horizon's end counts as sold then: its worth
is a gain, and what is not written off yet is deducted from it. Two whole numbers a year keep profit and loss, and positive
and negative earnings, from being inflated together. Interest is deducted as soon as the limit allows, not by choice: a whole number
says whether the limit or what there is to deduct binds. To use a loss later than it can be is open to a plan, and gains it nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gwplan.common.errors import Fault
from gwplan.common.financial.depreciation import tax_shares
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Relation, at_least, at_most, equal, total
from gwplan.model.ledger import COLLATERAL, Ledger
from gwplan.model.parts.finance.commitments import window
from gwplan.model.parts.finance.quantities import IMPROVEMENTS, WRITTEN_OFF
from gwplan.model.price_level import inflator, inflator_at_end
from gwplan.model.stocks import before, stock

UNIT = "MUSD_nominal"
YEAR = ("year",)
SHELL, MACHINERY, LAND = "shell", "machinery", "land"


def check(case: Case) -> Iterator[Fault]:
    """A first-year write-off says for which classes it is: that is a matter of the law that grants it."""
    if case.number("finance", "tax", "bonus") and not case.has("finance", "tax", "bonus_within"):
        yield Fault(*case.location("finance", "tax", "bonus"), "tax.bonus needs bonus_within, the longest class life that it is for")


def years(case: Case) -> list[int]:
    """Calendar years of the horizon."""
    return sorted({period.year for period in case.calendar.periods})


def periods_of(case: Case, year: int) -> list[int]:
    """Numbers of the periods of a calendar year."""
    return [period.number for period in case.calendar.periods if period.year == year]


def shares_of(case: Case, cost_class: str) -> tuple[float, ...]:
    """Shares written off in each year from the one of service, with the first-year write-off; none of land."""
    if cost_class == LAND:
        return ()
    life, bonus = case.number("finance", cost_class, "tax_life"), case.number("finance", "tax", "bonus")
    return tax_shares(life, bonus, case.number("finance", "tax", "bonus_within")) if bonus else tax_shares(life)


def tax_classes(case: Case, cost_class: str) -> list[tuple[str, float]]:
    """Classes of depreciation of a class of capital, with their shares of it."""
    if cost_class == "halls":
        shell = case.number("finance", SHELL, "share")
        return [(SHELL, shell), (MACHINERY, 1 - shell)]
    if cost_class == "sites":
        improved = case.number("finance", IMPROVEMENTS, "share") if IMPROVEMENTS in case.items("written_off") else 0.0
        return [(IMPROVEMENTS, improved), (LAND, 1 - improved)] if improved else [(LAND, 1.0)]
    return [(MACHINERY, 1.0)] if cost_class == "power" else [(cost_class, 1.0)] if cost_class in WRITTEN_OFF else []


def classes(case: Case) -> tuple[str, ...]:
    """Classes of what was paid for things that enter service: those written off, and land. Improvements are one where a row says so."""
    return (*(cost_class for cost_class in WRITTEN_OFF if cost_class != IMPROVEMENTS or cost_class in case.items("written_off")), LAND)


def decide(block: Block, case: Case) -> None:
    """Declare what is written off, earned, lost and paid by year."""
    every = [(year,) for year in years(case)]
    block.variable("basis", ("class", "year"), [(cost_class, *year) for cost_class in classes(case) for year in every], unit=UNIT,
                   doc="what was paid for things that enter service in the year, as it is written off")
    for name, doc in {
        "written_off": "depreciation deducted", "deducted": "interest deducted", "interest_carried": "interest left for later years",
        "profit": "taxable profit before losses of earlier years", "loss": "taxable loss", "losses_used": "losses of earlier years used",
        "losses_carried": "losses left for later years", "earnings": "earnings before interest, tax and depreciation, where positive",
        "shortfall": "earnings before interest, tax and depreciation, where negative",
    }.items():
        block.variable(name, YEAR, every, unit=UNIT, doc=doc)
    block.variable("is_profit", YEAR, every, unit="1", doc="1 in a year of profit", whole=True)
    block.variable("is_earning", YEAR, every, unit="1", doc="1 in a year of positive earnings", whole=True)
    indebted = [(year,) for year in years_with_interest(case)]
    block.variable("is_limited", YEAR, indebted, unit="1", doc="1 in a year whose earnings limit the interest deducted", whole=True)
    block.variable("tax", YEAR, every, unit=UNIT, doc="tax paid; what a group saves, where losses are used elsewhere, is tax_saved")
    block.variable("tax_saved", YEAR, every if used_elsewhere(case) else [], unit=UNIT, doc="tax that a group saves by this loss")


def years_with_interest(case: Case) -> list[int]:
    """Calendar years in which there may be interest to deduct: those after the first draw."""
    firsts = [window(case, facility).start for facility in case.items("facility") if window(case, facility)]
    firsts += [0] if "revolver" in case.items("revolver") else []
    return sorted({period.year for period in case.calendar.periods if firsts and period.number > min(firsts)})


def used_elsewhere(case: Case) -> bool:
    """True where losses save tax in a group at once."""
    return case.label("finance", "tax", "losses") == "used_elsewhere"


def tax_of(block: Block, year: int) -> Expression:
    """Tax paid less tax saved."""
    return block.variables["tax"].data[year,] - block.variables["tax_saved"].data.get((year,), 0)


@dataclass(frozen=True)
class Income:
    """What is taxed, by period.

    earned: earnings before interest, tax and depreciation, in cash; ahead: what of their cost is paid ahead of its use, and deducted with
    it; credited: tax credits, which no tax is due on; borne: interest paid or added to debt; received: interest that cash earns.
    """

    earned: Sequence[Expression]
    ahead: Sequence[Expression]
    credited: Sequence[Expression]
    borne: Sequence[Expression]
    received: Sequence[Expression]

    def made(self, period: int) -> Expression:
        """Earnings of a period as they are taxed."""
        return self.earned[period] + self.ahead[period] - self.credited[period]


@dataclass(frozen=True)
class Most:
    """More than any year's profit or loss, than the interest deducted in it, and than its interest; MUSD, nominal."""

    profit: float
    deducted: float
    interest: float


def bind(block: Block, case: Case, ledger: Ledger, income: Income, most: Most) -> None:
    """State tax."""
    bind_depreciation(block, case, ledger)
    bind_interest(block, case, income, most)
    bind_profit(block, case, ledger, income, most.profit)


def bind_depreciation(block: Block, case: Case, ledger: Ledger) -> None:
    """What is written off."""
    basis, written = block.variables["basis"].data, block.variables["written_off"].data
    entering: dict[tuple[str, int], list[Expression]] = defaultdict(list)
    for each in ledger.bases:
        paid = each.price * sum(share * inflator(case, period) for period, share in each.spend.items())
        for cost_class, share in tax_classes(case, each.cost_class):
            entering[cost_class, case.calendar.periods[each.period].year].append(share * each.taxed * paid * each.quantity)
    shares = {cost_class: shares_of(case, cost_class) for cost_class in classes(case)}

    @block.rule(("class", "year"), basis)
    def basis_is_what_was_paid(cost_class: str, year: int) -> Relation:
        """Basis = what was paid, nominal, for things of the class that enter service in the year, less half of an investment tax credit."""
        return equal(basis[cost_class, year], total(entering[cost_class, year]))

    @block.rule(YEAR, written)
    def basis_is_written_off(year: int) -> Relation:
        """Depreciation = sum over classes and years of service of basis x share written off at that age."""
        ages = [(cost_class, bought, year - bought) for cost_class, bought in basis if 0 <= year - bought < len(shares[cost_class])]
        return equal(written[year,], total(shares[cost_class][age] * basis[cost_class, bought] for cost_class, bought, age in ages))


def left_to_write_off(block: Block, case: Case) -> Expression:
    """What of all bases is not written off at the horizon's end."""
    basis, last = block.variables["basis"].data, years(case)[-1]
    shares = {cost_class: shares_of(case, cost_class) for cost_class in classes(case)}
    later = {key: 1.0 if key[0] == LAND else sum(shares[key[0]][last - key[1] + 1 :]) for key in basis}
    return total(later[key] * amount for key, amount in basis.items())


def bind_interest(block: Block, case: Case, income: Income, most: Most) -> None:
    """Interest deducted is limited by earnings; the rest is carried forward."""
    names = ("deducted", "interest_carried", "earnings", "shortfall", "is_earning")
    deducted, carried, positive, negative, is_earning = (block.variables[name].data for name in names)
    limit = case.number("finance", "tax", "interest_limit")

    @block.rule(YEAR, positive)
    def earnings_add_up(year: int) -> Relation:
        """Positive less negative earnings = revenue and own use less running cost before credits; what is paid ahead of use counts."""
        return equal(positive[year,] - negative[year,], total(income.made(period) for period in periods_of(case, year)))

    @block.rule(YEAR, positive)
    def earnings_only_if_earning(year: int) -> Relation:
        """Earnings are positive only in a year of positive earnings."""
        return at_most(positive[year,], most.profit * is_earning[year,])

    @block.rule(YEAR, positive)
    def shortfall_only_if_not_earning(year: int) -> Relation:
        """Earnings are negative only in another year."""
        return at_most(negative[year,], most.profit * (1 - is_earning[year,]))

    def allowed(year: int) -> Expression:
        return limit * positive[year,] + total(income.received[period] for period in periods_of(case, year))

    def to_deduct(year: int) -> Expression:
        return before(carried, (year,)) + total(income.borne[period] for period in periods_of(case, year))

    @block.rule(YEAR, deducted)
    def interest_within_limit(year: int) -> Relation:
        """Interest deducted is at most the limit x positive earnings, and the interest that cash earns."""
        return at_most(deducted[year,], allowed(year))

    @block.rule(YEAR, carried)
    def interest_is_carried(year: int) -> Relation:
        """Interest carried = carried from the year before + interest of the year, paid or added to the debt - interest deducted."""
        return equal(carried[year,], to_deduct(year) - deducted[year,])

    is_limited = block.variables["is_limited"].data
    so_far = {year: number for number, year in enumerate(years(case), 1)}

    @block.rule(YEAR, is_limited)
    def interest_is_deducted_to_the_limit(year: int) -> Relation:
        """In a year that limits it, interest deducted is no less than its limit."""
        return at_least(deducted[year,], allowed(year) - most.deducted * (1 - is_limited[year,]))

    @block.rule(YEAR, is_limited)
    def interest_is_carried_only_over_the_limit(year: int) -> Relation:
        """Interest is carried only out of a year that limits it: else all there is is deducted."""
        return at_most(carried[year,], so_far[year] * most.interest * is_limited[year,])


def resold(case: Case, ledger: Ledger, period: int) -> Expression:
    """What is sold in a period when its use is over, nominal, and collateral that comes back."""
    return inflator(case, period) * total(amount for (_, each), amount in ledger.resale.items() if each == period)


def gained(case: Case, ledger: Ledger, period: int) -> Expression:
    """What of that is taxed: no collateral. The basis of what is sold goes on to be written off with its class."""
    back = ledger.resale.get((COLLATERAL, period))
    return resold(case, ledger, period) if back is None else resold(case, ledger, period) - inflator(case, period) * back


def bind_profit(block: Block, case: Case, ledger: Ledger, income: Income, most: float) -> None:
    """Profit, loss and tax."""
    names = ("profit", "loss", "losses_used", "losses_carried", "is_profit", "tax", "written_off", "deducted")
    profit, loss, used, carried, is_profit, tax, written, deducted = (block.variables[name].data for name in names)
    rate, share = case.number("finance", "tax", "tax_rate"), case.number("finance", "tax", "loss_share")
    saved, last = block.variables["tax_saved"].data, years(case)[-1]
    posted = [amount for (cost_class, _), amount in ledger.residual.items() if cost_class == COLLATERAL]
    left = ledger.left - total(posted) if posted else ledger.left
    sold = inflator_at_end(case) * left - left_to_write_off(block, case) - total(income.ahead)

    @block.rule(YEAR, profit)
    def profit_adds_up(year: int) -> Relation:
        """Profit less loss = earnings + interest on cash + things sold - depreciation - interest deducted + at the end what is left.

        What is left counts less its basis, collateral not at all; what was paid ahead of a use that never came is deducted at the end too.
        """
        earned = total(income.made(period) + income.received[period] + gained(case, ledger, period) for period in periods_of(case, year))
        made = earned - written[year,] - deducted[year,]
        return equal(profit[year,] - loss[year,], made + sold if year == last else made)

    @block.rule(YEAR, profit)
    def profit_only_in_profit(year: int) -> Relation:
        """A profit is made only in a year of profit."""
        return at_most(profit[year,], most * is_profit[year,])

    @block.rule(YEAR, loss)
    def loss_only_in_loss(year: int) -> Relation:
        """A loss is made only in another year."""
        return at_most(loss[year,], most * (1 - is_profit[year,]))

    @block.rule(YEAR, carried)
    def losses_are_carried(year: int) -> Relation:
        """Losses carried = carried from the year before + loss - losses used; none where they are used elsewhere."""
        new = 0 if saved else loss[year,]
        return stock(carried, (year,), new, used[year,])

    @block.rule(YEAR, used)
    def losses_used_are_there(year: int) -> Relation:
        """Losses used are at most those carried from the year before."""
        return at_most(used[year,], before(carried, (year,)))

    @block.rule(YEAR, used)
    def losses_offset_a_share(year: int) -> Relation:
        """Losses used are at most the share of a profit that they may offset."""
        return at_most(used[year,], share * profit[year,])

    @block.rule(YEAR, tax)
    def tax_is_paid_on_profit(year: int) -> Relation:
        """Tax = tax rate x (profit - losses used)."""
        return equal(tax[year,], rate * (profit[year,] - used[year,]))

    @block.rule(YEAR, saved)
    def loss_saves_tax_elsewhere(year: int) -> Relation:
        """Tax saved = tax rate x loss, where a group uses it."""
        return equal(saved[year,], rate * loss[year,])
