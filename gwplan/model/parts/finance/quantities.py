"""The quantities of finance.csv."""

from __future__ import annotations

from gwplan.common.financial.debt import SHAPES
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.model.compute_measure import reference_quantities

SCULPTED = "sculpted"
FUNDED = ("sites", "halls", "accelerators", "networks", "power")
"""Classes of capital that a lender may fund."""
IMPROVEMENTS = "improvements"
WRITTEN_OFF = ("accelerators", "networks", "machinery", "shell", IMPROVEMENTS)
"""Classes of depreciation: halls are part shell and part machinery, power is machinery; opening a site is part improvements, the rest land,
which is not written off."""

TABLE = Table(
    "finance",
    (
        Kind("reference", only=("reference_rate",)), Kind("revolver", only=("revolver",)), Kind("covenants", only=("debt",)),
        Kind("sponsor", only=("equity",)), Kind("cash", only=("cash",)), Kind("tax", only=("tax",)),
        Kind("written_off", only=WRITTEN_OFF), Kind("own_use", only=("compute_sales",)), Kind("facility", marked="eligible"),
    ),
    (
        Quantity("rate", "reference", "1/year", "rate that spreads are added to", least=0, most=1, sane=(0, 0.12)),
        Quantity("eligible", "facility", "label", "classes of capital that it may fund", labels=FUNDED, many=True),
        Quantity("rate", "facility", "1/year", "interest, where it is fixed", optional=True, least=0, most=1, sane=(0.01, 0.25)),
        Quantity("spread", "facility", "1/year", "interest above the reference rate", optional=True, least=0, most=1, sane=(0, 0.15)),
        Quantity("advance_rate", "facility", "1", "most debt / capital that it funds", least=0.01, most=1, sane=(0.2, 1)),
        Quantity("tenor", "facility", "year", "life of a draw", least=0.25, sane=(1, 40)),
        Quantity("grace", "facility", "year", "years after a draw in which it pays interest only", default=0.0, least=0, sane=(0, 6)),
        Quantity("repayment", "facility", "label", "annuity, level principal, bullet at the end, or sculpted to the cash there is",
                 labels=(*SHAPES, SCULPTED), default="annuity"),
        Quantity("grace_interest", "facility", "label", "interest in the grace is paid, or capitalised: added to the debt",
                 labels=("paid", "capitalised"), default="paid"),
        Quantity("refinances", "facility", "label", "facility whose repayments its draws may pay", optional=True, refers="facility"),
        Quantity("cap", "facility", "MUSD_nominal", "most that may be drawn in all", optional=True, least=0, sane=(1, 1e6)),
        Quantity("from", "facility", "date", "first date of a draw, from which undrawn money costs its fee", optional=True),
        Quantity("until", "facility", "date", "last date of a draw", optional=True),
        Quantity("upfront_fee", "facility", "1", "share of each draw that is kept as a fee", default=0.0, least=0, most=1, sane=(0, 0.05)),
        Quantity("commitment_fee", "facility", "1/year", "of what is still to be drawn", default=0.0, least=0, most=1, sane=(0, 0.03)),
        Quantity("guaranteed_by", "facility", "label", "investor's contract that guarantees its debt, without which nothing is drawn",
                 optional=True, refers="investor"),
        Quantity("guarantee_covers", "facility", "label", "debt at every date, or the residual value: what is owed at the horizon's end",
                 labels=("debt", "residual"), default="debt"),
        Quantity("guarantee_fee", "facility", "1/year", "fee to the guarantor on what is owed", default=0.0, least=0, most=1,
                 sane=(0, 0.05)),
        Quantity("rate", "revolver", "1/year", "interest", least=0, most=1, sane=(0.01, 0.25)),
        Quantity("cap", "revolver", "MUSD_nominal", "largest balance", least=0, sane=(0, 1e5)),
        Quantity("commitment_fee", "revolver", "1/year", "of the part agreed and not drawn", default=0.0, least=0, most=1, sane=(0, 0.03)),
        Quantity("coverage_floor", "covenants", "1", "least cash flow available / debt service, over a year", least=1, sane=(1.05, 2.5)),
        Quantity("lock_up", "covenants", "1", "coverage below which no dividend is paid", default=0.0, least=0, sane=(1, 3)),
        Quantity("reserve", "covenants", "month", "coming debt service that is held in cash", default=0.0, least=0, most=12),
        Quantity("least_share", "sponsor", "1", "sponsor's equity / capital, at every date of the first build", least=0, most=1,
                 sane=(0.05, 0.6)),
        Quantity("required_return", "sponsor", "1/year", "the sponsor's required return, nominal", least=0, most=1, sane=(0.06, 0.3)),
        Quantity("hurdle_rate", "sponsor", "1/year", "return that a plan must reach, nominal", optional=True, least=0, most=1,
                 sane=(0.02, 0.4)),
        Quantity("until", "sponsor", "date", "last date of paying equity in; the end of the first build by default", optional=True),
        Quantity("dividends_from", "sponsor", "date", "first date of a dividend; after the first build by default", optional=True),
        Quantity("rate", "cash", "1/year", "interest on cash", default=0.0, least=0, most=1, sane=(0, 0.1)),
        Quantity("least", "cash", "MUSD_nominal", "smallest balance", default=0.0, least=0, sane=(0, 1e4)),
        Quantity("tax_rate", "tax", "1", "on profit", least=0, most=0.9, sane=(0, 0.4)),
        Quantity("loss_share", "tax", "1", "share of a profit that earlier losses may offset", default=1.0, least=0, most=1),
        Quantity("interest_limit", "tax", "1", "interest deducted / earnings before interest, tax and depreciation", default=1.0, least=0,
                 most=1),
        Quantity("bonus", "tax", "1", "share written off in the first year", default=0.0, least=0, most=1),
        Quantity("bonus_within", "tax", "year", "longest class life that the bonus is for", optional=True, least=0, sane=(5, 40)),
        Quantity("losses", "tax", "label", "losses are carried forward, or used elsewhere by a group that pays tax anyway",
                 labels=("carried", "used_elsewhere"), default="carried"),
        Quantity("tax_life", "written_off", "year", "class life", least=1, sane=(3, 40)),
        Quantity("share", "written_off", "1", "shell / price of a hall, or improvements (roads, water) / price of opening a site",
                 default=0.0, least=0, most=1),
        Quantity("price", "own_use", "USD/H100e/hour", "what the planner's own use of compute pays for it: a transfer price", ("when",),
                 "linear", least=0, sane=(0.02, 10), counted="per"),
        *reference_quantities("own_use"),
        Quantity("sold_share", "own_use", "1", "share of the compute that is paid for", default=1.0, least=0, most=1, sane=(0.4, 1)),
    ),
)
