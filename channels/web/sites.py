"""Which pages hold whose widget, and what it says there."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from channels.settings import ChannelsSettings, Site
from channels.web.signatures import Signatures, key_of
from core.domain.ids import TenantId
from core.ports import Clock


def is_own(origin: str | None, host: str) -> bool:
    """Whether a page comes from this service itself, or is no page.

    Programs other than browsers send no origin; what they may do, their token decides.
    """
    return origin is None or urlsplit(origin).netloc.lower() == host.lower() != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a chat says before anybody has said anything."""

    brand: str
    suggestions: dict[str, tuple[str, ...]]
    """Questions to begin with, by language."""


class Sites:
    """The sites of all tenants."""

    def __init__(self, settings: ChannelsSettings, clock: Clock) -> None:
        self._everywhere = frozenset(settings.allowed_origins)
        self._of = {TenantId(site.tenant): site for site in settings.sites}
        self._plain = Site(
            tenant="",
            brand=settings.brand,
            suggestions=settings.suggestions,
            suggestions_zh=settings.suggestions_zh,
        )
        self._origins = self._everywhere.union(*(site.origins for site in settings.sites))
        self.signatures = Signatures(
            {
                site.tenant: [key_of(key.get_secret_value()) for key in site.identity_keys]
                for site in settings.sites
            },
            clock,
        )

    def may_connect(self, origin: str | None, host: str) -> bool:
        """Whether a page of this origin may open a socket; for whose chat is not known yet."""
        return is_own(origin, host) or _listed(origin, self._origins)

    def may_open(self, tenant: TenantId, origin: str | None, host: str) -> bool:
        """Whether it may open this tenant's chat."""
        site = self._of.get(tenant, self._plain)
        return is_own(origin, host) or _listed(origin, self._everywhere.union(site.origins))

    def front(self, tenant: TenantId) -> Front:
        """What this tenant's chat begins with."""
        site, plain = self._of.get(tenant, self._plain), self._plain
        questions = {
            "en": site.suggestions or plain.suggestions,
            "zh": site.suggestions_zh or plain.suggestions_zh,
        }
        return Front(
            brand=site.brand or plain.brand,
            suggestions={language: asked for language, asked in questions.items() if asked},
        )


def _listed(origin: str | None, allowed: Collection[str]) -> bool:
    return "*" in allowed or origin in allowed
