"""A stand-in for a causal model in this process: its tokens are bytes, its words are scripted."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.models.local.engine import Engine, Order
from core.models.ports import Talk
from core.models.talk import plain

END = 0


@dataclass(slots=True)
class FakeEngine(Engine):
    """Says `text` to everything."""

    text: str = "It takes three days. [1]"
    name: str = "fake-engine"
    window: int = 1_000
    ends: frozenset[int] = frozenset({END})
    never_ends: bool = False
    """Goes on after the text, with the same again."""
    broken: bool = False
    hangs_after: int | None = None
    """Tokens after which nothing comes until `go_on` is set."""
    go_on: threading.Event = field(default_factory=threading.Event)
    orders: list[Order] = field(default_factory=list)
    told: int = 0

    def count(self, text: str) -> int:
        return len(text.encode())

    def encode(self, talk: Talk) -> Sequence[int]:
        return list(plain(talk).encode())

    def decode(self, tokens: Sequence[int]) -> str:
        return bytes(token for token in tokens if token != END).decode(errors="replace")

    def write(
        self, order: Order, tell: Callable[[int], None], stopped: Callable[[], bool]
    ) -> None:
        self.orders.append(order)
        said = self.text.encode()
        for place in range(order.longest):
            if place == self.hangs_after:
                while not (self.go_on.wait(0.001) or stopped()):
                    pass
            if stopped():
                return
            if self.broken:
                raise RuntimeError("out of memory")
            is_over = place >= len(said) and not self.never_ends
            self.told += 1
            tell(END if is_over else said[place % len(said)])
            if is_over:
                return
