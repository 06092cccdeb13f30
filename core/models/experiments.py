"""Experiments: which variant a conversation takes part in, the same one each time.

Assignment is weighted rendezvous hashing: nothing is stored, every process comes to the same end,
and a variant that is added or weighed anew moves only conversations that gain or lose by it.
Source: Thaler and Ravishankar, A Name-Based Mapping Scheme for Rendezvous (1996); with weights as
in Schindelhauer and Schomaker, Weighted Distributed Hash Tables (2005).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from core.domain.ids import ConversationId, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way of answering among those that are compared."""

    name: str
    weight: float = 1.0
    """Its share of the conversations; 0 takes none."""
    prompt: str = "answer"
    """The name of the prompts that it uses."""
    targets: tuple[str, ...] = ()
    """The models that may write; empty means all."""
    without: tuple[str, ...] = ()
    """Those that may not."""
    temperature: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Variants that are compared."""

    name: str
    variants: tuple[Variant, ...]
    tenants: tuple[str, ...] = ()
    """Whose conversations take part; empty means all."""

    def label(self, variant: Variant) -> str:
        """As it is recorded with an answer."""
        return f"{self.name}/{variant.name}"


def assigned(
    experiments: Sequence[Experiment], tenant: TenantId, conversation: ConversationId
) -> str:
    """The label of the variant: of the first experiment that the tenant takes part in.

    Empty outside of all.
    """
    for experiment in experiments:
        if not experiment.tenants or tenant in experiment.tenants:
            return experiment.label(chosen(experiment, conversation))
    return ""


def chosen(experiment: Experiment, conversation: ConversationId) -> Variant:
    """The variant of a conversation."""

    def lateness(variant: Variant) -> float:
        if not variant.weight:
            return math.inf
        return -math.log(_chance(experiment.label(variant), conversation)) / variant.weight

    return min(experiment.variants, key=lateness)


def _chance(label: str, conversation: ConversationId) -> float:
    """Above 0 and at most 1, evenly spread over conversations."""
    digest = blake2b(conversation.bytes, key=blake2b(label.encode(), digest_size=32).digest())
    return (int.from_bytes(digest.digest()[:8], "big") + 1) / 2.0**64
