"""DOCX: converted to HTML, then read as HTML."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from knowledge.parsers import html
from knowledge.parsers.limits import Limits, Unreadable
from knowledge.parsers.outline import Parsed
from knowledge.parsers.vet_xml import vet

_MOST_ENTRIES = 2_000
_HIGHEST_RATIO = 200
_SMALL = 100_000  # bytes; a small entry may well be very repetitive
_MOST_ELEMENTS = 500_000  # of which half a gigabyte of memory is made
_PIECE = 65_536
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"
_DAMAGED = "it is a DOCX file that is damaged or cut short; copy it again"


def read(raw: bytes, limits: Limits) -> Parsed:
    """Headings, paragraphs, lists and tables; pictures are left out.

    Raises:
        Unreadable: damaged, protected, or packed so as to grow without bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _vet(archive, limits)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, zlib.error) as damaged:
        raise Unreadable(_DAMAGED) from damaged
    return html.read(_as_html(raw), limits)


def _vet(archive: zipfile.ZipFile, limits: Limits) -> None:
    """By the list of entries first; then the XML, piece by piece."""
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise Unreadable(f"it is packed of more than {_MOST_ENTRIES:,} parts")
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        size = limits.unpacked_bytes / 1e6
        raise Unreadable(f"it would unpack to more than {size:,.0f} MB")
    for entry in entries:
        if entry.flag_bits & 1:
            raise Unreadable("it is protected by a password")
        if entry.file_size > max(_SMALL, _HIGHEST_RATIO * entry.compress_size):
            raise Unreadable("it is packed so tightly that it may be a zip bomb")
    left = _MOST_ELEMENTS
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            left -= vet(_unpacked(archive, entry), left)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            yield piece


def _as_html(raw: bytes) -> str:
    import mammoth

    result = mammoth.convert_to_html(
        io.BytesIO(raw),
        style_map=_STYLES,
        include_embedded_style_map=False,
        convert_image=lambda _image: [],
        external_file_access=False,
    )
    return str(result.value)
