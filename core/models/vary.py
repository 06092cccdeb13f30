"""Answers each conversation in the way of its variant, tenant and language; counts the ways."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.understanding import Understanding
from core.models.catalogue import Prompts
from core.models.experiments import Experiment, assigned
from core.models.last_resort import opened
from core.models.prompt import Prompt
from core.ports import Writer

Heard = Callable[[str, str], None]
"""Is told path and variant of each answer; the path is `none` where nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the turns of one variant are answered."""

    prompts: Prompts
    writer: Callable[[Prompt], Writer]
    """Who writes over a prompt; cheap to make."""


class VariedWriter(Writer):
    """Lets the writer of the conversation's variant write, and says so in the draft."""

    def __init__(
        self, ways: Mapping[str, Way], experiments: Sequence[Experiment], heard: Heard
    ) -> None:
        """Take the ways by the labels of their variants.

        Args:
            ways: The one under an empty text is for conversations outside of all experiments.
            experiments: The first that a tenant takes part in counts.
            heard: Is told of every answer.
        """
        self._ways = ways
        self._experiments = experiments
        self._heard = heard

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        tenant = context.conversation.tenant
        label = assigned(self._experiments, tenant, context.conversation.id)
        way = self._ways[label]
        writer = way.writer(way.prompts.of(tenant, understanding.language.label))
        path = "none"
        async with aclosing(opened(writer, context, understanding, findings)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Draft):
                    path = piece.path
                    self._heard(path, label)
                    yield replace(piece, variant=label)
                else:
                    yield piece
        if path == "none":
            self._heard(path, label)
