"""Values of a certain form, from models that keep to it, that do not, and from none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ModelBusy, ModelUnavailable, PromptTooLong
from core.models.ports import Said
from core.models.structured import Asked, ask, found_in
from tests.fakes.answers import Answer
from tests.fakes.models import DIALECTS, ScriptedModel, a_model

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"size": {"enum": ["small", "large"]}, "count": {"type": "integer"}},
    "required": ["size"],
    "additionalProperties": False,
}
TALK = (Said(role="system", text="Rules."), Said(role="user", text="A large one"))
LARGE = {"size": "large"}


def by_rule() -> dict[str, Any]:
    return {"size": "small"}


def nothing() -> None:
    return None


@pytest.mark.parametrize(
    "said",
    [
        '{"size": "large"}',
        'Sure! Here it is:\n```json\n{"size": "large"}\n```\nAnything else?',
        'I think {so}: {"size": "large"}.',
        '{"size": "huge"} or rather {"size": "large"}',
    ],
)
async def test_an_object_is_found_in_whatever_a_model_says(said: str) -> None:
    model = ScriptedModel("m", ((said,),))

    assert await ask(model, SCHEMA, TALK, nothing) == Asked(LARGE, "model")
    assert model.closed == 1


async def test_a_model_is_told_once_what_does_not_fit() -> None:
    model = ScriptedModel("m", (('{"size": "huge"}',), ('{"size": "large"}',)))

    assert await ask(model, SCHEMA, TALK, nothing) == Asked(LARGE, "repair")
    assert [said.role for said in model.prompts[1]] == ["system", "user", "assistant", "user"]
    assert "size" in model.prompts[1][-1].text


async def test_a_model_that_does_not_learn_is_asked_no_third_time() -> None:
    model = ScriptedModel("m", (("No.",),))

    assert await ask(model, SCHEMA, TALK, by_rule) == Asked({"size": "small"}, "rules")
    assert len(model.prompts) == 2


@pytest.mark.parametrize("error", [ModelUnavailable(), ModelBusy(1), PromptTooLong(5)])
async def test_rules_answer_where_a_model_cannot(error: Exception) -> None:
    model = ScriptedModel("m", ((error,),))

    assert await ask(model, SCHEMA, TALK, by_rule) == Asked({"size": "small"}, "rules")


async def test_without_a_model_there_are_rules() -> None:
    assert await ask(None, SCHEMA, TALK, by_rule) == Asked({"size": "small"}, "rules")
    assert await ask(None, SCHEMA, TALK, nothing) is None


@pytest.mark.parametrize("guides", [True, False])
async def test_the_form_is_told_where_the_server_does_not_hold_the_model_to_it(
    guides: bool,
) -> None:
    model = ScriptedModel("m", (('{"size": "large"}',),), guides=guides)

    await ask(model, SCHEMA, TALK, nothing)

    told = [said.text for said in model.prompts[0] if "JSON Schema" in said.text]
    assert len(told) == (0 if guides else 1)
    assert model.prompts[0][-1] == TALK[-1]


@given(st.text(max_size=200))
def test_no_text_is_taken_for_what_it_is_not(text: str) -> None:
    value, why = found_in(text, SCHEMA)

    assert value is None or value.get("size") in {"small", "large"}
    assert (value is None) == bool(why)


@given(st.text(alphabet="ab \n.`", max_size=40), st.integers(), st.text("ab }", max_size=9))
def test_an_object_between_words_is_found(before: str, count: int, after: str) -> None:
    wanted = {"size": "small", "count": count}

    assert found_in(before + json.dumps(wanted) + after, SCHEMA) == (wanted, "")


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 5_000, "[" * 100_000])
def test_what_is_nested_without_end_is_nothing(text: str) -> None:
    assert found_in(text, SCHEMA)[0] is None


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_every_server_is_held_to_the_form_or_told_of_it(dialect: str) -> None:
    answers = Answer(text='I would say {"size": "huge"}'), Answer(text='{"size": "large"}')
    async with a_model(dialect, *answers) as (model, server):
        found = await ask(model, SCHEMA, TALK, nothing)

    assert found == Asked(LARGE, "repair")
    assert len(server.prompts) == 2
    assert all("enum" in json.dumps(prompt) for prompt in server.prompts)
