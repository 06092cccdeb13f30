"""Identities: each its own type, so that none is passed for another."""

from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", str)
"""A brand served by this deployment: lower-case letters, digits and hyphens."""

ConversationId = NewType("ConversationId", UUID)
"""One thread of talk; the key of every topic."""

CustomerId = NewType("CustomerId", str)
"""Who talks, as the channel knows them; unique within a tenant and channel."""

AgentId = NewType("AgentId", UUID)
"""A person who takes handoffs."""

TurnId = NewType("TurnId", UUID)
"""One customer message, or a burst of them, and what the service did with it."""

EventId = NewType("EventId", str)
"""The channel's own id of an inbound event; a redelivery carries the same one."""

HandoffId = NewType("HandoffId", UUID)
"""One request for a person; a turn that makes the request gives it its own id."""

TicketId = NewType("TicketId", UUID)
"""Work that outlives the talk."""

DocumentId = NewType("DocumentId", UUID)
PassageId = NewType("PassageId", UUID)
