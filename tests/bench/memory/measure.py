"""Runs talks through the keeper, turn by turn, and asks at their end what a prompt still has.

Two scores. "kept": the share of probes whose answer stands in what the prompt has of the
conversation; no model is asked, so it is the most that one could get right. "found": the share in
which one of the best three of the prompt's lines for the probe, chosen by words and meaning as
extraction does, has the answer; that is what an answerer without a model gets right, and it
punishes clutter. Questions and headings are no answers.
Tokens are estimated, and are those of the conversation alone: rules and passages are the same for
every way.
"""

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

import numpy as np

from core.domain.memory import NO_MEMORY
from core.domain.messages import Author, Message
from core.memory.budget import Budget
from core.memory.extract import Extractive
from core.memory.keeper import Keeper
from core.memory.ports import Summariser
from core.memory.sentences import sentences
from core.memory.speech import asks
from core.memory.told import told
from core.memory.window import Window, tail, window
from core.models.counting import tokens
from core.nlu.embeds import Embeds
from core.nlu.words import telling_terms, terms
from tests.bench.memory.planted import Planted
from tests.bench.memory.talks import Talk
from tests.fakes.clock import FakeClock
from tests.fakes.memories import ListMemories

WANTED_SHARE, WANTED_TOKENS = 0.95, 0.30
_OURS = "memory and window"
_HISTORY = 20
"""Messages, of the way that has no memory."""
_NAMES = {Author.CUSTOMER: "Customer", Author.BOT: "Assistant", Author.AGENT: "Agent"}
_MARK = re.compile(r"^(?:- \(\d+(?:, \w+)?\)|[A-Z]\w+:) ")
"""What stands before the words: the number of a fact's message, or who speaks."""
_LEXICAL = 0.6
_BEST = 3


@dataclass(slots=True)
class Ended:
    """A talk at its end, in each way as a text of lines."""

    texts: Mapping[str, str]
    planted: Sequence[Planted]
    versions: int
    milliseconds: list[float] = field(default_factory=list)
    """Of each version."""


async def ended(talk: Talk, budget: Budget, embeds: Embeds | None) -> Ended:
    """The talk, after every turn of which the keeper had its time."""
    memories, took = ListMemories(), []
    summariser: Summariser = Extractive(tokens, embeds)
    keeper = Keeper(memories, summariser, FakeClock(), budget=budget, count=tokens)
    own = memories.conversation
    for place, message in enumerate(talk.messages):
        memories.messages.append(message)
        if place % 2:
            begun, before = time.perf_counter(), len(memories.versions)
            await keeper.bring_up_to_date(own.tenant, own.id)
            if len(memories.versions) > before:
                took.append(1000 * (time.perf_counter() - begun))
    shown = window(memories.context("And now?"), budget, tokens)
    whole = Window(memory=NO_MEMORY, messages=talk.messages)
    texts = {
        "whole history": _text(whole),
        _OURS: _text(shown),
        f"last {_HISTORY} messages": _text(
            Window(memory=NO_MEMORY, messages=talk.messages[-_HISTORY:])
        ),
        "window alone": _text(
            Window(memory=NO_MEMORY, messages=tail(talk.messages, budget.tokens, tokens))
        ),
    }
    return Ended(texts, talk.planted, len(memories.versions), took)


async def figures(ends: Sequence[Ended], embeds: Embeds | None) -> dict[str, Any]:
    """Of each way: tokens, both scores, and their shares of the whole history's."""
    rows: dict[str, dict[str, float]] = {}
    for way in ends[0].texts:
        pairs = [(one, end.texts[way]) for end in ends for one in end.planted]
        rows[way] = {
            "tokens": fmean(tokens(end.texts[way]) for end in ends),
            "kept": fmean(has(text, one.answer) for one, text in pairs),
            "found": fmean(
                [has(await best(text, one.probe, embeds), one.answer) for one, text in pairs]
            ),
        }
    whole = rows["whole history"]
    for row in rows.values():
        row["share_of_tokens"] = row["tokens"] / whole["tokens"]
        row["share_of_kept"] = row["kept"] / whole["kept"]
        row["share_of_found"] = row["found"] / whole["found"]
    took = [one for end in ends for one in end.milliseconds]
    return {
        "talks": len(ends),
        "ways": rows,
        "kept_by_kind": _by_kind(ends, lambda end, one: has(end.texts[_OURS], one.answer)),
        "versions_per_talk": fmean(end.versions for end in ends),
        "ms_per_version": fmean(took) if took else 0.0,
    }


def has(text: str, answer: str) -> bool:
    """Whether the answer stands there, but for spaces and case."""
    return _plain(answer) in _plain(text)


async def best(text: str, probe: str, embeds: Embeds | None) -> str:
    """The lines of the text that extraction would answer the probe with."""
    lines = [
        sentence
        for line in text.splitlines()
        for sentence in sentences(_MARK.sub("", line))
        if len(terms(sentence)) > 1 and not asks(sentence) and not sentence.endswith(":")
    ]
    scores = _overlap(lines, probe)
    if embeds is not None:
        vectors = await embeds.embed([probe, *lines])
        scores = _LEXICAL * scores + vectors[1:] @ vectors[0]
    return "\n".join(lines[place] for place in np.argsort(-scores, kind="stable")[:_BEST])


def _overlap(lines: Sequence[str], probe: str) -> Any:
    """The share of the probe's terms in each line, rare ones first."""
    cut = [frozenset(terms(line)) for line in lines]
    often = Counter(term for own in cut for term in own)
    asked = frozenset(telling_terms(probe))
    worth = {term: math.log(1 + len(lines) / (1 + often[term])) for term in asked}
    whole = sum(worth.values())
    return np.array([sum(worth[term] for term in asked & own) / whole for own in cut])


def _text(shown: Window) -> str:
    spoken = [_line(message) for message in shown.messages]
    return "\n".join(filter(None, (told(shown.memory), *spoken)))


def _line(message: Message) -> str:
    return f"{_NAMES[message.author]}: {' '.join(message.text.split())}"


def _by_kind(ends: Iterable[Ended], right: Callable[[Ended, Planted], bool]) -> dict[str, float]:
    found: dict[str, list[bool]] = {}
    for end in ends:
        for one in end.planted:
            found.setdefault(one.kind, []).append(right(end, one))
    return {kind: fmean(all_of) for kind, all_of in sorted(found.items())}


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
