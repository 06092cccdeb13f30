"""Looks at an answer piece by piece while it is written, and lets out what may be seen."""

from core.grounding.canary import Watch
from core.grounding.links import Allowed, settled


class Screen:
    """Holds a piece back until it is sure that nothing in it has to stay."""

    def __init__(self, watch: Watch, allowed: Allowed) -> None:
        self._watch = watch
        self._allowed = allowed
        self.text = ""
        """All that was fed."""
        self._shown = 0
        self.leaked = False
        """Whether the rules began to show: nothing of the answer may be used."""

    def feed(self, piece: str) -> str:
        """What may be seen now; empty while there is nothing."""
        self.text += piece
        self.leaked = self._watch.feed(piece)
        return self._to(settled(self.text[: self._watch.clear]))

    def end(self) -> str:
        """What is left when no more will come."""
        return self._to(len(self.text))

    def _to(self, end: int) -> str:
        if self.leaked or end <= self._shown:
            return ""
        piece, self._shown = self.text[self._shown : end], end
        return self._allowed.strip(piece)[0]
