"""Money accounts: every payment once, with its maker, class, item, site, payee and period.

`pay` enters capital or running cost; `asset` enters the price of a thing, how it is paid, what it is sold for when its use is
over and what it is worth at the horizon's end, together, so that these cannot disagree; `owe` enters what contracts still ask
for after the end; `earn` enters revenue; `receive` enters investors' money, a source of finance and never a cut in cost.
Money is real, in MUSD of the model's dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gwplan.model.block import Expression, Key, total

MoneyKind = Literal["capital", "running", "residual", "resale", "commitment", "revenue", "received"]
COMMITMENTS = "commitments"
"""Class of what contracts still ask for after the horizon."""


class LedgerError(RuntimeError):
    """An entry that could not be honest: a price not paid in full, a residual above the price."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One payment: `amount` is a linear expression in MUSD."""

    kind: MoneyKind
    maker: str
    klass: str
    item: str
    site: str
    payee: str
    period: int
    amount: Expression


@dataclass(frozen=True, slots=True)
class Order:
    """Things bought with period `period`, `quantity` of them at `price` MUSD each.

    spend: share of the price by period, summing to 1. worth: MUSD that each is worth at the horizon's end; kept: how many
    are left then (None: all of them). service: period in which it enters service, from which it is written off (None: that
    of the last payment). resale: MUSD that each is sold for when its use is over within the horizon; sold: how many are, by period.
    """

    period: int
    quantity: Expression
    price: float
    spend: Mapping[int, float]
    worth: float = 0.0
    kept: Expression | None = None
    service: int | None = None
    resale: float = 0.0
    sold: Mapping[int, Expression] = field(default_factory=dict)

    @property
    def in_service(self) -> int:
        """The period in which it enters service."""
        return max(self.spend) if self.service is None else self.service


@dataclass(frozen=True, slots=True)
class Basis:
    """Things that enter service in a period at `price` MUSD each, paid as `spend` says: the basis of their depreciation."""

    klass: str
    item: str
    site: str
    period: int
    quantity: Expression
    price: float
    spend: Mapping[int, float]


class Ledger:
    """All entries of one plan. `last` is the number of the last period, in which residual value is entered."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.entries: list[Entry] = []
        self.bases: list[Basis] = []
        self.balance: dict[str, dict[Key, Expression]] = {}
        self.takers: set[str] = set()
        self.equity_value: Expression | None = None
        """What the sponsor's equity is worth, stated by the part that deals in finance; nominal MUSD."""

    def pay(self, kind: Literal["capital", "running"], maker: str, klass: str, whom: tuple[str, str, str],
            amounts: Mapping[int, Expression]) -> None:
        """Enter payments by period for `whom` = (item, site, payee)."""
        for period, amount in amounts.items():
            if not (isinstance(amount, (int, float)) and amount == 0):
                self.entries.append(Entry(kind, maker, klass, *whom, period, amount))

    def asset(self, maker: str, klass: str, whom: tuple[str, str, str], orders: Iterable[Order]) -> None:
        """Enter what is paid for things, by period, what they are sold for in the end, and what is left of it at the horizon's.

        LedgerError if the spend curve does not sum to 1 or a thing is worth more than its price.
        """
        capital: dict[int, list[Expression]] = {}
        for order in orders:
            if abs(sum(order.spend.values()) - 1) > 1e-9:
                raise LedgerError(f"{whom[0]} of period {order.period}: the spend curve sums to {sum(order.spend.values())}")
            if not all(0 <= worth <= order.price * (1 + 1e-12) for worth in (order.worth, order.resale)):
                most = max(order.worth, order.resale)
                raise LedgerError(f"{whom[0]} of period {order.period}: worth {most} MUSD, paid {order.price} MUSD")
            if order.price:
                self.bases.append(Basis(klass, whom[0], whom[1], order.in_service, order.quantity, order.price, order.spend))
            for period, share in order.spend.items():
                if share and order.price:
                    capital.setdefault(period, []).append(order.price * share * order.quantity)
            if order.worth:
                kept = order.quantity if order.kept is None else order.kept
                self.entries.append(Entry("residual", maker, klass, *whom, self.last, order.worth * kept))
            if order.resale:
                self.entries += [Entry("resale", maker, klass, *whom, period, order.resale * sold) for period, sold in order.sold.items()]
        self.pay("capital", maker, klass, whom, {period: sum(amounts) for period, amounts in sorted(capital.items())})

    def owe(self, maker: str, whom: tuple[str, str, str], amount: Expression) -> None:
        """Enter what a contract with `whom` = (item, site, payee) still asks for after the horizon: its worth at the end, above nothing."""
        if not (isinstance(amount, (int, float)) and amount == 0):
            self.entries.append(Entry("commitment", maker, COMMITMENTS, *whom, self.last, amount))

    def earn(self, maker: str, klass: str, whom: tuple[str, str, str], amounts: Mapping[int, Expression]) -> None:
        """Enter revenue by period from `whom` = (item, site, payer)."""
        self.entries += [Entry("revenue", maker, klass, *whom, period, amount) for period, amount in amounts.items()]

    def receive(self, maker: str, klass: str, whom: tuple[str, str, str], amounts: Mapping[int, Expression]) -> None:
        """Enter investors' money by period from `whom` = (item, site, payer): it finances, it never lowers cost."""
        self.entries += [Entry("received", maker, klass, *whom, period, amount) for period, amount in amounts.items()]

    def sums(self, kind: MoneyKind) -> dict[Key, list[Expression]]:
        """Entries of a kind by (class, period)."""
        found: dict[Key, list[Expression]] = {}
        for entry in self.entries:
            if entry.kind == kind:
                found.setdefault((entry.klass, entry.period), []).append(entry.amount)
        return found

    @property
    def capital(self) -> dict[Key, Expression]:
        """Capital by (class, period)."""
        return self.balance["capital"]

    @property
    def running(self) -> dict[Key, Expression]:
        """Running cost by (class, period)."""
        return self.balance["running"]

    @property
    def revenue(self) -> dict[Key, Expression]:
        """Revenue by (class, period)."""
        return self.balance.get("revenue", {})

    @property
    def residual(self) -> dict[Key, Expression]:
        """What is left at the end, by (class, last period)."""
        return self.balance["residual"]

    @property
    def resale(self) -> dict[Key, Expression]:
        """What things are sold for when their use is over within the horizon, by (class, period)."""
        return self.balance.get("resale", {})

    @property
    def commitments(self) -> dict[Key, Expression]:
        """What contracts still ask for after the horizon, by (class, last period)."""
        return self.balance.get("commitment", {})

    @property
    def left(self) -> Expression:
        """What is left at the end less what contracts still ask for."""
        return total(self.residual.values()) - total(self.commitments.values())

    def take_capital(self, taker: str) -> dict[Key, Expression]:
        """Capital by (class, period); whoever takes it limits it."""
        self.takers.add(taker)
        return self.capital

    @property
    def classes(self) -> list[str]:
        """Classes of capital that have an entry."""
        return sorted({entry.klass for entry in self.entries if entry.kind == "capital"})
