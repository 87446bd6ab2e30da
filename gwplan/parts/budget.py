"""Budget: the most capital that may be spent, in all until a date, by class, and by year with what is carried over."""

from __future__ import annotations

from gwplan.quantity import Kind, Quantity, Table

CLASSES = ("capital", "sites", "halls", "accelerators", "networks", "power")

TABLE = Table(
    "budget",
    (Kind("class", only=CLASSES),),
    (
        Quantity("cap", "class", "MUSD", "most capital, in all (undated) or in a year", ("when",), "own", optional=True, least=0,
                 sane=(1, 1e6)),
        Quantity("carries", "class", "1", "1 if what a year leaves unspent carries over", default=1.0, least=0, most=1),
        Quantity("until", "class", "date", "last date that the undated cap counts", optional=True),
    ),
)
