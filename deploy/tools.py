"""Builds the tools of a worker from the settings; reads and tries them for an operator."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from core.clock import SystemClock
from core.domain.errors import RefusedError, SettingsInvalid
from core.models.ports import LanguageModel
from core.models.prompt import Prompt
from core.nlu.smalltalk import SmallTalk
from core.ports import Clock, Tools
from core.postgres.database import Database
from core.postgres.tools import PostgresToolCalls
from core.schema import first_error
from core.settings import CoreSettings
from core.telemetry.tools import ToolMetrics
from core.tools.call import Called, Caller
from core.tools.choose import PROMPTS, ModelChooser
from core.tools.read import read
from core.tools.settle import Settling
from core.tools.tell import Told, tell
from core.tools.tool import Declared, Tool
from core.tools.toolbox import Toolbox
from core.tools.words import fitting


@asynccontextmanager
async def tools(
    core: CoreSettings,
    database: Database,
    clock: Clock,
    light: LanguageModel | None,
    registry: CollectorRegistry,
) -> AsyncIterator[Tools | None]:
    """What a worker's turns may use, until the end of the block; None without any.

    Args:
        core: names the file and holds the secrets.
        database: where calls are written down.
        clock: makes their ids.
        light: chooses where the file has it so; None leaves that to intents and patterns.
        registry: of the metrics.

    Raises:
        SettingsInvalid: the file has mistakes.
    """
    if not core.tools:
        yield None
        return
    declared, ledger = declared_in(core), PostgresToolCalls(database)
    async with Caller(declared.private_hosts) as caller:
        settling = Settling(
            declared=declared,
            ledger=ledger,
            agrees=SmallTalk.load().agrees,
            chooser=ModelChooser(light, Prompt.load("choose", PROMPTS)) if light else None,
        )
        yield Toolbox(
            settling=settling,
            caller=caller,
            ledger=ledger,
            clock=clock,
            count=ToolMetrics(registry).ended,
        )


def declared_in(core: CoreSettings, file: Path | None = None) -> Declared:
    """The tools of a file, or of the one that the settings name.

    Raises:
        SettingsInvalid: there is no such file, or it has mistakes.
    """
    if file is None and not core.tools:
        raise SettingsInvalid("core.tools names no file, and none was given")
    secrets = {name: secret.get_secret_value() for name, secret in core.tool_secrets.items()}
    return read(file or Path(core.tools).expanduser(), secrets)


def listed(declared: Declared) -> list[dict[str, object]]:
    """A row per tool: `tool`, `title`, `changes`, `arguments`, `call`, `tenants`."""
    return [
        {
            "tool": tool.name,
            "title": tool.title,
            "changes": "yes" if tool.changes else "no",
            "arguments": " ".join(tool.schema["properties"]),
            "call": f"{tool.method} {tool.url}",
            "tenants": " ".join(sorted(tool.tenants)) or "all",
        }
        for tool in declared.tools
    ]


def named(declared: Declared, name: str) -> Tool:
    """The tool of this name.

    Raises:
        RefusedError: there is none.
    """
    for tool in declared.tools:
        if tool.name == name:
            return tool
    known = ", ".join(tool.name for tool in declared.tools) or "none"
    raise RefusedError(f"there is no tool {name}; there are {known}")


async def tried(
    declared: Declared, tool: Tool, said: Mapping[str, str], language: str
) -> tuple[Called, Told | None]:
    """What one call brings; nothing is written down.

    Raises:
        RefusedError: an argument is missing, unknown or does not fit.
    """
    forms = tool.schema["properties"]
    arguments = {name: fitting(text, forms.get(name, {})) for name, text in said.items()}
    arguments = {n: said[n] if value is None else value for n, value in arguments.items()}
    if wrong := first_error(tool.schema, arguments):
        raise RefusedError(wrong)
    async with Caller(declared.private_hosts) as caller:
        called = await caller.call(tool, arguments, SystemClock().new_id())
    return called, tell(tool, arguments, called, language)
