"""Levelised cost of a project: cost of capital, capital recovery, and what taxes and tax credits do to the capital."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import expm1, log1p

from gwplan.common.financial.depreciation import tax_shares


@dataclass(frozen=True, slots=True)
class Terms:
    """How a project is paid for.

    rate: real cost of capital after tax, a year. tax: rate of income tax. inflation: a year. tax_life: years over which the price is
    written off. itc: investment tax credit as a share of the price; half of it leaves the depreciable base.
    """

    rate: float
    tax: float = 0.0
    inflation: float = 0.0
    tax_life: float = 0.0
    itc: float = 0.0

    def finance_factor(self) -> float:
        """Capital before tax per capital after tax: 1 without taxes. ValueError if taxes are due on what is never written off."""
        if not self.tax:
            return 1 - self.itc
        nominal = (1 + self.rate) * (1 + self.inflation) - 1
        return project_finance_factor(self.tax, written_off_value(tax_shares(self.tax_life), nominal), self.itc)


def nominal_cost_of_capital(debt_share: float, interest: float, equity_return: float, tax: float = 0.0) -> float:
    """Weighted average cost of capital after tax, nominal: debt share x interest x (1 - tax) + (1 - debt share) x return on equity."""
    return debt_share * interest * (1 - tax) + (1 - debt_share) * equity_return


def real_rate(nominal: float, inflation: float) -> float:
    """(1 + nominal) / (1 + inflation) - 1."""
    return (1 + nominal) / (1 + inflation) - 1


def capital_recovery(rate: float, years: float) -> float:
    """Level payment a year, at its end, that repays one unit over `years`, whole or not: rate / (1 - (1 + rate)^-years)."""
    if years <= 0:
        raise ValueError(f"nothing is recovered over {years} years")
    return 1 / years if rate == 0 else -rate / expm1(-years * log1p(rate))


def written_off_value(shares: Sequence[float], nominal: float) -> float:
    """Present value of depreciation shares by year, the first a year after service, at a nominal rate."""
    return sum(share / (1 + nominal) ** year for year, share in enumerate(shares, 1))


def project_finance_factor(tax: float, written_off: float, itc: float = 0.0) -> float:
    """(1 - tax x written_off x (1 - itc / 2) - itc) / (1 - tax). written_off: present value of depreciation per price."""
    return (1 - tax * written_off * (1 - itc / 2) - itc) / (1 - tax)
