"""A module is one thought, a function one level of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "channels", "handoff", "knowledge", "deploy", "tests")
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40


def _modules() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_no_module_is_long() -> None:
    long = {name: text.count("\n") for name, text in _modules()}

    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_long() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, text in _modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_an_init_holds_one_docstring_and_nothing_else() -> None:
    bodies = {
        name: ast.parse(text).body for name, text in _modules() if name.endswith("__init__.py")
    }

    assert [name for name, body in bodies.items() if not _is_docstring(body)] == []


def _is_docstring(body: list[ast.stmt]) -> bool:
    match body:
        case [ast.Expr(value=ast.Constant(value=str()))]:
            return True
        case _:
            return False
