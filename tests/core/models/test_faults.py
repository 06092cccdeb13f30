"""What a customer sees when a model server fails, on every wire."""

import pytest

from tests.fakes.faults import AFTER, BEFORE, FACT, a_writer, seen
from tests.fakes.models import DIALECTS
from tests.fakes.tgi import Answer

_ONLY_ITS_OWN = ("refused, 400", "refused, 422")
"""What is refused as a prompt is brought to no other model."""


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", BEFORE)
async def test_without_another_model_the_documents_answer(dialect: str, fault: str) -> None:
    async with a_writer(dialect, BEFORE[fault], with_backup=False) as (writer, heard):
        result = await seen(writer)

    assert (result.written_by, result.taken_again) == ("extract", False)
    assert FACT in result.shown
    assert heard.failures


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", BEFORE)
async def test_another_model_answers_in_its_place(dialect: str, fault: str) -> None:
    async with a_writer(dialect, BEFORE[fault], with_backup=True) as (writer, _):
        result = await seen(writer)

    expected = "extract" if fault in _ONLY_ITS_OWN else "backup-1"
    assert (result.written_by, result.taken_again) == (expected, False)
    assert FACT in result.shown


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", AFTER)
async def test_after_a_visible_word_nobody_goes_on_and_the_next_turn_is_another_s(
    dialect: str, fault: str
) -> None:
    async with a_writer(dialect, AFTER[fault], with_backup=True) as (writer, heard):
        broken = await seen(writer)
        again = await seen(writer)

    # what broke before a whole word could be let out was seen by nobody: then the documents answer
    assert broken.written_by in {"", "extract"}
    assert not broken.taken_again
    assert broken.written_by or FACT.startswith(broken.shown)
    assert heard.attempts == ["main", "backup"]
    assert (again.written_by, again.shown) == ("backup-1", f"{FACT} [1]")


@pytest.mark.parametrize("fault", AFTER)
async def test_with_one_model_the_pass_after_a_break_is_the_documents(fault: str) -> None:
    async with a_writer("tgi", AFTER[fault], with_backup=False) as (writer, _):
        await seen(writer)
        again = await seen(writer)

    assert (again.written_by, again.taken_again) == ("extract", False)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_prompt_that_is_too_long_is_brought_again_once_and_shorter(dialect: str) -> None:
    too_long = b'{"error": {"message": "prompt is too long", "type": "invalid_request_error"}}'
    if dialect.startswith("tgi"):
        too_long = (
            b'{"error": "`inputs` must have less than 9 tokens", "error_type": "validation"}'
        )
    elif dialect == "anthropic":
        too_long = b'{"type": "error", ' + too_long[1:]
    async with a_writer(dialect, Answer(status=400, body=too_long), with_backup=False) as made:
        writer, heard = made
        result = await seen(writer)

    assert result.written_by == "extract"
    assert heard.failures == [("main", "too_long")] * 2
