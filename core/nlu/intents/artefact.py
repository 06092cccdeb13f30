"""A head as bytes: an archive of plain arrays and a JSON header, with nothing executable."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np

from core.domain.errors import RefusedError
from core.nlu.intents.head import IntentHead, Scale
from core.nlu.intents.kernel import Examples, seen_from
from core.nlu.intents.strange import SIGNALS, Surroundings, Usual
from core.nlu.intents.words import Postings, Vocabulary

VERSION = 2
"""Raise it with any change of the features, the kernel or the arrays: older heads are refused."""


class ArtefactRefused(RefusedError):
    """The bytes are no intent head of this version; train it again."""


class _Scale(msgspec.Struct, frozen=True, kw_only=True):
    """A `Scale` as it is stored."""

    temperature: float
    belief: tuple[float, float]
    outside: tuple[float, ...]
    threshold: float


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    """All that is not an array."""

    version: int
    labels: tuple[str, ...]
    scales: tuple[_Scale, _Scale]
    trained_on: str
    embedder: str


def pack(head: IntentHead) -> bytes:
    """The head's bytes; the same head gives the same ones."""
    header = _Header(
        version=VERSION,
        labels=head.labels,
        scales=(_packed(head.scales[0]), _packed(head.scales[1])),
        trained_on=head.trained_on,
        embedder=head.embedder,
    )
    postings = head.examples.postings
    content = io.BytesIO()
    np.savez_compressed(
        content,
        header=np.frombuffer(msgspec.json.encode(header), np.uint8),
        vectors=head.around.vectors.astype(np.float16),
        weights=head.weights.astype(np.float16),
        means=head.usual.means,
        spreads=head.usual.spreads,
        crowding=head.around.crowding,
        hashes=head.vocabulary.hashes,
        rarity=head.vocabulary.rarity,
        starts=postings.starts.astype(np.int32),
        texts=postings.texts,
        posted=postings.weights.astype(np.float16),
    )
    return content.getvalue()


def unpack(content: bytes) -> IntentHead:
    """The head of these bytes.

    Raises:
        ArtefactRefused: they are of another version, damaged, or something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            header = msgspec.json.decode(arrays["header"].tobytes(), type=_Header)
            if header.version != VERSION:
                raise ArtefactRefused
            return _checked(_head(header, arrays))
    except (
        OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, msgspec.MsgspecError
    ) as broken:  # fmt: skip
        raise ArtefactRefused from broken


def _head(header: _Header, arrays: Mapping[str, Any]) -> IntentHead:
    vectors = arrays["vectors"].astype(np.float32)
    around = Surroundings.again(vectors, arrays["crowding"])
    postings = Postings(
        starts=arrays["starts"].astype(np.int64),
        texts=arrays["texts"],
        weights=arrays["posted"].astype(np.float32),
        number=len(vectors),
    )
    return IntentHead(
        labels=header.labels,
        examples=Examples(seen_from(around.centre, vectors), np.any(vectors, axis=1), postings),
        weights=arrays["weights"].astype(np.float32),
        vocabulary=Vocabulary(arrays["hashes"], arrays["rarity"]),
        usual=Usual(arrays["means"], arrays["spreads"]),
        around=around,
        scales=(_unpacked(header.scales[0]), _unpacked(header.scales[1])),
        trained_on=header.trained_on,
        embedder=header.embedder,
    )


def _packed(scale: Scale) -> _Scale:
    return _Scale(**asdict(scale))


def _unpacked(scale: _Scale) -> Scale:
    return Scale(**msgspec.structs.asdict(scale))


def _checked(head: IntentHead) -> IntentHead:
    """The head, if its parts fit one another."""
    examples, features = len(head.examples.vectors), len(head.vocabulary.hashes)
    fits = (
        head.weights.shape == (examples, len(head.labels))
        and head.examples.postings.starts.shape == (features + 1,)
        and head.around.crowding.shape == (examples,)
        and head.vocabulary.rarity.shape == (features,)
        and head.usual.means.shape == head.usual.spreads.shape == (len(head.labels),)
        and all(len(scale.outside) == SIGNALS + 1 for scale in head.scales)
        and all(scale.temperature > 0 for scale in head.scales)
    )
    if not fits:
        raise ArtefactRefused
    return head
