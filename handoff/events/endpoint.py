"""An address that a tenant's handoffs are told at."""

from dataclasses import dataclass, field
from uuid import UUID

from core.domain.errors import SetupError
from core.domain.ids import TenantId
from core.egress.addresses import is_own, is_public, literal
from handoff.people.oidc.addresses import is_safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address, as an operator added it."""

    id: UUID
    tenant: TenantId
    name: str
    url: str
    private: bool
    """Whether it may lie in a network of one's own."""
    secret: str = field(repr=False)
    """What calls are signed with."""


def checked(url: str, *, private: bool) -> str:
    """The address, if calls may go there.

    Raises:
        SetupError: it is neither https nor of this machine, or of a network that is not called.
    """
    if not is_safe(url):
        raise SetupError(
            "an endpoint's address begins with https://, or with http:// on this machine, and has"
            " no user name, password or #"
        )
    host = url.split("://", 1)[1].split("/", 1)[0].rpartition("@")[2]
    found = literal(host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host)
    own = host.partition(":")[0] == "localhost" or (found is not None and is_own(found))
    if own and not private:
        raise SetupError("this address is of a private network: say --private if it is meant")
    if found is not None and not own and not is_public(found):
        raise SetupError("this address is of a network that is not called")
    return url
