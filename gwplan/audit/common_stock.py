"""Common stock: whole lots, paid for before any dividend, each paid its part of what the sponsor is paid, at a price that pays.

The part of a lot = what it costs / the valuation before the money. Lots bought are decisions, all else is recomputed.
"""

from __future__ import annotations

import numpy as np

from gwplan.audit.cash_flow import Books
from gwplan.audit.checks import Array
from gwplan.audit.leases import Flags
from gwplan.audit.run_folder import Answer

COMMON = "common"


def held(answer: Answer) -> Flags:
    """True for each contract on the axis that buys common stock."""
    return np.array([answer.inputs.text("contracts", name, "instrument") == COMMON and answer.inputs.number("contracts", name, "cap") > 0
                     for name in answer.axis["contract"]], dtype=bool)


def check(answer: Answer, invested: Array, dividends: Array, pays_from: int) -> Array:
    """Check lots; their dividends over (contract, period), as is `invested`. dividends: the sponsor's; pays_from: first period with any."""
    names, checks, common = answer.axis["contract"], answer.checks, held(answer)
    cap, valuation, lots = (answer.inputs.flat("contracts", names, quantity).reshape(-1) for quantity in ("cap", "valuation", "lots"))
    number = np.where(common, np.nan_to_num(lots, nan=1.0), 0.0)
    answer.axis["lot"] = [str(lot + 1) for lot in range(int(number.max(initial=0.0)))]
    bought = answer.table("finance.stock_bought", "contract", "lot")
    checks.equal("finance.lots_are_whole", bought, np.round(bought).clip(0, 1), answer.axes("contract", "lot"))
    beyond = np.arange(bought.shape[1]) >= number[:, None]
    checks.nothing("finance.lots_are_those_on_offer", bought, beyond, answer.axes("contract", "lot"))
    checks.at_most("finance.lots_are_bought_in_turn", bought[:, 1:], bought[:, :-1], [names, answer.axis["lot"][1:]])
    cost = np.divide(cap, number, out=np.zeros(len(names)), where=number > 0)
    wanted = np.where(common, cost * bought.sum(axis=1), invested.sum(axis=1))
    checks.equal("finance.stock_is_paid_for", invested.sum(axis=1), wanted, answer.axes("contract"))
    late = common[:, None] & (np.arange(answer.last + 1) >= pays_from)
    checks.nothing("finance.stock_is_paid_in_before_dividends", invested, late, answer.axes("contract", "period"))
    part = np.divide(cost, valuation, out=np.zeros(len(names)), where=common)[:, None] * bought
    size = np.full((*bought.shape, answer.last + 1), float(dividends.sum()))
    answer.compare("finance.stock_dividends", part[:, :, None] * dividends, "contract", "lot", "period", scale=size)
    answer.known["stock_parts"] = part
    return np.asarray(part.sum(axis=1)[:, None] * dividends, dtype=float)


def check_end(answer: Answer, left: float, size: Array) -> Array:
    """What stock gets of what is left for the sponsor, by contract."""
    gets = answer.known["stock_parts"] * left
    answer.compare("finance.stock_left", gets, "contract", "lot", scale=np.broadcast_to(size, gets.shape))
    return np.asarray(gets.sum(axis=1), dtype=float)


def check_return(answer: Answer, books: Books, net: Array, gets: Array, shift: float) -> None:
    """Stock is worth what it costs at its required return. net: dividends less paid in, by contract and period; gets: at the end."""
    names, years = answer.axis["contract"], (np.arange(answer.last + 1) + shift) * answer.years
    rates = np.array([books.investors[name] for name in names])[:, None]
    worth = (net * (1 + rates) ** -years).sum(axis=1) + gets * (1 + rates[:, 0]) ** -((answer.last + 1) * answer.years)
    size = np.abs(net).sum(axis=1) + gets
    worth = np.where(held(answer), worth + size * answer.checks.tolerance, 0.0)
    answer.checks.at_least("finance.stock_earns_its_required_return", worth, np.zeros(1), answer.axes("contract"))
