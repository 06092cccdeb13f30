"""Models as the router's tests want them: each behind its own wire, with a fake server."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from core.models.anthropic import VERSION, AnthropicModel
from core.models.counting import tokens
from core.models.openai_compatible import OpenAiCompatibleModel
from core.models.ports import Count, Finished, LanguageModel, Said, Sampling, Talk
from core.models.router import Policy, Router
from core.models.served import Served
from core.models.streaming import Deadlines, pool
from core.models.targets import Observer, Role, Target
from core.models.tgi import Info, TgiModel
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.clock import FakeClock
from tests.fakes.openai import FakeOpenAi
from tests.fakes.tgi import Answer, FakeTgi

DIALECTS = ("tgi", "tgi-text", "openai", "anthropic")
_FAKES = {
    "tgi": FakeTgi,
    "tgi-text": partial(FakeTgi, template="none"),
    "openai": FakeOpenAi,
    "anthropic": FakeAnthropic,
}


@asynccontextmanager
async def a_model(
    dialect: str, *answers: Answer, deadlines: Deadlines | None = None, name: str = "fake-1"
) -> AsyncIterator[tuple[LanguageModel, FakeTgi]]:
    """A model over its own wire, and the server behind it."""
    fake = _FAKES[dialect](answers=answers or (Answer(),))
    limits = deadlines or Deadlines()
    async with AsyncExitStack() as closing:
        await closing.enter_async_context(fake.serve())
        headers = VERSION if dialect == "anthropic" else {}
        session = await closing.enter_async_context(pool(limits, headers))
        yield over(dialect, fake.url, session, limits, name), fake


def over(dialect, url, session, limits, name) -> LanguageModel:
    if dialect.startswith("tgi"):
        return TgiModel(url, session, limits, info=Info(name=name))
    served = Served(url=url, model=name)
    kind = OpenAiCompatibleModel if dialect == "openai" else AnthropicModel
    return kind(served, session, limits)


Q: Talk = (Said(role="user", text="Q"),)
"""A talk for tests that look at the answer."""


async def said(
    model: LanguageModel,
    talk: Talk = Q,
    sampling: Sampling = Sampling(),  # noqa: B008 - a value
) -> tuple[str, Finished]:
    async with aclosing(model.stream(talk, sampling)) as stream:
        *pieces, finished = [piece async for piece in stream]
    assert isinstance(finished, Finished)
    return "".join(str(piece) for piece in pieces), finished


@dataclass
class Heard(Observer):
    """Keeps what it is told."""

    attempts: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    written: list[tuple[str, int]] = field(default_factory=list)

    def attempted(self, target: str) -> None:
        self.attempts.append(target)

    def began(self, target: str, seconds: float) -> None:
        assert seconds >= 0
        self.begun.append(target)

    def wrote(self, target: str, tokens: int) -> None:
        self.written.append((target, tokens))

    def failed(self, target: str, kind: str) -> None:
        self.failures.append((target, kind))


@dataclass
class ScriptedModel(LanguageModel):
    """Says its lines in order, the last one for ever; an error among its words is raised."""

    title: str
    lines: Sequence[Sequence[str | Exception]] = (("Hello",),)
    window: int = 1_000
    prompts: list[Talk] = field(default_factory=list)
    gate: asyncio.Event | None = None
    closed: int = 0
    at_once: int | None = None
    guides: bool = True
    count: Count = tokens

    @property
    def name(self) -> str:
        return self.title

    def room(self, sampling: Sampling) -> int:
        return self.window

    async def stream(self, talk: Talk, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        line = self.lines[min(len(self.prompts), len(self.lines) - 1)]
        self.prompts.append(talk)
        try:
            if self.gate:
                await self.gate.wait()
            for word in line:
                if isinstance(word, Exception):
                    raise word
                yield word
            yield Finished(text="".join(map(str, line)), tokens=len(line), cut=False)
        finally:
            self.closed += 1


@dataclass
class Stand:
    """A router, what it hears and the clock of its breakers."""

    router: Router
    heard: Heard
    clock: FakeClock


def a_stand(*targets: Target, turn_s: float = 30, chance: float = 0.5) -> Stand:
    heard, clock = Heard(), FakeClock()
    policy = Policy(observer=heard, turn_s=turn_s, chance=lambda: chance, now=clock.monotonic)
    return Stand(Router(targets, policy), heard, clock)


def a_target(name: str, *line: str | Exception, role: Role = Role.MAIN, **rest: object) -> Target:
    model = ScriptedModel(name, (line or (f"I am {name}",),))
    return Target(name=name, model=model, role=role, **rest)  # type: ignore[arg-type]
