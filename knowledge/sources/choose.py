"""Chooses the source that a path or an address means."""

from pathlib import Path

from knowledge.parsers.limits import LIMITS, Limits
from knowledge.ports import Source
from knowledge.sources.folder import FolderSource


def source_for(place: str, limits: Limits = LIMITS) -> Source:
    """The source for a file or folder."""
    return FolderSource(Path(place).expanduser(), limits)
