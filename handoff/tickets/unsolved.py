"""Whether what a customer writes takes back that their request is done. Pure, by rules.

Rules rather than a model: an operator must be able to see why a ticket was opened again, and it
must be the same on every machine. The patterns lie in unsolved.toml, in English and Chinese; in
other languages only what follows the notice at once is taken for an answer to it.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from core.nlu.words import telling_terms
from handoff.tickets.ticket import Ticket

_LONGEST = 4_000
"""Characters that are looked at."""


def belongs(words: str, ticket: Ticket, *, asks: bool, behind_notice: bool) -> bool:
    """Whether these words open a ticket again that is done.

    They do where they say that it is not solved and are about it: they follow the notice that it
    is done, name its number or an order of it, or share a telling word with it. Right behind that
    notice, which asks for it, any other words do as well, but for thanks, small talk, and a
    question that has nothing in common with the ticket.

    Args:
        words: the customer's.
        ticket: one that is done.
        asks: whether more is wanted than a phrase, as `Understanding.asks`.
        behind_notice: nothing was said since the customer was told, but by them and small talk.
    """
    text = _folded(words)
    about = _is_about(text, words, ticket)
    if _is_unsolved(text):
        return behind_notice or about
    if not behind_notice or not asks or _found("thanks", text):
        return False
    return about or not _found("question", text)


def is_about(words: str, ticket: Ticket) -> bool:
    """Whether they name its number or an order of it, or share a telling word with it."""
    return _is_about(_folded(words), words, ticket)


def _is_unsolved(text: str) -> bool:
    for well in _patterns("well"):
        text = well.sub(" ", text)
    return _found("unsolved", text.strip())


def _is_about(text: str, words: str, ticket: Ticket) -> bool:
    says = ticket.says
    if any(order.casefold() in text for order in says.order_numbers):
        return True
    forms = [
        form.replace("{number}", str(ticket.number))
        for language in _read().values()
        for form in language["number"]
    ]
    if any(re.search(form, text) for form in forms):
        return True
    theirs = {term for term in telling_terms(words) if not term.isdigit()}
    return bool((theirs - _OF_ANY) & set(telling_terms(f"{says.title} {says.summary}")))


def _found(name: str, text: str) -> bool:
    return any(form.search(text) for form in _patterns(name))


def _folded(words: str) -> str:
    text = unicodedata.normalize("NFKC", words[:_LONGEST]).casefold()
    return re.sub("['`\u2018\u00b4]", "\u2019", text).strip()


@cache
def _read() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for language in _read().values() for form in language[name])


_OF_ANY = frozenset(
    telling_terms("work help problem issue request ticket solved fixed still 问题 解决 没有 还是")
)
"""Words that any ticket may have in common with anything."""
