"""What may stand in a tracked file, and what the pages say of the code."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from deploy.cli import main

ROOT = Path(__file__).parents[2]
# put together here, so that this file does not hold what it forbids
HOSTS = ("pypi." + "org", "python" + "hosted.org", "registry." + "npmjs", "deb.debian" + ".org",
         "maven.apache" + ".org", "/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/")  # fmt: skip
PAGES = [
    path for path in sorted(ROOT.rglob("*.md")) if not {".venv", "node_modules"} & {*path.parts}
]


def test_no_tracked_file_names_a_registry_or_a_path_of_a_machine() -> None:
    words = ["git", "grep", "-nIF", *(word for host in HOSTS for word in ("-e", host))]

    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert found.returncode == 1, found.stdout or found.stderr


def test_the_walk_s_order_in_the_readme_is_that_of_its_calls() -> None:
    said = re.search(r"dedupe > [a-z >]+", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert said
    steps = [step.strip() for step in said[0].split(">")]
    source = (ROOT / "core" / "turn" / "walk.py").read_text(encoding="utf-8")
    (take,) = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "take"
    )

    timed = [
        (node.lineno, node.args[0].value)
        for node in ast.walk(take)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "timings.of"
        and isinstance(node.args[0], ast.Constant)
    ]

    assert [name for _, name in sorted(timed)] == steps


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    context = main.make_context("switchboard", [], resilient_parsing=True)

    said = re.findall(r"(?m)(?:`|^ *|/)switchboard ([a-z][a-z-]*)(?: ([a-z]+)\b)?", text)
    for command, below in said:
        found = main.get_command(context, command)
        assert found, f"switchboard {command}"
        names = getattr(found, "commands", {})
        assert not names or not below or below in names, f"switchboard {command} {below}"
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert target in targets, f"make {target}"
