"""Who gives how much: the shares of each group as lines of a small table, with the cap that they are held to."""

from __future__ import annotations

from gwplan.results.run_folder import RunFolder

COLUMNS = ("Shares", "Of", "Member", ">Over the horizon", ">At most", ">Cap")
LISTED = 6
"""Members of a group that are shown, the largest first; the rest are one line."""
LEAST_SHARE = 5e-4
"""A share that would be shown as 0.0 % is left out."""


def lines(run: RunFolder) -> list[tuple[str, ...]]:
    """One line a member, the largest first, then one with how concentrated the group is."""
    found: list[tuple[str, ...]] = []
    for group, facts in (run.summary.get("diversification") or {}).items():
        shares = {name: share for name, share in facts["shares"].items() if max(share, facts["largest"][name]) >= LEAST_SHARE}
        ranked = sorted(shares, key=lambda name: (-shares[name], name))
        for number, name in enumerate(ranked[:LISTED]):
            cap = f"{facts['most_share']:.0%}" if name in facts["held"] and facts["most_share"] < 1 else ""
            names = (group, facts["account"]) if number == 0 else ("", "")
            found.append((*names, run.named(name), f"{shares[name]:.1%}", f"{facts['largest'][name]:.1%}", cap))
        if len(ranked) > LISTED:
            found.append(("", "", f"{len(ranked) - LISTED} others", f"{sum(shares[name] for name in ranked[LISTED:]):.1%}", "", ""))
        if facts["hhi"] is not None:
            found.append(("", "", "concentration (HHI)", f"{facts['hhi']:.2f}", "", ""))
    return found
