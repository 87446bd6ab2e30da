"""Tables that are read whichever parts take part: what exists already, and figures that others publish."""

from __future__ import annotations

from gwplan.inputs.declarations import Kind, Quantity, Table

EXISTING = Table(
    "existing",
    (Kind("existing"),),
    (
        Quantity("count", "existing", "1", "how many halls, systems or units of a supply are already there", ("site", "when"),
                 optional=True, least=0),
        Quantity("capacity", "existing", "MW", "capacity of a supply that is already there", ("site", "when"), optional=True, least=0),
    ),
    optional=True,
)  # fmt: skip


TABLE = Table(
    "published",
    (Kind("figure"),),
    (
        Quantity("capital_per_gw", "figure", "MUSD/MW", "capital of a gigawatt, all in", optional=True, least=0, sane=(5, 150)),
        Quantity("facility_per_gw", "figure", "MUSD/MW", "capital of a gigawatt without systems", optional=True, least=0, sane=(2, 40)),
        Quantity("vendor_content_per_gw", "figure", "MUSD/MW", "what one vendor sells into a gigawatt", optional=True, least=0,
                 sane=(2, 80)),
    ),
    optional=True,
)
