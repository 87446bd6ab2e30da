"""Interim connections: in the hours in which one is cut, the load is served by what is beside it, or turned down.

A plan of yearly means has two parts of the year then. What each supply gives in the cut one is a decision that is not in the plan; the
audit looks for none: it works out the most that each could have given in it, and the least that each had to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gwplan.audit.checks import Array
from gwplan.audit.firmness import credits_of
from gwplan.audit.run_folder import Answer
from gwplan.audit.year import Year
from gwplan.common.calendar import HOURS_A_YEAR

INDEX = ("supply", "site", "period")
SLICED = (*INDEX, "slice")
SHORTFALL, OWN = "unserved_energy", "own compute"
Flags = npt.NDArray[np.bool_]
Roles = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Interim:
    """own: the interim connection of each site, over (supply, site). share: of the year that it is cut, over (site, period)."""

    own: Flags
    share: Array

    @property
    def cut(self) -> Flags:
        """True for a site and a period in which hours are cut."""
        return np.asarray(self.share > 0)


def read(answer: Answer) -> Interim:
    """The interim connections, of supplies that are offered or there already."""
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    shape = (len(names), len(sites), answer.last + 1)
    hours = np.broadcast_to(inputs.grid("power", names, "curtailed_hours", sites), shape)
    most = np.nan_to_num(inputs.grid("power", names, "most", sites))
    own: Flags = np.asarray(np.any(hours > 0, axis=2) & (np.any(most > 0, axis=2) | np.any(answer.known["capacity"] > 0, axis=2)))
    return Interim(own, np.where(own[:, :, None], hours, 0.0).sum(axis=0) / HOURS_A_YEAR)


def unserved(answer: Answer) -> Array:
    """Load turned down in a plan of yearly means, over (site, period, slice); it is paid for."""
    found = answer.table("power.unserved", "site", "period", "slice")
    price = answer.inputs.grid("power", [SHORTFALL], "lost_load_price", ("",))[0, 0]
    lost = np.nan_to_num(price) * found.sum(axis=2) * answer.hours
    answer.expect("running", "energy", ([SHORTFALL], answer.sites, [OWN]), lost[None])
    return found


def turned_down(answer: Answer, found: Interim) -> Array:
    """Share of the load that may be turned down in all cut hours, over (site, period)."""
    share, hours = (answer.inputs.grid("power", [SHORTFALL], name, answer.sites)[0] for name in ("curtailable", "curtailable_hours"))
    priced = bool(answer.inputs.text("power", SHORTFALL, "lost_load_price"))
    whole = np.where(found.cut, found.share * HOURS_A_YEAR, 1.0)
    return np.where(found.cut & priced, np.minimum(share, hours / whole), 0.0)


def check_energy(answer: Answer, roles: Roles, wired: Flags, found: Interim) -> None:
    """Peak and energy of the cut hours, in a plan of yearly means."""
    known, inputs, names, sites, checks = answer.known, answer.inputs, answer.axis["supply"], answer.sites, answer.checks
    axes, share, load = answer.axes("site", "period"), found.share, known["facility_mean"]
    capacity, output, down = known["capacity"], known["output"].sum(axis=3), turned_down(answer, found)
    beside = ~found.own
    able = inputs.flat("power", names, "availability", sites)
    counted = np.where((roles == "prime")[:, None], credits_of(answer), np.where((roles == "backup")[:, None], able, 0.0))
    firm = np.where(beside[:, :, None], np.nan_to_num(counted)[:, :, None] * capacity, 0.0).sum(axis=0)
    checks.at_least("power.cut_is_covered", np.where(found.cut, firm, np.inf), (1 - down) * known["facility_peak"], axes)
    lost = known["unserved"].sum(axis=2)
    checks.at_most("power.turned_down_within_cut", lost, down * share * load, axes)
    contract = (roles == "contract")[:, None]
    runs = np.where(contract, known["limit"], np.where(np.isin(roles, ["prime", "backup"])[:, None], able, 0.0))
    could = np.where(beside[:, :, None], runs[:, :, None] * capacity, 0.0)
    most = np.minimum(output, share * could)
    least = np.maximum(output - (1 - share) * could, 0.0)
    steered = np.broadcast_to((contract | np.isin(roles, ["prime", "backup"])[:, None]) & beside, beside.shape)[:, :, None]
    size = np.abs(output).sum(axis=0)
    over = np.where(steered & found.cut, least - most, 0.0)
    checks.at_most("power.output_fits_both_parts_of_the_year", over, np.zeros(over.shape), answer.axes(*INDEX), capacity)
    most, least = (np.where(steered & found.cut, each, 0.0) for each in (most, least))
    lines, through = beside & wired, (beside & wired) | (contract & beside)
    room = np.where(lines[:, :, None], could, 0.0).sum(axis=0)
    signed = (np.where(contract[:, :, None], output, 0.0).sum(axis=0) > 0) & found.cut
    carried = np.where(through[:, :, None], most, 0.0).sum(axis=0)
    within = np.where(signed, np.minimum(carried, share * room), carried)
    others = np.where(through[:, :, None], 0.0, most).sum(axis=0)
    need = np.where(found.cut, share * load - lost, 0.0)
    checks.at_most("power.cut_hours_are_served", need, within + others, axes, size)
    checks.at_most("power.no_more_than_the_cut_hours_take", np.where(found.cut, least.sum(axis=0), 0.0), need, axes, size)
    forced = np.where(through[:, :, None], least, 0.0).sum(axis=0)
    checks.at_most("power.contracts_use_what_is_left", np.where(signed, forced, 0.0), share * room, axes, size)
    carries = through | found.own
    all_room = room + np.where(found.own[:, :, None], able[:, :, None] * capacity, 0.0).sum(axis=0)
    rest = np.where(carries[:, :, None], output, 0.0).sum(axis=0) - within
    checks.at_most("power.contracts_use_all_in_the_rest", np.where(signed, rest, 0.0), (1 - share) * all_room, axes, size)
    answer.read.add("power.cut_output")


def parts(answer: Answer, year: Year, found: Interim) -> Array:
    """Part of each slice that an interim connection is cut, over (supply, site, period, slice): the dearest first, or the hottest."""
    gone = np.zeros((*found.share.shape, len(year.share)))
    for place, site in enumerate(answer.sites):
        known = [year.series[site, name] for name in ("price", "temperature") if (site, name) in year.series]
        order = np.argsort(-known[0], kind="stable") if known else np.arange(len(year.share))
        begun = np.concatenate([[0.0], np.cumsum(year.share[order])[:-1]])
        gone[place][:, order] = np.clip((found.share[place][:, None] - begun) / year.share[order], 0.0, 1.0)
    return np.asarray(gone[None] * found.own[:, :, None, None], dtype=float)


def check_parts(answer: Answer, roles: Roles, wired: Flags, found: Interim, gone: Array) -> None:
    """Peak and energy of the slices that are cut, in a plan with hours."""
    known, checks = answer.known, answer.checks
    capacity, output, beside = known["capacity"], known["output"], ~found.own
    limit = (1 - gone) * known["potential"][:, :, None, :] * capacity[..., None]
    checks.at_most("power.output_within_what_is_not_cut", np.where(found.own[:, :, None, None], output, 0.0), limit, answer.axes(*SLICED))
    able = answer.inputs.flat("power", answer.axis["supply"], "availability", answer.sites)
    firm = (roles == "prime")[:, None]
    counted = np.nan_to_num(np.where(firm, credits_of(answer), np.where((roles == "backup")[:, None], able, 0.0)))
    carried = (beside & wired).any(axis=0)
    comes = (roles == "variable")[:, None] | ((roles == "contract")[:, None] & carried)
    there = (np.where(beside, counted, 0.0)[:, :, None] * capacity).sum(axis=0)[..., None]
    there = there + np.where((beside & comes)[:, :, None, None], known["potential"][:, :, None, :] * capacity[..., None], 0.0).sum(axis=0)
    there = there + (known["discharge"] - known["charge"] + known["firm_storage"]).sum(axis=0)
    cut = gone.max(axis=0, initial=0.0)
    axes = answer.axes("site", "period", "slice")
    peak = np.broadcast_to(known["facility_peak"][..., None], cut.shape)
    checks.at_least("power.cut_is_covered", np.where(cut > 0, there + known["unserved"], np.inf), peak, axes)
    partly = (cut > 0) & (cut < 1)
    given = np.where(found.own[:, :, None, None], output, 0.0).sum(axis=0)
    stored = known["charge"].sum(axis=0) + known["exported"].sum(axis=0)
    rest = np.where(partly, given - stored - (1 - cut) * known["facility_slices"], 0.0)
    checks.at_most("power.interim_gives_the_rest", rest, np.zeros(rest.shape), axes, np.broadcast_to(peak, rest.shape))
