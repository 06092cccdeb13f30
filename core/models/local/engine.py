"""What writing in this process needs of a model, as a Protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.models.ports import Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an engine is to write."""

    prompt: Sequence[int]
    """Tokens, at least one."""
    longest: int
    """Tokens that it writes at most."""
    temperature: float
    """0 takes the likeliest token each time."""


class Engine(Protocol):
    """A causal model with its tokenizer. Only `write` takes long, and only it runs in a thread."""

    @property
    def name(self) -> str:
        """As it is recorded with the answer."""
        ...

    @property
    def window(self) -> int:
        """Tokens that prompt and answer have together."""
        ...

    @property
    def ends(self) -> frozenset[int]:
        """Tokens that end an answer and are no part of it."""
        ...

    def count(self, text: str) -> int:
        """The tokens of a text."""
        ...

    def encode(self, talk: Talk) -> Sequence[int]:
        """The tokens of a talk in the model's own form, up to where its answer begins.

        Raises:
            PromptRefused: it has no form for such a talk.
        """
        ...

    def decode(self, tokens: Sequence[int]) -> str:
        """Their text; characters that are not whole come out as U+FFFD."""
        ...

    def write(
        self, order: Order, tell: Callable[[int], None], stopped: Callable[[], bool]
    ) -> None:
        """Tell each token as it is written, an end too; blocks.

        Args:
            order: What to write.
            tell: Called with each token.
            stopped: Asked at least once for each token; writing ends when it says so.
        """
        ...
