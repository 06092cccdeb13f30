"""What every source of documents promises."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from yarl import URL

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.ports import Source
from knowledge.sources.folder import FolderSource
from knowledge.sources.sitemap import SitemapSource
from tests.fakes.website import Website
from tests.knowledge.sources.reading import HERE, Pauses, everything, only_refusal

GOOD, BROKEN = "<p>Hello</p>", "<script>"
Make = Callable[[dict[str, str]], Awaitable[Source]]


@pytest.fixture(params=["folder", "sitemap"])
async def source_of(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Make]:
    """Makes a source of pages by their names, in the order of the names."""
    async with AsyncExitStack() as stack:

        async def folder(pages: dict[str, str]) -> Source:
            for name, text in pages.items():
                (tmp_path / name).write_text(text)
            return FolderSource(tmp_path)

        async def sitemap(pages: dict[str, str]) -> Source:
            site = await stack.enter_async_context(Website({}).open())
            site.pages.update({f"/{name}": text for name, text in pages.items()})
            entries = "".join(f"<url><loc>{site.url}/{name}</loc></url>" for name in sorted(pages))
            site.pages["/sitemap.xml"] = f"<urlset>{entries}</urlset>".encode()
            return SitemapSource(URL(f"{site.url}/sitemap.xml"), web=HERE, pause=Pauses())

        yield {"folder": folder, "sitemap": sitemap}[request.param]


async def test_every_document_comes_once_and_again_in_the_same_order(source_of: Make) -> None:
    source = await source_of({"b.html": GOOD, "a.html": GOOD})

    first, second = await everything(source), await everything(source)

    assert first == second
    assert [one.uri.rpartition("/")[2] for one in first] == ["a.html", "b.html"]


async def test_a_broken_one_takes_its_place_as_a_refusal(source_of: Make) -> None:
    source = await source_of({"a.html": GOOD, "b.html": BROKEN, "c.html": GOOD})

    first, second, third = await everything(source)

    assert isinstance(first, Document)
    assert isinstance(second, DocumentRefused)
    assert second.name.endswith("b.html")
    assert isinstance(third, Document)


async def test_a_source_of_nothing_says_so_once(source_of: Make) -> None:
    assert await only_refusal(await source_of({}))


async def test_who_stops_early_closes_it(source_of: Make) -> None:
    reading = (await source_of({"a.html": GOOD, "b.html": GOOD})).read()

    first = await anext(reading)
    await reading.aclose()

    assert isinstance(first, Document)
