"""The lexical features of a text: its words, pairs of words and marks, hashed into places.

Nothing is fitted: the same text has the same places for ever, so that a head needs no vocabulary.
Source: feature hashing, Weinberger et al. 2009.
"""

import re
import unicodedata
from zlib import crc32

PLACES = 1 << 16
_TOKEN = re.compile(
    r"[^\W_]+(?:'[^\W_]+)*"  # words
    r"|[:;=8]['\-]?[()\[\]dpo/\\|*3]|<3|\^\^"  # faces
    r"|!+|\?+|\.{2,}|[^\w\s.,\"'\-]"  # marks, and signs such as emoji
)
_SHOUTED = re.compile(r"\W*[A-Z]{3,}\W*")
_PIECE = 4
_RUN = re.compile(r"(\w)\1{2,}")


def features(text: str) -> frozenset[int]:
    """The places of a text's features, each from 0 to below `PLACES`."""
    tokens = _tokens(text)
    pairs = (f"{one} {other}" for one, other in zip(["", *tokens], [*tokens, ""], strict=True))
    found = {*tokens, *pairs, *_pieces(tokens), *_manner(text)}
    return frozenset(crc32(one.encode()) % PLACES for one in found)


def _tokens(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    # `sooo` and `soooooo` are one word
    return [_RUN.sub(r"\1\1\1", one)[:40] for one in _TOKEN.findall(folded)]


def _pieces(tokens: list[str]) -> set[str]:
    """Runs of letters within words: what misspelt and inflected forms share."""
    return {
        f"#{padded[at : at + _PIECE]}"
        for token in tokens
        if len(token) >= _PIECE
        for padded in [f"^{token}$"]
        for at in range(len(padded) - _PIECE + 1)
    }


def _manner(text: str) -> set[str]:
    shouted = sum(_SHOUTED.fullmatch(word) is not None for word in text.split())
    return {f"%shouted {min(shouted, 3)}", f"%long {min(len(text) // 20, 8)}"}
