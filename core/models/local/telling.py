"""Makes text of tokens as they come: whole characters only, and nothing of a stop word. Pure."""

from collections.abc import Callable, Sequence

_BROKEN = "\N{REPLACEMENT CHARACTER}"


class Telling:
    """One answer.

    A token may be a piece of a character, and may look otherwise beside its neighbours, so a few
    tokens before the new ones are decoded with them each time.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str], stops: Sequence[str]) -> None:
        self._decode = decode
        self._stops = tuple(filter(None, stops))
        self._tokens: list[int] = []
        self._from = 0
        self._told_to = 0
        self._held = ""
        self.stopped = False
        """Whether a stop word came; what comes after it is not told."""
        self.text = ""
        """Everything that was told."""

    def take(self, token: int) -> str:
        """What may be told now, perhaps nothing."""
        self._tokens.append(token)
        fresh = self._fresh()
        if not fresh or fresh.endswith(_BROKEN):
            return ""
        self._from, self._told_to = self._told_to, len(self._tokens)
        return self._tell(fresh)

    def rest(self) -> str:
        """What was held back, when no more tokens come."""
        told = self._tell(self._fresh().rstrip(_BROKEN))
        last, self._held = self._held, ""
        self.text += last
        return told + last

    def _fresh(self) -> str:
        before = self._decode(self._tokens[self._from : self._told_to])
        return self._decode(self._tokens[self._from :])[len(before) :]

    def _tell(self, fresh: str) -> str:
        if self.stopped:
            return ""
        held = self._held + fresh
        at = min((held.find(stop) for stop in self._stops if stop in held), default=-1)
        if at >= 0:
            self.stopped, self._held, told = True, "", held[:at]
        else:
            told = held[: len(held) - self._begun(held)]
            self._held = held[len(told) :]
        self.text += told
        return told

    def _begun(self, text: str) -> int:
        """How much of the end may be the beginning of a stop word."""
        longest = max((len(stop) - 1 for stop in self._stops), default=0)
        return next(
            (
                size
                for size in range(min(longest, len(text)), 0, -1)
                if any(stop.startswith(text[-size:]) for stop in self._stops)
            ),
            0,
        )
