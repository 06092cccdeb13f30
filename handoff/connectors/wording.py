"""A ticket as trackers read it."""

from collections.abc import Mapping

from handoff.connectors.contract import Issue
from handoff.tickets.ticket import Ticket


def issue_of(ticket: Ticket, marker: str) -> Issue:
    """The ticket for a tracker, found there by its marker."""
    fields, says = sources(ticket), ticket.says
    lines = [
        ("Ticket", f"{ticket.number}, {ticket.channel}"),
        ("Customer", ticket.customer_name),
        ("Category", says.category),
        ("Priority", says.priority.value),
        ("Orders", fields["orders"]),
        ("Products", fields["products"]),
        ("E-mail", fields["emails"]),
        ("Answer to", ticket.contact),
        ("Language", says.language),
        ("Mood", says.emotion),
        ("Conversation", str(ticket.conversation or "")),
    ]
    listed = "\n".join(f"{name}: {value}" for name, value in lines if value)
    tried = "\n".join(f"- {step}" for step in says.steps_tried)
    parts = [says.summary, f"Tried already:\n{tried}" if tried else "", listed]
    return Issue(
        marker=marker,
        number=ticket.number,
        title=says.title,
        text="\n\n".join(part for part in parts if part),
        category=says.category,
        priority=says.priority,
        fields=fields,
        email=says.emails[0] if says.emails else "",
        name=ticket.customer_name,
    )


def sources(ticket: Ticket) -> Mapping[str, str]:
    """What can stand in fields of an operator's own, each under its name in `mapping.SOURCES`."""
    says = ticket.says
    return {
        "number": str(ticket.number),
        "category": says.category,
        "priority": says.priority.value,
        "summary": says.summary,
        "orders": ", ".join(says.order_numbers),
        "products": ", ".join(says.products),
        "emails": ", ".join(says.emails),
        "contact": ticket.contact,
        "customer": ticket.customer_name,
        "language": says.language,
        "emotion": says.emotion,
        "steps": "\n".join(says.steps_tried),
    }
