"""The arrows between the folders, as pyproject.toml draws them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_contracts_of_import_linter_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
