"""Halls: integer starts at opened sites, within limits; renewals of what ends; halls built and open, cost and residual value."""

from __future__ import annotations

import numpy as np

from gwplan.audit.cash_flow import price_level
from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import (
    There,
    Whole,
    age_at_end,
    annuity_share,
    arrival_of,
    existing,
    flow_size,
    in_periods,
    last_part,
    length_of,
    moved,
    product,
    rolling,
    within,
)

INDEX = ("design", "site", "period")
THIRDS = ("first", "middle", "last")


def spend(thirds: Array, steps: int) -> Array:
    """Share of the price paid in each step of a build: each third spread evenly over its part of the build."""
    if steps == 0:
        return np.ones(1)
    cuts, edges = np.arange(len(thirds) + 1) / len(thirds), np.arange(steps + 1) / steps
    low, high = np.maximum.outer(edges[:-1], cuts[:-1]), np.minimum.outer(edges[1:], cuts[1:])
    answer: Array = (np.maximum(high - low, 0) * thirds * len(thirds)).sum(axis=1)
    return answer


def payments(answer: Answer, paid: Array, steps: Whole, level: Array | None = None) -> Array:
    """Payments in each period, from the price `paid` for the starts of each period.

    With the price level by period: total nominal payments for the starts of each period.
    """
    due = np.zeros(paid.shape)
    thirds = np.array([answer.inputs.flat("halls", answer.axis["design"], f"spend_{third}_third")[:, 0] for third in THIRDS])
    for length in np.unique(steps[paid != 0]):
        of_length = np.where(steps == length, paid, 0.0)
        for number in range(len(answer.axis["design"])):
            for delay, share in enumerate(spend(thirds[:, number], int(length))[: answer.last + 1]):
                begun = slice(answer.last + 1 - delay)
                part = share * of_length[number, :, begun]
                if level is None:
                    due[number, :, delay:] += part
                else:
                    due[number, :, begun] += part * level[delay:]
    return due


def check(answer: Answer) -> None:
    """Recompute stocks, IT capacity, land and money of halls."""
    inputs, designs, sites, checks = answer.inputs, answer.axis["design"], answer.sites, answer.checks
    started = answer.decided["halls", "started"]
    steps = np.broadcast_to(in_periods(answer, inputs.grid("halls", designs, "build_months", sites)), started.shape)
    life = length_of(answer, inputs.flat("halls", designs, "life"))
    room = inputs.flat("halls", designs, "room")[:, :, None]
    there = existing(answer, "design", lambda design, _: inputs.number("halls", design, "life"))
    renewed = answer.decided["halls", "renewed"]
    opens = moved(started, steps) + renewed
    closed = answer.table("halls.closed_early", *INDEX)
    checks.at_most("halls.closed_early_is_ending", closed, last_part(opens, life) + there.leaving, answer.axes(*INDEX))
    stock = within(opens, life) + there.standing - closed
    standing = np.cumsum(started, axis=2) - np.cumsum(opens - renewed, axis=2) + stock
    markup = inputs.flat("halls", designs, "contingency", sites)[:, :, None]
    index = np.swapaxes(inputs.grid("sites", sites, "construction_index"), 0, 1)
    price = inputs.grid("halls", designs, "price", sites) * room * index * (1 + markup)
    paid = product(started, price)
    paid_again = product(renewed, inputs.grid("halls", designs, "renewal_price", sites) * room * index * (1 + markup))
    value_open = within(moved(paid, steps) + paid_again, life)
    size = flow_size(started + renewed) + there.standing
    answer.known |= {"stock": stock, "standing": standing, "room": room * stock}
    answer.compare("halls.started", started, *INDEX)
    for name, amounts in {"standing": standing, "stock": stock}.items():
        answer.compare(f"halls.{name}", amounts, *INDEX, scale=size)
    answer.compare("halls.value_open", value_open, *INDEX, scale=flow_size(paid + paid_again))
    checks.equal("halls.starts_are_whole", started, np.round(started), answer.axes(*INDEX))
    check_renewals(answer, opens, closed, there)
    check_starts(answer, started, steps)
    check_site_limits(answer, started, room * standing)
    check_room_account(answer)
    answer.expect("capital", "halls", (designs, sites, ["builders"] * len(designs)), payments(answer, paid, steps) + paid_again)
    level = price_level(answer)
    answer.known["entering_halls"] = moved(payments(answer, paid, steps, level), steps) + paid_again * level
    answer.known["basis_halls"] = answer.known["entering_halls"].sum(axis=(0, 1))
    worth = left(answer, paid / (1 + markup), steps) + left(answer, paid_again / (1 + markup), np.zeros_like(steps))
    enter_money(answer, stock * room, value_open, worth)
    carbon = inputs.flat("halls", designs, "embodied_carbon")[:, :, None] * room
    answer.known["embodied"] = answer.known.get("embodied", 0.0) + (carbon * started).sum(axis=0)


def left(answer: Answer, paid: Array, steps: Whole) -> Array:
    """Residual value of what was paid for halls that open some periods later."""
    arrival = arrival_of(steps, paid.shape)
    life = answer.inputs.flat("halls", answer.axis["design"], "life")[:, :, None]
    share = annuity_share(life, age_at_end(answer, arrival), answer.calendar.rate)
    return np.where(arrival <= answer.last, product(paid, share), 0.0)


