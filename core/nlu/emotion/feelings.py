"""What a text says of its writer's feelings."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.understanding import Judged

EMOTIONS = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")
"""The six of Ekman, as GoEmotions groups its labels, and none of them."""

FRUSTRATED = ("anger", "disgust")
"""The groups that hold anger, annoyance, disapproval and disgust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feelings:
    """How likely each emotion speaks from a text; several may, so they add up to anything."""

    chances: tuple[float, ...]
    """In the order of `EMOTIONS`, 0 to 1."""
    frustrated: float
    """How likely anger or disgust, one of the two, speaks, 0 to 1."""

    def __post_init__(self) -> None:
        if len(self.chances) != len(EMOTIONS):
            raise ValueError(f"there are {len(EMOTIONS)} emotions")
        if not all(0.0 <= chance <= 1.0 for chance in (*self.chances, self.frustrated)):
            raise ValueError("a chance lies between 0 and 1")

    @property
    def judged(self) -> Judged:
        """The likeliest emotion."""
        best = max(range(len(EMOTIONS)), key=self.chances.__getitem__)
        return Judged(EMOTIONS[best], self.chances[best])

    def by_name(self) -> Mapping[str, float]:
        """The chances under the emotions' names."""
        return dict(zip(EMOTIONS, self.chances, strict=True))
