"""What some tests need and not every machine has."""

import os
from importlib.util import find_spec

import pytest


def models() -> None:
    """Skip what follows where the extra `models` is not installed."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if not missing:
        return
    why = f"{missing[0]} is missing: `make test-models` installs the extra `models` and runs this"
    if os.environ.get("REQUIRE_MODELS") == "1":  # noqa: TID251 - how a run says so
        pytest.fail(why)
    pytest.skip(why, allow_module_level=True)
