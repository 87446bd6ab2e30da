"""Charts of money that goes in a circle: the flows with each investor split in two, what comes in beside what is bought, obligations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from gwplan.analysis.circular_financing.books import INVESTED, PURCHASES
from gwplan.analysis.circular_financing.circle import Circle
from gwplan.analysis.circular_financing.counterfactual import Without
from gwplan.analysis.circular_financing.obligations import COMMITMENTS, DEBT, KINDS, OPTIONS, RENTS, SPOT, SURE, TAKES
from gwplan.analysis.circular_financing.parties import PASSED_ON, PLANNER, by_pair
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart, lines, time_axis, with_ends

Link = tuple[str, str]
Node = str | Link
"""A party, or the step of a link beside those who pass money on."""
AS_INVESTOR, AS_SUPPLIER = "as investor", "as supplier"
OTHERS_IN, OTHERS_OUT = "others who pay", "others who are paid"
CASH_KEPT, CASH_USED = "cash kept", "cash used"
LEAST_SHOWN = 0.01
"""Share of all that the planner is paid below which a party is drawn among others."""
LINK_OPACITY = 0.45
PAD, LEAST_TALL, PER_NODE = 18, 460, 34
"""Pixels between parties of a column; of the whole chart at least, and for each party."""
LINKS = {INVESTED: COLOURS[0], "purchases": COLOURS[1], PASSED_ON: COLOURS[3], "other": COLOURS[7]}
"""Colours of links: investors' money, what is bought of investors, what providers pass on, all else."""
KEYS = {INVESTED: "investors' money", "purchases": "bought of investors", PASSED_ON: "passed on to suppliers", "other": "all else"}
KIND_COLOURS = {COMMITMENTS: COLOURS[0], OPTIONS: COLOURS[4], RENTS: COLOURS[2], DEBT: COLOURS[7], TAKES: COLOURS[1]}
HATCH = {"shape": "/", "solidity": 0.5, "size": 6}


def sankey(found: Circle) -> Chart | None:
    """The money from those who pay the planner to those whom it pays; investors stand on both sides, so that no link goes back."""
    if not any(each.gross > 0 for each in found.investors):
        return None
    (unit, size), label = found.unit, found.run.named
    links = gathered(links_of(found))
    ways = stepped(links)
    names = ordered(links, ways)
    place = {name: number for number, name in enumerate(names)}
    trace = {"type": "sankey", "arrangement": "fixed", "orientation": "h", "valuesuffix": f" {unit}", "valueformat": ",.3~r",
             "node": {"label": ["" if isinstance(name, tuple) else label(name) for name in names], "pad": PAD, "thickness": 16,
                      "color": [step_colour(links[name]) if isinstance(name, tuple) else node_colour(name) for name in names],
                      "customdata": [label(name[-1] if isinstance(name, tuple) else name) for name in names], "line": {"width": 0},
                      "hovertemplate": "%{customdata}: %{value}<extra></extra>"},
             "link": {"source": [place[one] for one, _, _ in ways], "target": [place[two] for _, two, _ in ways],
                      "value": [sum(links[link].values()) / size for _, _, link in ways],
                      "color": [step_colour(links[link]) for _, _, link in ways],
                      "customdata": [" to ".join(map(label, link)) for _, _, link in ways],
                      "hovertemplate": "%{customdata}: %{value}<extra></extra>"}}  # fmt: skip
    rows = [(label(payer), label(payee), KEYS[kind], amount / size)
            for (payer, payee), kinds in links.items() for kind, amount in kinds.items()]  # fmt: skip
    key = [{"type": "scatter", "mode": "markers", "name": KEYS[kind], "x": [None], "y": [None], "hoverinfo": "skip",
            "marker": {"symbol": "square", "size": 12, "color": colour}} for kind, colour in LINKS.items()
           if any(kind in kinds for kinds in links.values())]  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    layout = {"tall": max(LEAST_TALL, PER_NODE * sum(not isinstance(name, tuple) for name in names)), "xaxis": hidden, "yaxis": hidden}
    return Chart(f"Where the money comes from and where it goes, {unit} nominal over the horizon", [trace, *key],
                 ("from", "to", "what", unit), rows, layout)


