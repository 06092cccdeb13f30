"""Gathers the items of a list, nested or not, into one block of lines."""


class Bullets:
    """A list while it is read; nested lists are indented below their item."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._fresh = False
        self._lines: list[str] = []

    @property
    def depth(self) -> int:
        """How many lists are open; 0 outside of any."""
        return len(self._numbers)

    def open(self, start: int) -> None:
        """A list begins; `start` is its first number, 0 for a list without numbers."""
        self._numbers.append(start)

    def close(self) -> None:
        """The innermost list ends."""
        if self._numbers:
            self._numbers.pop()

    def begin_item(self) -> None:
        """The next text is a new item, not a further paragraph of the last one."""
        self._fresh = True

    def add(self, text: str) -> None:
        """Text of an item."""
        indent = "  " * max(self.depth - 1, 0)
        if not self._fresh or not self._numbers:
            self._lines.append(f"{indent}  {text}")
            return
        self._fresh = False
        number = self._numbers[-1]
        self._lines.append(f"{indent}{number}. {text}" if number else f"{indent}- {text}")
        self._numbers[-1] = number + 1 if number else 0

    def take(self) -> str:
        """All lines so far; empty when there are none."""
        text, self._lines = "\n".join(self._lines), []
        return text
