"""Keeps dead letters in memory, and fails to as it is told."""

from dataclasses import dataclass, field

from core.dead_letters import DeadLetter, DeadLetters


@dataclass
class RecordingDeadLetters(DeadLetters):
    """Raises its errors first, in order; then keeps every letter it is given."""

    errors: list[Exception] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)

    async def put_aside(self, letter: DeadLetter) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.letters.append(letter)
