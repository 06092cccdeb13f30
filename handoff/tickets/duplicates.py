"""Which open tickets of a customer are likely about the same matter."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.tickets import TicketDraft
from core.nlu.words import telling_terms
from handoff.tickets.ticket import Ticket

THRESHOLD = 0.42
"""Of the twenty pairs in tests/handoff/tickets/pairs.toml, the likest of two matters has 0.37, the
least like of one matter 0.47."""
_SHARED_ENTITY = 0.3
_OTHER_ORDER = 0.4
_SAME_CATEGORY = 0.1


@dataclass(frozen=True, slots=True)
class Likely:
    """An open ticket, and how alike it is: 0 to 1."""

    ticket: Ticket
    likeness: float


def likely(draft: TicketDraft, open_ones: Sequence[Ticket]) -> Sequence[Likely]:
    """Tickets that may be about the same, the likeliest first; whose they are is not looked at."""
    judged = (Likely(one, likeness(draft, one.says)) for one in open_ones)
    found = [one for one in judged if one.likeness >= THRESHOLD]
    return sorted(found, key=lambda one: (-one.likeness, one.ticket.number))


def likeness(one: TicketDraft, other: TicketDraft) -> float:
    """How alike two drafts are, 0 to 1: words they share, and orders, products and category.

    Two different orders are two matters, however alike the words are.
    """
    score = _overlap(_terms(one), _terms(other))
    orders = _shared(one.order_numbers, other.order_numbers)
    if orders:
        score += _SHARED_ENTITY
    elif one.order_numbers and other.order_numbers:
        score -= _OTHER_ORDER
    if _shared(one.products, other.products):
        score += _SHARED_ENTITY / 2
    if one.category == other.category:
        score += _SAME_CATEGORY
    return min(max(score, 0.0), 1.0)


def _terms(draft: TicketDraft) -> frozenset[str]:
    return frozenset(telling_terms(f"{draft.title} {draft.summary}"))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared words by all words of both (Jaccard)."""
    return len(one & other) / len(one | other) if one | other else 0.0


def _shared(one: Sequence[str], other: Sequence[str]) -> bool:
    return bool({each.casefold() for each in one} & {each.casefold() for each in other})
