"""Reads what the bot says by itself from a file."""

import tomllib
from pathlib import Path

from core.domain.errors import SettingsInvalid
from core.domain.phrases import Phrases


def load_phrases(company: str, bot: str, path: Path | None = None) -> Phrases:
    """The phrases beside this module, or of a file of the same form, for one company.

    Raises:
        SettingsInvalid: the file is not TOML, or a phrase is wrong.
    """
    source = path or Path(__file__).with_suffix(".toml")
    try:
        texts = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise SettingsInvalid(f"phrases: {source.name} cannot be read: {broken}") from broken
    return Phrases.checked(texts, company=company, bot=bot)
