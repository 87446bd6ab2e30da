"""Templates to the HTML of screens and of their parts."""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.errors import InputFaults
from gwplan.planning.remedy import Remedy
from gwplan.reports.formatting import plain
from gwplan.reports.webpage.escaping import environment, plain_figure
from gwplan.reports.webpage.page import Section
from gwplan.results.cash_flows import is_financed
from gwplan.server import compare, money, numbers, plan
from gwplan.server import pins as saved
from gwplan.server.controls import float_of, left_over, said
from gwplan.server.studies import STUDIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from gwplan.common.errors import Fault
    from gwplan.inputs.case import Case
    from gwplan.reports.webpage.charts import Chart
    from gwplan.server.desk import Desk
    from gwplan.server.session import Session

HERE = Path(__file__).parent
SCREENS = (("plan", "Plan"), ("compare", "Compare"), ("risk", "Risk"), ("money", "Money"), ("numbers", "Numbers"), ("share", "Share"))
"""Screens by their place in the address."""


@cache
def plotly() -> bytes:
    """Plotly, as its package brings it along."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs()).encode()


@cache
def styled() -> tuple[str, ...]:
    """Ids of the style elements that Plotly adds unless a page has them: no page may have a style that does not come from a file."""
    return tuple(dict.fromkeys(found.decode() for found in re.findall(rb'getElementById\("([0-9a-f]{40,})"\)', plotly())))


def figure(chart: Chart) -> str:
    """A figure as JSON, for an attribute."""
    return json.dumps(plain_figure(chart), ensure_ascii=False, allow_nan=False)


def remedy_words(remedy: Remedy) -> str:
    """A change that is enough, as a button says it."""
    lever, value = remedy.lever, remedy.lever.new(remedy.change)
    if lever.key.startswith("model.target."):
        return f"Move to {value}" if lever.date else f"Accept {value}"
    if lever.before is not None:
        number = float_of(value.removesuffix(lever.unit).strip())
        value = value if number is None else said(number, lever.unit)
    name = "the cap" if lever.name == "capital.cap" else lever.name.replace("_", " ").replace(".", ": ")
    return f"Raise {name} to {value}"


class Views:
    """The pages of a desk. token: what changes must bring along."""

    def __init__(self, desk: Desk, token: str) -> None:
        self.desk, self.token = desk, token

    @cached_property
    def templates(self) -> Environment:
        """Where templates come from."""
        found = environment(HERE / "templates")
        found.filters |= {"plain": plain, "figure": figure, "remedy": remedy_words, "json": json.dumps,
                          "lower_first": lambda text: text[:1].lower() + text[1:], "pair": lambda card: (card, False)}
        return found

    def html(self, name: str, session: Session, **values: Any) -> str:
        """A template with what all of them need."""
        with session.lock:
            common = {"desk": self.desk, "session": session, "token": self.token, "screens": SCREENS, "styled": styled(),
                      "at": f"/s/{session.name}"}
            return self.templates.get_template(f"{name}.html.j2").render(**common, **values)

    def status(self, session: Session, *, apart: bool = False) -> str:
        """What the last change came to. apart: it comes beside another part, and finds its place by itself."""
        with session.lock:
            message = "" if session.failure is None else self.desk.in_words(session.failure.message)
        return self.html("status", session, changes=self.desk.words(session), message=message, apart=apart)

    def controls(self, session: Session) -> str:
        """Sliders and switches."""
        return self.html("controls", session, controls=self.desk.controls)

    def plan_part(self, session: Session) -> str:
        """The plan and what changed."""
        with session.lock:
            shown, before = session.shown, session.before
        base = self.desk.base
        found = [plan.difference(before, shown, "Against the plan before"),
                 plan.difference(base, shown, "Against the plan of the tables as they are") if before is not base else None]
        view = None if shown is None or shown.run is None else plan.view(shown.run)
        return self.html("plan", session, view=view, differences=[each for each in found if each is not None], note=plan.UNPROVEN)

    def screen(self, session: Session, key: str, part: str) -> str:
        """A screen of one part."""
        return self.html("screen", session, screen=key, heading=dict(SCREENS)[key], status=self.status(session), part=part)

    def plan_screen(self, session: Session) -> str:
        """The screen of the plan."""
        return self.html("plan_screen", session, screen="plan", status=self.status(session), controls=self.controls(session),
                         plan=self.plan_part(session))

    def now(self, session: Session) -> tuple[Case, tuple[Fault, ...]]:
        """The tables with the changes of a tab; as they are, with what is wrong, where the changes cannot be used."""
        with session.lock:
            texts = session.texts
        try:
            return self.desk.case_with(texts), ()
        except InputFaults as error:
            return self.desk.case, tuple(error.faults)

    def rows(self, session: Session, query: Mapping[str, str]) -> str:
        """The rows of the tables that a search finds."""
        now, wrong = self.now(session)
        text, every = query.get("q", ""), numbers.rows_of(self.desk.case, now)
        table = query.get("table", "")
        found = [row for row in numbers.found(every, text, bool(query.get("changed"))) if row.key.startswith(f"{table}." if table else "")]
        shown = found if query.get("all") else found[: numbers.PAGE]
        return self.html("rows", session, rows=shown, count=len(found), total=len(every), wrong=wrong)

    def row(self, session: Session, key: str, text: str, faults: Sequence[Fault] = ()) -> str:
        """One row after an edit. text: what the cell has, if it cannot be used."""
        now, _ = self.now(session)
        row = next(row for row in numbers.rows_of(self.desk.case, now) if row.key == key)
        reasons = list(numbers.reasons(faults, key))
        return self.html("row", session, row=row, faults=reasons, text=text if reasons else row.value)

    def numbers_screen(self, session: Session, query: Mapping[str, str]) -> str:
        """The screen of all numbers."""
        tables = list(dict.fromkeys(value.row.table for value in self.desk.case.checked.values))
        parts = {"status": self.status(session), "rows": self.rows(session, query)}
        return self.html("numbers", session, screen="numbers", tables=tables, query=query, **parts)

    def compare_screen(self, session: Session, query: Mapping[str, str]) -> str:
        """The screen of plans side by side."""
        return self.screen(session, "compare", self.compare_part(session, query))

    def compare_part(self, session: Session, query: Mapping[str, str], wrong: str = "") -> str:
        """Saved plans, all plans side by side, and the bridge between two of them. wrong: why a plan could not be saved."""
        found = compare.plans(self.desk, session)
        before, after = compare.ends(found, query)
        sentence, sections = "", list[Section]()
        if before and after and before != after:
            sentence, sections = compare.bridge(found[before][1], found[after][1])
        values = {"before": before, "after": after, "sentence": sentence, "sections": sections, "wrong": wrong, "most": saved.MOST,
                  "longest": saved.LONGEST}  # fmt: skip
        pins = [(pin, self.desk.said(dict(pin.sets))) for pin in self.desk.pins.all]
        return self.html("compare_part", session, pins=pins, plans=found, table=compare.side_by_side(found), **values)

    def share_screen(self, session: Session, query: Mapping[str, str]) -> str:
        """The screen of what is handed on."""
        return self.screen(session, "share", self.share_part(session, query))

    def share_part(self, session: Session, query: Mapping[str, str], wrong: str = "", saved: tuple[str, str] | None = None) -> str:
        """Files, the command, the overlay. saved: the overlay that has just been written, and the command with it."""
        try:
            text = numbers.overlay(self.desk.case, self.desk.case_with(session.texts))
        except InputFaults:
            text = ""
        folder = self.desk.of.runs / numbers.OVERLAYS
        values = {"rows": max(len(text.splitlines()) - 1, 0), "left": left_over(session.sets), "wrong": wrong, "saved": saved,
                  "command": self.desk.command(session)}  # fmt: skip
        ready = not session.solving and session.failure is None and session.shown is not None
        overlays = sorted(each.name for each in folder.glob("*.csv"))
        return self.html("share_part", session, ready=ready, folder=folder, overlays=overlays, **values)

    def money_screen(self, session: Session, query: Mapping[str, str]) -> str:
        """The screen of whose money it is."""
        return self.screen(session, "money", self.money_part(session, query))

    def money_part(self, session: Session, query: Mapping[str, str]) -> str:
        """Sources and uses, coverage, what circulates."""
        with session.lock:
            run = None if session.shown is None else session.shown.run
        sections = [] if run is None else money.money_of(run)
        financed = run is not None and is_financed(run)
        return self.html("money_part", session, ready=run is not None, financed=financed, note=money.NOT_FINANCED, sections=sections)

    def risk_screen(self, session: Session, query: Mapping[str, str]) -> str:
        """The screen of what may come otherwise."""
        return self.screen(session, "risk", self.risk_part(session, query))

    def risk_part(self, session: Session, query: Mapping[str, str]) -> str:
        """The numbers with the widest swing, and the commands for the whole range."""
        swings = self.desk.swings(session)
        values = {"ready": self.desk.base is not None, "swings": swings, "text": money.explained(swings),
                  "study": self.study_part(session, query)}  # fmt: skip
        return self.html("risk_part", session, **values)

    def study_part(self, session: Session, query: Mapping[str, str], wrong: str = "") -> str:
        """The last study, and the commands of those that there are."""
        commands = [(name, title, self.desk.command(session, name=name)) for name, (title, _) in STUDIES.items()]
        return self.html("study_part", session, study=self.desk.studies.last, commands=commands, wrong=wrong)
