"""Every port has a contract suite that each of its backends passes."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHOUT = {
    "Clock": "the system's own and a fake, both a few lines",
}
"""Ports without a suite, and why."""


def _ports() -> list[tuple[str, str]]:
    return [
        (str(file.relative_to(ROOT)), node.name)
        for file in sorted(ROOT.glob("[chk]*/ports.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
    ]


@pytest.mark.parametrize(("file", "port"), _ports())
def test_a_port_has_a_contract_suite_or_a_reason(file: str, port: str) -> None:
    suites = (ROOT / "tests" / "contracts").glob("test_*.py")
    named = any(port in suite.read_text(encoding="utf-8") for suite in suites)

    assert named != (port in WITHOUT), f"{port} of {file}: tests/contracts, or WITHOUT and why"
