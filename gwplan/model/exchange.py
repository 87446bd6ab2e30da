"""Physical accounts, where parts meet: one part makes an entry, another takes the balance.

A *binding* account (room, power) that is made and never taken, or taken and never made, is an error: leaving out a part can
never silently improve a plan. A *reported* account (compute, emissions, land, water) may go untaken; it is then listed as
unconstrained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gwplan.model.block import Expression, Key, total


class ExchangeError(RuntimeError):
    """Parts do not fit together: an account is made and never taken, or taken and never made."""


@dataclass(frozen=True, slots=True)
class Account:
    """A declared account: its index, unit and meaning; binding or only reported.

    listed: whether a reported account is listed as unconstrained if nothing limits it.
    """

    over: tuple[str, ...]
    unit: str
    doc: str
    binding: bool
    listed: bool = True
    written_empty: bool = True
    """False for one that has a table only in runs where it has entries."""


ACCOUNTS: dict[str, Account] = {
    "opened": Account(("site", "period"), "1", "1 where a site may be built on", True),
    "hall_room": Account(("tenure", "site", "cooling", "density", "period"), "MW", "room for IT power in open halls", True),
    "it_peak": Account(("tenure", "site", "cooling", "period"), "MW", "peak IT power", True),
    "it_mean": Account(("tenure", "site", "cooling", "period"), "MW", "mean IT power", True),
    "facility_peak": Account(("site", "period"), "MW", "power at the meter in the worst hour", True),
    "facility_mean": Account(("site", "period", "slice"), "MW", "mean power at the meter", True),
    "land": Account(("site", "period"), "acre", "land under halls, built or under construction", False),
    "power_land": Account(("site", "period"), "acre", "land under supplies in service, at sites that limit it", False, listed=False,
                          written_empty=False),
    "water": Account(("site", "period"), "ML", "water used in the period", False),
    "emissions": Account(("scope", "site", "period"), "kt", "carbon dioxide in the period, operational or embodied", False),
    "energy": Account(("fuel", "site", "period"), "MW", "mean output by fuel, or by source without one", False, listed=False),
    "system_power": Account(("system", "site", "period"), "MW", "peak IT power of the systems of a kind that run", False,
                            listed=False),
    "vendor_power": Account(("stage", "vendor", "period"), "MW", "IT power of a vendor's systems: ordered in the period, or running", False,
                            listed=False),
    "invested": Account(("contract", "period"), "MUSD_nominal", "money that investors pay in", True),
    "paid_ahead": Account(("contract", "period"), "MUSD_nominal", "prepayments for rented compute, less those used up in the period",
                          False, listed=False),
    "compute": Account(("provider", "vendor", "site", "period"), "kH100e", "mean compute, less spares and idle time", False),
}


class Exchange:
    """The accounts of one plan: entries by key, with their makers and takers."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[Key, list[Expression]]] = {name: {} for name in ACCOUNTS}
        self.makers: dict[str, set[str]] = {name: set() for name in ACCOUNTS}
        self.takers: dict[str, set[str]] = {name: set() for name in ACCOUNTS}

    def make(self, name: str, maker: str, amounts: Mapping[Key, Expression]) -> None:
        """Add amounts, by key of the account's index. ExchangeError if the account or its index is another."""
        account = ACCOUNTS.get(name)
        if account is None:
            raise ExchangeError(f"{maker} makes {name!r}, which is no account")
        for key, amount in amounts.items():
            if len(key) != len(account.over):
                raise ExchangeError(f"{maker} makes {name}{key}, but its index is {account.over}")
            self.entries[name].setdefault(key, []).append(amount)
        self.makers[name].add(maker)

    def take(self, name: str, taker: str) -> dict[Key, Expression]:
        """The balance of an account by key; the taker is responsible for its use."""
        self.takers[name].add(taker)
        return self.balance(name)

    def balance(self, name: str) -> dict[Key, Expression]:
        """The balance of an account by key, without becoming its taker (for reports and goals)."""
        return {key: amounts[0] if len(amounts) == 1 else total(amounts) for key, amounts in self.entries[name].items()}

    def check(self) -> None:
        """ExchangeError unless each binding account is both made and taken, or neither."""
        wrong = []
        for name, account in ACCOUNTS.items():
            made, taken = self.makers[name], self.takers[name]
            if account.binding and made and not taken:
                wrong.append(f"{name} is made by {', '.join(sorted(made))} and taken by no part of this model")
            if account.binding and taken and not made:
                wrong.append(f"{name} is taken by {', '.join(sorted(taken))} and made by no part of this model")
        if wrong:
            raise ExchangeError("; ".join(wrong))

    @property
    def unlimited(self) -> list[str]:
        """Reported accounts that are made and that no part limits."""
        return [name for name, account in ACCOUNTS.items() if account.listed and not account.binding and self.makers[name]
                and not self.takers[name]]
