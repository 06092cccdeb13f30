"""The built widget as a file: how large it is, and how long browsers keep it."""

import gzip
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from multidict import CIMultiDictProxy

from channels.web.bundle import FILE, Bundle
from core.http.json import errors
from tests.channels.web.browsing import built

MOST = 14 * 1024
SCRIPT = b"customElements;" * 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "widget.js"
    file.write_bytes(SCRIPT)
    return file


async def fetched(
    bundle: Bundle, query: str = "", **headers: str
) -> tuple[int, CIMultiDictProxy[str], bytes]:
    app = web.Application(middlewares=[errors])
    app.router.add_get("/widget.js", bundle.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/widget.js{query}"
    async with (
        ClientSession(auto_decompress=False) as http,
        http.get(url, headers={"Accept-Encoding": "identity", **headers}) as answer,
    ):
        found = answer.status, answer.headers, await answer.read()
    await runner.cleanup()
    return found


def test_it_is_small() -> None:
    built()

    assert len(gzip.compress(FILE.read_bytes(), 9)) <= MOST


async def test_it_comes_packed_to_who_can_unpack_it(file: Path) -> None:
    bundle = Bundle(file)
    _, plain, whole = await fetched(bundle)
    _, packed, small = await fetched(bundle, **{"Accept-Encoding": "gzip"})

    assert whole == gzip.decompress(small) == SCRIPT
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


async def test_pages_of_every_origin_may_load_it(file: Path) -> None:
    _, headers, _ = await fetched(Bundle(file))

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_only_who_names_its_hash_keeps_it_for_ever(file: Path) -> None:
    bundle = Bundle(file)
    kept = {
        query: (await fetched(bundle, query))[1]["Cache-Control"]
        for query in ("", "?v=old", f"?v={bundle.digest}")
    }

    assert [*kept.values()] == [
        "public, max-age=300",
        "public, max-age=300",
        "public, max-age=31536000, immutable",
    ]


async def test_who_has_it_already_is_told_so_until_it_changes(file: Path) -> None:
    bundle = Bundle(file)
    _, headers, _ = await fetched(bundle)
    status, _, body = await fetched(bundle, **{"If-None-Match": headers["ETag"]})
    file.write_bytes(SCRIPT + b"//")
    changed, _, _ = await fetched(Bundle(file), **{"If-None-Match": headers["ETag"]})

    assert (status, body) == (304, b"")
    assert changed == 200


async def test_where_nobody_has_built_it_the_cure_is_told(tmp_path: Path) -> None:
    status, _, body = await fetched(Bundle(tmp_path / "none.js"))

    assert status == 503
    assert b"make widget" in body
