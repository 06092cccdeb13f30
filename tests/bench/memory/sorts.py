"""Kinds of things that are planted."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from core.domain.messages import Author


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of thing: what stands for @ in its wordings, and the question about it."""

    kind: str
    value: Callable[[random.Random], str]
    wordings: tuple[str, str, str, str]
    probe: str
    author: Author = Author.CUSTOMER
    reply: str = ""


def one_of(*values: str) -> Callable[[random.Random], str]:
    """One of these, by chance."""
    return lambda chance: chance.choice(values)
