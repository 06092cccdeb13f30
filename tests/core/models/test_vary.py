"""Answers in the way of the conversation's variant, tenant and language."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

import pytest

from core.domain.answers import NOTHING_FOUND, Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable
from core.domain.ids import TenantId
from core.domain.understanding import Understanding
from core.models.catalogue import Prompts
from core.models.experiments import Experiment, Variant
from core.models.ports import Said
from core.models.prompt import Prompt
from core.models.vary import VariedWriter, Way
from core.ports import Writer
from tests.builders import a_context, a_draft, an_understanding


def a_prompt(version: str) -> Prompt:
    return Prompt(version=version, parts=(Said(role="user", text="{question}"),))


@dataclass
class Told(Writer):
    """Says which way it writes; the word `nothing` makes it write nothing, `broken` fails."""

    way: str
    version: str

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        if context.question == "nothing":
            return
        yield self.way
        if context.question == "broken":
            raise ModelUnavailable
        yield replace(a_draft(self.way), path="main", prompt_version=self.version)


def a_way(name: str, *versions: tuple[str, str]) -> Way:
    prompts = {("", ""): a_prompt("v")} | {place: a_prompt(f"v-{place}") for place in versions}
    return Way(prompts=Prompts(prompts), writer=lambda prompt: Told(name, prompt.version))


EXPERIMENT = Experiment(
    name="e", variants=(Variant(name="a"), Variant(name="b")), tenants=("acme",)
)


class Bench:
    """A writer with two variants for one tenant, and what is heard of them."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        ways = {
            "": a_way("usual", ("default", "zh")),
            "e/a": a_way("A"),
            "e/b": a_way("B"),
        }
        self.writer = VariedWriter(ways, [EXPERIMENT], lambda *said: self.heard.append(said))

    async def drafts(self, tenant: str, text: str = "Q", language: str = "en") -> list[Draft]:
        context = a_context(text)
        conversation = replace(context.conversation, tenant=TenantId(tenant))
        writing = self.writer.write(
            replace(context, conversation=conversation),
            an_understanding(language=language),
            NOTHING_FOUND,
        )
        async with aclosing(writing) as pieces:  # type: ignore[type-var]
            return [piece async for piece in pieces if isinstance(piece, Draft)]


async def test_the_draft_says_its_variant_and_both_are_used() -> None:
    bench = Bench()

    drafts = [draft for _ in range(40) for draft in await bench.drafts("acme")]

    assert {(draft.text, draft.variant) for draft in drafts} == {("A", "e/a"), ("B", "e/b")}
    assert sorted(set(bench.heard)) == [("main", "e/a"), ("main", "e/b")]


async def test_outside_of_an_experiment_there_is_no_variant() -> None:
    bench = Bench()

    (draft,) = await bench.drafts("default")

    assert (draft.text, draft.variant, draft.prompt_version) == ("usual", "", "v")
    assert bench.heard == [("main", "")]


async def test_the_prompt_is_of_the_tenant_and_the_language() -> None:
    (draft,) = await Bench().drafts("default", language="zh")

    assert draft.prompt_version == "v-('default', 'zh')"


async def test_an_answer_that_was_not_written_is_heard_of() -> None:
    bench = Bench()

    assert await bench.drafts("default", "nothing") == []
    assert bench.heard == [("none", "")]


async def test_a_pass_that_broke_is_no_answer() -> None:
    bench = Bench()

    with pytest.raises(ModelUnavailable):
        await bench.drafts("default", "broken")

    assert bench.heard == []
