"""What an operator can change about the channels."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le
from pydantic import SecretStr

from channels.web.signatures import key_of

_NO_SECRET = SecretStr("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The web pages of one tenant, on which its widget stands."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    tenant: str
    origins: tuple[str, ...] = ()
    """Which pages may open this tenant's chat, as `https://shop.example`."""
    identity_keys: tuple[SecretStr, ...] = ()
    """What the site signs its visitors' tokens with: a secret of 32 bytes or more for HS256, or
    a public key in PEM for ES256; several, so that a new one can come before an old one goes."""
    brand: str = ""
    """The name on top of the chat; empty means the one of all tenants."""
    suggestions: tuple[str, ...] = ()
    suggestions_zh: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could never be a key.

        Raises:
            ValueError: a key is no key.
        """
        for key in self.identity_keys:
            key_of(key.get_secret_value())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsSettings:
    """Who may connect, and how much they may say."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    allowed_origins: tuple[str, ...] = ()
    """Web pages that may open the socket beside this server's own, as `https://shop.example`;
    `*` lets every page in. A page that is not listed is refused with 403. Those of one tenant
    alone are better listed in `sites`."""
    sites: tuple[Site, ...] = ()
    """One entry per tenant with a widget: tenant, origins, identity_keys, brand, suggestions,
    suggestions_zh. Its origins may open the chat of that tenant and of no other; with
    identity_keys the site can say who a visitor is (see the runbook)."""
    secret_keys: tuple[SecretStr, ...] = ()
    """What the tokens of accounts are encrypted with in the database, as `switchboard config key`
    prints them: the first encrypts, all of them decrypt, so that a new one can come before an old
    one goes. Empty means a key in the data folder where Postgres is embedded, and elsewhere no
    accounts."""
    public_url: str = ""
    """Where platforms reach this service, as `https://chat.example`; empty means nowhere, and
    accounts that poll or hold a socket open are the only ones that hear anything."""
    slack_signing_secret: SecretStr = _NO_SECRET
    """Of the Slack app: proves that requests come from Slack; without it none is taken."""
    slack_client_id: str = ""
    """Of the Slack app: with slack_client_secret, workspaces can install it at /slack/install."""
    slack_client_secret: SecretStr = _NO_SECRET
    """Of the Slack app: proves to Slack, when a workspace installs it, that the app is yours."""
    slack_app_token: SecretStr = _NO_SECRET
    """Of the Slack app, `xapp-...`: takes its events by Socket Mode instead of over HTTP, for a
    service that Slack cannot reach."""
    slack_api_url: str = ""
    """Where Slack's methods are, when that is not Slack itself: a proxy of your own, say."""
    default_tenant: str = "default"
    """The tenant of requests that name none."""
    brand: str = "Switchboard"
    """The name on top of the chat page."""
    suggestions: tuple[str, ...] = ()
    """Questions the chat page offers at the start, at most four are shown; empty shows none."""
    suggestions_zh: tuple[str, ...] = ()
    """The same for visitors who read Chinese."""
    says_per_second: Annotated[float, Ge(0.01), Le(100_000)] = 5
    """Messages one socket may say per second in the long run; more gets `slow_down`."""
    says_burst: Annotated[int, Ge(1), Le(100_000)] = 20
    """Messages one socket may say at once before the rate counts."""
    requests_per_second: Annotated[float, Ge(0.01), Le(1_000_000)] = 200
    """Questions one network address may ask over HTTP per second in the long run; then 429."""
    requests_burst: Annotated[int, Ge(1), Le(1_000_000)] = 1000
    """Questions one network address may ask at once before the rate counts."""
    sockets_per_second: Annotated[float, Ge(0.01), Le(1_000_000)] = 200
    """Sockets one network address may open per second in the long run; then 429. Behind a proxy
    all visitors share its address."""
    sockets_burst: Annotated[int, Ge(1), Le(1_000_000)] = 2000
    """Sockets one network address may open at once before the rate counts."""
    max_sockets: Annotated[int, Ge(1), Le(1_000_000)] = 10_000
    """Sockets one process keeps open, about 17 KB each; the next one is refused with 503."""
    hello_s: Annotated[float, Ge(0.1), Le(60)] = 5
    """Seconds a fresh socket has for its first frame."""
    send_s: Annotated[float, Ge(0.1), Le(300)] = 20
    """Seconds a reader may block one frame before its socket is closed; it resumes later."""
    poll_s: Annotated[float, Ge(0.05), Le(60)] = 3
    """Seconds between looks at the transcript when no wake-up came; wake-ups may be lost."""
    answer_s: Annotated[float, Ge(0.1), Le(600)] = 45
    """Seconds a request over HTTP waits for its answer before it gets 504; the answer is stored
    all the same and can be read from the conversation later."""
    deliver_s: Annotated[float, Ge(1), Le(86_400)] = 900
    """Seconds it is tried to bring a message to a platform that is away before it is put aside as
    a dead letter; more survives longer outages and holds up what follows in the conversation."""
