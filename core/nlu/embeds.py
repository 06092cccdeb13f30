"""What understanding needs of an embedding model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embeds(Protocol):
    """Turns messages into vectors whose dot product says how near their meanings are."""

    @property
    def version(self) -> str:
        """Changes whenever the same text would get another vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of length 1 per text, in order; of zeros where its language is not known.

        Calls at the same time may share one run of the model.
        """
        ...


EARLIER = 6
"""Earlier questions that still count; older ones are about something else."""


def with_earlier(question: str, before: Sequence[str]) -> str:
    """A question behind the earlier ones: what a follow-up is searched by, beside itself."""
    return "\n".join((*before[-EARLIER:], question))
