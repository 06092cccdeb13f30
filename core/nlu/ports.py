"""What understanding needs of judges of intent and of feeling, as Protocols.

Trained heads that come with the service fill them, and so do models of the operator's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain.actions import ANSWER, Action
from core.domain.ids import TenantId
from core.nlu.emotion.feelings import Feelings
from core.nlu.emotion.judge import Spoken
from core.nlu.intents.head import Guess

Vectors = NDArray[np.float32]
"""A row per text, of length 1, as `Embeds` gives them; of zeros where it does not know a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a message was taken for, and what its tenant wants done about that."""

    guess: Guess
    action: Action = ANSWER
    """`ANSWER` where the guess is none of the tenant's intents."""


class JudgesIntents(Protocol):
    """Takes messages for intents of their tenant."""

    async def guess(
        self,
        tenant: TenantId,
        texts: Sequence[str],
        languages: Sequence[str],
        vectors: Vectors | None,
    ) -> tuple[Meant | None, ...]:
        """What each text was taken for; None where nobody can say, as when no judge is there.

        Never raises for what can go wrong with models, servers or the database: a turn goes on
        without an intent.

        Args:
            tenant: Whose intents.
            texts: Messages.
            languages: The BCP 47 primary tag of each; empty where it is not known.
            vectors: Theirs; None judges by the words alone.
        """
        ...


class Feels(Protocol):
    """Tells feelings from texts."""

    async def feel(
        self, spoken: Sequence[Spoken], vectors: Vectors | None
    ) -> tuple[Feelings | None, ...]:
        """The feelings of each text; None where nobody can say, as in a language not known.

        Never raises for what can go wrong with models and servers.

        Args:
            spoken: The texts with their languages.
            vectors: Theirs; None judges by the words alone.
        """
        ...
