"""What a delay costs the plan of a run: what `gwplan slip` has kept, as two bars and a table."""

from __future__ import annotations

from typing import Any

from gwplan.common.amounts import is_money, money, said, table_unit
from gwplan.reports.slip import plain_unit
from gwplan.reports.webpage.charts import COLOURS, Chart, some
from gwplan.reports.webpage.page import Section, Table
from gwplan.results.run_folder import RunFolder

TITLE = "What a delay costs"
HEADER = ("plan", "status", "goal", "slip costs", "first build", "targets met", "missed")
STANDS = ("what", "where", "number", "of", "when")
PLANS = ("planned", "known_in_advance", "known_at_the_date")


def section(run: RunFolder) -> Section:
    """The section of a run; empty where nobody asked for it."""
    found = run.slip
    if found is None:
        return Section("slip", TITLE)
    when = f"before {found['after']}" if found["after"] else "at all"
    text = (f"{' and '.join(found['sets'])}. What was decided {when} stands; the rest is planned again. The difference of the two costs "
            f"is what it is worth to know in advance. {moved(found)}")
    tables = [Table(HEADER, [cells(found, found[name]) for name in PLANS])]
    stands = [(f"{each['part']}, {each['decision']}", run.named(each["site"]), each["amount"], run.named(each["item"]), each["when"])
              for each in found["stands"]]
    return Section("slip", TITLE, text.strip(), some(chart(found)), [*tables, *([Table(STANDS, stands)] if stands else [])])


def moved(found: dict[str, Any]) -> str:
    """What stands and comes later than it was ordered for, and what never comes."""
    later = [f"{each['decision']} is taken up in {each['to']}" for each in found["moved"] if each["to"]]
    never = [str(each["decision"]) for each in found["moved"] if not each["to"]]
    words = [f"{'; '.join(later)}."] if later else []
    words += [f"Not deliverable within the horizon: {'; '.join(never)}."] if never else []
    return " ".join(words)


def cells(found: dict[str, Any], plan: dict[str, Any]) -> tuple[str, ...]:
    """A row of the table."""
    unit, missed = plain_unit(found["unit"]), [f"target {each['target']} by {each['most']:,.4g} {each['unit']}" for each in plan["missed"]]
    cost = "" if plan is found["planned"] else said(plan["cost"], unit)
    met = plan["targets_met_from"] or ("missed" if missed else "")
    return (plan["name"], plan["status"], said(plan["objective"], unit), cost, money(plan["capital_first_build_musd"]), met,
            "; ".join(missed))


def chart(found: dict[str, Any]) -> Chart | None:
    """What the slip costs if it is known in advance, and if it is known at the date only; None where these cannot be compared."""
    if found["value_of_knowing"] is None:
        return None
    unit, plans = plain_unit(found["unit"]), [found[name] for name in PLANS[1:]]
    costs, names = [plan["cost"] for plan in plans], ["known in advance", f"known in {found['after'] or 'no period'} only"]
    words, size = table_unit(unit, costs) if is_money(unit) else (unit, 1.0)
    bars = {"type": "bar", "orientation": "h", "name": "the slip costs", "y": names, "x": [cost / size for cost in costs],
            "text": [said(cost, unit) for cost in costs], "textposition": "auto", "textangle": 0, "cliponaxis": False,
            "marker": {"color": COLOURS[:2]}, "hovertemplate": "%{y}: %{text}<extra></extra>"}  # fmt: skip
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}, "xaxis": {"zeroline": True, "title": {"text": words}}, "tall": 200}
    return Chart(str(found["sentence"]).rstrip("."), [bars], ("plan", f"costs, {unit}"), list(zip(names, costs, strict=True)), layout)
