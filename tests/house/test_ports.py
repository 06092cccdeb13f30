"""Every port has a contract suite that each of its backends passes."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONE_BACKEND = {
    "Clock": "tests/core/test_clock.py",
    "Deliveries": "tests/channels/test_dispatcher.py",
    "Feedback": "tests/channels/api/test_routes.py",
    "Threads": "tests/channels/postgres/test_visitors.py",
    "Visitors": "tests/channels/postgres/test_visitors.py",
    "Tickets": "tests/handoff/test_due.py",
    "Transcript": "tests/contracts/test_conversation_store.py",
    "Listening": "tests/contracts/test_live.py",
    "Understander": "tests/core/nlu/test_understand.py",
    "Contacts": "tests/handoff/test_contact.py",
    "Requests": "tests/handoff/tickets/test_replies.py",
    "Hooks": "tests/core/hooks/test_run.py",
    "Tools": "tests/core/tools/test_toolbox.py",
    "Member": "tests/contracts/test_event_log.py",
}
"""Ports that are held by the tests of their only backend, or by another port's suite."""


def _ports() -> list[tuple[str, str]]:
    return [
        (str(file.relative_to(ROOT)), node.name)
        for file in (*sorted(ROOT.glob("[chk]*/ports.py")), ROOT / "core" / "event_log.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
    ]


@pytest.mark.parametrize(("file", "port"), _ports())
def test_a_port_has_a_contract_suite_or_one_backend_with_tests(file: str, port: str) -> None:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", port).lower()
    suite = ONE_BACKEND.get(port, f"tests/contracts/test_{name}.py")

    assert (ROOT / suite).is_file(), f"{port} of {file} wants {suite}, or a line in ONE_BACKEND"
