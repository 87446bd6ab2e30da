"""What a model requires and excludes, as rows on the sums of what is decided, written apart from the same specification."""
from __future__ import annotations

from .facts import amount_of
from .matrix import Sum, total
from .plan import Plan

TABLE_OF = {"halls": "halls", "bought": "accelerators", "ordered": "power"}
KIND_OF = {"halls": "halls", "bought": "systems", "ordered": "power"}


def choose(plan: Plan) -> None:
    """Add the rows of `[require]` and `[exclude]`; contracts are beyond this planner."""
    document = plan.question.words
    for kind, text in listed(document.get("require", {})):
        wanted, sign, size = parted(text)
        least = amount_of(size) if "W" in size else float(size or 1)
        if kind == "sites":
            amount = total(plan.opened[site, plan.question.count - 1] for site in plan.sites if wanted in ("", site))
        else:
            amount = ordered(plan, kind, wanted, in_power="W" in size)
        if sign == "<=":
            plan.matrix.at_most(amount, least)
        else:
            plan.matrix.at_most(least, amount)
    for kind, text in listed(document.get("exclude", {})):
        banned = ordered(plan, kind, parted(text)[0], in_power=False)
        if kind == "sites":
            banned = total(column for name in (*TABLE_OF, "opening") for index, column in plan.decided[name].items() if index[0] == text)
        plan.matrix.at_most(banned, 0)


def listed(table: dict[str, object]) -> list[tuple[str, str]]:
    return [(kind, str(text)) for kind, found in table.items() for text in (found if isinstance(found, list) else [found])]


def parted(text: str) -> tuple[str, str, str]:
    """NAME@SITE, the sense and the amount."""
    sign = next((each for each in (">=", "<=") if each in text), "")
    name, _, size = text.partition(sign) if sign else (text, "", "")
    return name.strip(), sign, size.strip()


def ordered(plan: Plan, kind: str, wanted: str, *, in_power: bool) -> Sum:
    """What is decided of items that a kind and a name mean, in MW or in numbers."""
    name, _, where = (each.strip() for each in wanted.partition("@"))
    amount, facts = Sum(), plan.facts
    for decision, table in TABLE_OF.items():
        for (site, item, _), column in plan.decided[decision].items():
            label = {"vendor": "vendor", "fuel": "fuel"}.get(kind)
            if label is not None:
                meant = (kind == "vendor") == (table == "accelerators") and table != "halls" and facts.text(table, item, label, default=None) == name
            else:
                meant = kind in ("item", KIND_OF[decision]) and name in ("", item)
            if not meant or where not in ("", site):
                continue
            amount.gain(column, one(plan, table, str(item), str(site)) if in_power else 1.0)
    return amount


def one(plan: Plan, table: str, item: str, site: str) -> float:
    """MW of one."""
    if table == "accelerators":
        return float(plan.facts.number(table, item, "power") * plan.facts.number(table, item, "overhead", default=1.0))
    return float(plan.facts.number(table, item, {"halls": "room", "power": "unit"}[table], site))
