"""Named queries: `-- name --`, a sentence, the statement; one .sql file beside its module."""

import re
from pathlib import Path

_NAME = re.compile(r"^-- ([a-z_]+) --$", re.MULTILINE)


class Queries:
    """The statements of one .sql file, as attributes.

    A missing name fails when the module is imported in a test, not in production: every
    query is prepared against the migrated schema by tests/house.
    """

    def __init__(self, statements: dict[str, str]) -> None:
        self._statements = statements

    def __getattr__(self, name: str) -> str:
        try:
            return self._statements[name]
        except KeyError:
            raise AttributeError(f"no query is named {name}") from None

    def names(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(self._statements)


def read(path: Path) -> Queries:
    """The queries of a file, without their names and leading comments."""
    parts = _NAME.split(path.read_text(encoding="utf-8"))
    return Queries(
        {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    )


def beside(module_file: str) -> Queries:
    """The queries that lie beside a module: call it with `__file__`."""
    return read(Path(module_file).with_suffix(".sql"))


def counted(status: str) -> int:
    """How many rows, from what Postgres says of a statement: `DELETE 3`."""
    return int(status.rsplit(" ", 1)[1])
