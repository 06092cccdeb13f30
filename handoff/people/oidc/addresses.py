"""Which addresses of issuers may be called: those that nobody on the way can read."""

from yarl import URL

from core.egress.addresses import Address, is_own, is_public, literal


def is_safe(address: str) -> bool:
    """Whether it is https, or http on this machine; never with a name and password in it."""
    try:
        url = URL(address)
        host = url.host or ""
    except ValueError:
        return False
    if not host or url.user is not None or url.password is not None or url.fragment:
        return False
    found = literal(host)
    if found is not None and not may_call(host, found):
        return False
    here = host == "localhost" or (found is not None and found.is_loopback)
    return url.scheme == "https" or (url.scheme == "http" and here)


def may_call(_host: str, address: Address) -> bool:
    """Whether an issuer may be at this address; the company's own network is as good as any."""
    return is_public(address) or is_own(address)
