"""How turns and sources lie in their JSON columns; versioned counterparts of domain values."""

from uuid import UUID

import msgspec

from core.domain.answers import Draft, Findings, Source
from core.domain.decisions import Decision, HandOff, Reply
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


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    v: int = msgspec.field(default=VERSION, name="v")
    language: _Judged
    intent: _Judged
    emotion: _Judged
    confidence: float = 0.0
    looked_for: tuple[str, ...] = ()
    knowledge_version: int = 0
    passages: tuple[_Passage, ...] = ()
    written_by: str = ""
    prompt_version: str = ""
    cited: int = 0
    reason: str = ""
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
            confidence=found.confidence,
            looked_for=found.looked_for,
            knowledge_version=found.knowledge_version,
            passages=_passages(found),
            written_by=draft.written_by if draft else "",
            prompt_version=draft.prompt_version if draft else "",
            cited=len(draft.sources) if draft else 0,
            reason=reason,
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
    )


def _judged(value: Judged) -> _Judged:
    return _Judged(value.label, value.confidence)


def _grounds(decision: Decision) -> tuple[Draft | None, str]:
    if isinstance(decision, Reply):
        return decision.draft, ""
    return None, decision.reason if isinstance(decision, HandOff) else ""


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
