"""Money accounts: every payment once, with its maker, class, item, site, payee and period.

`pay` enters capital or running cost; `asset` enters the price of an asset, its payments, its resale and its residual value at
the end of the horizon together, so that these cannot disagree; `owe` enters payments that contracts still require after the end;
`earn` enters revenue; `receive` enters investors' money, a source of finance that does not lower cost.
Money is real, in MUSD of the model's dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gwplan.model.block import Expression, Key, total

MoneyKind = Literal["capital", "running", "residual", "resale", "commitment", "revenue", "received", "credit"]
CREDITS = "tax_credits"
"""Class of tax credits: running cost below zero, which no tax is due on."""
COLLATERAL = "collateral"
"""Class of collateral posted for contracts: capital that comes back, as resale and residual value, and on which no tax is due."""
COMMITMENTS = "commitments"
"""Class of payments that contracts still require after the horizon."""


class LedgerError(RuntimeError):
    """An inconsistent entry: a price not paid in full, or a residual value above the price."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One payment: `amount` is a linear expression in MUSD."""

    kind: MoneyKind
    maker: str
    cost_class: str
    item: str
    site: str
    payee: str
    period: int
    amount: Expression


@dataclass(frozen=True, slots=True)
class Order:
    """Assets ordered in period `period`: `quantity` of them at `price` MUSD each.

    spend: share of the price by period, summing to 1. worth: residual value of each, in MUSD, at the end of the horizon; kept: how
    many are left then (None: all of them). service: period in which it enters service, from which it is depreciated (None: that
    of the last payment). resale: MUSD for each that is sold at retirement within the horizon; sold: how many are, by period.
    taxed: share of the price that is depreciated for tax.
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
    taxed: float = 1.0

    @property
    def in_service(self) -> int:
        """The period in which it enters service."""
        return max(self.spend) if self.service is None else self.service


@dataclass(frozen=True, slots=True)
class Basis:
    """Assets that enter service in a period at `price` MUSD each, paid as in `spend`: `taxed` of it is the basis of their depreciation."""

    cost_class: str
    item: str
    site: str
    period: int
    quantity: Expression
    price: float
    spend: Mapping[int, float]
    taxed: float = 1.0


class Ledger:
    """All entries of one plan. `last` is the number of the last period, in which residual value is entered."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.entries: list[Entry] = []
        self.bases: list[Basis] = []
        self.balance: dict[str, dict[Key, Expression]] = {}
        self.takers: set[str] = set()
        self.equity_value: Expression | None = None
        """Present value of the sponsor's equity, set by the part finance; nominal MUSD."""

    def pay(self, kind: Literal["capital", "running"], maker: str, cost_class: str, whom: tuple[str, str, str],
            amounts: Mapping[int, Expression]) -> None:
        """Enter payments by period for `whom` = (item, site, payee)."""
        for period, amount in amounts.items():
            if not (isinstance(amount, (int, float)) and amount == 0):
                self.entries.append(Entry(kind, maker, cost_class, *whom, period, amount))

    def asset(self, maker: str, cost_class: str, whom: tuple[str, str, str], orders: Iterable[Order]) -> None:
        """Enter payments for assets by period, their resale, and their residual value at the end of the horizon.

        LedgerError if the spend curve does not sum to 1 or an asset is worth more than its price.
        """
        capital: dict[int, list[Expression]] = {}
        for order in orders:
            if abs(sum(order.spend.values()) - 1) > 1e-9:
                raise LedgerError(f"{whom[0]} of period {order.period}: the spend curve sums to {sum(order.spend.values())}")
            if not all(0 <= worth <= order.price * (1 + 1e-12) for worth in (order.worth, order.resale)):
                most = max(order.worth, order.resale)
                raise LedgerError(f"{whom[0]} of period {order.period}: worth {most} MUSD, paid {order.price} MUSD")
            if order.price:
                what = cost_class, whom[0], whom[1], order.in_service
                self.bases.append(Basis(*what, order.quantity, order.price, order.spend, order.taxed))
            for period, share in order.spend.items():
                if share and order.price:
                    capital.setdefault(period, []).append(order.price * share * order.quantity)
            if order.worth:
                kept = order.quantity if order.kept is None else order.kept
                self.entries.append(Entry("residual", maker, cost_class, *whom, self.last, order.worth * kept))
            if order.resale:
                self.entries += [Entry("resale", maker, cost_class, *whom, period, order.resale * sold)
                                 for period, sold in order.sold.items()]
        self.pay("capital", maker, cost_class, whom, {period: sum(amounts) for period, amounts in sorted(capital.items())})

    def hold(self, maker: str, cost_class: str, whom: tuple[str, str, str], paid: Mapping[int, Expression], worth: Expression) -> None:
        """Enter what is paid by period for a share of a company, and what it is worth at the end, which may be more than was paid."""
        self.pay("capital", maker, cost_class, whom, paid)
        self.entries.append(Entry("residual", maker, cost_class, *whom, self.last, worth))

    def post(self, maker: str, whom: tuple[str, str, str], posted: Mapping[int, Expression], returned: Mapping[int, Expression],
             held: Expression) -> None:
        """Enter collateral by period, what of it comes back within the horizon, and what the rest is worth at its end."""
        self.pay("capital", maker, COLLATERAL, whom, posted)
        self.entries += [Entry("resale", maker, COLLATERAL, *whom, period, amount) for period, amount in returned.items()]
        if not (isinstance(held, (int, float)) and held == 0):
            self.entries.append(Entry("residual", maker, COLLATERAL, *whom, self.last, held))

    def owe(self, maker: str, whom: tuple[str, str, str], amount: Expression) -> None:
        """Enter what a contract with `whom` = (item, site, payee) still requires after the horizon: its value at the end, positive."""
        if not (isinstance(amount, (int, float)) and amount == 0):
            self.entries.append(Entry("commitment", maker, COMMITMENTS, *whom, self.last, amount))

    def earn(self, maker: str, cost_class: str, whom: tuple[str, str, str], amounts: Mapping[int, Expression]) -> None:
        """Enter revenue by period from `whom` = (item, site, payer)."""
        self.entries += [Entry("revenue", maker, cost_class, *whom, period, amount) for period, amount in amounts.items()]

    def receive(self, maker: str, cost_class: str, whom: tuple[str, str, str], amounts: Mapping[int, Expression]) -> None:
        """Enter investors' money by period from `whom` = (item, site, payer): it is finance, and does not lower cost."""
        self.entries += [Entry("received", maker, cost_class, *whom, period, amount) for period, amount in amounts.items()]

    def sums(self, kind: MoneyKind) -> dict[Key, list[Expression]]:
        """Entries of a kind by (class, period)."""
        found: dict[Key, list[Expression]] = {}
        for entry in self.entries:
            if entry.kind == kind:
                found.setdefault((entry.cost_class, entry.period), []).append(entry.amount)
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
    def credits(self) -> dict[Key, Expression]:
        """Tax credits by (class, period), positive; running cost has them already, below zero."""
        return self.balance.get("credit", {})

    @property
    def residual(self) -> dict[Key, Expression]:
        """Residual value at the end, by (class, last period)."""
        return self.balance["residual"]

    @property
    def resale(self) -> dict[Key, Expression]:
        """Resale of assets retired within the horizon, by (class, period)."""
        return self.balance.get("resale", {})

    @property
    def commitments(self) -> dict[Key, Expression]:
        """Payments that contracts still require after the horizon, by (class, last period)."""
        return self.balance.get("commitment", {})

    @property
    def left(self) -> Expression:
        """Residual value at the end less the payments that contracts still require."""
        return total(self.residual.values()) - total(self.commitments.values())

    def take_capital(self, taker: str) -> dict[Key, Expression]:
        """Capital by (class, period), for a part that limits it."""
        self.takers.add(taker)
        return self.capital

    @property
    def classes(self) -> list[str]:
        """Classes of capital that have an entry."""
        return sorted({entry.cost_class for entry in self.entries if entry.kind == "capital"})