def check_renewals(answer: Answer, opens: Array, closed: Array, there: There) -> None:
    """Renewals are whole, at a price, of no more than ends, and what is renewed is closed for what was left to it."""
    checks, axes, renewed = answer.checks, answer.axes(*INDEX), answer.decided["halls", "renewed"]
    answer.compare("halls.renewed", renewed, *INDEX)
    checks.equal("halls.renewals_are_whole", renewed, np.round(renewed), axes)
    prices = answer.inputs.grid("halls", answer.axis["design"], "renewal_price", answer.sites)
    checks.nothing("halls.renewed_at_a_price", renewed, np.broadcast_to(np.isnan(prices), renewed.shape), axes)
    ends = {place: list(lots) for place, lots in there.ends.items()}
    life = length_of(answer, answer.inputs.flat("halls", answer.axis["design"], "life"))[:, 0]
    for design, site, period in zip(*np.nonzero(opens), strict=True):
        whole = int(life[design])
        lot = (float(life[design] - whole), float(opens[design, site, period]))
        if whole:
            ends.setdefault((int(design), int(site), int(period) + whole), []).append(lot)
    most, least = np.zeros(renewed.shape), np.zeros(renewed.shape)
    for place in zip(*(axis.tolist() for axis in np.nonzero(renewed)), strict=True):
        wanted = float(renewed[place])
        for part, count in sorted(ends.get(place, [])):
            taken = min(count, wanted)
            most[place] += count
            least[place] += part * taken
            wanted -= taken
    checks.at_most("halls.renewed_is_ending", renewed, most, axes)
    checks.at_most("halls.renewed_is_closed_first", least, closed, axes)


def check_starts(answer: Answer, started: Array, steps: Whole) -> None:
    """Starts open within the horizon, are not before the site is available, and are within the yearly limit."""
    checks, axes = answer.checks, answer.axes(*INDEX)
    checks.nothing("halls.open_inside_the_horizon", started, arrival_of(steps, started.shape) > answer.last, axes)
    begun = np.array([answer.inputs.begun("sites", site) for site in answer.sites]).reshape(1, -1, 1)
    checks.nothing("halls.started_not_before_earliest", started, np.arange(answer.last + 1) < begun, axes)
    most = answer.inputs.grid("halls", answer.axis["design"], "most_started", answer.sites)
    checks.nothing("halls.started_where_starts_are_possible", started, most == 0, axes)
    shares = np.where(most > 0, started / np.where(most > 0, most, 1.0), 0.0)
    open_now = answer.known["opened"][None, :, :]
    used = rolling(shares, answer.calendar.steps_a_year)
    checks.at_most("halls.starts_within_limit", used, np.broadcast_to(open_now, used.shape), axes)
    checks.nothing("halls.started_at_open_sites", started, open_now < 1 / 2, axes)


def check_site_limits(answer: Answer, started: Array, standing_room: Array) -> None:
    """IT capacity built or under construction is within the site's limit; land of the halls."""
    axes, designs = answer.axes("site", "period"), answer.axis["design"]
    most = answer.inputs.grid("sites", answer.sites, "most_it")[:, 0, :]
    limit = np.where(answer.known["opened"] == 0, 0.0, most * answer.known["opened"])
    answer.checks.at_most("halls.room_within_most_it", standing_room.sum(axis=0), limit, axes)
    acres = answer.inputs.flat("halls", designs, "acres")[:, :, None]
    answer.known["land"] = (acres * standing_room).sum(axis=0)
    answer.compare("account.land", answer.known["land"], "site", "period", scale=answer.known["land"].max(axis=1, keepdims=True))


def check_room_account(answer: Answer) -> None:
    """The account of room equals the capacity of open halls and leased room, by cooling and density."""
    inputs, designs, name = answer.inputs, answer.axis["design"], "account.hall_room"
    cooling = np.array([inputs.text("halls", design, "cooling") for design in designs], dtype=object)
    density = inputs.flat("halls", designs, "density")[:, 0]
    rents = answer.inputs.flat("contracts", answer.axis["contract"], "density")[:, 0]
    levels = [f"{level:g}" for level in sorted({*density, *rents[~np.isnan(rents)]})]
    answer.axis["level"] = levels
    shape = (len(answer.axis["cooling"]), len(levels), len(answer.sites), answer.last + 1)
    expected = np.zeros(shape)
    for number in range(len(designs)):
        if cooling[number] in answer.axis["cooling"]:
            place = answer.axis["cooling"].index(cooling[number]), levels.index(f"{density[number]:g}")
            expected[place] += answer.known["room"][number]
    for number, contract in enumerate(answer.axis["contract"]):
        kind = inputs.text("contracts", contract, "cooling")
        if kind in answer.axis["cooling"]:
            place = answer.axis["cooling"].index(kind), levels.index(f"{rents[number]:g}")
            expected[place] += answer.known["leased_room"][number]
    answer.compare(name, expected, "cooling", "level", "site", "period", others=True)


def enter_money(answer: Answer, open_room: Array, value_open: Array, worth: Array) -> None:
    """Maintenance, insurance and property tax of open halls; their residual value."""
    inputs, designs, sites = answer.inputs, answer.axis["design"], answer.sites
    tax = np.swapaxes(inputs.grid("sites", sites, "property_tax"), 0, 1)
    rates = {
        ("halls", "operators"): (open_room, inputs.grid("halls", designs, "upkeep", sites)),
        ("insurance", "insurers"): (value_open, inputs.flat("halls", designs, "insurance", sites)[:, :, None]),
        ("property_tax", "counties"): (value_open, tax),
    }
    for (cost_class, payee), (base, rate) in rates.items():
        answer.expect("running", cost_class, (designs, sites, [payee] * len(designs)), base * rate * answer.years)
    at_end = np.zeros(worth.shape)
    at_end[:, :, answer.last] = worth.sum(axis=2)
    answer.expect("residual", "halls", (designs, sites, ["builders"] * len(designs)), at_end)
