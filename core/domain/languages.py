"""How languages are named."""

import re

_TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\s*(?:[,;]|$)")


def primary(locale: str) -> str:
    """The BCP 47 primary tag of a locale or of an Accept-Language header; empty without one."""
    found = _TAG.match(locale)
    return found.group(1).lower() if found else ""
