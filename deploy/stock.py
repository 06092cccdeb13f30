"""What `up` serves: the places it was given, or the sample company while there is nothing else."""

import asyncio
from collections.abc import Callable, Sequence

from core.domain.errors import SwitchboardError
from core.domain.ids import TenantId
from deploy.processes import Part
from deploy.reading import Summary, Watching, read_in
from deploy.settings import SAMPLE
from knowledge.documents import Document
from knowledge.ingest import Ingester
from knowledge.sources.choose import source_for

Tell = Callable[[str], None]
SAMPLE_DOCUMENTS = SAMPLE / "documents"


class Stock(Part):
    """Reads the places in: before serving when the tenant has nothing yet, beside it otherwise.

    The sample never mixes with other documents: it goes when places are given, and it is not
    read in where there are others.
    """

    def __init__(
        self, ingester: Ingester, tenant: TenantId, places: Sequence[str], tell: Tell
    ) -> None:
        self._ingester = ingester
        self._tenant = tenant
        self._places = places
        self._tell = tell
        self._stop = asyncio.Event()

    async def empty(self) -> bool:
        """Whether the tenant has no document yet."""
        return not await self._ingester.list(self._tenant)

    async def read(self, watching: Watching) -> None:
        """Bring the tenant's documents up to date, and tell what changed or was refused."""
        stored = await self._ingester.list(self._tenant)
        samples = await _sample() if stored else {}
        if self._places:
            mine = [one.uri for one in stored if samples.get(one.uri) == one.digest]
            await self._remove(mine)
        elif any(one.uri not in samples for one in stored):
            return
        places = self._places or (str(SAMPLE_DOCUMENTS),)
        summary = await read_in(
            self._ingester, self._tenant, places, watching, prune=not self._places
        )
        self._report(summary)

    async def run(self) -> None:
        reading = asyncio.create_task(self._read_beside())
        try:
            await self._stop.wait()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def stop(self) -> None:
        self._stop.set()

    async def _read_beside(self) -> None:
        """A failure to read leaves what is served as it is."""
        try:
            await self.read(Watching(found=lambda: None, done=lambda _uri: None))
        except SwitchboardError as failure:
            self._tell(f"the documents were not brought up to date: {failure}")

    async def _remove(self, uris: Sequence[str]) -> None:
        if uris:
            await self._ingester.remove(self._tenant, uris)
            self._tell(f"documents: the sample's {len(uris)} are taken out")

    def _report(self, summary: Summary) -> None:
        for sentence in (*summary.notices, *map(str, summary.refused)):
            self._tell(sentence)
        self._tell(str(summary))


async def _sample() -> dict[str, str]:
    """Digests of the sample's documents, by uri."""
    read = source_for(str(SAMPLE_DOCUMENTS)).read()
    return {found.uri: found.digest async for found in read if isinstance(found, Document)}
