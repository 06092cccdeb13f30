"""How much of a prompt a conversation may take up."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Memory and window together, and how they share it."""

    tokens: int = 1_800
    """Of the memory as it is told, and of the messages that are shown word by word."""
    silence: timedelta = timedelta(hours=24)
    """After so long without a word another talk begins."""
    full: float = 0.75
    """The share in use from which on older messages are summarised."""
    verbatim: float = 0.2
    """The share that the latest messages have after that."""
    memory: float = 0.4
    """The share that facts and summary have at most; between this and `verbatim` on one side and
    `full` on the other lies the room until the next summary."""
    facts: float = 0.8
    """The share of the memory that facts may have; the summary's text gets what they leave."""

    @property
    def for_memory(self) -> int:
        """Tokens of facts and summary, at most."""
        return int(self.tokens * self.memory)

    @property
    def for_facts(self) -> int:
        """Tokens of facts, at most."""
        return int(self.for_memory * self.facts)
