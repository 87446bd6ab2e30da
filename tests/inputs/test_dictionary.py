"""The data dictionary has each declared quantity, and each declaration makes sense."""

from __future__ import annotations

from gwplan.inputs.values import DATE, LABEL
from gwplan.reports.reference.data_dictionary import all_tables, page


def test_each_quantity_stands_in_the_page() -> None:
    text = page()
    for table in all_tables():
        section = text.split(f"## {table.name}.csv")[1].split("\n## ")[0]
        for quantity in table.quantities:
            assert f"| `{quantity.name}` | {quantity.of} |" in section


def test_declarations_make_sense() -> None:
    """Each quantity belongs to a kind of its table, once; bounds hold the sane range and the default; sane ranges are ranges."""
    for table in all_tables():
        kinds = {kind.name for kind in table.kinds}
        assert len({(quantity.of, quantity.name) for quantity in table.quantities}) == len(table.quantities)
        for quantity in table.quantities:
            name = f"{table.name}.{quantity.name}"
            assert quantity.of in kinds, name
            assert quantity.doc, name
            least, most = quantity.least, quantity.most
            if quantity.unit in (LABEL, DATE):
                assert least is most is quantity.sane is None, name
                continue
            inside = [*(quantity.sane or ()), *([quantity.default] if isinstance(quantity.default, float) else [])]
            assert all(least is None or value >= least for value in inside), name
            assert all(most is None or value <= most for value in inside), name
            assert quantity.sane is None or quantity.sane[0] < quantity.sane[1], name


def test_kinds_that_labels_refer_to_exist() -> None:
    kinds = {kind.name for table in all_tables() for kind in table.kinds}
    assert {quantity.refers for table in all_tables() for quantity in table.quantities if quantity.refers} <= kinds
