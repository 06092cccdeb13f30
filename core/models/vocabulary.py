"""Counts tokens with a model's own tokenizer."""

from functools import lru_cache
from pathlib import Path

from core.domain.errors import SetupError
from core.models.ports import Count

_KEPT = 1_024
"""Texts whose count is remembered: the same passages are found again and again."""


def counter(path: Path) -> Count:
    """Counts as the model does; its template's own tokens are not in it.

    Args:
        path: A `tokenizer.json`, or the folder of a model that has one.

    Raises:
        SetupError: it cannot be read, or the package for it is not installed.
    """
    file = path / "tokenizer.json" if path.is_dir() else path
    try:
        from tokenizers import Tokenizer
    except ImportError as missing:
        raise SetupError("counting by a tokenizer needs the package tokenizers") from missing
    if not file.is_file():
        raise SetupError(f"there is no tokenizer at {file}")
    try:
        known = Tokenizer.from_file(str(file))
    except Exception as broken:
        raise SetupError(f"the tokenizer {file} cannot be read") from broken
    known.no_truncation()  # some files cut texts, which would then count too little
    known.no_padding()

    @lru_cache(maxsize=_KEPT)
    def count(text: str) -> int:
        return len(known.encode(text, add_special_tokens=False).ids)

    return count
