"""The console's page and what it loads, under a policy that lets in nothing from elsewhere."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from aiohttp import hdrs, web

from core.http.json import Refused, parameters_of
from core.http.openapi import Answer, Operation, describes

FOLDER = Path(__file__).parent / "static"
_HTML = "text/html"
_MEDIA = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_NONCE = "__CSP_NONCE__"
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class _Name(msgspec.Struct, frozen=True):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asset:
    media: str
    plain: bytes
    packed: bytes


class PageRoutes:
    """The page of agents, leads and admins; what is behind its `#` never comes here."""

    def __init__(self, new_secret: Callable[[], str], folder: Path = FOLDER) -> None:
        """Read what was built; a checkout in which nobody has built it has none."""
        self._new_secret = new_secret
        page = folder / "console.html"
        self._page = page.read_text(encoding="utf-8") if page.is_file() else None
        self._assets = {
            file.name: _Asset(
                media=_MEDIA[file.suffix],
                plain=(body := file.read_bytes()),
                packed=gzip.compress(body, 9, mtime=0),
            )
            for file in folder.glob("assets/*")
            if file.suffix in _MEDIA
        }

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give the page its address, and each file it loads."""
        router.add_get("/console", self.page)
        router.add_get("/console/assets/{name}", self.asset)

    @describes(
        Operation(
            summary="Open the console",
            tag="pages",
            answers={200: Answer(says="The page.", media={_HTML: None})},
            fails=(503,),
        )
    )
    async def page(self, request: web.Request) -> web.StreamResponse:
        """GET /console."""
        if self._page is None:
            sentence = "The console is not built. With Node 20.19 or later: make console."
            raise Refused(503, "not_built", sentence)
        nonce = self._new_secret()
        headers = {
            hdrs.CACHE_CONTROL: "no-cache",
            "Content-Security-Policy": _POLICY.format(nonce=nonce),
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        text = self._page.replace(_NONCE, nonce)
        return web.Response(text=text, content_type=_HTML, headers=headers)

    @describes(
        Operation(
            summary="Load a part of the console",
            tag="pages",
            path=_Name,
            description="A name never has another content, so it is kept for ever.",
            answers={200: Answer(says="The file.", media={_MEDIA[".js"]: None})},
            fails=(404,),
        )
    )
    async def asset(self, request: web.Request) -> web.StreamResponse:
        """GET /console/assets/{name}."""
        found = self._assets.get(parameters_of(request.match_info, _Name).name)
        if found is None:
            raise Refused(404, "not_found", "There is nothing at this address.")
        headers = {
            hdrs.CACHE_CONTROL: _FOREVER,
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
            "X-Content-Type-Options": "nosniff",
        }
        body = found.plain
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            body = found.packed
        return web.Response(body=body, content_type=found.media, charset="utf-8", headers=headers)
