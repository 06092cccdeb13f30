import pytest

from core.domain.errors import DocumentRefused
from knowledge.sources.choose import source_for
from knowledge.sources.folder import FolderSource
from knowledge.sources.sitemap import SitemapSource
from knowledge.sources.web import WebSource


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("docs", FolderSource),
        ("~/docs/a.md", FolderSource),
        ("https://example.org", WebSource),
        ("HTTP://example.org/help?a=b", WebSource),
        ("https://example.org/sitemap.xml", SitemapSource),
        ("https://example.org/Sitemap_1.XML.gz?x=1", SitemapSource),
    ],
)
def test_a_place_leads_to_its_source(place: str, kind: type) -> None:
    assert isinstance(source_for(place), kind)


@pytest.mark.parametrize(
    "place", ["ftp://example.org/", "file:///etc/passwd", "http://[::", "http://a:99999/"]
)
def test_another_address_is_refused(place: str) -> None:
    with pytest.raises(DocumentRefused):
        source_for(place)
