"""The wheel works away from the checkout, with nothing but the packages that it declares, and is one for each Python that it claims."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.commands.program import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION = PROJECT["version"]
"""The one place where the version is stated."""
CLAIMED = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each]
OTHERS = [each for each in CLAIMED if each != f"{sys.version_info.major}.{sys.version_info.minor}"]
Gwplan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from the packages that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, capture_output=True)
    (found,) = folder.glob("gwplan-*.whl")
    return found


def needed(names: list[str]) -> dict[str, metadata.Distribution]:
    """Installed packages that requirements name, and those that these need in turn, without extras nobody asks for."""
    found: dict[str, metadata.Distribution] = {}
    left = [(Requirement(name), "") for name in names]
    while left:
        requirement, extra = left.pop()
        if requirement.name in found or (requirement.marker and not requirement.marker.evaluate({"extra": extra})):
            continue
        found[requirement.name] = metadata.distribution(requirement.name)
        left += [(Requirement(each), extra) for each in found[requirement.name].requires or () for extra in ("", *requirement.extras)]
    return found


def files_of(distribution: metadata.Distribution) -> Iterator[Path]:
    """What a package has at the top of site-packages."""
    tops = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
    yield from (Path(str(distribution.locate_file(top))) for top in tops)


@pytest.fixture(scope="module")
def gwplan(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Gwplan:
    """The command of an environment of its own, as pipx makes one: the wheel and what it declares, extras left out."""
    venv = tmp_path_factory.mktemp("pipx") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    (site,) = venv.glob("lib/python*/site-packages")
    for distribution in needed(PROJECT["dependencies"]).values():
        for path in files_of(distribution):
            if not (site / path.name).exists():
                (site / path.name).symlink_to(path)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GWPLAN"))}

    def run(*words: str, cwd: Path, program: str = "gwplan") -> subprocess.CompletedProcess[str]:
        command = [str(venv / "bin" / program), *words]
        return subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)

    return run


def test_wheel_holds_what_new_copies_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for part in ("models", "inputs"):
        shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / part).rglob("*") if path.is_file()}
        assert {f"gwplan/starter_files/{name}" for name in shipped} <= names
    assert "gwplan/py.typed" in names
    pages = [path for path in (ROOT / "gwplan" / "server").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {path.relative_to(ROOT).as_posix() for path in pages} <= names, "templates, scripts and styles of gwplan serve"
    assert not any(name.startswith("tests") for name in names)


def test_the_installed_wheel_solves_with_what_it_declares(gwplan: Gwplan, tmp_path: Path) -> None:
    created = gwplan("new", "demo", cwd=tmp_path)
    assert created.returncode == 0, created.stderr
    assert (tmp_path / "demo" / "inputs" / "tiny" / "halls.csv").is_file()
    solved = gwplan("solve", "models/tiny.toml", cwd=tmp_path / "demo")
    assert solved.returncode == 0, solved.stderr
    (summary,) = (tmp_path / "demo" / "runs").glob("*/summary.json")
    # By hand in the tutorial: 100 + 168 + 10 + 12.
    assert json.loads(summary.read_text(encoding="utf-8"))["capital_musd"] == pytest.approx(290)
    assert gwplan("-c", "import pytest", cwd=tmp_path, program="python").returncode != 0, "the environment has more than is declared"


def test_the_version_is_stated_once(gwplan: Gwplan, tmp_path: Path) -> None:
    assert gwplan("--version", cwd=tmp_path).stdout == f"gwplan {VERSION}\n"
    assert gwplan("-c", "import gwplan; print(gwplan.__version__)", cwd=tmp_path, program="python").stdout == f"{VERSION}\n"
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", *(ROOT / "gwplan").rglob("*.py")]
    assert [path.name for path in pages if f"gwplan-{VERSION}" in path.read_text(encoding="utf-8") or f'"{VERSION}"' in path.read_text(encoding="utf-8")] == []


def test_an_extra_can_be_installed_alone(wheel: Path) -> None:
    """Each extra is declared in the wheel with its packages, which the pinned environment has in a version that is allowed."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        declared = metadata.PathDistribution(zipfile.Path(archive, name.removesuffix("METADATA"))).metadata
        requirements = [Requirement(text) for text in declared.get_all("Requires-Dist") or ()]
    assert set(declared.get_all("Provides-Extra") or ()) == set(PROJECT["optional-dependencies"])
    for extra in PROJECT["optional-dependencies"]:
        added = [each for each in requirements if each.marker and each.marker.evaluate({"extra": extra}) and not each.marker.evaluate({"extra": ""})]
        assert added
        for each in [*added, *(each for each in requirements if not each.marker)]:
            assert each.specifier.contains(metadata.version(each.name)), each


def test_the_pythons_that_are_claimed_are_those_that_pip_allows() -> None:
    assert CLAIMED[0] == PROJECT["requires-python"].removeprefix(">=")
    assert CLAIMED == [f"3.{minor}" for minor in range(11, 11 + len(CLAIMED))]


@pytest.mark.parametrize("version", OTHERS)
def test_the_sources_compile_without_a_warning(wheel: Path, tmp_path: Path, version: str) -> None:
    """By another Python that is here, in a second or two; `make pythons` solves a plan with each."""
    program = shutil.which(f"python{version}")
    if program is None or subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"there is no python{version}")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    compiled = subprocess.run([program, "-W", "error", "-m", "compileall", "-q", "gwplan"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
