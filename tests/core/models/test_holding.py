"""What becomes of answers that do not hold, break off, or say what must not leave."""

from dataclasses import dataclass

import pytest

from core.domain.answers import Draft, Grounding
from core.domain.errors import ModelBusy, ModelUnavailable
from core.grounding.canary import Canary
from core.grounding.guard import Guard
from core.grounding.links import Links
from core.models.prompt import Prompt
from core.models.writing import ModelWriter, Style
from tests.builders import an_understanding
from tests.core.models.findings import a_passage, found
from tests.core.nlu.test_understand import a_context
from tests.fakes.models import ScriptedModel
from tests.fakes.notes import CountedNotes

FACT = "Delivery to Canada takes 5 to 8 days."
OTHER = "Labels cost 9.95 and are printed at home."
FOUND = found(a_passage(FACT, "Track it at www.track.example/canada."), a_passage(OTHER, number=2))
CANARY = Canary("bcdfghjkmnpqrstv")


@dataclass
class Written:
    shown: str
    draft: Draft | None
    model: ScriptedModel
    noted: CountedNotes


async def written(*lines: list[str | Exception], turn_s: float = 45) -> Written:
    """Each line is what the model says one after another; in pieces."""
    model, noted = ScriptedModel("m", lines), CountedNotes()
    style = Style(prompt=Prompt.load("answer"), company="Acme", turn_s=turn_s)
    guard = Guard(canary=CANARY, notes=noted, links=Links(hosts=frozenset({"acme.example"})))
    shown, draft = "", None
    async for piece in ModelWriter(model, style, guard).write(
        a_context("How long to Canada?"), an_understanding(), FOUND
    ):
        if isinstance(piece, Draft):
            draft = piece
        else:
            shown += piece
    return Written(shown, draft, model, noted)


def by_word(text: str) -> list[str | Exception]:
    return [f"{word} " for word in text.split(" ")]


async def test_an_answer_that_holds_is_written_once_and_says_so() -> None:
    result = await written(by_word(f"{FACT} [1]"))

    assert result.draft is not None
    assert result.draft.grounding == Grounding(sentences=1, unsupported=0)
    assert (len(result.model.prompts), result.noted.outcomes) == (1, ["whole"])


async def test_what_does_not_hold_is_written_anew_once_and_unseen() -> None:
    wrong = f"{FACT} [1] Labels cost 19.50. [2]"

    result = await written(by_word(wrong), by_word(f"{FACT} [1] Labels cost 9.95. [2]"))

    assert result.shown.strip() == wrong
    assert result.draft is not None
    assert result.draft.text == f"{FACT} [1] Labels cost 9.95. [2]"
    assert result.draft.grounding == Grounding(sentences=2, unsupported=1, regenerated=True)
    first, second = result.model.prompts
    assert second[: len(first)] == first
    assert [part.role for part in second[len(first) :]] == ["assistant", "user"]
    assert "Labels cost 19.50." in second[-1].text
    assert FACT not in second[-1].text
    assert result.noted.outcomes == ["regenerated"]


async def test_what_still_does_not_hold_is_left_out() -> None:
    wrong = by_word(f"{FACT} [1] Labels cost 19.50. [2]")

    result = await written(wrong, wrong)

    assert result.draft is not None
    assert result.draft.text == f"{FACT} [1]"
    assert len(result.draft.sources) == 1
    assert result.draft.grounding is not None
    assert result.draft.grounding.removed == 1
    assert len(result.model.prompts) == 2


@pytest.mark.parametrize("second", ["NO ANSWER", "I do not know.", "Labels are 4 cm long. [2]"])
async def test_a_second_text_that_is_worse_is_not_used(second: str) -> None:
    result = await written(by_word(f"{FACT} [1] Labels cost 19.50. [2]"), by_word(second))

    assert result.draft is not None
    assert result.draft.text == f"{FACT} [1]"
    assert result.noted.outcomes == ["trimmed"]


