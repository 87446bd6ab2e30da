"""Stakes: what is paid for shares of companies, what they are worth at their marks, and the sales that wait for them."""

from __future__ import annotations

import numpy as np

from gwplan.audit.cash_flow import level_at
from gwplan.audit.leases import begun, labels, level, of_kind
from gwplan.audit.run_folder import CLOUD, STAKES, Answer

INDEX = ("contract", "period")


def check(answer: Answer) -> None:
    """Paid in once, on its date, within the cap; worth its share of the mark; nothing is signed that it brings before it is whole."""
    names, inputs, checks, axes = answer.axis["contract"], answer.inputs, answer.checks, answer.axes(*INDEX)
    staked, number = answer.decided["contracts", "staked"], np.arange(answer.last + 1)
    answer.compare("contracts.staked", staked, *INDEX)
    offered, first = of_kind(answer, "stake"), begun(answer)[:, None]
    checks.nothing("contracts.staked_on_its_date", staked, ~offered[:, None] | (number != first), axes)
    cap, share = (np.nan_to_num(inputs.flat("contracts", names, quantity)[:, 0]) for quantity in ("cap", "share_held"))
    checks.at_most("contracts.stake_within_cap", staked.sum(axis=1), np.where(offered, cap, 0.0), answer.axes("contract"))
    part = np.where(cap > 0, staked.sum(axis=1) / np.where(cap > 0, cap, 1.0), 1.0)
    mark = np.nan_to_num(inputs.grid("contracts", names, "mark")[:, 0, :])
    worth = np.where(offered[:, None] & (number >= first), (share * part)[:, None] * mark, 0.0)
    answer.compare("contracts.stake_worth", worth, *INDEX)
    signed = answer.decided["contracts", "signed"].sum(axis=1)
    brought = labels(answer, "brings")
    wrong = [f"{names[stake]} brings {sale}" for stake, sale in enumerate(brought)
             if offered[stake] and sale in names and signed[names.index(sale)] and part[stake] < 1 - checks.tolerance]
    checks.found_wrong("contracts.sale_waits_for_its_stake", wrong, sum(map(bool, brought)))
    companies, end = labels(answer, "company"), np.zeros((len(names), answer.last + 1))
    end[:, answer.last] = np.where(cap > 0, worth[:, answer.last], 0.0) / level_at(answer, np.array([answer.calendar.end]))[0]
    for kind, amounts in (("capital", staked / level(answer)), ("residual", end)):
        answer.expect(kind, STAKES, (names, [CLOUD], companies), amounts[:, None, :])
