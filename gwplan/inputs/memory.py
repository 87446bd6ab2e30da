"""In-memory files of a case: they can be sent to other processes and are read like files on disk."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class MemoryPath:
    """A file or folder among named in-memory files, such as `inputs/halls.csv`, with the Path methods needed to read a case."""

    files: Mapping[str, bytes] = field(repr=False, compare=False)
    at: str = ""

    def __truediv__(self, name: str) -> MemoryPath:
        return MemoryPath(self.files, posixpath.normpath(posixpath.join(self.at, name)))

    def __str__(self) -> str:
        return self.at

    @property
    def name(self) -> str:
        """The last component."""
        return posixpath.basename(self.at)

    @property
    def shown(self) -> str:
        """The name in faults."""
        return self.name

    @property
    def unreadable_rows(self) -> Mapping[int, str]:
        """What is wrong with rows that cannot be read, by number."""
        return {}

    @property
    def stem(self) -> str:
        """The last component without its suffix."""
        return posixpath.splitext(self.name)[0]

    @property
    def parent(self) -> MemoryPath:
        """The parent folder."""
        return MemoryPath(self.files, posixpath.dirname(self.at))

    def resolve(self) -> MemoryPath:
        """The path itself: there are no links."""
        return self

    def is_file(self) -> bool:
        """True for an existing file."""
        return self.at in self.files

    def is_dir(self) -> bool:
        """True for a folder that contains a file."""
        return any(True for _ in self.iterdir())

    def iterdir(self) -> Iterator[MemoryPath]:
        """The files of this folder itself."""
        for name in self.files:
            if posixpath.dirname(name) == self.at:
                yield MemoryPath(self.files, name)

    def content(self) -> bytes:
        """The content of the file. FileNotFoundError if there is none."""
        if self.at not in self.files:
            raise FileNotFoundError(f"there is no {self.at}")
        return self.files[self.at]


AnyPath = Path | MemoryPath


def shown_name(path: AnyPath) -> str:
    """The name of a table in faults."""
    return path.shown if isinstance(path, MemoryPath) else path.name