def links_of(found: Circle) -> dict[Link, dict[str, float]]:
    """What each side pays the other over the horizon, by kind: those who pay, the planner, those who are paid and their suppliers."""
    investors = {each.name for each in found.investors if each.gross > 0}
    both = {payer for payer, payee in by_pair(found.payments) if payee == PLANNER}
    links: dict[Link, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in found.payments:
        supplier = f"{each.payee}, {AS_SUPPLIER}" if each.payee in investors else each.payee
        if each.line == PASSED_ON:
            payer = f"{each.payer}, {AS_SUPPLIER}" if each.payer in investors else each.payer
            links[payer, supplier][PASSED_ON] += each.amount
        elif each.payee == PLANNER:
            name = f"{each.payer}, {AS_INVESTOR}" if each.payer in investors else each.payer
            links[name, PLANNER][INVESTED if each.line == INVESTED else "other"] += each.amount
        else:
            # A party that pays and is paid, such as lenders, stands on both sides as well.
            name = supplier if each.payee in investors else f"{each.payee}, paid" if each.payee in both else each.payee
            bought = each.payee in investors and each.line in PURCHASES
            links[PLANNER, name]["purchases" if bought else "other"] += each.amount
    came = sum(sum(kinds.values()) for (_, payee), kinds in links.items() if payee == PLANNER)
    went = sum(sum(kinds.values()) for (payer, _), kinds in links.items() if payer == PLANNER)
    if came != went:
        links[(PLANNER, CASH_KEPT) if came > went else (CASH_USED, PLANNER)]["other"] += abs(came - went)
    return links


def gathered(links: Mapping[Link, Mapping[str, float]]) -> dict[Link, dict[str, float]]:
    """The same links with small parties, but investors and what they sell, as others; the largest first."""
    all_in = sum(sum(kinds.values()) for (_, payee), kinds in links.items() if payee == PLANNER)
    passing = {party for link, kinds in links.items() if PASSED_ON in kinds for party in link}
    found: dict[Link, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (payer, payee), kinds in links.items():
        small = sum(kinds.values()) < LEAST_SHOWN * all_in and set(kinds) == {"other"}
        if small and payee == PLANNER:
            payer = OTHERS_IN
        elif small and payee not in passing and not payee.endswith(AS_SUPPLIER):
            payee = OTHERS_OUT
        for kind, amount in kinds.items():
            found[payer, payee][kind] += amount
    return dict(sorted(found.items(), key=lambda way: -sum(way[1].values())))


def passers(links: Mapping[Link, Mapping[str, float]]) -> tuple[set[str], set[str]]:
    """Those who pass on some of what the planner pays them, and those whom they pass it to."""
    passed = [link for link, kinds in links.items() if PASSED_ON in kinds]
    return {payer for payer, _ in passed}, {payee for _, payee in passed}


def stepped(links: Mapping[Link, Mapping[str, float]]) -> list[tuple[Node, Node, Link]]:
    """The links as they are drawn: one that goes past those who pass money on takes a step beside them, so that it never crosses one."""
    passing, _ = passers(links)
    found: list[tuple[Node, Node, Link]] = []
    for link in links:
        if link[0] == PLANNER and link[1] not in passing and passing:
            found += [(PLANNER, link, link), (link, link[1], link)]
        else:
            found.append((*link, link))
    return found


def ordered(links: Mapping[Link, Mapping[str, float]], ways: list[tuple[Node, Node, Link]]) -> list[Node]:
    """The nodes from the top of each column: to whom money is passed on, and the steps there; who passes it on; investors; the largest."""
    passing, ends = passers(links)
    sums: dict[Node, float] = defaultdict(float)
    for one, two, link in ways:
        sums[one] += sum(links[link].values())
        sums[two] += sum(links[link].values())

    def rank(node: Node) -> tuple[bool, bool, bool, float, str]:
        name = node[-1] if isinstance(node, tuple) else node
        return name not in ends, name not in passing, not name.endswith((AS_INVESTOR, AS_SUPPLIER)), -sums[node], name

    return sorted(sums, key=rank)


def step_colour(kinds: Mapping[str, float]) -> str:
    """The colour of a link, after its largest kind."""
    return faded(LINKS[max(kinds, key=lambda kind: kinds[kind])])


def node_colour(name: str) -> str:
    """Investors in one colour on both sides, the planner in another, all else grey."""
    if name == PLANNER:
        return COLOURS[2]
    return COLOURS[0] if name.endswith(AS_INVESTOR) else COLOURS[1] if name.endswith(AS_SUPPLIER) else COLOURS[7]


def faded(colour: str) -> str:
    """A colour that lies under text and other links."""
    red, green, blue = (int(colour[at: at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{LINK_OPACITY})"


def curves(found: Circle) -> Chart | None:
    """What each investor has paid in and what has been bought of it, to date: solid and dashed in one colour."""
    unit, size = found.unit
    every = [each for each in found.investors if each.gross > 0]
    if not every:
        return None
    series = {f"{found.run.named(each.name)}, {what}": [amount / size for amount in accumulate(amounts)]
              for each in every for what, amounts in (("pays in", each.inflow), ("bought of it", each.purchases))}  # fmt: skip
    chart = lines("Paid in and bought to date, nominal", unit, found.books.periods, series)
    for number, (came, went) in enumerate(zip(chart.traces[::2], chart.traces[1::2], strict=True)):
        came["line"]["color"] = COLOURS[number % len(COLOURS)]
        went["line"] = {**came["line"], "dash": "dash"}
    chart.layout["tall"] = max(360, 300 + 40 * len(every))
    return with_ends(chart)


def commitments(found: Circle) -> Chart | None:
    """What is paid under each signed commitment, by year: for use, and hatched for nothing, beside the least that is due."""
    every = found.wall.commitments
    if not every:
        return None
    unit, size = found.unit
    across = [[found.run.named(each.contract) for each in every], [str(each.year) for each in every]]
    bars: list[dict[str, Any]] = [
        {"type": "bar", "name": "paid for use", "x": across, "y": [each.used / size for each in every],
         "marker": {"color": COLOURS[0]}, "hovertemplate": f"paid for use: %{{y:,.4g}} {unit}<extra></extra>"},
        {"type": "bar", "name": "shortfall, paid for nothing", "x": across, "y": [each.shortfall / size for each in every],
         "marker": {"color": COLOURS[1], "pattern": HATCH}, "hovertemplate": f"shortfall: %{{y:,.4g}} {unit}<extra></extra>"},
        {"type": "scatter", "mode": "markers", "name": "least due", "x": across, "y": [each.least / size for each in every],
         "marker": {"symbol": "line-ew", "size": 34, "line": {"color": TARGET, "width": 3}},
         "hovertemplate": f"least due: %{{y:,.4g}} {unit}<extra></extra>"},
    ]  # fmt: skip
    kept = [bar for bar in bars if bar["type"] != "bar" or any(bar["y"])]
    rows = [(found.run.named(each.contract), each.year, each.least / size, each.used / size, each.shortfall / size, each.paid / size)
            for each in every]  # fmt: skip
    layout = {"barmode": "stack", "xaxis": {"type": "multicategory"}, "yaxis": {"title": {"text": f"{unit} a year"}, "rangemode": "tozero"}}
    header = ("contract", "year", "least due", "paid for use", "shortfall", "paid")
    return Chart(f"Commitments against use, {unit} nominal", kept, header, rows, layout)


def wall(found: Circle) -> Chart | None:
    """Obligations by year, stacked by kind, beside what is sure to come in."""
    each = found.wall
    kinds = [kind for kind in KINDS if any(due.kind == kind for due in each.dues)]
    if not kinds:
        return None
    unit, size = found.unit
    years = list(each.years)
    traces: list[dict[str, Any]] = [
        {"type": "bar", "name": kind, "x": years, "y": [each.due(year, kind) / size for year in years],
         "marker": {"color": KIND_COLOURS[kind]},
         "hovertemplate": f"{kind}, %{{x}}: %{{y:,.4g}} {unit}<extra></extra>"} for kind in kinds]  # fmt: skip
    paid = {name: [each.income.get(name, {}).get(year, 0.0) for year in years] for name in SURE}
    sure = [name for name in SURE if any(paid[name])]
    looks = [(sure[0], paid[sure[0]], "diamond", TARGET)] if sure else []
    if len(sure) > 1:
        looks.append((" and ".join(sure), [each.sure(year) for year in years], "circle", COLOURS[3]))
    for name, amounts, symbol, colour in looks:
        traces.append({"type": "scatter", "mode": "lines+markers", "name": name, "x": years, "y": [amount / size for amount in amounts],
                       "line": {"color": colour, "width": 2}, "marker": {"symbol": symbol, "size": 9, "color": colour},
                       "hovertemplate": f"{name}, %{{x}}: %{{y:,.4g}} {unit}<extra></extra>"})  # fmt: skip
    names = (*kinds, "all due", *SURE, SPOT, "not covered")
    rows = [(year, *(each.due(year, kind) / size for kind in kinds), each.due(year) / size,
             *(each.income.get(name, {}).get(year, 0.0) / size for name in (*SURE, SPOT)), max(each.gap(year), 0.0) / size)
            for year in years]  # fmt: skip
    layout = {"barmode": "stack", "xaxis": {"dtick": 1}, "yaxis": {"title": {"text": f"{unit} a year"}, "rangemode": "tozero"}}
    return Chart(f"What must be paid whatever comes, {unit} nominal a year", traces, ("year", *names), rows, layout)


def power(other: Without) -> Chart:
    """IT power by period with and without investors' money."""
    names = ("with investors' money", "without")
    series = {name: [each[number] for each in other.it_mw] for number, name in enumerate(names)}
    chart = lines("IT power with and without investors' money", "MW", other.periods, series)
    chart.layout["xaxis"] = time_axis(other.periods)
    return chart
