"""Every fault that is reported of others is met by tests that exist."""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAULTS = tomllib.loads((ROOT / "tests" / "reported.toml").read_text())["fault"]


def _names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_every_fault_is_said_once_has_a_source_and_tests_that_exist() -> None:
    assert len({fault["says"] for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        assert fault["of"]
        assert fault["tests"]
        for test in fault["tests"]:
            file, _, name = test.partition("::")
            names = _names(ROOT / file)
            found = name in names if name else any(one.startswith("test_") for one in names)
            assert found, f"{test}: of {fault['says']!r}"


def test_the_readme_counts_them() -> None:
    said = re.search(r"(\d+) faults that users report", (ROOT / "CONTRIBUTING.md").read_text())
    assert said is not None
    assert int(said[1]) == len(FAULTS)
