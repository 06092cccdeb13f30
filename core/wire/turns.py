"""How turns and sources lie in their JSON columns; versioned counterparts of domain values."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import msgspec

from core.domain.actions import ToolCall
from core.domain.answers import Draft, Findings, Source
from core.domain.decisions import AskBack, Decision, HandOff, Reply
from core.domain.turns import TurnRecord
from core.domain.understanding import Judged, Understanding

VERSION = 1


class _Source(msgspec.Struct, frozen=True):
    title: str
    uri: str
    quote: str
    score: float


class _Judged(msgspec.Struct, frozen=True):
    label: str
    confidence: float


class _Passage(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    document: UUID
    title: str
    uri: str
    heading: tuple[str, ...]
    page: int | None
    text: str
    score: float
    parts: dict[str, float]


class _Change(msgspec.Struct, frozen=True):
    hook: str
    step: str
    text: str


class _ToolUse(msgspec.Struct, frozen=True):
    id: UUID
    tool: str
    outcome: str


class _Call(msgspec.Struct, frozen=True):
    tool: str
    arguments: dict[str, Any]


class _Grounding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    sentences: int
    unsupported: int
    translated: int = 0
    regenerated: bool = False
    removed: int = 0
    links: int = 0


class _Approved(msgspec.Struct, frozen=True):
    id: UUID
    likeness: float
    wins: bool


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    v: int = msgspec.field(default=VERSION, name="v")
    language: _Judged
    intent: _Judged
    emotion: _Judged
    frustration: float = 0.0
    repeats: int = 0
    ranked: tuple[_Judged, ...] = ()
    confidence: float = 0.0
    looked_for: tuple[str, ...] = ()
    knowledge_version: int = 0
    passages: tuple[_Passage, ...] = ()
    approved: _Approved | None = None
    written_by: str = ""
    prompt_version: str = ""
    path: str = ""
    variant: str = ""
    cited: int = 0
    cut: bool = False
    grounding: _Grounding | None = None
    reason: str = ""
    changes: tuple[_Change, ...] = ()
    tools: tuple[_ToolUse, ...] = ()
    call: _Call | None = None
    rule: str = ""
    timings_ms: dict[str, float] = {}
    interruptions: int = 0
    wasted: int = 0
    traceparent: str = ""


_encoder = msgspec.json.Encoder()
_sources = msgspec.json.Decoder(tuple[_Source, ...])
_record = msgspec.json.Decoder(_Record)


def encode_sources(sources: tuple[Source, ...]) -> str | None:
    """JSON of the sources; None when there are none."""
    if not sources:
        return None
    return _encoder.encode([_Source(s.title, s.uri, s.quote, s.score) for s in sources]).decode()


def decode_sources(stored: str | None) -> tuple[Source, ...]:
    """The counterpart of `encode_sources`."""
    if stored is None:
        return ()
    return tuple(
        Source(title=s.title, uri=s.uri, quote=s.quote, score=s.score)
        for s in _sources.decode(stored)
    )


def encode_record(record: TurnRecord) -> str:
    """All that explains the turn, as JSON."""
    draft, reason = _grounds(record.decision)
    found = record.findings
    return _encoder.encode(
        _Record(
            language=_judged(record.understanding.language),
            intent=_judged(record.understanding.intent),
            emotion=_judged(record.understanding.emotion),
            frustration=round(record.understanding.frustration, 4),
            repeats=record.understanding.repeats,
            ranked=tuple(map(_judged, record.understanding.ranked)),
            confidence=found.confidence,
            looked_for=found.looked_for,
            knowledge_version=found.knowledge_version,
            passages=_passages(found),
            approved=_approved(found),
            written_by=draft.written_by if draft else "",
            prompt_version=draft.prompt_version if draft else "",
            path=draft.path if draft else "",
            variant=draft.variant if draft else "",
            cited=len(draft.sources) if draft else 0,
            cut=draft.cut if draft else False,
            grounding=_grounding(draft),
            reason=reason,
            changes=tuple(_Change(one.hook, one.step, one.text) for one in record.changes),
            tools=tuple(_ToolUse(one.id, one.tool, one.outcome.value) for one in record.used),
            call=_call(record.decision),
            rule=record.rule,
            timings_ms={step: round(ms, 3) for step, ms in record.timings_ms.items()},
            interruptions=record.waste.interruptions,
            wasted=record.waste.characters,
            traceparent=record.traceparent,
        )
    ).decode()


def decode_understanding(stored: str) -> Understanding:
    """The understanding inside a stored record."""
    record = _record.decode(stored)
    return Understanding(
        language=Judged(record.language.label, record.language.confidence),
        intent=Judged(record.intent.label, record.intent.confidence),
        emotion=Judged(record.emotion.label, record.emotion.confidence),
        frustration=record.frustration,
        repeats=record.repeats,
        ranked=tuple(Judged(one.label, one.confidence) for one in record.ranked),
    )


def decode_call(stored: str) -> ToolCall | None:
    """The call that the turn asked the customer about; None where it asked about none."""
    call = _record.decode(stored).call
    return ToolCall(tool=call.tool, arguments=call.arguments) if call else None


def _call(decision: Decision) -> _Call | None:
    if isinstance(decision, AskBack) and decision.call is not None:
        return _Call(decision.call.tool, dict(decision.call.arguments))
    return None


def _judged(value: Judged) -> _Judged:
    return _Judged(value.label, value.confidence)


def _grounds(decision: Decision) -> tuple[Draft | None, str]:
    if isinstance(decision, Reply):
        return decision.draft, ""
    return None, decision.reason if isinstance(decision, HandOff) else ""


def _grounding(draft: Draft | None) -> _Grounding | None:
    if draft is None or draft.grounding is None:
        return None
    return _Grounding(**asdict(draft.grounding))


def _approved(found: Findings) -> _Approved | None:
    if found.approved is None:
        return None
    return _Approved(found.approved.id, round(found.approved.likeness, 4), found.approved.wins)


def _passages(found: Findings) -> tuple[_Passage, ...]:
    return tuple(
        _Passage(
            id=p.id,
            document=p.document,
            title=p.title,
            uri=p.uri,
            heading=p.heading,
            page=p.page,
            text=p.text,
            score=round(p.score, 5),
            parts={name: round(value, 5) for name, value in p.parts.items()},
        )
        for p in found.passages
    )
