"""The cash flows as they are written: every line, item and party by period, and the settlement at the horizon's end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Report
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.finance import cash, commitments, equity, guarantees
from gwplan.model.price_level import inflator, inflator_at_end
from gwplan.model.stocks import change

Level = Callable[[Expression], float]
LENDERS, SPONSOR, STATE, BANKS, USERS = "lenders", "sponsor", "tax authority", "banks", "own use"
SIGNS = {"capital": -1, "running": -1, "revenue": 1, "resale": 1}
DEBT = (("drawn", "drawn", 1), ("refinanced", "drawn", 1), ("interest", "interest", -1), ("principal", "principal", -1))
DUST = 1e-9


def flow(block: Block, case: Case, ledger: Ledger, exchange: Exchange, level: Level) -> Report:
    """Every cash flow of every period: positive into the planner's cash, negative out of it."""
    amounts: dict[tuple[str, str, str, int], float] = defaultdict(float)
    for entry in ledger.entries:
        if entry.kind in SIGNS:
            paid = SIGNS[entry.kind] * level(entry.amount) * inflator(case, entry.period)
            amounts[entry.kind, entry.item, entry.payee, entry.period] += paid
    values = {name: {key: level(data) for key, data in family.data.items()} for name, family in block.variables.items()}
    for name, line, sign in DEBT:
        for (facility, _, period), amount in values[name].items():
            amounts[line, facility, LENDERS, period] += sign * amount
    for (source, period), amount in values["own_use"].items():
        amounts["own_use", source, USERS, period] += amount
    for name, sign in (("equity", 1), ("dividends", -1)):
        for (period,), amount in values[name].items():
            amounts[name, name, SPONSOR, period] += sign * amount
    for (contract, period), amount in exchange.balance("invested").items():
        amounts["invested", contract, case.label("contracts", contract, "investor"), period] += level(amount)
    for (contract, period), amount in values["returned"].items():
        amounts["returned", contract, case.label("contracts", contract, "investor"), period] -= amount
    for (contract, _, period), amount in values["stock_dividends"].items():
        amounts["returned", contract, case.label("contracts", contract, "investor"), period] -= amount
    add_terms(block, case, level, amounts, values["revolver"])
    kept = sorted((key, amount) for key, amount in amounts.items() if abs(amount) > DUST)
    columns = {name: [key[place] for key, _ in kept] for place, name in enumerate(("line", "item", "party"))}
    names = case.calendar.names
    return Report("flow", "MUSD_nominal", "cash flow: positive into the planner's cash, negative out of it",
                  {**columns, "period": [names[key[-1]] for key, _ in kept], "value": [amount for _, amount in kept]})


def add_terms(block: Block, case: Case, level: Level, amounts: dict[tuple[str, str, str, int], float],
              revolver: dict[tuple[int, ...], float]) -> None:
    """Fees, the revolver, interest on cash and tax."""
    for period in range(len(case.calendar.periods)):
        lent = change(revolver, (period,))
        amounts["revolver_drawn" if lent > 0 else "revolver_repaid", "revolver", LENDERS, period] += lent
        amounts["interest", "revolver", LENDERS, period] -= level(cash.revolver_interest(block, case, period))
        amounts["fees", "revolver", LENDERS, period] -= level(cash.revolver_fee(block, case, period))
        amounts["fees", "facilities", LENDERS, period] -= level(commitments.fees(block, case, period))
        for contract, facilities in guarantees.backed(case).items():
            for facility in facilities:
                party = case.label("contracts", contract, "investor")
                amounts["fees", facility, party, period] -= level(guarantees.fee(block, case, facility, period))
        amounts["cash_interest", "cash", BANKS, period] += level(cash.cash_interest(block, case, period))
        amounts["tax", "tax", STATE, period] -= level(cash.tax_paid(block, case, period))


def settlement(block: Block, case: Case, ledger: Ledger, exchange: Exchange, level: Level) -> Report:
    """What is left at the horizon's end, who is paid from it, and what stays for the sponsor."""
    worth, owed = (inflator_at_end(case) * sum(level(amount) for amount in each.values()) for each in (ledger.residual, ledger.commitments))
    lines = {"residual": worth, **({"commitments": -owed} if ledger.commitments else {}),
             **{line: level(amount) for line, amount in equity.settled(case, block).items()}}
    lines["left_over"] = sum(lines.values())
    return Report("settlement", "MUSD_nominal", "what is left at the horizon's end, who is paid from it, and what stays for the sponsor",
                  {"line": list(lines), "value": list(lines.values())})


REPORTS = (flow, settlement)
