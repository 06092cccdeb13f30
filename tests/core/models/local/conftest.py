"""A tiny causal model, made on the spot."""

from pathlib import Path

import pytest

from core.models.local.engine import Engine
from tests import extras


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files, as the library reads any other model's."""
    extras.models()
    from tests.core.models.local import tiny

    folder = tmp_path_factory.mktemp("tiny")
    tiny.make(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_engine(tiny_folder: Path) -> Engine:
    from core.models.local.causal import CausalEngine

    return CausalEngine.load(str(tiny_folder))
