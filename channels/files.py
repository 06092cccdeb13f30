"""Files that customers send: which kinds are taken, by what their bytes are, and where they go."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from channels.contract import printable
from core.domain.ids import ConversationId, EventId, TenantId

MAX_FILE = 10 * 1024 * 1024
"""Bytes of one file."""
_LONGEST_NAME = 120
_PATHS = re.compile(r"^.*[/\\]", re.DOTALL)
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


class Files(Protocol):
    """Where customers' files go."""

    async def keep(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        event: EventId,
        files: Sequence[NewFile],
    ) -> tuple[KeptFile, ...]:
        """Store the files of one message. The same message twice is stored once.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            NoRoom: nothing of it was stored.
        """
        ...

    async def of(
        self, tenant: TenantId, conversation: ConversationId, event: EventId
    ) -> tuple[KeptFile, ...]:
        """The files of a message, in their order."""
        ...

    async def read(self, tenant: TenantId, file: UUID) -> tuple[KeptFile, bytes] | None:
        """The file with its bytes; None when the tenant has no such file."""
        ...


def received(name: str, data: bytes) -> NewFile:
    """The file under a name that is safe to show.

    Raises:
        FileRefused: no kind of file that is taken, whatever its name says.
    """
    media_type = kind_of(data)
    if media_type is None:
        raise FileRefused
    line = " ".join(_PATHS.sub("", name).split())
    clean = printable(line)[:_LONGEST_NAME].strip()
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
    return "\n".join(f"📎 {name}" for name in names)
