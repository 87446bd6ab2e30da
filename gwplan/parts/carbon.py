"""Carbon: what running and building emit; always counted, and capped or priced where the table says so."""

from __future__ import annotations

from gwplan.quantity import Kind, Quantity, Table

TABLE = Table(
    "carbon",
    (Kind("emissions", only=("emissions",)), Kind("operational", only=("operational",)), Kind("embodied", only=("embodied",))),
    (
        Quantity("price", "emissions", "USD/t", "price of operational carbon", ("when",), "linear", default=0.0, least=0, sane=(0, 500)),
        Quantity("cap", "operational", "kt/year", "most operational carbon in a year", ("when",), optional=True, least=0, sane=(0, 1e5)),
        Quantity("total_cap", "embodied", "kt", "most embodied carbon in all", optional=True, least=0, sane=(0, 1e5)),
    ),
)
