"""Tickets over a real store, and what tests open them with."""

from uuid import uuid4

from core.domain.tickets import Priority, TicketDraft
from handoff.people.account import Actor
from handoff.people.audit import Sealing
from handoff.postgres.audit import Notary, PostgresAuditLog
from handoff.postgres.telling import Telling
from handoff.postgres.tickets import PostgresTickets
from handoff.tickets.ticket import Comment, NewTicket
from tests.builders import NOON, TENANT
from tests.handoff.stage import Stage

SEALING = Sealing([b"key"])
ANN = Actor(tenant=TENANT, name="person:ann", may=frozenset())
SUMMARY = "The kettle AB-123456 leaks at the lid since Monday."


def a_draft(title: str = "The kettle leaks", summary: str = SUMMARY) -> TicketDraft:
    return TicketDraft(
        title=title,
        summary=summary,
        category="repair",
        priority=Priority.HIGH,
        order_numbers=("AB-123456",),
        products=("Kettle 2",),
        language="en",
        steps_tried=("I descaled it.",),
    )


def a_ticket(stage_conversation=None, *, origin: str = "turn:1", told: bool = False) -> NewTicket:
    return NewTicket(
        origin=origin, says=a_draft(), conversation=stage_conversation, told=told, customer="cy"
    )


def a_comment(text: str = "We have sent a new lid.", *, public: bool = True) -> Comment:
    return Comment(id=uuid4(), author=ANN.name, text=text, public=public, at=NOON)


def tickets_of(stage: Stage) -> PostgresTickets:
    telling = Telling(
        stage.clock,
        stage.rung.append,
        live=stage.live,
        practices=stage.practices,
        notary=Notary(SEALING, stage.clock),
    )
    return PostgresTickets(stage.database, stage.clock, telling=telling)


def audit_of(stage: Stage) -> PostgresAuditLog:
    return PostgresAuditLog(stage.database, SEALING)
