"""Documents from a file or a folder of this machine."""

import asyncio
import os
import stat
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.parsers.choose import too_large
from knowledge.parsers.kinds import kind_of_name
from knowledge.parsers.limits import LIMITS, Limits
from knowledge.ports import Source
from knowledge.sources.parsing import parsed

_MOST_FILES = 100_000


class FolderSource(Source):
    """All readable files below a folder in the order of their paths, or one file.

    Hidden files, kinds that are not read and links that lead out of the folder are left out
    and counted. A document's uri is its path below the folder, with `/`; a single file's is
    its name.
    """

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self._path = path
        self._limits = limits
        self._left_out: Counter[str] = Counter()

    async def read(self) -> AsyncIterator[Document | DocumentRefused]:
        self._left_out.clear()
        files = await asyncio.to_thread(self._files)
        if not files:
            yield DocumentRefused(_written(self._path), self._why_nothing())
        for path in files:
            yield await self._read(path)

    def notices(self) -> Sequence[str]:
        counts = sorted(self._left_out.items())
        return tuple(f"{count:,} left out: {why}" for why, count in counts if count)

    def _why_nothing(self) -> str:
        if not os.path.lexists(self._path):
            return "there is no such file or folder"
        return "there is no file in it that can be read"

    def _files(self) -> list[Path]:
        if not self._path.is_dir():
            return [self._path] if os.path.lexists(self._path) else []
        return list(self._below(self._path.resolve()))

    def _below(self, root: Path) -> Iterator[Path]:
        found = 0
        for folder, folders, names in os.walk(root):  # does not follow links to folders
            if hidden := sum(name.startswith(".") for name in (*folders, *names)):
                self._left_out["hidden"] += hidden
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(folder) / name
                if name.startswith("."):
                    continue
                if kind_of_name(name) is None:
                    self._left_out[f"kind not read ({path.suffix.lower() or 'none'})"] += 1
                elif not path.resolve().is_relative_to(root):
                    self._left_out["links out of the folder"] += 1
                else:
                    found += 1
                    yield path
                    if found == _MOST_FILES:
                        self._left_out[f"all after the first {_MOST_FILES:,} files"] += 1
                        return

    async def _read(self, path: Path) -> Document | DocumentRefused:
        root = self._path.resolve()
        uri = _written(path.relative_to(root) if path != self._path else Path(path.name))
        try:
            raw = await asyncio.to_thread(_content, path, self._limits)
        except DocumentRefused as refused:
            return DocumentRefused(uri, refused.why)
        except OSError as failed:
            why = failed.strerror or "it cannot be opened"
            return DocumentRefused(uri, f"it cannot be opened ({why.lower()})")
        return await parsed(uri, raw, uri, self._limits)


def _content(path: Path, limits: Limits) -> bytes:
    """The whole file, after a look at its size: a large one is never read."""
    # A pipe without a writer would block for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DocumentRefused(path.name, "it is not a regular file")
        if status.st_size > limits.raw_bytes:
            raise DocumentRefused(path.name, too_large(status.st_size, limits))
        return file.read(limits.raw_bytes + 1)  # it may grow meanwhile; parse() looks again


def _written(path: Path) -> str:
    """As text that can be stored; the same for a name however its accents are composed."""
    return unicodedata.normalize("NFC", os.fsencode(path.as_posix()).decode("utf-8", "replace"))
