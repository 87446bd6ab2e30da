"""What the model requires and excludes: summed again from the decisions of the plan.

A selector is `NAME@SITE >= AMOUNT` under a kind; every part of it but the kind may be blank. Required amounts are in MW or in numbers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.units import amount

KINDS = ("halls", "systems", "power", "contracts", "sites", "vendor", "provider", "fuel", "item")
TEXT = re.compile(r"([^@<>=]*)(?:@([^<>=]*))?(?:(>=|<=)(.*))?", re.DOTALL)
AXES = {("halls", "started"): "design", ("accelerators", "bought"): "system", ("power", "ordered"): "supply",
        **{("contracts", name): "contract" for name in ("signed", "held", "exercised", "leased", "staked")}}  # fmt: skip
PART_OF = {"halls": "halls", "systems": "accelerators", "power": "power", "contracts": "contracts", "vendor": "accelerators",
           "provider": "contracts", "fuel": "power"}  # fmt: skip
LABELS = ("vendor", "provider", "fuel")
COUNTED, BY_POWER = ("signed", "held"), ("exercised", "leased")
USED = ("contracts.used", "contracts.sold", "contracts.invested")
"""Tables of what a contract is used for without a signature."""


class Wanted(NamedTuple):
    """A selector: unit MW, or blank for a number."""

    kind: str
    name: str
    site: str
    sense: str
    amount: float
    unit: str


def listed(answer: Answer, table: str) -> list[Wanted]:
    """The selectors of a table of the definition, in the order in which they are numbered."""
    lists = answer.folder.definition.get(table) or {}
    return [parsed(kind, text) for kind in KINDS for text in ([lists[kind]] if isinstance(lists.get(kind), str) else lists.get(kind, []))]


def parsed(kind: str, text: str) -> Wanted:
    """A selector from its text; ValueError for another text."""
    found = TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no selector")
    name, site, size = found[1].strip(), (found[2] or "").strip(), (found[4] or "1").strip()
    unit = "MW" if re.search(r"[A-Za-z]\s*$", size) else ""
    return Wanted(kind, name or (site if kind == "sites" else ""), "" if kind == "sites" else site, found[3] or ">=",
                  amount(size, unit) if unit else float(size), unit)


def check(answer: Answer) -> None:
    """Each requirement is met, and nothing is ordered of what is excluded."""
    required, excluded = listed(answer, "require"), listed(answer, "exclude")
    answer.axis["requirement"] = [str(number) for number in range(1, len(required) + 1)]
    amounts = np.array([required_amount(answer, each) for each in required])
    if required:
        answer.compare("goal.required", amounts, "requirement")
    for number, each in enumerate(required, 1):
        sides = amounts[number - 1 : number], np.array([each.amount])
        comparison = answer.checks.at_least if each.sense == ">=" else answer.checks.at_most
        comparison(f"choices.requirement_{number}_is_{'there' if each.sense == '>=' else 'within'}", *sides, [["the plan"]])
    for number, each in enumerate(excluded, 1):
        ordered = np.array([excluded_amount(answer, each)])
        answer.checks.at_most(f"choices.exclusion_{number}_is_not_ordered", ordered, np.zeros(1), [["the plan"]])
    check_summary(answer, required, excluded, amounts)


def check_summary(answer: Answer, required: list[Wanted], excluded: list[Wanted], amounts: Array) -> None:
    """The summary lists what the definition does, with what the plan has."""
    summary, wrong = answer.folder.summary, []
    for key, wanted in (("required", required), ("excluded", excluded)):
        answer.told.add(key)
        given = [(each.get("kind"), each.get("name"), each.get("site")) for each in summary.get(key) or []]
        if given != [(each.kind, each.name, each.site) for each in wanted]:
            wrong.append(f"{key} are not those of the definition")
    if wrong or required or excluded:
        answer.checks.found_wrong("choices.summary_lists_those_of_the_definition", wrong, len(required) + len(excluded))
    planned = [float(each.get("planned", np.nan)) for each in summary.get("required") or []]
    if required and len(planned) == len(required):
        answer.checks.equal("choices.summary_says_what_the_plan_has", np.array(planned), amounts, answer.axes("requirement"))


def required_amount(answer: Answer, wanted: Wanted) -> float:
    """What the plan orders of what is required; of sites, those open at the end."""
    found = 0.0
    if wanted.kind in ("sites", "item"):
        open_at_end = answer.known["opened"][:, -1]
        found += sum(float(open_at_end[place]) for place, site in enumerate(answer.sites)
                     if wanted.name in ("", site) and wanted.site in ("", site))
    for (part, decision), axis in AXES.items():
        if part == "contracts" and decision not in (BY_POWER if wanted.unit else COUNTED):
            continue
        found += summed(answer, (part, decision), axis, wanted)
    return found


def excluded_amount(answer: Answer, banned: Wanted) -> float:
    """All that the plan orders, signs, holds or uses of what is excluded."""
    found = sum(summed(answer, key, axis, banned) for key, axis in AXES.items())
    for name in USED if not banned.site else ():
        used = answer.table(name, "contract", "period")
        found += sum(float(used[place].sum()) for place, item in enumerate(answer.axis["contract"])
                     if covers(answer, banned, "contracts", item))
    if banned.kind not in ("sites", "item"):
        return found
    whole = Wanted("sites", banned.name, "", "", 0.0, "")
    opening = answer.decided["sites", "opening"]
    found += sum(float(opening[place].sum()) for place, site in enumerate(answer.sites)
                 if banned.name in ("", site) and banned.site in ("", site))
    return found + sum(at_site(answer, key, axis, whole) for key, axis in AXES.items())


def at_site(answer: Answer, key: tuple[str, str], axis: str, banned: Wanted) -> float:
    """Everything ordered at a site that is excluded; at any if its name is blank."""
    decided = answer.decided[key]
    if decided.ndim < len(("item", "site", "period")):
        return 0.0
    return sum(float(decided[:, place].sum()) for place, site in enumerate(answer.sites) if banned.name in ("", site))


def summed(answer: Answer, key: tuple[str, str], axis: str, wanted: Wanted) -> float:
    """A decision, summed over the items, sites and periods that a selector covers."""
    decided, found = answer.decided[key], 0.0
    for number, item in enumerate(answer.axis[axis]):
        if not covers(answer, wanted, key[0], item):
            continue
        if decided.ndim < len(("item", "site", "period")):
            found += float(decided[number].sum()) if not wanted.site else 0.0
            continue
        found += sum(float(decided[number, place].sum()) * size(answer, wanted, key[0], item, site)
                     for place, site in enumerate(answer.sites) if wanted.site in ("", site))
    return found


def covers(answer: Answer, wanted: Wanted, part: str, item: str) -> bool:
    """Whether a selector means an item of a part."""
    if wanted.kind == "item":
        return item == wanted.name
    if PART_OF.get(wanted.kind) != part:
        return False
    if wanted.kind in LABELS:
        return answer.inputs.text(part, item, wanted.kind) == wanted.name
    return wanted.name in ("", item)


def size(answer: Answer, wanted: Wanted, part: str, item: str, site: str) -> float:
    """MW of one, or 1 where numbers are wanted."""
    if not wanted.unit or part == "contracts":
        return 1.0
    if part == "halls":
        return answer.inputs.number("halls", item, "room")
    if part == "accelerators":
        return answer.inputs.number(part, item, "power") * answer.inputs.number(part, item, "overhead")
    return float(answer.inputs.flat("power", [item], "unit", [site])[0, 0])
