"""First power: the sentence on its critical path names the first period and site with IT power, and plausible dates.

The soonest date of a part is not a decision: it must be between the date that its lead time alone allows and its first date in the
plan. Its exact derivation (offers, allocations) is not recomputed.
"""

from __future__ import annotations

import re

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import in_periods, months_to_service, moved

SENTENCE = re.compile(r"First IT power in (?P<first>\S+) at (?P<site>[^.,;]+)(?P<rest>[.,;].*)$")
DATES = re.compile(r"\(soonest: (?P<dates>[^)]*)\)")
COULD = re.compile(r"It could have come in (\S+) ")
HELD = re.compile(r"; (?P<part>[a-z ]+) held it back(?:, by the (?P<step>[a-z ]+) of (?P<supply>\S+))?")
STEPS = {"air permit": "permit_months", "gas line": "fuel_line_months", "transformer and breaker": "equipment_months"}


def check(answer: Answer) -> None:
    """Check the sentence, if there is one."""
    if "held_back" not in answer.folder.summary:
        return
    answer.told.add("held_back")
    text = answer.folder.summary["held_back"]
    running = answer.table("accelerators.running", "system", "site", "period").sum(axis=0)
    works = np.flatnonzero(running.sum(axis=0) > 0)
    if text is None:
        return
    found = SENTENCE.match(str(text))
    wrong = [f"cannot be read: {text}"[:120]] if found is None or not len(works) else []
    if found is not None and len(works):
        names, first = answer.axis["period"], int(works[0])
        sites = [site for site, power in zip(answer.sites, running[:, first], strict=True) if power > 0]
        wrong += [] if found["first"] == names[first] else [f"names {found['first']}, should be {names[first]}"]
        wrong += [] if found["site"] in sites else [f"names {found['site']}, should be {sites[0]}"]
        wrong += [] if wrong else wrong_dates(answer, found["rest"], found["site"], first)
    answer.checks.found_wrong("summary.held_back_names_what_follows", wrong, 1)


def wrong_dates(answer: Answer, rest: str, site: str, first: int) -> list[str]:
    """Faults in the soonest dates, and in the conclusion from them."""
    listed = DATES.search(rest)
    names = answer.axis["period"]
    if listed is None:
        return []
    dates = {pair.rpartition(" ")[0]: pair.rpartition(" ")[2] for pair in listed["dates"].split(", ")}
    strange = [f"{date} is not a period" for date in dates.values() if date not in names]
    if strange:
        return strange
    number = {part: names.index(date) for part, date in dates.items()}
    wrong = []
    for part, date in number.items():
        earliest, had = between(answer, part, site)
        if not earliest <= date <= had:
            wrong.append(f"{part} {dates[part]} is not between {names[min(earliest, answer.last)]} and {names[min(had, answer.last)]}")
    longest = max(number.values())
    could, held = COULD.search(rest), HELD.search(rest)
    if could is not None and could[1] != names[longest]:
        wrong.append(f"could have come in {could[1]}, should be {names[longest]}")
    if (could is not None) != (first > longest):
        wrong.append(f"the critical path ends in {names[longest]}, but first power is in {names[first]}")
    if held is not None and (number.get(held["part"]) != longest or first != longest):
        wrong.append(f"{held['part']} did not hold it back")
    if held is not None and held["step"]:
        months = {step: answer.inputs.grid("power", [held["supply"]], step, (site,))[0, 0, :first + 1]
                  for step in ("lead_months", *STEPS.values())}
        named = months.get(STEPS.get(held["step"], ""), np.zeros(1))
        longest = np.max(list(months.values()), axis=0)
        if not np.any((named == longest) & (np.arange(first + 1) + in_periods(answer, longest) == first)):
            wrong.append(f"the {held['step']} of {held['supply']} does not set the first power")
    return wrong


def between(answer: Answer, part: str, site: str) -> tuple[int, int]:
    """The first period that lead times and first dates allow, and the first period in which ordered items enter service."""
    inputs, axis = answer.inputs, answer.axis
    if part == "halls":
        return span(answer, ("halls", "started", "build_months"), axis["design"], (site, inputs.begun("sites", site), 0))
    if part == "power":
        prime = [name for name in axis["supply"] if inputs.text("power", name, "role") == "prime"]
        begun = [inputs.begun("power", name, site) for name in prime]
        return span(answer, ("power", "ordered", "lead_months"), prime, (site, 0, min(begun, default=0)))
    if part == "systems":
        begun = [inputs.begun("accelerators", name) for name in axis["system"]]
        return span(answer, ("accelerators", "bought", "lead_months"), axis["system"], ("", 0, min(begun, default=0)))
    return 0, since(answer.known["leased_room"][:, answer.sites.index(site)]) if axis["contract"] else answer.last


KINDS = {"halls": "design", "power": "supply", "accelerators": "system"}


def span(answer: Answer, what: tuple[str, str, str], items: list[str], begins: tuple[str, int, int]) -> tuple[int, int]:
    """Least of order + lead time, and the first service of what was ordered. what: table, decision, lead time.

    begins: site, blank for all sites; first period of an order; first period of service.
    """
    table, decision, quantity = what
    site, order, service = begins
    if not items:
        return 0, answer.last
    months = months_to_service(answer, items, (site,)) if table == "power" else answer.inputs.grid(table, items, quantity, (site,))
    steps = in_periods(answer, months)
    soonest = max(service, int((steps[:, 0, order:] + np.arange(order, answer.last + 1)).min(initial=answer.last)))
    ordered = answer.decided[table, decision][[answer.axis[KINDS[table]].index(item) for item in items]]
    mine = ordered[:, answer.sites.index(site)][:, None] if site else ordered.sum(axis=1, keepdims=True)
    return soonest, since(moved(mine, steps)[:, 0])


def since(amounts: Array) -> int:
    """The first period with a positive amount; the last one if there is none."""
    there = np.flatnonzero(amounts.sum(axis=0) > 0)
    return int(there[0]) if len(there) else amounts.shape[-1] - 1
