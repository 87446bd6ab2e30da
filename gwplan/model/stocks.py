"""The rule of a stock: what there is = what there was in the period before + what comes in - what goes out.

Every rule that carries an amount from period to period calls one of these functions under its own name, with its own sentence. The
last of an index is the number of the period, or the year. Before the first period there is nothing; what exists at the start comes in then.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gwplan.model.block import Expression, Key, Relation, equal

NONE: Mapping[Key, Expression] = MappingProxyType({})


def before(amounts: Mapping[Key, Expression], key: Key) -> Expression:
    """The amount of the period before, in its own unit; 0 before the first period."""
    return amounts.get((*key[:-1], key[-1] - 1), 0)


def change(amounts: Mapping[Key, Expression], key: Key) -> Expression:
    """The amount of the period less that of the period before, 0 where there is none."""
    return amounts.get(key, 0) - before(amounts, key)


def stock(amounts: Mapping[Key, Expression], key: Key, inflow: Expression, outflow: Expression = 0,
          existing: Mapping[Key, Expression] = NONE, set_aside: Mapping[Key, Expression] = NONE) -> Relation:
    """Stock = stock in the period before + inflow - outflow, at one key of `amounts`; all in the unit of the stock.

    existing: what is there whatever is decided, by key: its change comes in. set_aside: what is taken off in its period alone.
    """
    moved = before(amounts, key) + inflow - outflow
    if existing:
        moved += change(existing, key)
    if set_aside:
        moved -= change(set_aside, key)
    return equal(amounts[key], moved)


def growing(amounts: Mapping[Key, Expression], key: Key, growth: float, inflow: Expression, outflow: Expression = 0) -> Relation:
    """Stock = growth x stock in the period before + inflow - outflow. growth: 1 + the rate of one period."""
    return equal(amounts[key], growth * before(amounts, key) + inflow - outflow)
