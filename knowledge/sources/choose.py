"""Chooses the source that a path or an address means."""

from pathlib import Path

from yarl import URL

from core.domain.errors import DocumentRefused
from knowledge.parsers.limits import LIMITS, Limits
from knowledge.ports import Source
from knowledge.sources.folder import FolderSource
from knowledge.sources.limits import WEB_LIMITS, WebLimits


def source_for(place: str, limits: Limits = LIMITS, web: WebLimits = WEB_LIMITS) -> Source:
    """The source for a file, a folder, a page, or a sitemap (an address that ends in `.xml`).

    Nothing is opened or called yet.

    Raises:
        DocumentRefused: an address that is none.
    """
    scheme, found, _ = place.partition("://")
    if not found:
        return FolderSource(Path(place).expanduser(), limits)
    if scheme.lower() not in {"http", "https"}:
        raise DocumentRefused(scheme, "only files, http and https addresses are read")
    # Imported where needed: most runs read folders only.
    from knowledge.sources.sitemap import SitemapSource
    from knowledge.sources.web import WebSource

    try:
        url = URL(place)
    except ValueError as broken:
        raise DocumentRefused(place.partition("?")[0], "it is not an address") from broken
    name = url.path.lower().removesuffix(".gz")
    return (SitemapSource if name.endswith(".xml") else WebSource)(url, limits, web)
