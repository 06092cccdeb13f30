"""How memories lie in their JSON columns; versioned counterparts of domain values."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from core.domain.memory import Fact, Kind, Memory
from core.domain.messages import Author


class _Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: str
    text: str
    seq: int
    by: str = Author.CUSTOMER.value


class _Memory(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    upto: int
    text: str
    facts: tuple[_Fact, ...]
    stale: frozenset[int] | None = None
    customer: tuple[str, ...] = ()


_encoder = msgspec.json.Encoder()
_facts = msgspec.json.Decoder(tuple[_Fact, ...])
_memory = msgspec.json.Decoder(_Memory)


@dataclass(frozen=True, slots=True)
class Kept:
    """A memory as it was kept, and what of it no longer holds."""

    memory: Memory
    """Without its text, and without their facts, where messages have changed since."""
    stale: frozenset[int]
    """The `seq` of each message that has changed, if any has since it was written."""


def encode_facts(facts: Sequence[Fact]) -> str:
    """JSON of the facts."""
    return _encoder.encode(
        [_Fact(fact.kind.value, fact.text, fact.seq, fact.by.value) for fact in facts]
    ).decode()


def decode_facts(stored: str) -> tuple[Fact, ...]:
    """The counterpart of `encode_facts`."""
    return tuple(map(_fact, _facts.decode(stored)))


def decode_memory(stored: str) -> Kept:
    """What the view `remembered` says: words that were taken back are not remembered."""
    kept = _memory.decode(stored)
    stale = kept.stale or frozenset()
    memory = Memory(
        version=kept.version,
        upto=kept.upto,
        text="" if stale else kept.text,
        facts=tuple(_fact(fact) for fact in kept.facts if fact.seq not in stale),
        customer=kept.customer,
    )
    return Kept(memory, stale)


def _fact(stored: _Fact) -> Fact:
    return Fact(kind=Kind(stored.kind), text=stored.text, seq=stored.seq, by=Author(stored.by))
