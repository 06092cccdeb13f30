"""Runs an operator's hooks around the steps of a turn; the turn goes on whatever they do."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog

from core.domain.answers import Draft, Findings
from core.domain.changes import Change, Touched
from core.domain.conversation import TurnContext
from core.domain.grounds import passage_of
from core.domain.understanding import Understanding
from core.hooks import check
from core.hooks.bound import Bound, HookLate
from core.hooks.turn import HookTurn, turn_of
from core.ports import Hooks

STEPS = ("before_understanding", "before_answer", "after_answer")
FAILURES_IN_A_ROW = 5
REST_S = 30.0
"""A hook that has failed so often is left out so long: one that hangs would slow every turn."""
T = TypeVar("T")
Count = Callable[[str, str, str], None]
"""Told the hook, the step, and what came of it: changed, unchanged, late, refused or failed."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An operator's object with the methods of one or more steps."""

    name: str
    target: object
    limit_s: float = 1.0
    """For one step of one turn."""
    tenants: frozenset[str] = frozenset()
    """Whose turns it takes part in; empty is everybody's."""
    rewrites: bool = False
    """Whether it may change words that a citation covers."""


@dataclass(slots=True)
class _Standing:
    """How a hook has done lately."""

    failures: int = 0
    rests_until: float = 0.0


@dataclass(slots=True)
class ConfiguredHooks(Hooks):
    """The hooks in the order in which they were named; with none, nothing happens."""

    hooks: Sequence[Hook] = ()
    count: Count = lambda hook, step, outcome: None
    now: Callable[[], float] = lambda: asyncio.get_running_loop().time()
    _bound: Bound = field(default_factory=Bound, init=False)
    _standings: dict[str, _Standing] = field(default_factory=dict, init=False)

    async def before_understanding(self, context: TurnContext) -> Touched[TurnContext]:
        changes: list[Change] = []
        for hook, method in self._of("before_understanding", context):
            turn = turn_of(context)

            def read(returned: object, turn: HookTurn = turn) -> tuple[str, ...]:
                return check.texts(returned, turn.texts)

            texts = await self._ask(hook, method, (turn,), read)
            if texts is not None and texts != turn.texts:
                changes.append(_change(hook, method, "\n".join(texts)))
                waiting = zip(context.waiting, texts, strict=True)
                context = replace(
                    context, waiting=tuple(replace(one, text=text) for one, text in waiting)
                )
        return Touched(context, tuple(changes))

    async def before_answer(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> Touched[Findings]:
        changes: list[Change] = []
        turn = turn_of(context, understanding)
        for hook, method in self._of("before_answer", context):
            added = await self._ask(hook, method, (turn, findings.passages), check.grounds)
            if added:
                changes.append(_change(hook, method, "\n".join(one.title for one in added)))
                passages = (passage_of(one, hook.name) for one in added)
                findings = replace(findings, passages=(*findings.passages, *passages))
        return Touched(findings, tuple(changes))

    async def after_answer(
        self, context: TurnContext, understanding: Understanding, draft: Draft
    ) -> Touched[Draft]:
        changes: list[Change] = []
        turn = turn_of(context, understanding)
        for hook, method in self._of("after_answer", context):
            before = draft.text

            def read(returned: object, before: str = before, hook: Hook = hook) -> str:
                return check.answer(returned, before, rewrites=hook.rewrites)

            text = await self._ask(hook, method, (turn, draft), read)
            if text is not None and text != before:
                changes.append(_change(hook, method, before))
                draft = replace(draft, text=text)
        return Touched(draft, tuple(changes))

    def _of(self, step: str, context: TurnContext) -> Iterator[tuple[Hook, str]]:
        for hook in self.hooks:
            mine = not hook.tenants or context.conversation.tenant in hook.tenants
            standing = self._standings.setdefault(hook.name, _Standing())
            if mine and hasattr(hook.target, step) and standing.rests_until <= self.now():
                yield hook, step

    async def _ask(
        self,
        hook: Hook,
        step: str,
        arguments: tuple[object, ...],
        read: Callable[[object], T],
    ) -> T | None:
        """What the hook wants; None where it wants nothing, or failed."""
        try:
            method = getattr(hook.target, step)
            returned = await self._bound.call(method, arguments, hook.limit_s)
            wanted = None if returned is None else read(returned)
        except asyncio.CancelledError:
            raise
        except HookLate:
            self._failed(hook, step, "late", None)
            return None
        except check.HookRefused:
            self._failed(hook, step, "refused", None)
            return None
        except Exception as failure:  # noqa: BLE001 - a stranger's code raises what it likes
            self._failed(hook, step, "failed", failure)
            return None
        self._standings[hook.name].failures = 0
        self.count(hook.name, step, "unchanged" if wanted is None else "changed")
        return wanted

    def _failed(self, hook: Hook, step: str, outcome: str, failure: Exception | None) -> None:
        """Count and log it; only the kind of a failure, for its text may hold anything."""
        standing = self._standings[hook.name]
        standing.failures += 1
        if standing.failures >= FAILURES_IN_A_ROW:
            standing.failures, standing.rests_until = 0, self.now() + REST_S
        self.count(hook.name, step, outcome)
        error = type(failure).__name__ if failure else ""
        _log.warning("hook left out", hook=hook.name, step=step, outcome=outcome, error=error)


NO_HOOKS = ConfiguredHooks()
"""Changes nothing."""


def _change(hook: Hook, step: str, text: str) -> Change:
    return Change(hook=hook.name, step=step, text=text)
