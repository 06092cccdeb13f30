"""Writes answers with a language model, and lets out only what its sources carry."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from core.domain.answers import Draft, Findings, Grounding
from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable, PromptTooLong, SwitchboardError
from core.domain.understanding import Understanding
from core.grounding.check import Checked
from core.grounding.claims import whole
from core.grounding.guard import Guard
from core.grounding.screen import Screen
from core.memory.budget import Budget
from core.models.ports import Finished, LanguageModel, Said, Sampling, Talk
from core.models.prompt import Prompt, Room, harmless
from core.ports import Writer

NO_ANSWER = "NO ANSWER"
Ground = Literal["passages", "none"]
"""What an answer must rest on: `none` lets the model talk freely, without sources."""

_SHORTER = 0.7
"""Of the budget, for a second prompt when the first one was too long."""
_AGAIN_S = 3.0
"""A second text takes as long as the first one, but this at least; without that time it is not
asked for."""
_UNSUPPORTED = """\
The passages do not carry these sentences of your answer:
{sentences}
Write the whole answer again, from the passages alone. Leave out what no passage says, and end
every sentence with the number of the passage it rests on. If nothing is left, write NO ANSWER."""
_CITE_NOTHING = """\
No sentence of your answer names the passage it rests on. Write the whole answer again, and end
every sentence with that number in brackets, as [1]. If no passage carries it, write NO ANSWER."""
_SAMPLING = Sampling(stop=("\nCustomer:", "\nUser:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a model is asked."""

    prompt: Prompt
    company: str
    ground: Ground = "passages"
    conversation: Budget = field(default_factory=Budget)
    """What memory and messages before may take up of a prompt."""
    sampling: Sampling = _SAMPLING
    turn_s: float = 45
    """From the first question to a model to the last word of its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One turn in writing."""

    context: TurnContext
    findings: Findings
    talk: Callable[[int], Talk]
    """What the model reads, in so many tokens."""
    rules: str
    sampling: Sampling
    begun: float


