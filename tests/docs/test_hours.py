"""Each command of the page on hours runs as written, and the page names what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.commands.cli import gwplan
from gwplan.inputs import profiles
from gwplan.inputs.definition_schema import Hours
from gwplan.model.parts.power.table import HOURLY, HOURS, TABLE
from tests.docs.test_tutorial import DOCS, commands_of

PAGE = (DOCS / "hours.md").read_text(encoding="utf-8")


@pytest.mark.long  # the same commands run on smaller cases in tests/hours
def test_the_commands_run_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = {}
    for words, _ in commands_of("hours.md"):
        if words[0] == "cd":
            monkeypatch.chdir(Path.cwd() / words[1])
            continue
        result = CliRunner().invoke(gwplan, words[1:])
        assert result.exit_code == 0, f"{words}\n{result.output}"
        said[words[1]] = " ".join(result.output.split())
    assert "audit passed" in said["solve"]
    assert "All 876 GWh of a year" in said["dispatch"]  # 100 MW x 8,760 hours
    assert len(Path("hours.csv").read_text(encoding="utf-8").splitlines()) == 1 + 8760


def test_the_page_names_each_key_series_and_quantity_of_hours() -> None:
    named = set(re.findall(r"`([\w<>/.]+)`", PAGE)) | set(re.findall(r"^(\w+) =", PAGE, re.MULTILINE))
    series = {profiles.SOLAR, profiles.WIND, profiles.TEMPERATURE, profiles.PRICE, profiles.COINCIDENT, profiles.TRAINING, profiles.INFERENCE}
    kinds = {"mean", "typical_days", "segments", "full"}
    quantities = {each.name for each in TABLE.quantities if each.idle in (HOURLY, HOURS)}
    assert len(quantities) > 10
    assert (series | kinds | quantities | set(Hours.model_fields) - {"kind", "per"}) - named == set()
