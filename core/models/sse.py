"""Reads server-sent events out of bytes as they come off the wire."""


class EventReader:
    """Collects the `data` of each event; what a read cuts in two is joined again.

    Works on bytes, so a character that is split over two reads is whole again before anybody
    decodes it. Comments (keep-alive lines) and all other fields are passed over.
    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, section 9.2.6.
    """

    __slots__ = ("_data", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    @property
    def waiting(self) -> int:
        """Bytes of a line that has not ended."""
        return len(self._rest)

    def feed(self, read: bytes) -> list[bytes]:
        """The data of the events that these bytes complete, in order."""
        lines = (self._rest + read).split(b"\n")
        self._rest = lines.pop()
        events: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[5:].strip(b" \r"))
            elif self._data and line in {b"", b"\r"}:
                events.append(b"\n".join(self._data))
                self._data.clear()
        return events
