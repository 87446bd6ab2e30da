"""Cooling: from IT power to power at the meter, and the water it takes.

Two ratios, because two things are bought: the ratio at the worst hour sizes the supply, the mean over the year (PUE)
buys the energy.
"""

from __future__ import annotations

from gwplan.quantity import Kind, Quantity, Table

TABLE = Table(
    "cooling",
    (Kind("cooling"),),
    (
        Quantity("peak_ratio", "cooling", "1", "facility / IT power at the worst hour", ("site", "when"), least=1, sane=(1.05, 2)),
        Quantity("mean_ratio", "cooling", "1", "facility / IT power over the year (PUE)", ("site", "when"), least=1, sane=(1.02, 2)),
        Quantity("water", "cooling", "L/kWh", "water per IT energy", ("site", "when"), default=0.0, least=0, sane=(0, 5)),
    ),
)
