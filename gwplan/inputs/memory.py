"""Files of a case that lie in memory: they travel to other processes and are read as if from a disk, with nothing written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class MemoryPath:
    """A file or folder among files held by name, such as `inputs/halls.csv`; it has of a Path what reading a case asks for."""

    files: Mapping[str, bytes] = field(repr=False, compare=False)
    at: str = ""

    def __truediv__(self, name: str) -> MemoryPath:
        return MemoryPath(self.files, posixpath.normpath(posixpath.join(self.at, name)))

    def __str__(self) -> str:
        return self.at

    @property
    def name(self) -> str:
        """Its last part."""
        return posixpath.basename(self.at)

    @property
    def stem(self) -> str:
        """Its last part without the ending."""
        return posixpath.splitext(self.name)[0]

    @property
    def parent(self) -> MemoryPath:
        """The folder that it is in."""
        return MemoryPath(self.files, posixpath.dirname(self.at))

    def resolve(self) -> MemoryPath:
        """Itself: there are no links."""
        return self

    def is_file(self) -> bool:
        """True for a file that is held."""
        return self.at in self.files

    def is_dir(self) -> bool:
        """True for a folder in which some file is held."""
        return any(True for _ in self.iterdir())

    def iterdir(self) -> Iterator[MemoryPath]:
        """The files of this folder itself."""
        for name in self.files:
            if posixpath.dirname(name) == self.at:
                yield MemoryPath(self.files, name)

    def content(self) -> bytes:
        """What the file holds. FileNotFoundError where it is not held."""
        if self.at not in self.files:
            raise FileNotFoundError(f"there is no {self.at}")
        return self.files[self.at]


AnyPath = Path | MemoryPath
