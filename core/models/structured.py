"""Asks a model for a value of a certain form, and takes nothing else for it.

A server that can be held to a JSON Schema is. Any other one is told of it, its JSON is looked for
in whatever it says, and it is told once what does not fit. Where no model can, rules do.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.domain.errors import PromptRefused, RetryableError
from core.models.ports import LanguageModel, Said, Sampling, Talk
from core.models.prompt import harmless
from core.models.whole import finished
from core.schema import first_error

Value = Mapping[str, Any]
Rules = Callable[[], Value | None]
"""What stands in for a model; None where rules find nothing either."""
_LONGEST = 20_000
_PLACES = 20
"""At so many braces an object is looked for."""
_TOLD = 300
_SHORT = Sampling(max_tokens=400)


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that fits, and who found it."""

    value: Value
    by: Literal["model", "repair", "rules"]


async def ask(
    model: LanguageModel | None,
    schema: Mapping[str, Any],
    talk: Talk,
    rules: Rules,
    sampling: Sampling = _SHORT,
) -> Asked | None:
    """A value that fits the schema.

    Args:
        model: who is asked; None asks the rules.
        schema: JSON Schema of an object.
        talk: what the model reads, without the schema.
        rules: asked when there is no model, or it did not answer as it should.
        sampling: how it should write.

    Returns:
        None where the rules find nothing either.
    """
    if model is not None:
        try:
            if found := await _asked(model, schema, talk, replace(sampling, schema=schema)):
                return found
        except (RetryableError, PromptRefused):
            pass  # rules are there for that
    value = rules()
    return None if value is None else Asked(value, "rules")


async def _asked(
    model: LanguageModel, schema: Mapping[str, Any], talk: Talk, sampling: Sampling
) -> Asked | None:
    told = talk if model.guides else _with_schema(talk, schema)
    said = await _said(model, told, sampling)
    value, why = found_in(said, schema)
    if value is not None:
        return Asked(value, "model")
    again = f"That does not fit: {why}. Answer with the JSON object alone."
    repair = (Said(role="assistant", text=harmless(said)), Said(role="user", text=again))
    value, _ = found_in(await _said(model, (*told, *repair), sampling), schema)
    return None if value is None else Asked(value, "repair")


def found_in(text: str, schema: Mapping[str, Any]) -> tuple[Value | None, str]:
    """The first object in a text that fits, in fences and among words, too; or why none does."""
    why = "there is no JSON object in it"
    for at, value in enumerate(_objects(text)):
        if not (error := first_error(schema, value)):
            return value, ""
        why = why if at else harmless(error)[:_TOLD]
    return None, why


async def _said(model: LanguageModel, talk: Talk, sampling: Sampling) -> str:
    return (await finished(model, talk, sampling)).text[:_LONGEST]


def _objects(text: str) -> Iterator[Value]:
    """Objects that begin at a brace, outermost first, as they come."""
    decoder, at = json.JSONDecoder(), 0
    for _ in range(_PLACES):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        yield value
        at = end


def _with_schema(talk: Talk, schema: Mapping[str, Any]) -> Talk:
    """The talk with the form of its answer among the rules."""
    form = json.dumps(schema, ensure_ascii=False)
    rule = Said(
        role="system",
        text=f"Answer with one JSON object that fits this JSON Schema, and nothing else:\n{form}",
    )
    rules = tuple(said for said in talk if said.role == "system")
    return (*rules, rule, *(said for said in talk if said.role != "system"))
