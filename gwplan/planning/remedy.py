"""What a search for a change that is enough works on and finds: the models of a request, and a verified change of one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.solving.elastic import VISIBLE

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.model.block import Key, Rule
    from gwplan.planning.levers import Lever
    from gwplan.planning.request import Request
    from gwplan.solving.linear_program import Arrays

CLOSE = 0.02
"""A share this near to what is proven, relative to it, is searched no further."""


@dataclass(frozen=True)
class Remedy:
    """A change of one number that was verified. change: its `--set`; share: how large it is, as a share of the number or of the horizon.

    x: whole numbers of a plan of the changed model, by name and key of the column. needed: the change that the relaxation needs; no
    smaller one is enough. note: what the change leaves out. bound: no smaller share is enough. shown: the new value, and that of
    `needed`, where the `--set` is relative to what the user has set.
    """

    lever: Lever
    change: str
    share: float
    x: dict[tuple[str, tuple[object, ...]], float]
    needed: str = ""
    note: str = ""
    bound: float = 0.0
    shown: tuple[str, str] = ("", "")

    @property
    def new(self) -> str:
        """The new value, with its unit."""
        return self.shown[0] or self.lever.new(self.change)

    @property
    def proven(self) -> str:
        """The value that the relaxation needs, with its unit; blank if it is not known."""
        return self.shown[1] or (self.lever.new(self.needed) if self.needed else "")

    @property
    def close(self) -> bool:
        """True if no change that is visibly smaller is enough."""
        return bool(self.lever.date) or self.share <= self.bound * (1 + CLOSE) + VISIBLE

    @property
    def words(self) -> str:
        """The row to edit, with its old and its new value."""
        return self.lever.words(self.new) + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True)
class Models:
    """A request, and its infeasible model. seconds: what reading and building one takes.

    wish: rows that every model of it has too. left_out: rows that no model of it has; None for none.
    """

    request: Request
    built: tuple[Case, Plan, Arrays]
    seconds: float
    wish: Callable[[Plan, Arrays], Arrays] | None = None
    left_out: Callable[[Rule, Key], bool] | None = None

    def changed(self, changes: Sequence[str]) -> tuple[Case, Plan, Arrays]:
        """The model with more `--set`. InputFaults if a changed number is not allowed."""
        from gwplan.planning.build import build, read

        case = read(replace(self.request, sets=(*self.request.sets, *changes)))
        plan, arrays = build(case)
        return case, plan, self.less(arrays if self.wish is None else self.wish(plan, arrays))

    def with_changes(self, changes: Sequence[str]) -> Models:
        """The models with more `--set`. InputFaults if a changed number is not allowed."""
        return replace(self, request=replace(self.request, sets=(*self.request.sets, *changes)), built=self.changed(changes))

    def leaving(self, left_out: Callable[[Rule, Key], bool]) -> Models:
        """The models without some rows, and without those that follow from others and only tighten the relaxation."""
        case, plan, arrays = self.built
        fewer = replace(self, left_out=left_out)
        return replace(fewer, built=(case, plan, fewer.less(arrays)))

    def less(self, arrays: Arrays) -> Arrays:
        """The arrays without the rows that are left out."""
        out = self.left_out
        return arrays if out is None else arrays.of_rows([row for row, (rule, key) in enumerate(arrays.rows)
                                                          if not rule.redundant and not out(rule, key)])

    def broken(self, plan: Plan) -> list[tuple[Rule, Key]]:
        """The rows of a plan that are false whatever is decided."""
        return [(rule, key) for rule in plan.rules for key in rule.broken if self.left_out is None or not self.left_out(rule, key)]


@dataclass(frozen=True)
class Sought:
    """What came of a search. remedy: None if there is none; proven: whether no change of the number alone can be enough."""

    remedy: Remedy | None = None
    proven: bool = False
