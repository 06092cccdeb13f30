"""The folder in which a service keeps its files, and who has it."""

import fcntl
import os
from pathlib import Path
from typing import IO

from core.domain.errors import SetupError


class DataDirLock:
    """Held by the one `switchboard up` that may serve a data folder."""

    def __init__(self, data_dir: Path) -> None:
        make_folder(data_dir)
        self._file = lock_file(data_dir / "switchboard.lock")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise SetupError(
                f"{data_dir} is already served by another `switchboard up` (process {holder});"
                " stop that one, or pass another --data-dir"
            ) from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def close(self) -> None:
        """Let another one serve the folder."""
        self._file.close()


def make_folder(data_dir: Path) -> None:
    """The data folder, made as needed.

    Raises:
        SetupError: it cannot be made.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise SetupError(
            f"the data folder {data_dir} cannot be made: {refused.strerror}"
        ) from refused


def lock_file(path: Path) -> IO[str]:
    """A file to lock, made as needed.

    Raises:
        SetupError: it cannot be.
    """
    try:
        return path.open("a+", encoding="ascii")
    except OSError as refused:
        raise SetupError(f"{path} cannot be written: {refused.strerror}") from refused
