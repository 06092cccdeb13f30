"""How far a web source goes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """What may be called on the network, how often and for how long."""

    allow_private: bool = False
    """Also call this machine and private networks, on any port: for intranets and tests.

    Link-local addresses stay closed even then: cloud machines answer there with credentials.
    """
    ports: frozenset[int] = frozenset({80, 443})
    """On the internet, only these are called."""
    redirects: int = 5
    """Hops that are followed; each is checked like the first address."""
    call_s: float = 30.0
    """A call that is not finished by then is given up."""
    pages: int = 1_000
    """A sitemap's pages beyond this number are left out."""
    sitemaps: int = 50
    """Sitemaps that one index may lead to."""
    pause_s: float = 0.2
    """Between two pages of a site, where its robots.txt asks for no longer one."""
    longest_pause_s: float = 10.0
    """A site that asks for more than this gets this."""


WEB_LIMITS = WebLimits()
