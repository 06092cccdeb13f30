"""Words that people look for, as Postgres compares them."""


def pattern_of(words: str | None) -> str | None:
    """What finds texts that have these words, for ILIKE; None where none are looked for."""
    if not words:
        return None
    plain = words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"
