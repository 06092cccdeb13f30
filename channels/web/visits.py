"""Who is at the other end of a socket, and which conversation they are in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web

from channels.contract import tenant_named
from channels.parts import GatewayParts
from channels.web.protocol import Hello
from channels.web.signatures import SignatureRefused
from channels.web.sites import Front, Sites
from core.domain.conversation import Conversation
from core.domain.customers import Profile
from core.domain.errors import ConversationNotFound
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visitor in a conversation of theirs."""

    tenant: TenantId
    conversation: Conversation
    token: str
    """Empty for a person that a site vouches for."""
    since: int | None
    front: Front
    until: datetime | None = None
    """When the site's word ends."""
    profile: Profile | None = None
    """What the site says of them; nobody else's word is taken for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a socket was opened from."""

    origin: str | None
    host: str
    """Of this service, as the page calls it."""
    languages: str = ""
    """What the browser prefers, as its Accept-Language header says."""


def page_of(request: web.Request) -> Page:
    """The page that sends a request."""
    headers = request.headers
    return Page(
        origin=headers.get("Origin"),
        host=request.host,
        languages=headers.get("Accept-Language", ""),
    )


class Unauthorized(Exception):
    """The token or the signature is worth nothing, or the conversation is not the visitor's."""


class Forbidden(Exception):
    """The page may open chats here, but not of this tenant."""


async def enter(hello: Hello, page: Page, parts: GatewayParts, sites: Sites) -> Visit:
    """The visit a hello asks for; visitor and conversation are made when it names none.

    Raises:
        Unauthorized: an unknown token, a conversation without its visitor's token.
        Forbidden: the tenant does not know the page.
        TenantNotFound: no such tenant.
    """
    tenant = tenant_named(hello.tenant or parts.settings.default_tenant)
    if not sites.may_open(tenant, page.origin, page.host):
        raise Forbidden
    if hello.identity is not None:
        return await _signed_in(hello, tenant, page.languages, parts, sites)
    if hello.token is None:
        if hello.conversation is not None:
            raise Unauthorized
        token = parts.new_secret()
        customer = await parts.visitors.welcome(tenant, token)
    else:
        token = hello.token
        known = await parts.visitors.recognise(tenant, token)
        if known is None:
            raise Unauthorized
        customer = known
    if hello.conversation is None:
        address = str(parts.clock.new_id())
        conversation = await parts.inbox.open(
            tenant, Channel.WEB, customer, address, page.languages
        )
    else:
        conversation = await _own(parts, tenant, customer, hello.conversation)
    return Visit(
        tenant=tenant,
        conversation=conversation,
        token=token,
        since=hello.since,
        front=sites.front(tenant),
    )


async def _signed_in(
    hello: Hello, tenant: TenantId, languages: str, parts: GatewayParts, sites: Sites
) -> Visit:
    """Of a person, wherever they are: what they said as a nameless visitor stays apart from it."""
    try:
        signed = sites.signatures.read(tenant, hello.identity or "")
    except SignatureRefused:
        raise Unauthorized from None
    customer = signed.customer
    wanted = hello.conversation
    if wanted is None and not hello.fresh:
        wanted = await parts.visitors.latest(tenant, customer)
    if wanted is None:
        # The first one has an address of its own: two machines at once begin the same one.
        address = f"{customer}:{parts.clock.new_id()}" if hello.fresh else customer
        conversation = await parts.inbox.open(tenant, Channel.WEB, customer, address, languages)
    else:
        conversation = await _own(parts, tenant, customer, wanted)
    return Visit(
        tenant=tenant,
        conversation=conversation,
        token="",
        since=hello.since,
        front=sites.front(tenant),
        until=signed.until,
        profile=signed.profile,
    )


async def _own(
    parts: GatewayParts, tenant: TenantId, customer: CustomerId, wanted: UUID
) -> Conversation:
    try:
        found = await parts.transcript.conversation(tenant, ConversationId(wanted))
    except ConversationNotFound:
        raise Unauthorized from None  # to a stranger, unknown and not theirs look the same
    if found.channel is not Channel.WEB or found.customer != customer:
        raise Unauthorized
    return found
