"""Asks a model for a text that nobody reads while it grows."""

from contextlib import aclosing

from core.domain.errors import ModelUnavailable
from core.models.ports import Finished, LanguageModel, Sampling, Talk


async def finished(model: LanguageModel, talk: Talk, sampling: Sampling) -> Finished:
    """What a model answers, whole.

    Raises:
        ModelUnavailable: it cannot now.
        PromptRefused: it will not.
    """
    async with aclosing(model.stream(talk, sampling)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Finished):
                return piece
    raise ModelUnavailable
