"""Files that go with a message: which kinds are taken, by what their bytes are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from core.domain.ids import ConversationId

MAX_FILE = 10 * 1024 * 1024
"""Bytes of one file."""
MAX_FILES = 10
"""Of one message."""
ROOM = 100 * 1024 * 1024
"""Bytes of all files of one conversation."""
TAKEN = "Pictures, PDF, plain text and recordings are taken, nothing else."
"""What whoever sends another kind is told."""
_LONGEST_NAME = 120
_CLIP = "📎 "
_PATHS = re.compile(r"^.*[/\\]", re.DOTALL)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
)
"""What a file of each kind has at which place. https://mimesniff.spec.whatwg.org/"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file as it came."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that is stored, without its bytes."""

    id: UUID
    conversation: ConversationId
    name: str
    media_type: str
    size: int


class FileRefused(Exception):
    """Its bytes are of no kind that is taken."""


class NoRoom(Exception):
    """The conversation has as many bytes of files as it may have."""


def received(name: str, data: bytes) -> NewFile:
    """The file under a name that is safe to show.

    Raises:
        FileRefused: no kind of file that is taken, whatever its name says.
    """
    media_type = kind_of(data)
    if media_type is None:
        raise FileRefused
    line = " ".join(_PATHS.sub("", name).split())
    clean = _UNSEEN.sub("\ufffd", line)[:_LONGEST_NAME].strip()
    return NewFile(name=clean or "file", media_type=media_type, data=data)


def kind_of(data: bytes) -> str | None:
    """What the bytes are: a picture, a document, a recording, plain text; else None."""
    for at, mark, kind in _SIGNATURES:
        if data[at : at + len(mark)] == mark:
            return kind if kind != "image/webp" or data.startswith(b"RIFF") else None
    if not data or _CONTROL.search(data):
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return "text/plain"


def words_for(names: Iterable[str]) -> str:
    """What stands in the conversation for files of these names."""
    return "\n".join(f"{_CLIP}{name}" for name in names)


def may_carry(text: str) -> bool:
    """Whether a message of these words can have files; False is certain."""
    return _CLIP in text


def without(names: Iterable[str], text: str) -> str:
    """The words without what stands for files of these names, where those are seen themselves."""
    named = words_for(names)
    return text.removesuffix(named).rstrip() if named and text.endswith(named) else text
