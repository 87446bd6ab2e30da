"""What a run's model requires and excludes, summed again by the audit: true of the run, and false once the model asks for more or bans it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gwplan.audit import audit
from gwplan.inputs.selectors import EXCLUDE, REQUIRE, change
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.audit.hand_made import failed
from tests.contracts.small import CLOUD, LEASE, NO_NEW_RACKS, OPTION, model, target

ROWS = (*CLOUD, "rented.commitment=2 MUSD_nominal", *LEASE, *OPTION, NO_NEW_RACKS)
REQUIRED = ("halls@north>=1", "contracts=room@north>=2 MW", "contracts=more>=0.5 MW", "provider=cloud_house", "vendor=first_vendor<=12 MW",
            "fuel=grid>=0.001 GW", "sites>=1", "item=old_rack>=8")  # fmt: skip
EXCLUDED = ("sites=south", "power=gas_engine", "vendor=second_vendor")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with selectors of every kind."""
    folder = tmp_path_factory.mktemp("choices")
    sets = (*(change(REQUIRE, text) for text in REQUIRED), *(change(EXCLUDE, text) for text in EXCLUDED))
    outcome = solve(Request(model(folder / "case", *ROWS, targets=[target("it", "10 MW")]), sets=sets, runs=folder / "runs"))
    assert outcome.run is not None, outcome.message
    return outcome.run


def test_the_run_passes_and_says_what_it_has(run: Path) -> None:
    found = audit(run)
    assert found.ok, failed(found)
    assert not [line for line in found.not_checked if "required" in line or "excluded" in line]
    assert sum(check.part == "choices" for check in found.checks) == len(REQUIRED) + len(EXCLUDED) + 2
    summary = json.loads((run / "summary.json").read_text())
    assert len(summary["required"]) == len(REQUIRED)
    assert all(each["planned"] >= each["amount"] * (1 - 1e-6) for each in summary["required"] if each["sense"] == ">=")
    assert {"room", "more"} <= set(summary["contracts_signed"])
    assert list(summary["sites"]) == ["north"]


@pytest.mark.parametrize(("table", "kind", "texts", "wrong"), [
    (REQUIRE, "halls", ["@north >= 3"], "requirement_1_is_there"),
    (REQUIRE, "contracts", ["room@north >= 11 MW"], "requirement_2_is_there"),
    (REQUIRE, "contracts", ["more >= 5.5 MW"], "requirement_2_is_there"),
    (REQUIRE, "vendor", ["first_vendor <= 0.5 MW"], "requirement_5_is_within"),
    (REQUIRE, "fuel", ["grid >= 1 GW"], "requirement_7_is_there"),
    (EXCLUDE, "sites", ["north"], "exclusion_2_is_not_ordered"),
    (EXCLUDE, "vendor", ["first_vendor"], "exclusion_3_is_not_ordered"),
    (EXCLUDE, "contracts", ["room"], "exclusion_2_is_not_ordered"),
    (EXCLUDE, "fuel", ["grid@north"], "exclusion_4_is_not_ordered"),
    (EXCLUDE, "item", ["old_rack"], "exclusion_4_is_not_ordered"),
])
def test_another_wish_is_found_to_be_broken(run: Path, tmp_path: Path, table: str, kind: str, texts: list[str], wrong: str) -> None:
    folder = Path(shutil.copytree(run, tmp_path / "run"))
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    manifest["definition"][table] = {**manifest["definition"][table], kind: texts}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert f"choices.{wrong}" in failed(audit(folder))


def test_another_amount_in_the_summary_is_found(run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(run, tmp_path / "run"))
    summary = json.loads((folder / "summary.json").read_text())
    summary["required"][0]["planned"] += 1
    (folder / "summary.json").write_text(json.dumps(summary))
    assert "choices.summary_says_what_the_plan_has" in failed(audit(folder))
