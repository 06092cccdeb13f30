"""Hooks change what they may; whatever else they return, the turn goes on as it was."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core.domain.answers import Draft
from core.domain.grounds import Ground
from core.hooks.run import NO_HOOKS, ConfiguredHooks, Hook
from core.hooks.turn import HookTurn
from tests.builders import a_context, a_draft, a_message, a_passage, an_understanding, findings
from tests.core.hooks.asking import WORDS, Answers, Counted, answered, hooks


class Reads:
    """Spells abbreviations out."""

    def before_understanding(self, turn: HookTurn) -> list[str]:
        return [text.replace("acct", "account") for text in turn.texts]


async def test_without_hooks_every_value_is_the_one_that_came() -> None:
    context, draft, found = a_context(), a_draft(), findings(a_passage())

    assert (await NO_HOOKS.before_understanding(context)).value is context
    assert (await NO_HOOKS.before_answer(context, an_understanding(), found)).value is found
    assert (await NO_HOOKS.after_answer(context, an_understanding(), draft)).value is draft


async def test_messages_are_read_as_a_hook_says_and_keep_their_places() -> None:
    context = a_context("my acct")
    context = replace(context, waiting=(*context.waiting, a_message("acct 2", seq=2)))

    read = await hooks(Reads()).before_understanding(context)

    assert read.value.question == "my account\naccount 2"
    assert [message.seq for message in read.value.waiting] == [1, 2]
    assert [(one.hook, one.step) for one in read.changes] == [("h0", "before_understanding")]
    assert read.changes[0].text == "my account\naccount 2"


async def test_a_hook_reads_what_the_one_before_it_made() -> None:
    class Shouts:
        async def before_understanding(self, turn: HookTurn) -> tuple[str, ...]:
            return tuple(text.upper() for text in turn.texts)

    read = await hooks(Reads(), Shouts()).before_understanding(a_context("acct"))

    assert read.value.question == "ACCOUNT"
    assert len(read.changes) == 2


async def test_ground_is_added_behind_what_search_found_and_can_be_cited() -> None:
    class Knows:
        def before_answer(self, turn: HookTurn, passages: object) -> list[Ground]:
            return [Ground(title="CRM", uri="crm:1", lines=(f"Plan: {turn.intent}",))]

    found = findings(a_passage(), confidence=0.4)

    more = await hooks(Knows()).before_answer(a_context(), an_understanding("billing"), found)

    assert more.value.passages[0] == found.passages[0]
    assert more.value.passages[1].text == "Plan: billing"
    assert more.value.passages[1].parts == {"h0": 1.0}
    assert more.value.confidence == 0.4
    assert more.changes[0].text == "CRM"


async def test_an_answer_may_get_markup_and_sentences_and_the_old_one_is_kept() -> None:
    count = Counted()
    by = hooks(Answers(lambda text: text.replace("two", "**two**") + "\n\nAsk us."), count=count)

    said = await answered(by)

    assert said.value.text == "Parcels take **two** days. [1]\n\nAsk us."
    assert said.value.sources == a_draft().sources
    assert said.changes[0].text == a_draft().text
    assert count.calls == [("h0", "after_answer", "changed")]


@pytest.mark.parametrize(
    "text",
    [
        "Parcels take two days.",
        "Parcels take two days. [1] [2]",
        "Parcels take twenty days. [1]",
        "Trust me. Parcels take days. [1]",
        "",
        None.__class__,
        "x" * 20_001 + " [1]",
    ],
)
async def test_an_answer_keeps_its_citations_and_the_words_before_them(text: object) -> None:
    count = Counted()

    said = await answered(hooks(Answers(lambda _: text), count=count))

    assert said.value == a_draft()
    assert said.changes == ()
    assert count.outcomes == ["refused"]


async def test_a_hook_that_may_rewrite_still_cites_the_same() -> None:
    rewriting = Hook(
        name="tone", target=Answers(lambda _: "It takes 2 days! [1]"), limit_s=5, rewrites=True
    )

    said = await answered(ConfiguredHooks(hooks=(rewriting,)))

    assert said.value.text == "It takes 2 days! [1]"


@given(st.text(alphabet="ab .*_[1]2", max_size=40))
async def test_whatever_a_hook_says_the_citations_are_those_of_the_writer(text: str) -> None:
    said = await answered(hooks(Answers(lambda _: text)))

    assert said.value.text.count("[1]") == 1
    assert "[2]" not in said.value.text
    assert "Parcels take two days." in said.value.text.replace("*", "").replace("_", "")


async def test_a_hook_that_fails_is_counted_and_named_without_its_words() -> None:
    def fail(_: str) -> object:
        raise ValueError(WORDS)

    count = Counted()
    with capture_logs() as lines:
        said = await answered(hooks(Answers(fail), count=count))

    assert said.value == a_draft()
    assert count.outcomes == ["failed"]
    assert lines[0]["error"] == "ValueError"
    assert WORDS not in repr(lines)


async def test_hooks_of_another_tenant_are_not_asked() -> None:
    other = Hook(name="h", target=Answers(lambda _: "x [1]"), tenants=frozenset({"other"}))
    count = Counted()

    said = await answered(ConfiguredHooks(hooks=(other,), count=count))

    assert said.value == a_draft()
    assert count.calls == []


@pytest.mark.parametrize("returned", [[], ["a", "b"], [""], [" "], "abc", [7], {"a": 1}])
async def test_what_is_read_has_words_for_each_message(returned: object) -> None:
    class Reads:
        def before_understanding(self, turn: HookTurn) -> object:
            return returned

    count = Counted()
    read = await hooks(Reads(), count=count).before_understanding(a_context("acct"))

    assert read.value.question == "acct"
    assert count.outcomes == ["refused"]


async def test_a_function_that_returns_something_to_wait_for_is_waited_for() -> None:
    by = hooks(partial_of_async)

    assert (await answered(by)).value.text == "Yes. Parcels take two days. [1]"


async def _yes(turn: HookTurn, draft: Draft) -> str:
    return f"Yes. {draft.text}"


class partial_of_async:  # noqa: N801 - stands for a module with a function
    after_answer = staticmethod(lambda turn, draft: _yes(turn, draft))
