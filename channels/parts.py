"""What the gateway is made of; deploy/wiring.py fills it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry

from channels.fetching import WantedFiles
from channels.files import Files
from channels.places import Places
from channels.ports import Feedback, People, Threads, Visitors
from channels.receiving import Receive
from channels.settings import ChannelsSettings
from core.domain.ids import TenantId
from core.ports import Clock, Inbox, Live, Transcript

Probe = Callable[[], Awaitable[str | None]]
"""None when all is well, else one sentence that says what is not."""


class Routes(Protocol):
    """Handlers of some addresses."""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serve them."""
        ...


Platforms = Callable[[Receive], Sequence[Routes]]
"""The addresses that platforms tell, for whoever takes what they told."""


def no_platforms(receive: Receive) -> Sequence[Routes]:
    """For a service without any."""
    return ()


Vouches = Callable[[TenantId, str], Awaitable[bool]]
"""Whether the program with this token is trusted to say who a tenant's customers are."""


async def trusts_nobody(tenant: TenantId, token: str) -> bool:
    """For a service that gives out no tokens."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParts:
    """Ports and settings of one gateway."""

    inbox: Inbox
    transcript: Transcript
    live: Live
    clock: Clock
    visitors: Visitors
    threads: Threads
    feedback: Feedback
    people: People
    files: Files
    ready: Probe
    """Whether what it needs can be reached."""
    new_secret: Callable[[], str]
    """A fresh token of 32 random bytes, safe in an address."""
    registry: CollectorRegistry
    """What /metrics shows."""
    settings: ChannelsSettings
    places: Places
    wanted: WantedFiles
    """Files that lie on platforms."""
    platforms: Platforms = no_platforms
    vouches: Vouches = trusts_nobody
    others: Sequence[Routes] = ()
    """Addresses of whoever else is served here."""
    version: str = "0"
