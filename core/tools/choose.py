"""Asks a model which tool the customer's words call for; it reads nothing else."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.domain.actions import ToolCall
from core.models.ports import LanguageModel, Sampling, Talk
from core.models.prompt import Prompt, harmless
from core.models.structured import ask
from core.tools.settle import Chooser
from core.tools.tool import Tool
from core.tools.words import OwnWords

PROMPTS = Path(__file__).with_name("prompts")
_MOST_CHARACTERS = 3_000
_NONE = "none"


class ModelChooser(Chooser):
    """Documents and the bot's own words, which quote them, are not shown to the model."""

    def __init__(self, model: LanguageModel, prompt: Prompt, choose_s: float = 10) -> None:
        self._model = model
        self._prompt = prompt
        self._choose_s = choose_s

    async def choose(self, tools: tuple[Tool, ...], words: OwnWords) -> ToolCall | None:
        until = asyncio.get_running_loop().time() + self._choose_s
        sampling = Sampling(max_tokens=200, until=until)
        talk = self._talk(tools, words)
        asked = await ask(self._model, form_of(tools), talk, lambda: None, sampling)
        if asked is None or asked.value["action"]["name"] == _NONE:
            return None
        named = asked.value["action"]
        said = {name: value for name, value in named["arguments"].items() if value is not None}
        return ToolCall(tool=named["name"], arguments=said)

    def _talk(self, tools: tuple[Tool, ...], words: OwnWords) -> Talk:
        said = harmless("\n".join(reversed(words.texts)))[-_MOST_CHARACTERS:]
        listed = "\n".join(_described(tool) for tool in tools)
        return self._prompt.with_fields({"tools": listed, "words": said})


def _described(tool: Tool) -> str:
    properties = json.dumps(tool.schema["properties"], ensure_ascii=False)
    return f"- {tool.name}: {tool.description} Arguments: {properties}"


def form_of(tools: tuple[Tool, ...]) -> dict[str, Any]:
    """One tool with some of its arguments, or none.

    An argument that was not said is null: servers that hold strictly to a schema want an object
    outermost, and all of its properties.
    """
    known = [_action(tool.name, tool.schema["properties"]) for tool in tools]
    return _closed({"action": {"anyOf": [*known, _action(_NONE, {})]}})


def _action(name: str, forms: Mapping[str, Any]) -> dict[str, Any]:
    arguments = {said: {"anyOf": [form, {"type": "null"}]} for said, form in forms.items()}
    return _closed({"name": {"enum": [name]}, "arguments": _closed(arguments)})


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
