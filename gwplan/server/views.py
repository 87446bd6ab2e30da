"""Templates to the HTML of screens and of their parts."""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.planning.remedies import Remedy
from gwplan.reports.formatting import plain
from gwplan.reports.webpage.escaping import environment, plain_figure
from gwplan.server import plan
from gwplan.server.controls import float_of, said

if TYPE_CHECKING:
    from jinja2 import Environment

    from gwplan.reports.webpage.charts import Chart
    from gwplan.server.desk import Desk
    from gwplan.server.session import Session

HERE = Path(__file__).parent
SCREENS = (("plan", "Plan"),)
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
                          "pair": lambda card: (card, False)}
        return found

    def html(self, name: str, session: Session, **values: Any) -> str:
        """A template with what all of them need."""
        with session.lock:
            common = {"desk": self.desk, "session": session, "token": self.token, "screens": SCREENS, "styled": styled(),
                      "at": f"/s/{session.name}"}
            return self.templates.get_template(f"{name}.html.j2").render(**common, **values)

    def status(self, session: Session) -> str:
        """What the last change came to."""
        return self.html("status", session, changes=self.desk.words(session))

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

    def plan_screen(self, session: Session) -> str:
        """The screen of the plan."""
        return self.html("plan_screen", session, screen="plan", status=self.status(session), controls=self.controls(session),
                         plan=self.plan_part(session))
