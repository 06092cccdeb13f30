"""The kinds of documents that can be read, and how each is recognised."""

import io
import zipfile
from enum import Enum
from pathlib import PurePosixPath

from knowledge.parsers.limits import Unreadable


class Kind(Enum):
    """How a document is written."""

    MARKDOWN = "Markdown"
    HTML = "HTML"
    PDF = "PDF"
    DOCX = "DOCX"
    TEXT = "plain text"
    CSV = "CSV"
    JSON = "JSON"
    JSON_LINES = "JSON Lines"


_BY_SUFFIX = {
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".mdown": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".txt": Kind.TEXT,
    ".text": Kind.TEXT,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".json": Kind.JSON,
    ".jsonl": Kind.JSON_LINES,
    ".ndjson": Kind.JSON_LINES,
}
_BY_MEDIA = {
    "text/markdown": Kind.MARKDOWN,
    "text/x-markdown": Kind.MARKDOWN,
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "application/pdf": Kind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCX,
    "text/csv": Kind.CSV,
    "text/tab-separated-values": Kind.CSV,
    "application/json": Kind.JSON,
    "application/x-ndjson": Kind.JSON_LINES,
    "application/jsonl": Kind.JSON_LINES,
    "text/plain": Kind.TEXT,
}
_VAGUE_MEDIA = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "it is an old Office file; save it as .docx"),
    (b"{\\rtf", "it is an RTF file; save it as .docx"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
    (b"GIF8", "it is a picture"),
    (b"\x1f\x8b", "it is a compressed file; unpack it first"),
    (b"7z\xbc\xaf", "it is a compressed file; unpack it first"),
    (b"Rar!", "it is a compressed file; unpack it first"),
    (b"\x7fELF", "it is a program"),
    (b"SQLite format 3", "it is a database"),
)
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_PDF_START = b"%PDF-"


def kind_of_name(name: str) -> Kind | None:
    """By the end of a file's name; None for a kind that is not read."""
    return _BY_SUFFIX.get(PurePosixPath(name).suffix.lower())


def kind_of_media(media: str, name: str) -> Kind | None:
    """By the media type a server names, or by the name where the type says little."""
    media = media.partition(";")[0].strip().lower()
    named = kind_of_name(name)
    if media in _VAGUE_MEDIA and named is not None:
        return named
    if media == "application/json" and named is Kind.JSON_LINES:
        return named
    return _BY_MEDIA.get(media)


def kind_of_content(raw: bytes) -> Kind | None:
    """By the first bytes: PDF and DOCX are recognised under any name; None for text.

    Raises:
        Unreadable: a binary file of another kind.
    """
    if raw[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(_PDF_START):
        return Kind.PDF
    if raw.startswith(_ZIP_STARTS):
        return _kind_of_zip(raw)
    for start, why in _OTHERS:
        if raw.startswith(start):
            raise Unreadable(why)
    return None


def _kind_of_zip(raw: bytes) -> Kind:
    """Only the list of entries is read here, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = archive.NameToInfo
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as damaged:
        why = "it is a DOCX or zip file that is damaged or cut short; copy it again"
        raise Unreadable(why) from damaged
    if "word/document.xml" in names:
        return Kind.DOCX
    if "xl/workbook.xml" in names:
        raise Unreadable("it is a spreadsheet; save it as CSV")
    raise Unreadable("it is a zip file without a Word document; unpack it first")
