"""What rows of handoffs, agents and tickets mean."""

from datetime import datetime, timedelta
from typing import Any

from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId, TicketId, TurnId
from core.domain.messages import Channel
from core.domain.tickets import Priority, TicketDraft
from handoff.assignment import Person, Presence
from handoff.life import (
    Abandoned,
    Active,
    Expired,
    Handoff,
    Offered,
    Queued,
    Requested,
    Returned,
    State,
    Wants,
    WrappedUp,
)
from handoff.tickets.ticket import Comment, Ticket
from handoff.tickets.ticket import State as TicketState


def handoff_of(row: Any, before: AgentId | None = None) -> Handoff:
    """A handoff; `before` is whom the customer had in an earlier one."""
    return Handoff(
        id=HandoffId(row["id"]),
        tenant=TenantId(row["tenant"]),
        conversation=ConversationId(row["conversation"]),
        channel=Channel(row["channel"]),
        state=_state(row["state"], row["agent"], row["until"]),
        wants=Wants(
            reason=row["reason"],
            team=row["team"],
            language=row["language"],
            skills=frozenset(row["skills"]),
            priority=row["priority"],
        ),
        requested_at=row["requested_at"],
        epoch=row["epoch"],
        version=row["version"],
        asked_last=row["asked_last"],
        before=before,
        snoozed=row["state"] == "active" and row["snoozed_until"] is not None,
        woke_at=row["woke_at"],
        contact=row["contact"],
        answered=row["answered_at"] is not None,
    )


def person_of(row: Any, now: datetime, offline_s: float) -> Person:
    """An agent without their load, and whether they are there at this moment."""
    return Person(
        id=AgentId(row["id"]),
        name=row["name"],
        presence=presence_of(row["away"], row["seen_at"], now, offline_s),
        capacity=row["capacity"],
        languages=frozenset(row["languages"]),
        skills=frozenset(row["skills"]),
        teams=frozenset(row["teams"]),
        draining=row["draining"],
        free_since=row["free_since"],
        seen_at=row["seen_at"],
    )


def presence_of(away: Any, seen_at: datetime, now: datetime, offline_s: float) -> Presence:
    """Whether an agent is there, who is offline so many seconds after the last sign of life."""
    if now - seen_at >= timedelta(seconds=offline_s):
        return Presence.OFFLINE
    return Presence.AWAY if away else Presence.ONLINE


def _state(name: str, agent: AgentId | None, until: datetime | None) -> State:
    match name, agent, until:
        case "requested", _, _:
            return Requested()
        case "queued", _, _:
            return Queued()
        case "offered", agent, until if agent and until:
            return Offered(agent=agent, until=until)
        case "abandoned", _, _:
            return Abandoned()
        case "expired", _, _:
            return Expired()
        case _:
            return _with_agent(name, agent)


def _with_agent(name: str, agent: AgentId | None) -> State:
    if agent is None:
        raise ValueError(f"a handoff that is {name} has an agent")
    match name:
        case "active":
            return Active(agent)
        case "wrapped_up":
            return WrappedUp(agent)
        case "returned":
            return Returned(agent)
        case _:
            raise ValueError(f"{name} is no state of a handoff")


def ticket_of(row: Any) -> Ticket:
    """A ticket."""
    return Ticket(
        id=TicketId(row["id"]),
        tenant=TenantId(row["tenant"]),
        number=row["number"],
        state=TicketState(row["state"]),
        version=row["version"],
        says=TicketDraft(
            title=row["title"],
            summary=row["summary"],
            category=row["category"],
            priority=Priority(row["priority"]),
            order_numbers=tuple(row["orders"]),
            products=tuple(row["products"]),
            emails=tuple(row["emails"]),
            language=row["language"],
            emotion=row["emotion"],
            steps_tried=tuple(row["steps"]),
        ),
        conversation=row["conversation"] and ConversationId(row["conversation"]),
        turns=tuple(map(TurnId, row["turns"])),
        channel=row["channel"],
        customer=row["customer"],
        origin=row["origin"],
        team=row["team"],
        assignee=row["assignee"] and AgentId(row["assignee"]),
        duplicate_of=row["duplicate_of"] and TicketId(row["duplicate_of"]),
        reopened=row["reopened"],
        opened_by=row["opened_by"],
        opened_at=row["opened_at"],
        changed_at=row["changed_at"],
        contact=row["contact"],
        customer_name=row["customer_name"],
    )


def comment_of(row: Any) -> Comment:
    """Something said about a ticket."""
    return Comment(
        id=row["id"],
        author=row["author"],
        text=row["text"],
        public=row["public"],
        at=row["at"],
    )
