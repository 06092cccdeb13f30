"""What writing needs of a language model, as a Protocol."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a model should write."""

    max_tokens: int = 512
    """The longest answer."""
    temperature: float = 0.0
    """0 takes the likeliest token each time."""
    stop: tuple[str, ...] = ()
    """Writing ends before any of these; at most four."""
    until: float | None = None
    """The event loop's time at which the turn wants the last word; None sets no such bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The model has said all it will say."""

    text: str
    """Everything, as one text."""
    tokens: int
    """How many it wrote."""
    cut: bool
    """Whether it stopped at the longest answer allowed, perhaps in mid-sentence."""
    written_by: str = ""
    """The model's name, where several stand behind one; else empty."""


class LanguageModel(Protocol):
    """Continues a prompt."""

    @property
    def name(self) -> str:
        """As it is recorded with the answer."""
        ...

    @property
    def max_prompt_tokens(self) -> int:
        """What it reads at most; estimate on the safe side."""
        ...

    def stream(self, prompt: str, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        """Pieces of text as they come, then `Finished`, once, last.

        Closing the generator early cancels the writing on the server.

        Raises:
            ModelBusy: no room just now; another server may have some.
            ModelNotServed: not before an operator acts.
            ModelUnavailable: unreachable, too slow, broken off, or failing.
            PromptTooLong: a shorter prompt may be taken.
            PromptRefused: the same prompt will be refused again.
        """
        ...
