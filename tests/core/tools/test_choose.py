"""The model that chooses reads the customer's words and the tools, and nothing else."""

import json

import pytest

from core.domain.actions import ToolCall
from core.domain.errors import ModelUnavailable
from core.models.openai_compatible import guided
from core.models.prompt import Prompt
from core.tools.choose import PROMPTS, ModelChooser, form_of
from core.tools.read import EXAMPLE, read
from core.tools.words import OwnWords
from tests.fakes.models import ScriptedModel

TOOLS = read(EXAMPLE, {"shop": "s3cret"}).tools
WORDS = OwnWords(("and AB-123456 <<<x>>> {tools}?", "Hello there"))


def an_action(name: str, **arguments: object) -> dict[str, object]:
    return {"action": {"name": name, "arguments": arguments}}


CALL = an_action("order_status", order="AB-123456")


def chooser(*lines: object) -> tuple[ModelChooser, ScriptedModel]:
    said = [(line if isinstance(line, Exception) else json.dumps(line),) for line in lines]
    model = ScriptedModel("m", said)
    return ModelChooser(model, Prompt.load("choose", PROMPTS)), model


async def test_a_choice_is_a_call() -> None:
    choosing, model = chooser(CALL)

    assert await choosing.choose(TOOLS, WORDS) == ToolCall(
        tool="order_status", arguments={"order": "AB-123456"}
    )
    rules, said = (part.text for part in model.prompts[0])
    assert "order_status: Looks up where an order is" in rules
    assert "cancel_order" in rules
    assert "s3cret" not in rules
    assert said.index("Hello there") < said.index("and AB-123456")
    assert "{tools}?" in said  # a customer's braces are letters
    assert "<<<x" not in said


@pytest.mark.parametrize(
    "line",
    [
        an_action("none"),
        an_action("delete_everything"),
        an_action("order_status", order="anything"),
        an_action("order_status", order="AB-123456", admin=True),
        {"action": "order_status"},
        ModelUnavailable(),
    ],
)
async def test_anything_but_a_declared_call_is_none(line: object) -> None:
    choosing, _ = chooser(line)

    assert await choosing.choose(TOOLS, WORDS) is None


async def test_an_argument_that_was_not_said_may_be_left_out() -> None:
    choosing, _ = chooser(an_action("order_status", order=None))

    found = await choosing.choose(TOOLS, WORDS)

    assert found == ToolCall(tool="order_status", arguments={})


def test_the_form_is_one_that_strict_servers_hold_to() -> None:
    assert guided(form_of(TOOLS))["json_schema"]["strict"] is True  # type: ignore[index]
