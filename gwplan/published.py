"""Figures published by others, which results are set beside. They never enter a plan."""

from __future__ import annotations

from gwplan.quantity import Kind, Quantity, Table

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
