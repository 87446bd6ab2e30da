"""What a price pays for: the closed list, and the rule that each thing is paid once, never twice and never not at all."""

from __future__ import annotations

COVERS = ("land", "permits", "shell", "electrical", "cooling", "backup", "substation", "fit_out", "system", "network", "storage",
          "connection")
ELSEWHERE = {"land": "sites.opening_price", "permits": "sites.opening_price", "connection": "power.price"}
"""What the prices of sites and supplies pay for: it may stand in no other price."""


def paid_twice(*claims: tuple[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Things that two of the claims (owner, what it covers) pay for: (thing, first owner, second owner)."""
    owners = dict(ELSEWHERE)
    found = []
    for owner, covered in claims:
        for thing in covered:
            if thing in owners:
                found.append((thing, owners[thing], owner))
            owners.setdefault(thing, owner)
    return found


def never_paid(*claims: tuple[str, tuple[str, ...]]) -> list[str]:
    """Things that none of the claims pays for, nor sites and supplies."""
    covered = {thing for _, things in claims for thing in things} | set(ELSEWHERE)
    return [thing for thing in COVERS if thing not in covered]
