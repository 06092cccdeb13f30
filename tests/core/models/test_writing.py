from contextlib import aclosing

import pytest

from core.domain.answers import NOTHING_FOUND, Draft, Findings
from core.domain.errors import ModelUnavailable
from core.domain.understanding import UNJUDGED, Judged, Understanding
from core.models.prompt import Prompt
from core.models.tgi import TgiModel
from core.models.writing import Ground, ModelWriter, Style
from tests.core.models.findings import a_passage, found
from tests.core.nlu.test_understand import a_context
from tests.fakes.tgi import VALIDATION, Answer, FakeTgi

FINDINGS = found(a_passage("Delivery to Canada takes 5 to 8 days."))
UNDERSTANDING = Understanding(language=Judged("en", 1.0), intent=UNJUDGED)


async def written(
    answer: Answer, findings: Findings = FINDINGS, ground: Ground = "passages"
) -> tuple[str, Draft | None, FakeTgi]:
    fake = FakeTgi(answers=(answer,))
    style = Style(
        prompt=Prompt.load("answer" if ground == "passages" else "plain"),
        company="Fellmarten",
        ground=ground,
    )
    shown, draft = "", None
    async with fake.serve(), TgiModel.connect(fake.url) as model:
        writing = ModelWriter(model, style).write(a_context("How long?"), UNDERSTANDING, findings)
        async with aclosing(writing) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Draft):
                    draft = piece
                else:
                    shown += piece
    return shown, draft, fake


async def test_an_answer_comes_with_its_sources() -> None:
    text = "Delivery to Canada takes 5 to 8 days. [1]"

    shown, draft, fake = await written(Answer(text=text, gap_s=0.001))

    assert draft is not None
    assert shown == draft.text == text
    assert draft.sources[0].quote == "Delivery to Canada takes 5 to 8 days."
    assert (draft.written_by, draft.prompt_version) == ("fake/tiny", "answer-2")
    rules, asked = fake.prompts[0]["messages"]
    assert "Fellmarten" in rules["content"]
    assert "Delivery to Canada" in asked["content"]


async def test_an_answer_that_cites_nothing_is_no_answer() -> None:
    _, draft, _ = await written(Answer(text="It takes about a week, I think."))

    assert draft is None


@pytest.mark.parametrize("text", ["NO ANSWER", "No answer.", " NO ANSWER"])
async def test_the_word_for_not_knowing_is_not_shown(text: str) -> None:
    shown, draft, _ = await written(Answer(text=text, gap_s=0.001))

    assert (shown, draft) == ("", None)


async def test_an_answer_that_only_begins_alike_is_shown_whole() -> None:
    text = "No. Delivery to Canada takes 5 days. [1]"

    shown, _, _ = await written(Answer(text=text, gap_s=0.001))

    assert shown == text


async def test_without_passages_the_model_is_not_asked() -> None:
    shown, draft, fake = await written(Answer(), findings=NOTHING_FOUND)

    assert (shown, draft, fake.prompts) == ("", None, [])


async def test_a_model_may_be_let_to_talk_freely() -> None:
    text = "Hello, how can I help?"

    shown, draft, _ = await written(Answer(text=text), NOTHING_FOUND, "none")

    assert draft is not None
    assert shown == draft.text == text
    assert draft.sources == ()


async def test_a_prompt_that_is_too_long_is_written_anew_once_and_shorter() -> None:
    fake = FakeTgi(answers=(Answer(error=VALIDATION), Answer(text="It takes 5 days. [1]")))
    long = found(*(a_passage(f"Delivery takes 5 days. {'Fact. ' * 100}") for _ in range(8)))
    style = Style(prompt=Prompt.load("answer"), company="Fellmarten")
    async with fake.serve(), TgiModel.connect(fake.url) as model:
        writing = ModelWriter(model, style).write(a_context("How long?"), UNDERSTANDING, long)
        pieces = [piece async for piece in writing]

    first, second = (prompt["messages"][1]["content"] for prompt in fake.prompts)
    assert isinstance(pieces[-1], Draft)
    assert len(second) < 0.8 * len(first)
    assert "How long?" in second


async def test_a_stream_that_breaks_before_anything_was_seen_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable):
        await written(Answer(cut_after=1))
