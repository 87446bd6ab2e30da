"""Tables that every model reads: existing assets and published figures."""

from __future__ import annotations

from gwplan.inputs.declarations import Kind, Quantity, Table

EXISTING = Table(
    "existing",
    (Kind("existing"),),
    (
        Quantity("count", "existing", "1", "number of existing halls, systems or units of a supply", ("site", "when"),
                 optional=True, least=0),
        Quantity("capacity", "existing", "MW", "capacity of an existing supply", ("site", "when"), optional=True, least=0),
    ),
    optional=True,
)  # fmt: skip


TABLE = Table(
    "published",
    (Kind("figure"),),
    (
        Quantity("capital_per_gw", "figure", "MUSD/MW", "all-in capital per gigawatt", optional=True, least=0, sane=(5, 150)),
        Quantity("facility_per_gw", "figure", "MUSD/MW", "capital per gigawatt, excluding systems", optional=True, least=0, sane=(2, 40)),
        Quantity("vendor_content_per_gw", "figure", "MUSD/MW", "one vendor's sales per gigawatt", optional=True, least=0,
                 sane=(2, 80)),
        Quantity("family", "figure", "label", "model or programme that it comes from: figures of one family have one vote together; "
                 "without it the figure is its own", optional=True),
    ),
    optional=True,
)
