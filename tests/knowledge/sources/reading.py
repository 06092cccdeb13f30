"""What a source gives, as a list."""

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.ports import Source
from knowledge.sources.limits import WebLimits

HERE = WebLimits(allow_private=True, pause_s=0.25)


async def everything(source: Source) -> list[Document | DocumentRefused]:
    return [found async for found in source.read()]


async def only_refusal(source: Source) -> str:
    (found,) = await everything(source)
    assert isinstance(found, DocumentRefused)
    return found.why


async def uris(source: Source) -> list[str]:
    return [found.uri for found in await everything(source) if isinstance(found, Document)]


class Pauses:
    """Keeps how long was to be waited, and waits for nothing."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
