"""The built widget, `/widget.js`: served from memory, known by its hash."""

import gzip
import hashlib
from pathlib import Path

from aiohttp import hdrs, web

from core.http.json import Refused
from core.http.openapi import Answer, Operation, describes

FILE = Path(__file__).parent / "static" / "widget.js"
_MEDIA = "text/javascript"
_FOREVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=300"


class Bundle:
    """The file as it was when the gateway was built; pages of any origin may load it."""

    def __init__(self, file: Path = FILE) -> None:
        """Read it; a checkout in which nobody has built it has none."""
        self._plain = file.read_bytes() if file.is_file() else None
        body = self._plain or b""
        self.digest = hashlib.sha256(body).hexdigest()[:16]
        """What `?v=` says to have the file kept for ever."""
        self._packed = gzip.compress(body, 9, mtime=0)

    @property
    def built(self) -> bool:
        """Whether there is one."""
        return self._plain is not None

    @describes(
        Operation(
            summary="Load the widget",
            tag="pages",
            description='One line on a page: `<script src="https://.../widget.js" async '
            'data-tenant="acme"></script>`. With `?v=` and its hash it never changes.',
            answers={
                200: Answer(says="The script.", media={_MEDIA: None}),
                304: Answer(says="It has not changed."),
            },
            fails=(503,),
        )
    )
    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET /widget.js."""
        if self._plain is None:
            raise Refused(
                503, "not_built", "The widget is not built. With Node 20.19 or later: make widget."
            )
        headers = {
            hdrs.ETAG: f'"{self.digest}"',
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
            hdrs.CACHE_CONTROL: _FOREVER if request.query.get("v") == self.digest else _FOR_NOW,
            hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if any(tag.value in (self.digest, "*") for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            return self._response(self._packed, headers)
        return self._response(self._plain, headers)

    def _response(self, body: bytes, headers: dict[str, str]) -> web.Response:
        return web.Response(body=body, content_type=_MEDIA, charset="utf-8", headers=headers)
