import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from yarl import URL

from knowledge.documents import Document
from knowledge.parsers.limits import Limits
from knowledge.sources.limits import WebLimits
from knowledge.sources.web import WebSource
from tests.fakes.website import ScriptedResolver, Website
from tests.knowledge.files import a_page, a_pdf
from tests.knowledge.outlines import outline
from tests.knowledge.sources.reading import HERE, Pauses, everything, only_refusal, uris

LIMITS = Limits(raw_bytes=100_000)


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with Website({"/": "<title>Shop</title><p>Hello</p>"}).open() as opened:
        yield opened


def _source(site: Website, path: str = "/", limits: WebLimits = HERE) -> WebSource:
    return WebSource(URL(site.url + path), LIMITS, limits, pause=Pauses())


def _answer(body: bytes, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(body=body, headers=named)


def _moved(place: str) -> web.Response:
    return web.Response(status=302, headers={"Location": place, "Set-Cookie": "a=b"})


async def test_a_page_is_read_and_named_by_its_address(site: Website) -> None:
    (document,) = await everything(_source(site, "/#top"))

    assert isinstance(document, Document)
    assert (document.uri, document.title) == (f"{site.url}/", "Shop")
    assert outline(document) == [("", "Hello")]


async def test_the_content_type_and_charset_decide_how_it_is_read(site: Website) -> None:
    site.pages["/a"] = _answer(b"# H\n\ncaf\xe9", Content_Type="text/markdown; charset=latin1")
    site.pages["/terms.pdf"] = a_pdf(a_page("Terms."))

    (markdown,), (pdf,) = (
        await everything(_source(site, "/a")),
        await everything(_source(site, "/terms.pdf")),
    )

    assert outline(markdown) == [("", "café")]
    assert outline(pdf) == [("", "Terms.")]


async def test_packed_pages_are_unpacked(site: Website) -> None:
    packed = gzip.compress(b"<p>Hello</p>")
    site.pages["/a"] = _answer(packed, Content_Type="text/html", Content_Encoding="gzip")

    (document,) = await everything(_source(site, "/a"))

    assert outline(document) == [("", "Hello")]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (web.Response(status=403), "the server answers with status 403"),
        (web.Response(body=b"x", content_type="image/png"), "content type (image/png)"),
        (b"x" * 200_000, "larger than the 0 MB"),
        (_answer(gzip.compress(bytes(900_000)), Content_Encoding="gzip"), "larger"),
        (_answer(b"no gzip", Content_Encoding="gzip"), "damaged or cut short"),
        (_answer(b"x", Content_Encoding="br"), "not asked for"),
        (_moved("/a"), "redirects too often"),
        (_moved("ftp://example.org/"), "only http and https"),
        (_moved("http://169.254.169.254/latest/meta-data"), "private network"),
        (_moved("http://0xa9fea9fe/"), "private network"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_read_is_refused(
    site: Website, answer: web.Response, why: str
) -> None:
    site.pages["/a"] = answer

    assert why in await only_refusal(_source(site, "/a"))


async def test_a_redirect_is_followed_and_no_cookie_kept(site: Website) -> None:
    site.pages["/a"] = _moved("/b?x=1#y")
    site.pages["/b?x=1"] = "<p>Here</p>"

    assert await uris(_source(site, "/a")) == [f"{site.url}/b?x=1"]
    assert not [headers for headers in site.headers if "Cookie" in headers]


async def test_a_server_that_does_not_finish_is_given_up(site: Website) -> None:
    never = asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<p>")
        await never.wait()
        return response

    site.pages["/a"] = hang

    limits = WebLimits(allow_private=True, call_s=0.2)
    assert "no answer within" in await only_refusal(_source(site, "/a", limits))
    never.set()


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1"],
        ["64:ff9b::7f00:1"],
    ],
)
async def test_a_name_that_leads_to_a_private_address_is_not_called(addresses: list[str]) -> None:
    resolver = ScriptedResolver({"shop.example": addresses})

    source = WebSource(URL("http://shop.example/"), LIMITS, resolver=resolver)

    assert "private network" in await only_refusal(source)
    assert resolver.asked == ["shop.example"]


async def test_a_redirect_to_a_name_of_a_private_address_is_not_called(site: Website) -> None:
    resolver = ScriptedResolver({"metadata.example": ["169.254.169.254"]})
    site.pages["/a"] = _moved("http://metadata.example/")

    source = WebSource(URL(f"{site.url}/a"), LIMITS, HERE, resolver, Pauses())

    assert "private network" in await only_refusal(source)


async def test_localhost_is_not_called() -> None:
    assert "private network" in await only_refusal(WebSource(URL("http://localhost/"), LIMITS))


async def test_a_server_that_is_not_there_is_refused(site: Website, unused_tcp_port: int) -> None:
    source = WebSource(URL(f"http://127.0.0.1:{unused_tcp_port}/"), LIMITS, HERE)

    assert "cannot be reached" in await only_refusal(source)


async def test_a_page_that_robots_txt_closes_is_not_called(site: Website) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /private\n"
    site.pages["/private/a"] = "secret"
    site.pages["/a"] = _moved("/private/a")

    assert "robots.txt" in await only_refusal(_source(site, "/private/a"))
    assert "robots.txt" in await only_refusal(_source(site, "/a"))
    assert "/private/a" not in site.asked


async def test_a_site_whose_robots_txt_fails_is_not_read(site: Website) -> None:
    site.pages["/robots.txt"] = web.Response(status=503)

    assert "robots.txt" in await only_refusal(_source(site))
