"""The pages: the door at /, the widget on a page at /demo, the chat as a page at /demo/plain."""

from pathlib import Path

import msgspec
from aiohttp import web

from channels.contract import MAX_TEXT, tenant_named
from channels.settings import ChannelsSettings
from channels.web.bundle import Bundle
from core.http.json import Handler, answer
from core.http.openapi import JSON, Answer, Operation, describes

_FOLDER = Path(__file__).parent / "demo"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy of the pages: nothing inline, nothing from elsewhere."""


_HTML, _CSS, _JS, _SVG = "text/html", "text/css", "text/javascript", "image/svg+xml"


class PageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the plain chat page is told."""

    brand: str
    max_text: int
    suggestions: dict[str, tuple[str, ...]]
    """Questions to begin with, by language."""


class DemoQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whose chat the page shows; without, the default tenant's."""

    tenant: str | None = None
    lang: str | None = None
    theme: str | None = None


def _page(name: str, media: str, summary: str) -> Handler:
    """A handler for one file of the folder."""

    @describes(
        Operation(
            summary=summary,
            tag="pages",
            answers={200: Answer(says="The file.", media={media: None})},
        )
    )
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_FOLDER / name, headers=_headers(media))

    return serve


def _headers(media: str) -> dict[str, str]:
    return {
        "Content-Type": f"{media}; charset=utf-8" if media != _SVG else media,
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-cache",
    }


class PageRoutes:
    """The handlers of the pages."""

    def __init__(self, settings: ChannelsSettings, bundle: Bundle) -> None:
        self._settings = settings
        self._bundle = bundle
        self._demo = (_FOLDER / "demo.html").read_text(encoding="utf-8")

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every page its address."""
        router.add_get("/", _page("home.html", _HTML, "Open the door page"))
        router.add_get("/home.css", _page("home.css", _CSS, "Style of the door page"))
        router.add_get("/favicon.ico", _page("icon.svg", _SVG, "Read the icon"))
        router.add_get("/widget.js", self._bundle.serve)
        router.add_get("/demo", self.demo)
        router.add_get("/demo/plain", _page("plain.html", _HTML, "Open the chat as a page"))
        for name in ("demo.css", "plain.css"):
            router.add_get(f"/demo/{name}", _page(name, _CSS, f"Style of the pages: {name}"))
        for name in ("demo.js", "plain.js", "socket.js", "words.js", "view.js"):
            router.add_get(f"/demo/{name}", _page(name, _JS, f"Script of the pages: {name}"))
        router.add_get("/demo/settings.json", self.settings)

    @describes(
        Operation(
            summary="Open a page with the widget",
            tag="pages",
            answers={200: Answer(says="The page.", media={_HTML: None})},
            fails=(404,),
            query=DemoQuery,
        )
    )
    async def demo(self, request: web.Request) -> web.StreamResponse:
        """GET /demo; where the widget is not built, the plain page."""
        if not self._bundle.built:
            return web.FileResponse(_FOLDER / "plain.html", headers=_headers(_HTML))
        wanted = request.query.get("tenant")
        tenant = tenant_named(wanted) if wanted else ""
        return web.Response(text=self._demo.replace("{tenant}", tenant), headers=_headers(_HTML))

    @describes(
        Operation(
            summary="Read the settings of the plain chat page",
            tag="pages",
            answers={200: Answer(says="They are.", media={JSON: PageSettings})},
        )
    )
    async def settings(self, request: web.Request) -> web.StreamResponse:
        """GET /demo/settings.json."""
        return answer(
            PageSettings(
                brand=self._settings.brand,
                max_text=MAX_TEXT,
                suggestions={
                    "en": self._settings.suggestions,
                    "zh": self._settings.suggestions_zh,
                },
            )
        )
