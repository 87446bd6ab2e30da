"""Sites: opened once and in time; land and water (computed with halls and cooling) within their limits."""

from __future__ import annotations

import numpy as np

from gwplan.audit.cash_flow import price_level
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import product, rolling, years_of
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date


def check(answer: Answer) -> None:
    """Recompute openings; enter their cost."""
    checks, inputs, axes = answer.checks, answer.inputs, answer.axes("site", "period")
    opening = answer.decided["sites", "opening"]
    there = np.zeros(opening.shape)
    for row in answer.folder.existing.to_dict("records"):
        if row["site"] in answer.sites:
            first = parse_date(row["when"]).first
            end = first + years_of(answer, row["item"], row["site"]) * MONTHS_A_YEAR
            serves = (inputs.firsts >= first) & (inputs.firsts < end)
            # Existing assets open their site for good, unless their life ended before the horizon.
            there[answer.sites.index(row["site"])] += (inputs.firsts >= first) & serves.any()
    opened = answer.known["opened"] = np.maximum(np.cumsum(opening, axis=1), there > 0)
    checks.equal("sites.openings_are_whole", opening, np.round(opening), axes)
    checks.at_most("sites.opened_once", opening.sum(axis=1), np.ones(len(answer.sites)), answer.axes("site"))
    begun = np.array([inputs.begun("sites", site) for site in answer.sites], dtype=int).reshape(-1, 1)
    checks.nothing("sites.opened_not_before_earliest", opening, np.arange(answer.last + 1) < begun, axes)
    answer.compare("sites.opening", opening, "site", "period")
    answer.compare("sites.opened", opened, "site", "period")
    answer.compare_if_there("account.opened", opened, "site", "period")
    price = inputs.grid("sites", answer.sites, "opening_price")[:, 0, :]
    paid = product(opening, price)
    answer.known["basis_sites"] = (paid * price_level(answer)).sum(axis=0)
    for number, site in enumerate(answer.sites):
        answer.expect("capital", "sites", ([site], [site], ["landowners"]), paid[number].reshape(1, 1, -1))


def check_limits(answer: Answer) -> None:
    """Land in each period, water over each year within the horizon."""
    inputs, axes = answer.inputs, answer.axes("site", "period")
    land = inputs.grid("sites", answer.sites, "land")[:, 0, :]
    answer.checks.at_most("sites.halls_fit_the_land", answer.known["land"], land, axes)
    if "supply" in answer.axis:
        acres = inputs.flat("power", answer.axis["supply"], "acres")[:, :, None]
        room = inputs.grid("sites", answer.sites, "power_land")[:, 0, :]
        taken = np.where(np.isnan(room), 0.0, (acres * answer.known["capacity"]).sum(axis=0))
        answer.compare_if_there("account.power_land", taken, "site", "period")
        answer.checks.at_most("sites.supplies_fit_their_land", taken, np.where(np.isnan(room), np.inf, room), axes)
    limit = inputs.grid("sites", answer.sites, "water_limit")[:, 0, :]
    year = answer.calendar.steps_a_year
    first = min(year, answer.last + 1) - 1
    used = rolling(answer.known["water"], year)[:, first:]
    answer.checks.at_most("sites.water_within_limit", used, limit[:, first:], [answer.sites, answer.axis["period"][first:]])
