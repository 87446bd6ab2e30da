"""What a price covers: the closed list, and the rule that each item on it is paid exactly once."""

from __future__ import annotations

COVERS = ("land", "permits", "shell", "electrical", "cooling", "backup", "substation", "fit_out", "system", "network", "storage",
          "connection")
ELSEWHERE = {"land": "sites.opening_price", "permits": "sites.opening_price", "connection": "power.price"}
"""What the prices of sites and supplies cover: no other price may include it."""


def paid_twice(*claims: tuple[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Items that two of the claims (owner, what it covers) cover: (item, first owner, second owner)."""
    owners = dict(ELSEWHERE)
    found = []
    for owner, covered in claims:
        for thing in covered:
            if thing in owners:
                found.append((thing, owners[thing], owner))
            owners.setdefault(thing, owner)
    return found


def never_paid(*claims: tuple[str, tuple[str, ...]]) -> list[str]:
    """Items that neither the claims nor sites and supplies cover."""
    covered = {thing for _, things in claims for thing in things} | set(ELSEWHERE)
    return [thing for thing in COVERS if thing not in covered]
