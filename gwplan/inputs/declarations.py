"""Declarations of the input quantities: each once, with unit, meaning and plausible range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Between = Literal["step", "linear", "own"]
By = tuple[Literal["site", "when"], ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of one table.

    name:      the word in the column `quantity`
    of:        the kind of item it belongs to: site, design, system, supply, fuel, ... (see `ITEM_KINDS` of the part)
    unit:      a pint expression (the unit inside the model), or `label`, or `date`
    doc:       its meaning, for the data dictionary
    by:        the columns among `site` and `when` that a row may fill
    between:   how dated rows are read: step, linear or own (see `case.py`)
    default:   the value if no row applies; None with optional=False means that a row is required
    optional:  True if it may be missing altogether (`Case.get` then gives None)
    least, most:  hard bounds; a value outside is a fault
    sane:      the plausible range; a value outside gives a warning with the likely mistake
    labels:    the closed list of values, for labels that the model interprets
    refers:    the kind of item that a label must name (a fault if it does not)
    many:      True if a label may hold several values, `a|b`
    where:     a label of the same item and the values of it for which the number is used
    counted:   for a number in H100e: "amount" (H100e above the line of its unit) or "per" (below it). Rows of an item with a
               `reference_system` are converted from its peak rate to the model's measure of compute when they are looked up
    idle:      why no plan uses it yet, for a number declared for future models
    reported:  True if reports read it and no plan does: it counts as used, and not among the numbers that a plan hangs on
    """

    name: str
    of: str
    unit: str
    doc: str
    by: By = ()
    between: Between = "step"
    default: float | str | None = None
    optional: bool = False
    least: float | None = None
    most: float | None = None
    sane: tuple[float, float] | None = None
    labels: tuple[str, ...] = ()
    refers: str | None = None
    many: bool = False
    where: tuple[str, tuple[str, ...]] | None = None
    counted: Literal["", "amount", "per"] = ""
    idle: str = ""
    reported: bool = False

    @property
    def required(self) -> bool:
        """True if each item of its kind must have a row."""
        return self.default is None and not self.optional


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item in a table, and how its items are recognised.

    only:    their fixed names (`h100`)
    marked:  the quantity whose presence marks them (`role` marks a supply)
    named:   the kind and quantity whose labels name them (a fuel is what some supply's `fuel` names)
    labelled: the quantity and its label that they have (a lease has the `kind` lease)
    Without any of these: every item of the table that no other kind claims.
    """

    name: str
    only: tuple[str, ...] = ()
    marked: str | None = None
    named: str | None = None
    labelled: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One input table: its file is `<name>.csv`."""

    name: str
    kinds: tuple[Kind, ...]
    quantities: tuple[Quantity, ...]
    optional: bool = False

    def quantity(self, name: str, kind: str | None = None) -> Quantity | None:
        """The quantity of that name (and kind of item, if several kinds share the name)."""
        for quantity in self.quantities:
            if quantity.name == name and kind in (None, quantity.of):
                return quantity
        return None
