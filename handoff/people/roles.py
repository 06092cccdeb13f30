"""What people and programs may do."""

from enum import StrEnum


class Permission(StrEnum):
    """One kind of act; every route asks for one."""

    PUBLIC = "public"
    """No account is needed: signing in, pages without data."""
    OWN = "own"
    """Whoever is signed in, about themselves: presence, password, sessions."""
    READ = "conversations.read"
    ANSWER = "conversations.answer"
    """Take, answer, note, transfer, return, close."""
    ASSIGN = "conversations.assign"
    """Give a conversation to somebody else."""
    OVERSEE = "desk.oversee"
    """See the whole desk: who waits, who is there and how it goes; say who is asked."""
    TICKETS = "tickets.write"
    REVIEW = "answers.review"
    KNOWLEDGE = "knowledge.write"
    SETTINGS = "settings.write"
    PEOPLE = "people.write"
    AUDIT = "audit.read"
    VOUCH = "customers.vouch"
    """Say who the customer is; for programs that ask on the chat's API for their own users."""


class Role(StrEnum):
    """What somebody is here; each may do what the one before may."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


_AGENT = frozenset({Permission.OWN, Permission.READ, Permission.ANSWER, Permission.TICKETS})
_LEAD = _AGENT | {
    Permission.ASSIGN, Permission.OVERSEE, Permission.REVIEW, Permission.KNOWLEDGE,
    Permission.AUDIT,
}  # fmt: skip
_ADMIN = _LEAD | {Permission.SETTINGS, Permission.PEOPLE, Permission.VOUCH}
MAY: dict[Role, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.ADMIN: _ADMIN,
}
SCOPES = frozenset(Permission) - {Permission.PUBLIC, Permission.OWN}
"""What a program's token may be given: nothing that belongs to a person."""
