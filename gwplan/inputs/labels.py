"""Display names: `labels.csv` says what people are shown in place of the name of an item, a site, a vendor or a provider.

The name itself stays where it is typed: in tables, `--set`, faults, CSV and JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from gwplan.common.errors import Fault, Lost
from gwplan.common.printable import cell_text
from gwplan.common.spelling import alike_pairs
from gwplan.inputs.case_workbook import CaseFolder, sheets_of
from gwplan.inputs.plain_files import SUFFIX, WORKBOOK, is_there
from gwplan.inputs.tables import LABEL_COLUMNS, read_cells
from gwplan.inputs.values import LABEL, Value

FILE = "labels.csv"
LONGEST = 40
"""Characters of a label beyond which it has no room in tables and charts."""


def read_labels(folder: CaseFolder, faults: list[Fault], lost: Lost) -> dict[str, str]:
    """The label of each item by its name; empty without a file. A fault for each row that says nothing usable."""
    path, found = folder / FILE, dict[str, str]()
    for row, (item, label) in read_cells(path, LABEL_COLUMNS, faults, lost) if is_there(path) else ():
        wrong = unusable(item, label, found)
        if wrong:
            faults.append(Fault(FILE, row, wrong))
        else:
            found[item] = label
    return found


def labels_in(files: Mapping[str, bytes]) -> dict[str, str]:
    """The labels among the files of a question that has been read without fault, by path; empty where it has none."""
    tables = dict(files)
    for path, content in files.items():
        if PurePosixPath(path).name == WORKBOOK:
            tables |= {f"{name.strip().lower()}{SUFFIX}": text for name, (text, _) in sheets_of(content).items()}
    for path, content in tables.items():
        if PurePosixPath(path).name == FILE:
            rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            return {row["item"].strip(): row["label"].strip() for row in rows if row.get("item") and row.get("label")}
    return {}


def unusable(item: str, label: str, before: Mapping[str, str]) -> str:
    """Why a row cannot be used; blank where it can."""
    if not item or not label:
        return "the item is blank" if not item else f"{item}: the label is blank"
    if item in before:
        return f"{item}: has two labels, {before[item]!r} and {label!r}"
    if label in before.values():
        other = next(name for name, text in before.items() if text == label)
        return f"{item}: the label {label!r} is that of {other} too"
    if len(label) > LONGEST:
        return f"{item}: the label has {len(label)} characters, more than {LONGEST}"
    if cell_text(label) != label:
        return f"{item}: a label does not begin with {label[0]!r}, which a spreadsheet would take for a formula"
    return "the label is one line" if "\n" in label else ""


def names_of(values: Sequence[Value]) -> set[str]:
    """All that may have a label: items, sites, and what labels name (vendors, providers, customers)."""
    found = {name for value in values for name in (value.row.item, value.row.site) if name}
    return found | {text for value in values if value.quantity.unit == LABEL for text in value.text.split("|")}


def check_labels(labels: Mapping[str, str], names: Collection[str], faults: list[Fault], warnings: list[Fault]) -> None:
    """A fault where a label is the name of another item, which nobody could tell apart; a warning for a name that is nearly one.

    A name that is in no table may be of a part that the model leaves out.
    """
    for item, label in labels.items():
        if label != item and label in names and label not in labels:
            faults.append(Fault(FILE, 0, f"{item}: the label {label!r} is the name of another item"))
    unknown, bare = labels.keys() - names, set(names) - labels.keys()
    for pair in alike_pairs(sorted(unknown | bare)):
        for item, other in (pair, pair[::-1]):
            if item in unknown and other in bare:
                warnings.append(Fault(FILE, 0, f"no item {item!r}; did you mean {other!r}?"))
