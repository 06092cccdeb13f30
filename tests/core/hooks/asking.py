"""Hooks that a test makes, and what is counted of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.domain.answers import Draft
from core.hooks.run import ConfiguredHooks, Hook
from core.hooks.turn import HookTurn
from tests.builders import a_context, a_draft, an_understanding

WORDS = "my card 4000 was charged"


@dataclass
class Counted:
    """Keeps what it is told."""

    calls: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, hook: str, step: str, outcome: str) -> None:
        self.calls.append((hook, step, outcome))

    @property
    def outcomes(self) -> list[str]:
        return [outcome for _, _, outcome in self.calls]


class Answers:
    """Does with an answer what the test wants."""

    def __init__(self, change: Callable[[str], object]) -> None:
        self._change = change

    async def after_answer(self, turn: HookTurn, draft: Draft) -> object:
        return self._change(draft.text)


def hooks(*targets: object, limit_s: float = 5, count: Counted | None = None) -> ConfiguredHooks:
    named = tuple(
        Hook(name=f"h{at}", target=target, limit_s=limit_s) for at, target in enumerate(targets)
    )
    return ConfiguredHooks(hooks=named, count=count or Counted())


async def answered(by: ConfiguredHooks, draft: Draft | None = None):
    return await by.after_answer(a_context(WORDS), an_understanding(), draft or a_draft())
