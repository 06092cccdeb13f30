import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from yarl import URL

from core.domain.errors import DocumentRefused
from knowledge.parsers.limits import Limits
from knowledge.sources.limits import WebLimits
from knowledge.sources.sitemap import SitemapSource
from tests.fakes.website import Website
from tests.knowledge.sources.reading import HERE, Pauses, everything, only_refusal, uris

XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    pages = {f"/{name}": f"<p>{name}</p>" for name in "abc"}
    async with Website(pages).open() as opened:
        yield opened


def _urls(*places: str) -> bytes:
    entries = "".join(
        f"<url>\n <loc> {place} </loc><lastmod>2026</lastmod></url>" for place in places
    )
    return f'<?xml version="1.0"?><urlset {XMLNS}>{entries}</urlset>'.encode()


def _index(*places: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{place}</loc></sitemap>" for place in places)
    return f"<sitemapindex {XMLNS}>{entries}</sitemapindex>".encode()


def _source(
    site: Website, web_limits: WebLimits = HERE, pause: Pauses | None = None
) -> SitemapSource:
    url = URL(f"{site.url}/sitemap.xml")
    return SitemapSource(url, Limits(raw_bytes=100_000), web_limits, pause=pause or Pauses())


async def test_every_page_comes_once_in_the_order_of_the_sitemap(site: Website) -> None:
    site.pages["/old"] = web.Response(status=301, headers={"Location": "/a"})
    site.pages["/sitemap.xml"] = _urls(
        *(f"{site.url}/{name}" for name in ("b", "a", "b", "old", "c"))
    )

    assert await uris(_source(site)) == [f"{site.url}/{name}" for name in "bac"]


async def test_an_index_leads_to_packed_sitemaps(site: Website) -> None:
    site.pages["/sitemap.xml"] = _index(f"{site.url}/1.xml.gz", f"{site.url}/sitemap.xml")
    site.pages["/1.xml.gz"] = gzip.compress(_urls(f"{site.url}/a"))

    assert await uris(_source(site)) == [f"{site.url}/a"]


async def test_a_page_that_fails_is_refused_and_the_rest_goes_on(site: Website) -> None:
    site.pages["/sitemap.xml"] = _urls(f"{site.url}/gone", f"{site.url}/a")

    gone, found = await everything(_source(site))

    assert str(gone) == f"{site.url}/gone: the server answers with status 404"
    assert not isinstance(found, DocumentRefused)


async def test_pages_of_other_sites_and_beyond_the_limit_are_left_out(site: Website) -> None:
    site.pages["/sitemap.xml"] = _urls(
        "http://169.254.169.254/",
        "https://other.example/",
        *(f"{site.url}/{name}" for name in "abc"),
    )
    source = _source(site, WebLimits(allow_private=True, pages=2))

    assert await uris(source) == [f"{site.url}/a", f"{site.url}/b"]
    assert source.notices() == (
        "1 left out: pages after the first 2",
        "2 left out: pages of other sites",
    )


async def test_robots_txt_closes_pages_and_asks_for_pauses(site: Website) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /b\nCrawl-delay: 3"
    site.pages["/sitemap.xml"] = _urls(*(f"{site.url}/{name}" for name in "abc"))
    pauses = Pauses()
    source = _source(site, pause=pauses)

    assert await uris(source) == [f"{site.url}/a", f"{site.url}/c"]
    assert source.notices() == ("1 left out: pages that robots.txt closes",)
    assert pauses.waited == [3, 3]


async def test_a_site_cannot_ask_for_a_pause_of_hours(site: Website) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 86400"
    site.pages["/sitemap.xml"] = _urls(f"{site.url}/a")
    pauses = Pauses()

    await everything(_source(site, pause=pauses))

    assert pauses.waited == [10]


async def test_without_a_wish_the_pause_is_short(site: Website) -> None:
    site.pages["/sitemap.xml"] = _urls(f"{site.url}/a")
    pauses = Pauses()

    await everything(_source(site, pause=pauses))

    assert pauses.waited == [0.25]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (BOMB.encode() + _urls("&b;"), "document type"),
        (b"<a>" * 10_000, "nested deeper"),
        (b"<html><p>hello", "not well-formed"),
        (gzip.compress(bytes(500_000)), "larger than"),
        (gzip.compress(_urls("x"))[:-20], "damaged or cut short"),
    ],
    ids=["bomb", "deep", "page", "packed bomb", "cut"],
)
async def test_a_hostile_sitemap_is_refused(site: Website, body: bytes, why: str) -> None:
    site.pages["/sitemap.xml"] = body

    first, *_ = await everything(_source(site))

    assert isinstance(first, DocumentRefused)
    assert why in first.why


async def test_a_sitemap_without_pages_says_so(site: Website) -> None:
    site.pages["/sitemap.xml"] = _urls()

    assert await only_refusal(_source(site)) == "it lists no page of its site"
