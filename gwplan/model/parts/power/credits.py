"""Tax credits of supplies: a share of the price once, in the period of service, or money for each MWh of the first years.

Both are money received. They lower cost, and pay for no capital: no budget of capital counts them. A supply earns them that enters
service while a row grants them; a row of 0 from a date on ends them for what enters service then. What is left at the end of what earned
a share of its price is worth that much less. Credits for carbon that is captured are credits for output, at what is captured with a MWh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gwplan.common.constants import MEGA
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.idle import Idle
from gwplan.model.block import Block, Expression, Key, Relation, at_most, total
from gwplan.model.ledger import CREDITS, Ledger
from gwplan.model.parts.power.supplies import offered, price_of, role_of, services, yearly_given, years_from
from gwplan.model.parts.power.table import KEY

STATE = "tax authority"


def investment_credit(case: Case, supply: str, site: str, service: int) -> float:
    """Share of the price that comes back for what enters service in a period; nothing for a contract, which has no price to speak of."""
    return 0.0 if role_of(case, supply) == "contract" else case.number("power", supply, "itc", site, service)


def taxed_share(case: Case, supply: str, site: str, service: int) -> float:
    """Share of the price that is depreciated for tax: without a part of the investment tax credit."""
    return 1 - case.number("power", supply, "itc_off_basis") * investment_credit(case, supply, site, service)


def granted(case: Case, supply: str, site: str) -> dict[int, float]:
    """USD/MWh of credit for output, by the period of service that earns it."""
    if role_of(case, supply) == "contract":
        return {}
    rates = {service: case.number("power", supply, "ptc", site, service) for service in services(case, supply, site).values()}
    return {service: rate for service, rate in rates.items() if rate}


def eligible(case: Case, supply: str, site: str) -> dict[int, dict[int, float]]:
    """By period, the share of what entered service in each earlier one that earns a credit for its output then."""
    found: dict[int, dict[int, float]] = {}
    for service in granted(case, supply, site):
        years = min(case.number("power", supply, "ptc_years", site), years_from(case, supply, site, service))
        served = case.calendar.serves(service, years).items()
        for period, share in (each for each in served if each[0] < len(case.calendar.periods)):
            found.setdefault(period, {})[service] = share
    return found


def check_credits(case: Case) -> Iterator[Fault]:
    """A credit for output says for how long, and has one rate until it ends: output has no date of service."""
    for supply, site in offered(case):
        rates = set(granted(case, supply, site).values())
        file, row = case.location("power", supply, "ptc", site)
        if rates and not case.has("power", supply, "ptc_years"):
            yield Fault(file, row, f"{supply}: ptc needs ptc_years, the years from service in which output earns it")
        if len(rates) > 1:
            yield Fault(file, row, f"{supply} at {site}: ptc is {' and '.join(f'{rate:g}' for rate in sorted(rates))} USD/MWh by date of "
                                   "service; one rate, and 0 from the date on which it ends, can be told apart")


def idle_credits(case: Case) -> Iterator[Idle]:
    """Years of a credit for output that nothing earns, and what an investment credit takes from a basis that no part writes off."""
    if "finance" not in case.definition.parts:
        yield Idle("depreciation for tax, and the model leaves out the part finance", quantity="itc_off_basis", read=True)
    for supply in case.items("supply"):
        if not any(granted(case, each, site) for each, site in offered(case) if each == supply):
            yield Idle("no ptc is earned", supply, "ptc_years", read=True)


def declare_credited(block: Block, case: Case) -> None:
    """Output that earns a credit."""
    keys = [(*pair, period) for pair in offered(case) for period in sorted(eligible(case, *pair))]
    block.variable("credited", KEY, keys, unit="MW", doc="mean output that earns a tax credit")


def enter_credits(block: Block, case: Case, ledger: Ledger, pair: tuple[str, str], ordered: Mapping[int, Expression]) -> None:
    """Credits of a supply at a site, as running cost below zero. ordered: units, by period of order."""
    unit = case.number("power", pair[0], "unit", pair[1])
    enter_investment(case, ledger, pair, ordered, lambda period: unit * price_of(case, *pair, period))
    amounts: dict[int, list[Expression]] = {}
    rate = max(granted(case, *pair).values(), default=0.0)
    for (*where, period), output in block.variables["credited"].data.items():
        if tuple(where) == pair:
            amounts.setdefault(period, []).append(-rate * case.calendar.periods[period].hours / MEGA * output)
    ledger.pay("running", "power", CREDITS, (*pair, STATE), {period: total(found) for period, found in sorted(amounts.items())})


def enter_investment(case: Case, ledger: Ledger, pair: tuple[str, str], ordered: Mapping[int, Expression],
                     price: Callable[[int], float]) -> None:
    """The investment tax credit of orders, in the period of their service. ordered, price (without contingency): by period of order."""
    markup, amounts = 1 + case.number("power", pair[0], "contingency", pair[1]), dict[int, list[Expression]]()
    for period, service in services(case, *pair).items():
        share = investment_credit(case, *pair, service)
        if share:
            amounts.setdefault(service, []).append(-share * markup * price(period) * ordered[period])
    ledger.pay("running", "power", CREDITS, (*pair, STATE), {period: total(found) for period, found in sorted(amounts.items())})


def bind_credits(block: Block, case: Case, enters: Mapping[Key, Expression]) -> None:
    """Limit the output that earns a credit. enters: MW by supply, site and period of service."""
    credited, output = block.variables["credited"].data, block.variables["output"].data

    @block.rule(KEY, credited)
    def credited_is_output(supply: str, site: str, period: int) -> Relation:
        """Output that earns a tax credit is at most the mean output of the period."""
        given = total(part.share * output[supply, site, period, part.name] for part in case.calendar.slices)
        return at_most(credited[supply, site, period] - given, 0)

    @block.rule(KEY, credited)
    def credited_is_of_what_is_eligible(supply: str, site: str, period: int) -> Relation:
        """It is at most what the capacity could give that entered service while the credit was granted, within its years."""
        there = total(share * enters[supply, site, service] for service, share in eligible(case, supply, site)[period].items())
        return at_most(credited[supply, site, period], yearly_given(case, supply, site) * there)
