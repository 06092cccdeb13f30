"""What a hook is told of a turn."""

from dataclasses import dataclass

from core.domain.conversation import TurnContext
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.understanding import Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class HookTurn:
    """The turn in hand; nothing in it can be changed."""

    tenant: TenantId
    conversation: ConversationId
    channel: str
    customer: CustomerId
    texts: tuple[str, ...]
    """The customer's messages that this turn answers, oldest first, as earlier hooks left them."""
    texts_before: tuple[str, ...]
    """What the customer wrote in earlier turns, oldest first."""
    language: str
    """BCP 47 primary tag; before understanding, that of the customer's last turn."""
    intent: str = ""
    """Empty before understanding."""


def turn_of(context: TurnContext, understanding: Understanding | None = None) -> HookTurn:
    """The turn as a hook may see it."""
    talk = context.conversation
    return HookTurn(
        tenant=talk.tenant,
        conversation=talk.id,
        channel=talk.channel.value,
        customer=talk.customer,
        texts=tuple(message.text for message in context.waiting),
        texts_before=context.questions_before,
        language=understanding.language.label if understanding else talk.language,
        intent=understanding.intent.label if understanding else "",
    )
