"""What writing needs of a language model, as a Protocol."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One part of what a model reads."""

    role: Literal["system", "user", "assistant"]
    """Rules stand in `system`; nobody but the operator writes there."""
    text: str


Count = Callable[[str], int]
"""The tokens of a text."""
Talk = tuple[Said, ...]
"""What a model reads: rules first, then what is said; the last one is what it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a model should write."""

    max_tokens: int = 512
    """The longest answer."""
    temperature: float = 0.0
    """0 takes the likeliest token each time."""
    stop: tuple[str, ...] = ()
    """Writing ends before any of these; at most four."""
    schema: Mapping[str, object] | None = None
    """JSON Schema that the answer must fit; a server that cannot be held to one is only asked."""
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
    role: str = ""
    """Of the one that wrote it, where several stand behind one: main, backup or light."""


class LanguageModel(Protocol):
    """Answers a talk."""

    @property
    def name(self) -> str:
        """As it is recorded with the answer."""
        ...

    @property
    def guides(self) -> bool:
        """Whether a whole answer is sure to fit `Sampling.schema`; a cut one never is."""
        ...

    @property
    def count(self) -> Count:
        """Counts the tokens of a text, on the safe side where it only estimates them."""
        ...

    @property
    def at_once(self) -> int | None:
        """Answers that its server writes at the same time; None when it does not say."""
        ...

    def room(self, sampling: Sampling) -> int:
        """Tokens that a talk may have beside an answer as long as that."""
        ...

    def stream(self, talk: Talk, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
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
