"""Tickets that a model fills in: what nobody said is not in them."""

import json
from typing import Any

import pytest

from core.domain.errors import ModelUnavailable
from core.domain.tickets import Priority, TicketDraft
from core.models.prompt import Prompt
from core.tickets.draft import PROMPTS, draft, form
from core.tickets.rules import Known, by_rule
from tests.core.tickets.test_rules import ENGLISH, KETTLE, a_talk
from tests.fakes.models import ScriptedModel

PROMPT = Prompt.load("ticket", PROMPTS)
KNOWN = Known(category="repair", categories=("repair", "delivery"))
FILLED: dict[str, Any] = {
    "title": "Kettle does not heat up",
    "summary": "The Brewster X200 does not heat up. It is 40 years old. Another socket was tried.",
    "category": "delivery",
    "priority": "low",
    "order_numbers": ["AB-123456", "AB-666666"],
    "products": ["Brewster X200", "Brewster X900"],
    "emails": ["eve@example.com"],
    "steps_tried": ["Another socket was tried.", "It was sent to Berlin."],
}


async def drafted(*lines: object) -> tuple[TicketDraft, ScriptedModel]:
    said = [(one if isinstance(one, Exception) else json.dumps(one),) for one in lines]
    model = ScriptedModel("m", said)
    found = await draft(model, PROMPT, ENGLISH, a_talk(KETTLE), KNOWN)
    return found, model


async def test_a_model_s_words_are_kept_as_far_as_they_were_said() -> None:
    found, model = await drafted(FILLED)

    assert found.title == "Kettle does not heat up"
    assert found.summary == "The Brewster X200 does not heat up. Another socket was tried."
    assert found.category == "delivery"
    assert found.order_numbers == ("AB-123456",)
    assert found.products == ("Brewster X200",)
    assert found.emails == ("ada@example.com",)
    assert found.steps_tried == ("Another socket was tried.",)
    assert "Customer: Hi there, my Brewster" in model.prompts[0][-1].text


async def test_a_model_cannot_make_light_of_what_the_rules_find_pressing() -> None:
    found, _ = await drafted(FILLED)
    louder, _ = await drafted({**FILLED, "priority": "urgent"})

    assert found.priority is Priority.HIGH
    assert louder.priority is Priority.URGENT


@pytest.mark.parametrize(
    "line", [ModelUnavailable(), "no", {**FILLED, "category": "sales"}, {"title": "x"}]
)
async def test_rules_fill_in_what_a_model_does_not(line: object) -> None:
    found, _ = await drafted(line)

    assert found == await by_rule(ENGLISH, a_talk(KETTLE), KNOWN)


async def test_without_a_model_it_is_the_rules_draft() -> None:
    assert await draft(None, PROMPT, ENGLISH, a_talk(KETTLE), KNOWN) == await by_rule(
        ENGLISH, a_talk(KETTLE), KNOWN
    )


def test_a_category_is_one_of_the_tenant_s() -> None:
    assert form(KNOWN)["properties"]["category"] == {"enum": ["delivery", "repair"]}
