"""Copy the shipped models and inputs into a user's folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from gwplan.inputs.plain_files import of_an_editor

PARTS = ("models", "inputs")
NOT_SHIPPED = ("runs", "__pycache__")
"""Folders that are not copied, such as runs in a checkout."""


@dataclass(frozen=True, slots=True)
class Starters:
    """The result of copying: the folder, the models (relative to it) and the cases they read."""

    folder: Path
    models: tuple[str, ...]
    cases: tuple[str, ...]


def root() -> Path:
    """The folder with `models` and `inputs`: inside the installed package, or above it in a source checkout.

    FileNotFoundError if the package was installed without them.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "starter_files", package.parent):
        if all((folder / part).is_dir() for part in PARTS):
            return folder
    raise FileNotFoundError(f"the shipped models and inputs are missing from {package}")


def _not_shipped(folder: str, names: list[str]) -> list[str]:
    """Entries not copied: runs, lock and backup files of editors, links, pipes, caches."""
    paths = [Path(folder) / name for name in names]
    plain = [path.name for path in paths if not path.is_symlink() and (path.is_file() or path.is_dir())]
    return [name for name in names if name not in plain or name in NOT_SHIPPED or of_an_editor(name)]


def create(folder: Path) -> Starters:
    """Copy the shipped models and inputs into `folder`, which is created if missing.

    FileExistsError if it is not empty: no user file is ever overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not an empty folder; name one that is empty or does not exist yet")
    for part in PARTS:
        shutil.copytree(root() / part, folder / part, ignore=_not_shipped)
    return Starters(
        folder,
        tuple(f"models/{path.name}" for path in sorted((folder / "models").glob("*.toml"))),
        tuple(f"inputs/{path.name}" for path in sorted((folder / "inputs").iterdir()) if path.is_dir()),
    )


def next_steps(created: Starters) -> str:
    """A message on the next steps with the new folder."""
    first = next((name for name in created.models if name == "models/one_gigawatt.toml"), created.models[0])
    return "\n".join(
        (
            f"{created.folder} now holds {len(created.models)} models and {len(created.cases)} cases. Next:",
            f"  cd {created.folder}",
            f"  gwplan check {first}",
            f"  gwplan solve {first}",
            f"Then edit a number in {created.folder / 'inputs' / Path(first).stem}/*.csv, or try one with --set, and solve again.",
        )
    )
