"""Unpacks gzip up to a limit."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS


class TooLarge(ValueError):
    """There is more in it than the limit allows."""


def gunzip(packed: bytes, most: int) -> bytes:
    """What was packed, at most that many bytes of it.

    Raises:
        TooLarge: it holds more; no more than the limit was unpacked to learn that.
        zlib.error: it is not gzip, or cut short.
    """
    unpacker = zlib.decompressobj(_GZIP)
    data = unpacker.decompress(packed, most + 1)
    if len(data) > most:
        raise TooLarge
    if not unpacker.eof:
        raise zlib.error("cut short")
    return data
