"""Guarantees: debt that somebody else guarantees, at the rate and the leverage that lenders grant for it.

A facility that is `guaranteed_by` an investor's contract has its own rate and advance rate, as lenders to the guarantor would set
them, and owes no more than the guarantee: at every date, or at the horizon's end alone where the guarantee covers the residual value,
what is still owed when the leases that pay the rest may be over. The guarantor may ask for a yearly fee on what is owed. It pays
nothing in, a guarantee is no source of money, and one that is not on offer backs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Relation, at_most, total
from gwplan.model.stocks import before

UNIT = "MUSD_nominal"
RESIDUAL = "residual"


def guarantor(case: Case, facility: str) -> str | None:
    """The contract that guarantees a facility."""
    return case.get_label("finance", facility, "guaranteed_by")


def backed(case: Case) -> dict[str, list[str]]:
    """Facilities by the contract that guarantees them."""
    found: dict[str, list[str]] = {}
    for facility in case.items("facility"):
        contract = guarantor(case, facility)
        if contract is not None:
            found.setdefault(contract, []).append(facility)
    return found


def guaranteed(case: Case, contract: str) -> float:
    """What a contract guarantees, in nominal MUSD; nothing if the model goes without it."""
    return 0.0 if contract in case.definition.contracts.without else case.get("contracts", contract, "guarantee") or 0.0


def check(case: Case) -> Iterator[Fault]:
    """Whoever guarantees a facility states an amount."""
    for contract, facilities in backed(case).items():
        if not case.has("contracts", contract, "guarantee"):
            for facility in facilities:
                yield Fault(*case.location("finance", facility, "guaranteed_by"),
                            f"{facility}.guaranteed_by: {contract} states no guarantee, the most that it guarantees")


def fee(block: Block, case: Case, facility: str, period: int) -> Expression:
    """Fee of a period to the guarantor, on what the facility owes at its start."""
    yearly = case.number("finance", facility, "guarantee_fee") if guarantor(case, facility) else 0.0
    if not yearly:
        return 0
    balance = block.variables["balance"].data
    owed = total(before(balance, key) for key in balance if key[0] == facility and key[-1] == period)
    return yearly / case.calendar.steps_a_year * owed


def fees(block: Block, case: Case, period: int) -> Expression:
    """Fees of a period to all guarantors."""
    return total(fee(block, case, facility, period) for facility in case.items("facility"))


def bind(block: Block, case: Case) -> None:
    """Debt is within its guarantee."""
    balance, last = block.variables["balance"].data, len(case.calendar.periods) - 1
    known = backed(case)

    def counted(contract: str, period: int) -> list[str]:
        """Facilities whose debt the guarantee covers in a period."""
        return [facility for facility in known[contract]
                if period == last or case.label("finance", facility, "guarantee_covers") != RESIDUAL]

    @block.rule(("contract", "period"), [(contract, period) for contract in known for period in range(last + 1)], promise=UNIT)
    def debt_within_guarantee(contract: str, period: int) -> Relation:
        """Debt that a contract guarantees is at most its guarantee: at every date, or for the residual value at the end alone."""
        owed = total(amount for key, amount in balance.items() if key[-1] == period and key[0] in counted(contract, period))
        return at_most(owed, guaranteed(case, contract))

    @block.rule(("facility", "period"), unbacked(block, case), promise=UNIT)
    def no_draw_without_its_guarantee(facility: str, period: int) -> Relation:
        """Nothing is drawn on a facility whose guarantor is not on offer."""
        drawn = [amount for name in ("drawn", "refinanced") for key, amount in block.variables[name].data.items()
                 if (key[0], key[-1]) == (facility, period)]
        return at_most(total(drawn), 0)


def unbacked(block: Block, case: Case) -> list[tuple[str, int]]:
    """Facility and period of draws that wait for a guarantee which is not on offer."""
    names = [facility for contract, facilities in backed(case).items() if not guaranteed(case, contract) for facility in facilities]
    return sorted({(key[0], key[-1]) for key in block.variables["drawn"].data if key[0] in names})