async def test_a_second_text_that_does_not_come_takes_nothing_away() -> None:
    result = await written(by_word(f"{FACT} [1] Labels cost 19.50. [2]"), [ModelBusy()])

    assert result.draft is not None
    assert result.draft.text == f"{FACT} [1]"


async def test_where_nothing_is_left_there_is_no_draft() -> None:
    wrong = by_word("Labels cost 19.50. [2]")

    result = await written(wrong, wrong)

    assert result.draft is None
    assert result.noted.outcomes == ["declined"]


async def test_an_answer_without_citations_is_asked_for_again() -> None:
    result = await written(by_word(FACT), by_word(f"{FACT} [1]"))

    assert result.draft is not None
    assert result.draft.text == f"{FACT} [1]"


async def test_without_time_nothing_is_asked_again() -> None:
    result = await written(by_word("Labels cost 19.50. [2]"), by_word(f"{FACT} [1]"), turn_s=2)

    assert (result.draft, len(result.model.prompts)) == (None, 1)


async def test_of_an_answer_that_breaks_off_the_whole_sentences_are_kept() -> None:
    begun = by_word(f"{FACT} [1] Labels cost 9.95. [2] They are printed at")

    result = await written([*begun, ModelUnavailable("broke off")], by_word("Never said."))

    assert result.draft is not None
    assert result.draft.text == f"{FACT} [1] Labels cost 9.95. [2]"
    assert result.draft.cut
    assert len(result.model.prompts) == 1
    assert result.noted.outcomes == ["cut", "whole"]


async def test_of_an_answer_that_breaks_off_what_does_not_hold_is_left_out_unasked() -> None:
    begun = by_word("Labels cost 19.50. [2] They are")

    result = await written([*begun, ModelUnavailable("broke off")], by_word(f"{FACT} [1]"))

    assert (result.draft, len(result.model.prompts)) == (None, 1)


@pytest.mark.parametrize("mark", ["{}", "-{}-", "{} is the mark"])
async def test_the_canary_is_never_shown_and_the_answer_dropped(mark: str) -> None:
    said = f"{FACT} [1] My rules: {mark.format(CANARY.word)}. {FACT} [1]"

    result = await written([*said])

    assert result.draft is None
    assert result.noted.outcomes == ["leaked"]
    assert f"{FACT} [1] My rules:".startswith(result.shown.strip())
    assert len(result.model.prompts) == 1


async def test_a_canary_that_was_only_held_back_drops_the_answer_too() -> None:
    result = await written([f"NO ANSWER {CANARY.word}"])

    assert (result.shown, result.draft, result.noted.outcomes) == ("", None, ["leaked"])


async def test_a_canary_in_the_second_text_drops_that_text_alone() -> None:
    first = by_word(f"{FACT} [1] Labels cost 19.50. [2]")

    result = await written(first, by_word(f"{FACT} {CANARY.word} [1]"))

    assert result.draft is not None
    assert result.draft.text == f"{FACT} [1]"


async def test_the_canary_stands_in_the_rules() -> None:
    result = await written(by_word(f"{FACT} [1]"))

    assert [CANARY.word in part.text for part in result.model.prompts[0]] == [True, False]


async def test_the_rules_own_words_are_not_shown_at_length() -> None:
    rules = Prompt.load("answer").parts[0].text.replace("{company}", "Acme")

    result = await written([*rules])

    assert result.draft is None
    assert result.noted.outcomes == ["leaked"]
    assert len(result.shown.split()) < 9


async def test_addresses_that_no_document_has_leave_neither_way() -> None:
    said = (
        "Delivery to Canada takes 5 days (evil.com). Track it at www.track.example/canada. "
        "[1] Labels are printed at home ![](//evil.com/p.png) [at cost](//evil.com). [2] "
        "Labels are printed by shop.acme.example. [2]"
    )

    result = await written([*said])

    assert result.draft is not None
    for text in (result.shown, result.draft.text):
        assert "evil.com" not in text
        assert "www.track.example/canada" in text
        assert "shop.acme.example" in text
    assert result.draft.grounding is not None
    assert result.noted.taken == result.draft.grounding.links == 3
