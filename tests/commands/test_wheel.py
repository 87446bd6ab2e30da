"""The wheel works away from the checkout: it brings the models and inputs that `gwplan new` copies."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.commands.program import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from the packages that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, capture_output=True)
    (found,) = folder.glob("gwplan-*.whl")
    return found


def test_wheel_holds_what_new_copies_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for part in ("models", "inputs"):
        shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / part).rglob("*") if path.is_file() and "profiles" not in path.parts}
        assert {f"gwplan/starter_files/{name}" for name in shipped} <= names
    assert "gwplan/py.typed" in names
    assert not [name for name in names if "profiles" in name], "hours, which no plan reads yet, are more than half of the size"
    assert not any(name.startswith("tests") for name in names)


def test_new_and_check_from_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    # The packages gwplan needs are those of this environment; the path file of an editable gwplan is not followed.
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "needed.pth").write_text("\n".join(sorted({path for path in sys.path if path.endswith("site-packages")})))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GWPLAN"))}

    def gwplan(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [str(venv / "bin" / "gwplan"), *words]
        return subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)

    created = gwplan("new", "demo", cwd=tmp_path)
    assert created.returncode == 0, created.stderr
    assert (tmp_path / "demo" / "inputs" / "tiny" / "halls.csv").is_file()
    checked = gwplan("check", "models/tiny.toml", cwd=tmp_path / "demo")
    assert checked.returncode == 0, checked.stderr
    assert "No faults" in checked.stdout
    assert gwplan("--version", cwd=tmp_path).stdout.startswith("gwplan ")
