"""How the console's page is served."""

import re
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from core.clock import new_secret
from core.http.json import errors
from handoff.console.pages import PageRoutes

PAGE = '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__"></script>'


@pytest.fixture
async def pages(tmp_path: Path):
    """A browser without cookies, on pages that were built."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "console.html").write_text(PAGE)
    (tmp_path / "assets" / "page-1a2b.js").write_text("0;" * 1000)
    (tmp_path / "assets" / "notes.txt").write_text("no part of it")
    app = web.Application(middlewares=[errors])
    PageRoutes(new_secret, tmp_path).add_to(app.router)
    async with TestServer(app) as server, ClientSession(server.make_url("/")) as session:
        yield session


async def test_each_page_has_a_nonce_of_its_own_and_its_policy_lets_in_no_other(pages) -> None:
    seen = set()
    for _ in range(2):
        async with pages.get("/console") as response:
            (nonce,) = set(re.findall(r'nonce="([^"]+)"', await response.text()))
            policy = response.headers["Content-Security-Policy"]
        assert f"script-src 'self' 'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-cache"
        seen.add(nonce)
    assert len(seen) == 2


async def test_what_it_loads_is_packed_and_kept_for_ever(pages) -> None:
    async with pages.get("/console/assets/page-1a2b.js") as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert "immutable" in response.headers["Cache-Control"]
        assert await response.text() == "0;" * 1000


@pytest.mark.parametrize("name", ["notes.txt", "other.js", "..%2Fconsole.html"])
async def test_nothing_else_is_served(pages, name: str) -> None:
    async with pages.get(f"/console/assets/{name}") as response:
        assert response.status == 404


async def test_a_service_without_the_page_says_so(tmp_path: Path) -> None:
    app = web.Application(middlewares=[errors])
    PageRoutes(new_secret, tmp_path).add_to(app.router)
    async with (
        TestServer(app) as server,
        ClientSession(server.make_url("/")) as session,
        session.get("/console") as response,
    ):
        assert response.status == 503
        assert "make console" in (await response.json())["error"]["message"]
