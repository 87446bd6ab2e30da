"""Which sites a plan opens, and how to keep the others closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gwplan.solving.linear_program import Arrays, Floats

OPENING = "sites.opening"
"""The variable that opens a site in a period; its indices name the sites."""
CLOSED = 1e-6
"""A relaxation opens shares of sites; a share below this counts as closed."""


def sites_of(arrays: Arrays) -> set[str]:
    """All sites that may be opened."""
    return {key[0] for name, key in arrays.columns if name == OPENING}


def opened(arrays: Arrays, x: Floats | Mapping[int, float]) -> tuple[str, ...]:
    """The sites that a plan opens, wholly or in part, the largest share first. x: values of all columns, or of some by column."""
    shares: dict[str, float] = {}
    given = x if isinstance(x, Mapping) else None
    for (name, key), column in arrays.columns.items():
        share = 0.0 if name != OPENING else given.get(column, 0.0) if given is not None else x[column]
        if share > CLOSED:
            shares[key[0]] = shares.get(key[0], 0.0) + float(share)
    return tuple(sorted(shares, key=lambda site: -shares[site]))


def closed_but(arrays: Arrays, sites: Collection[str]) -> dict[int, float]:
    """Openings of all other sites, by column: all 0."""
    return {column: 0.0 for (name, key), column in arrays.columns.items() if name == OPENING and key[0] not in sites}
