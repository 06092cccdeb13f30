"""Classifiers behind HTTP: Text Embeddings Inference, and Hugging Face's inference endpoints.

Wire facts of Text Embeddings Inference from its source (router/src/http, core/src/infer.rs): a
batch is a list of lists, for a list of two texts is a pair; scores are made exclusive (softmax)
unless they are asked for raw; errors are `{"error", "error_type"}`. Endpoints answer as the
library's pipeline does, to which they pass `parameters`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

import aiohttp
import msgspec

from core.domain.errors import ModelUnavailable
from core.models.refusals import Refusal, retry_after
from core.models.streaming import foreign_errors_as_ours
from core.nlu.classifiers.scores import Classifies, Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAt:
    """A classifier as it is offered."""

    speaks: Literal["tei", "endpoint"]
    url: str
    """Of the server for Text Embeddings Inference, whole for an endpoint."""
    several: bool = False
    """Whether several labels may hold at once."""


class _Label(msgspec.Struct):
    label: str
    score: float


class _Error(msgspec.Struct):
    error: str = ""
    error_type: str = ""


_decode = msgspec.json.Decoder(list[list[_Label] | _Label]).decode
_decode_error = msgspec.json.Decoder(_Error).decode


class ServedClassifier(Classifies):
    """One server; how long it may take is for others to say."""

    def __init__(self, at: ServedAt, session: aiohttp.ClientSession) -> None:
        self._at = at
        self._session = session
        self._url = at.url.rstrip("/") + "/predict" if at.speaks == "tei" else at.url

    async def classify(self, texts: Sequence[str]) -> tuple[Scores, ...]:
        if not texts:
            return ()
        body = msgspec.json.encode(self._body(texts))
        with foreign_errors_as_ours():
            async with self._session.post(
                self._url,
                data=body,
                headers={"content-type": "application/json"},
                allow_redirects=False,
            ) as answer:
                said = await answer.read()
        if answer.status != HTTPStatus.OK:
            raise _refusal(answer.status, answer.headers, said).error()
        return self._read(said, len(texts))

    def _body(self, texts: Sequence[str]) -> dict[str, Any]:
        if self._at.speaks == "tei":
            inputs = [[text] for text in texts]
            return {"inputs": inputs, "truncate": True, "raw_scores": self._at.several}
        function = "sigmoid" if self._at.several else "softmax"
        parameters = {"top_k": None, "function_to_apply": function, "truncation": True}
        return {"inputs": list(texts), "parameters": parameters}

    def _read(self, said: bytes, wanted: int) -> tuple[Scores, ...]:
        try:
            found = _decode(said)
        except msgspec.DecodeError as strange:
            raise ModelUnavailable("the classifier sent what is no list of labels") from strange
        rows = [row if isinstance(row, list) else [row] for row in found]
        if wanted == 1 and not any(isinstance(row, list) for row in found):
            rows = [
                [one for row in rows for one in row]
            ]  # one text may be answered without a list
        if len(rows) != wanted or not all(rows):
            raise ModelUnavailable("the classifier did not judge every text")
        return tuple({one.label: self._chance(one.score) for one in row} for row in rows)

    def _chance(self, score: float) -> float:
        if self._at.speaks == "tei" and self._at.several:
            return 1 / (1 + math.exp(-max(min(score, 50.0), -50.0)))
        return min(1.0, max(0.0, score))


def _refusal(status: int, headers: Mapping[str, str], body: bytes) -> Refusal:
    try:
        said = _decode_error(body)
    except msgspec.DecodeError:
        said = _Error()
    return Refusal(
        status=status,
        kinds=frozenset({said.error_type}),
        message=said.error,
        retry_after_s=retry_after(headers),
    )
