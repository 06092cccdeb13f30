"""Loads models that run in this process; they need the extra `models`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.domain.errors import SetupError
from core.models.local.engine import Engine
from core.models.local.model import LocalModel
from core.models.ports import LanguageModel
from core.models.streaming import Deadlines


@asynccontextmanager
async def local_model(
    path: str, deadlines: Deadlines, max_prompt_tokens: int
) -> AsyncIterator[LanguageModel]:
    """A causal model by its folder or the name of a cached one, until the end of the block.

    Raises:
        SetupError: there is none, or what it needs is not installed.
    """
    engine = await asyncio.to_thread(_engine, path)
    async with LocalModel.opened(engine, deadlines, max_prompt_tokens) as model:
        yield model


def _engine(path: str) -> Engine:
    try:
        from core.models.local.causal import CausalEngine
    except ImportError as missing:
        raise SetupError(
            "a local model needs packages that are not installed: install switchboard with its "
            "extra `models`"
        ) from missing
    return CausalEngine.load(path)
