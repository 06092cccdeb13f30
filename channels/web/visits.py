"""Who is at the other end of a socket, and which conversation they are in."""

from dataclasses import dataclass
from uuid import UUID

from channels.contract import tenant_named
from channels.parts import GatewayParts
from channels.web.protocol import Hello
from core.domain.conversation import Conversation
from core.domain.errors import ConversationNotFound
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visitor in a conversation of theirs."""

    tenant: TenantId
    conversation: Conversation
    token: str
    since: int | None


class Unauthorized(Exception):
    """The token is unknown, or the conversation is not the visitor's."""


async def enter(hello: Hello, parts: GatewayParts) -> Visit:
    """The visit a hello asks for; visitor and conversation are made when it names none.

    Raises:
        Unauthorized: an unknown token, a conversation without its visitor's token.
        TenantNotFound: no such tenant.
    """
    tenant = tenant_named(hello.tenant or parts.settings.default_tenant)
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
        conversation = await parts.inbox.open(tenant, Channel.WEB, customer, address)
    else:
        conversation = await _own(parts, tenant, customer, hello.conversation)
    return Visit(tenant=tenant, conversation=conversation, token=token, since=hello.since)


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
