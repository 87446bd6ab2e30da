"""Display names: which rows of labels.csv are wrong, and that names stay where they are typed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.inputs.case_files import texts
from gwplan.inputs.labels import LONGEST, labels_in
from gwplan.planning.build import read_case, read_definition
from gwplan.results.run_folder import named
from tests.inputs.folders import ROOT, defined, tiny_copy


def labelled(folder: Path, *rows: str) -> Path:
    """A copy of the tiny case with these labels."""
    inputs = tiny_copy(folder)
    (inputs / "labels.csv").write_text("\n".join(("item,label", *rows, "")), encoding="utf-8")
    return inputs


@pytest.mark.parametrize(("rows", "fault"), [
    (("north,",), "labels.csv:2 north: the label is blank"),
    ((",North",), "labels.csv:2 the item is blank"),
    (("north,North", "north,Up there"), "labels.csv:3 north: has two labels, 'North' and 'Up there'"),
    (("north,Site", "south,Site"), "labels.csv:3 south: the label 'Site' is that of north too"),
    (("north,south",), "labels.csv: north: the label 'south' is the name of another item"),
    ((f"north,{'n' * (LONGEST + 1)}",), f"labels.csv:2 north: the label has {LONGEST + 1} characters, more than {LONGEST}"),
    (("north,=1+1",), "labels.csv:2 north: a label does not begin with '=', which a spreadsheet would take for a formula"),
])  # fmt: skip
def test_what_cannot_be_told_apart_or_shown_is_a_fault(tmp_path: Path, rows: tuple[str, ...], fault: str) -> None:
    with pytest.raises(InputFaults) as found:
        read_case(defined(labelled(tmp_path, *rows)))
    assert [str(each) for each in found.value.faults] == [fault]


def test_a_name_that_is_nearly_an_item_is_a_warning_and_any_other_may_be_of_a_part_left_out(tmp_path: Path) -> None:
    case = read_case(defined(labelled(tmp_path, "nort,North", "some_lender,A lender")))
    assert [str(each) for each in case.warnings] == ["labels.csv: no item 'nort'; did you mean 'north'?"]


def test_a_run_keeps_the_labels_and_a_case_without_any_has_no_file(tmp_path: Path) -> None:
    case = read_case(defined(labelled(tmp_path / "one", 'north,"North, up there"', "south,South")))
    assert texts(case)["labels.csv"] == 'item,label\nnorth,"North, up there"\nsouth,South\n'
    bare = tiny_copy(tmp_path / "two")
    (bare / "labels.csv").unlink()
    assert "labels.csv" not in texts(read_case(defined(bare)))


def test_labels_of_the_files_of_a_question() -> None:
    assert labels_in({"model.toml": b"", "inputs/labels.csv": b'\xef\xbb\xbfitem,label\nnorth,"North, up"\n'}) == {"north": "North, up"}
    assert labels_in({"model.toml": b""}) == {}


def test_parts_of_what_is_put_together_have_labels_of_their_own() -> None:
    labels = {"rack": "AMD Helios", "north": "Abilene, Texas"}
    assert named("rack at north", labels) == "AMD Helios at Abilene, Texas"
    assert named("rack, running", labels) == "AMD Helios, running"
    assert (named("cracked", labels), named("", labels)) == ("cracked", "")


@pytest.mark.parametrize("model", ["tiny", "three_way_pact"])
def test_each_site_hall_system_and_supply_shipped_has_a_label(model: str) -> None:
    case = read_case(read_definition(ROOT / "models" / f"{model}.toml"))
    kinds = {"sites": ("site",), "halls": ("design",), "accelerators": ("system",), "power": ("supply",)}
    for table, of in kinds.items():
        items = {item for item, kind in case.checked.kinds[table].items() if kind in of}
        assert items
        assert not items - case.checked.labels.keys() - {"unserved_energy"}


def test_each_published_figure_shipped_has_a_label() -> None:
    case = read_case(read_definition(ROOT / "models" / "one_gigawatt.toml"))
    with (ROOT / "inputs" / "one_gigawatt" / "published.csv").open(encoding="utf-8") as file:
        figures = {row["item"] for row in csv.DictReader(file)}
    assert len(figures) > 10 and not figures - case.checked.labels.keys()
