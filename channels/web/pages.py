"""The pages without a build: the chat at /demo and the door at /."""

from pathlib import Path

import msgspec
from aiohttp import web

from channels.api.openapi import JSON, Answer, Operation, describes
from channels.contract import MAX_TEXT
from channels.http import Handler, answer
from channels.settings import ChannelsSettings

_FOLDER = Path(__file__).parent / "demo"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy of the pages: nothing inline, nothing from elsewhere."""


_HTML, _CSS, _JS, _SVG = "text/html", "text/css", "text/javascript", "image/svg+xml"


class PageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the chat page is told."""

    brand: str
    max_text: int
    suggestions: dict[str, tuple[str, ...]]
    """Questions to begin with, by language."""


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
        return web.FileResponse(
            _FOLDER / name,
            headers={
                "Content-Type": f"{media}; charset=utf-8" if media != _SVG else media,
                "Content-Security-Policy": POLICY,
                "Cache-Control": "no-cache",
            },
        )

    return serve


class PageRoutes:
    """The handlers of the pages."""

    def __init__(self, settings: ChannelsSettings) -> None:
        self._settings = settings

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every page its address."""
        router.add_get("/", _page("home.html", _HTML, "Open the door page"))
        router.add_get("/home.css", _page("home.css", _CSS, "Style of the door page"))
        router.add_get("/favicon.ico", _page("icon.svg", _SVG, "Read the icon"))
        router.add_get("/demo", _page("demo.html", _HTML, "Open the chat page"))
        router.add_get("/demo/demo.css", _page("demo.css", _CSS, "Style of the chat page"))
        for name in ("demo.js", "socket.js", "words.js", "view.js"):
            router.add_get(f"/demo/{name}", _page(name, _JS, f"Script of the chat page: {name}"))
        router.add_get("/demo/settings.json", self.settings)

    @describes(
        Operation(
            summary="Read the settings of the chat page",
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
