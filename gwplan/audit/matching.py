"""Matching: renewable energy of a year against what is used, and carbon-free power in each slice, less what is stored, against the load."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import rolling

ITEM = "matching"
PLACE = ("site", "period", "slice")


def check(answer: Answer, roles: npt.NDArray[np.object_], wired: npt.NDArray[np.bool_]) -> None:
    """Both kinds, where rows ask for them."""
    known, year = answer.known, answer.calendar.steps_a_year
    used = (known["facility_slices"] if answer.year is not None else known["facility_mean"][..., None]) - known["unserved"]
    nothing = np.zeros(used.shape)
    stored, given, sold = (known[name].sum(axis=0) if name in known else nothing for name in ("charge", "discharge", "exported"))
    renewable, clean = (kind_of(answer, roles, kind) for kind in ("renewable", "carbon_free"))
    share = answer.inputs.path("power", ITEM, "annual_share")
    first = min(year, answer.last + 1) - 1
    renewable = renewable - sold * highest_share(answer, roles, wired)[..., None]
    slices = np.array([part.share for part in answer.calendar.slices])
    green, all_used = ((each * slices).sum(axis=(0, 2)) for each in (renewable - stored + given, used))
    length = np.minimum(np.arange(answer.last + 1) + 1, year)
    sides = [(rolling(each, year) / length)[first:] for each in (green, all_used)]
    asked = np.nan_to_num(share[first:]) > 0
    names = np.array(answer.axis["period"][first:])[asked]
    answer.checks.at_least("power.renewables_match_the_year", sides[0][asked], (share[first:] * sides[1])[asked], [list(names)])
    if answer.year is None:
        return
    least = answer.inputs.grid("power", [ITEM], "hourly_share", answer.sites)[0]
    least = np.broadcast_to(np.nan_to_num(least), used.shape[:2])[..., None]
    net = np.where(least > 0, clean - stored - sold + given, 0.0)
    answer.checks.at_least("power.carbon_free_matches_each_slice", net, least * used, answer.axes(*PLACE))


def share_of(answer: Answer, roles: npt.NDArray[np.object_], kind: str) -> Array:
    """Share of a supply's energy that is renewable or carbon-free, by (supply, site, period)."""
    names = answer.axis["supply"]
    default = np.where(roles == "variable", 1.0, 0.0)[:, None, None]
    share = answer.inputs.grid("power", names, "renewable", answer.sites)
    share = np.where(np.isnan(share), default, share)
    if kind == "carbon_free":
        own = answer.inputs.grid("power", names, kind, answer.sites)
        share = np.where(np.isnan(own), share, own)
    return np.broadcast_to(share, answer.known["output"].shape[:3])


def kind_of(answer: Answer, roles: npt.NDArray[np.object_], kind: str) -> Array:
    """Output that is renewable or carbon-free, by (site, period, slice)."""
    return np.asarray((answer.known["output"] * share_of(answer, roles, kind)[..., None]).sum(axis=0), dtype=float)


def highest_share(answer: Answer, roles: npt.NDArray[np.object_], wired: npt.NDArray[np.bool_]) -> Array:
    """The highest renewable share of the connections in service, by (site, period): of what is sold so much may have been bought."""
    there = wired[:, :, None] & (answer.known["capacity"] > 0)
    return np.asarray(np.where(there, share_of(answer, roles, "renewable"), 0.0).max(axis=0), dtype=float)
