"""Leaves out passages that say what a better one says already. Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

_SAME = 0.85
"""Of the sentences of the shorter one, by their letters."""


class _Said(Protocol):
    @property
    def sentences(self) -> tuple[str, ...]: ...


_Hit = TypeVar("_Hit", bound=_Said)


def without_repeats(hits: Sequence[_Hit]) -> list[_Hit]:
    """The hits in their order, each near-identical to none before it."""
    kept: list[tuple[_Hit, dict[str, int]]] = []
    for hit in hits:
        said = {_letters(sentence): len(sentence) for sentence in hit.sentences}
        if not any(_repeats(said, other) for _, other in kept):
            kept.append((hit, said))
    return [hit for hit, _ in kept]


def _repeats(said: dict[str, int], other: dict[str, int]) -> bool:
    shared = sum(length for sentence, length in said.items() if sentence in other)
    shorter = min(sum(said.values()), sum(other.values()))
    return shorter > 0 and shared >= _SAME * shorter


def _letters(sentence: str) -> str:
    return "".join(character for character in sentence.casefold() if character.isalnum())
