"""What the gateway is made of; deploy/wiring.py fills it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from channels.ports import Feedback, Threads, Visitors
from channels.settings import ChannelsSettings
from core.ports import Clock, Inbox, Live, Transcript

Probe = Callable[[], Awaitable[str | None]]
"""None when all is well, else one sentence that says what is not."""


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
    ready: Probe
    """Whether what it needs can be reached."""
    new_secret: Callable[[], str]
    """A fresh token of 32 random bytes, safe in an address."""
    registry: CollectorRegistry
    """What /metrics shows."""
    settings: ChannelsSettings
    version: str = "0"