class ModelWriter(Writer):
    """Asks a model for an answer with citations and keeps the sentences that hold.

    What is shown while it is written is the model's own text, less what never leaves; the draft at
    the end is the truth. Where sentences do not hold, the model is asked once more, unseen. When
    it breaks off after a visible word, what was whole by then is the answer, if it holds.
    """

    def __init__(self, model: LanguageModel, style: Style, guard: Guard | None = None) -> None:
        self._model = model
        self._style = style
        self._guard = guard or Guard()

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        if self._style.ground == "passages" and not findings.passages:
            return
        turn = self._turn(context, understanding, findings)
        screen, said = self._guard.screen(turn.rules, findings.passages), _Heard()
        try:
            async with aclosing(self._shown(turn, screen, said)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelUnavailable:
            if not said.visible:
                raise
            self._guard.notes.answer("cut")
        unseen = said.whole.text.lstrip() != screen.text
        if screen.leaked or (unseen and self._guard.leaks(said.whole.text, turn.rules)):
            self._guard.notes.answer("leaked")
        elif draft := await self._draft(said.whole, turn):
            yield draft

    async def _shown(
        self, turn: _Turn, screen: Screen, said: "_Heard"
    ) -> AsyncGenerator[str, None]:
        """What may be seen of what the model says; it ends where the rules begin to show."""
        async with aclosing(self._said(turn)) as stream:
            async for piece in stream:
                if seen := screen.feed(said.hear(piece)):
                    said.visible = True
                    yield seen
                if screen.leaked:
                    return
        if rest := screen.end():
            yield rest

    def _turn(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> _Turn:
        begun, prompt = asyncio.get_running_loop().time(), self._style.prompt
        fixed = {
            "company": self._style.company,
            "language": understanding.language.label,
            "canary": self._guard.canary.sentence,
        }

        def talk(budget: int) -> Talk:
            room = Room(
                most=budget, count=self._model.count, conversation=self._style.conversation
            )
            return prompt.filled(context, findings, room, **fixed)

        strict = self._style.ground == "passages"
        return _Turn(
            context=context,
            findings=findings,
            talk=talk,
            rules=_rules(prompt, fixed) if strict else "",  # others may be there to be told
            sampling=replace(self._style.sampling, until=begun + self._style.turn_s),
            begun=begun,
        )

    async def _said(self, turn: _Turn) -> AsyncGenerator[str | Finished, None]:
        """What the model says to the prompt, or to a shorter one, once, when that was too long."""
        budget = self._model.room(turn.sampling)
        try:
            async with aclosing(self._model.stream(turn.talk(budget), turn.sampling)) as stream:
                async for piece in stream:
                    yield piece
                return
        except PromptTooLong as long:
            budget = min(long.most_tokens or budget, int(_SHORTER * budget))
        async with aclosing(self._model.stream(turn.talk(budget), turn.sampling)) as stream:
            async for piece in stream:
                yield piece

    async def _draft(self, said: Finished, turn: _Turn) -> Draft | None:
        text = _text(said)
        if not text:
            return None
        draft = Draft(
            text=text,
            sources=(),
            written_by=said.written_by or self._model.name,
            path=said.role,
            prompt_version=self._style.prompt.version,
            cut=said.cut,
        )
        if self._style.ground == "none":
            text, taken = self._guard.links.allowed(()).strip(text)
            self._guard.notes.links(taken)
            return replace(draft, text=text)
        return await self._grounded(draft, turn)

    async def _grounded(self, draft: Draft, turn: _Turn) -> Draft | None:
        """The draft with what its passages carry; of a second text, when that is better."""
        first = checked = await self._checked(draft.text, turn)
        again = False
        if (first.doubted or not first.kept.text) and not draft.cut:
            second = await self._again(draft.text, first, turn)
            if second and _is_better(second, first):
                checked, again = second, True
        kept = checked.kept
        text, taken = self._guard.links.allowed(kept.cited).strip(kept.text)
        self._guard.note(first, checked, taken, regenerated=again)
        if not kept.text:
            return None
        grounding = Grounding(
            sentences=first.sentences,
            unsupported=len(first.doubted),
            translated=first.translated,
            regenerated=again,
            removed=len(checked.doubted),
            links=taken,
        )
        return replace(draft, text=text, sources=kept.sources, grounding=grounding)

    async def _checked(self, text: str, turn: _Turn) -> Checked:
        return await self._guard.grounds.check(text, turn.findings.passages, turn.context.question)

    async def _again(self, text: str, first: Checked, turn: _Turn) -> Checked | None:
        """What holds of a second text; None where there is no time, or no other text."""
        now = asyncio.get_running_loop().time()
        if now + max(now - turn.begun, _AGAIN_S) > turn.begun + self._style.turn_s:
            return None
        talk = turn.talk(self._model.room(turn.sampling))
        more = (Said(role="assistant", text=text), Said(role="user", text=_complaint(first)))
        said = None
        try:
            async with aclosing(self._model.stream((*talk, *more), turn.sampling)) as stream:
                async for piece in stream:
                    said = piece if isinstance(piece, Finished) else None
        except SwitchboardError:
            return None  # the first text stands, as far as it holds
        text = _text(said) if said else ""
        if not text or self._guard.leaks(text, turn.rules):
            return None
        return await self._checked(text, turn)


class _Heard:
    """What a model has said so far; the first words may be the word for not knowing."""

    def __init__(self) -> None:
        self.whole = Finished(text="", tokens=0, cut=True)
        """All of it; cut until the model has finished."""
        self.visible = False
        """Whether anything was shown of it."""
        self._held: str | None = ""

    def hear(self, piece: str | Finished) -> str:
        """What may be shown of it; empty while that is open."""
        if isinstance(piece, Finished):
            self.whole = piece
            return ""
        self.whole = replace(self.whole, text=self.whole.text + piece)
        if self._held is None:
            return piece
        self._held += piece
        if _may_be_no_answer(self._held):
            return ""
        opened, self._held = self._held.lstrip(), None
        return opened


def _text(said: Finished) -> str:
    """What was said; of an answer that was cut, its whole sentences. Empty for NO ANSWER."""
    text = (whole(said.text) if said.cut else said.text).strip()
    return "" if text.upper().startswith(NO_ANSWER) else text


def _is_better(second: Checked, first: Checked) -> bool:
    fewer = len(second.doubted) < len(first.doubted) or not first.kept.text
    return fewer and bool(second.kept.text)


def _rules(prompt: Prompt, fixed: Mapping[str, str]) -> str:
    text = "\n".join(part.text for part in prompt.parts if part.role == "system")
    for name, value in fixed.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _complaint(checked: Checked) -> str:
    if not checked.doubted:
        return _CITE_NOTHING
    return _UNSUPPORTED.format(
        sentences="\n".join(f"- {harmless(sentence)}" for sentence in checked.doubted)
    )


def _may_be_no_answer(text: str) -> bool:
    """Whether the text so far is, or can become, the word for not knowing: not shown then."""
    start = text.lstrip().upper()
    return start.startswith(NO_ANSWER) or NO_ANSWER.startswith(start)
