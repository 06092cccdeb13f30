"""PDF: the text of each page, with headings and paragraphs put together from its lines."""

import io
import logging
import re
from collections.abc import Sequence
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from knowledge.parsers.limits import Limits, Unreadable, check_wanted
from knowledge.parsers.outline import Outline, Parsed
from knowledge.parsers.pages import Block, Line, blocks_of, without_running_lines
from knowledge.parsers.paragraphs import hyphenated, rejoin, width

_END = b"%%EOF"
_TAIL = 4_096
_MOST_OPERATIONS = 3_000_000
_FORM_COST = 500  # a form is parsed again wherever it is drawn
_MOST_BYTES = 60_000_000  # of drawing, over all pages
_TOO_DRAWN = "it is drawn of too many parts to be read"
_BOUNDS: dict[str, Any] = {
    "zlib_maximum_output_length": 10_000_000,
    "lzw_maximum_output_length": 10_000_000,
    "run_length_maximum_output_length": 10_000_000,
    "array_based_stream_maximum_output_length": 10_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "xform_maximum_invocations_per_extraction": 200,
    "xmp_maximum_input_length": 100_000,
    "jbig2dec_binary": None,
}
_POOR_TITLE = re.compile(r"(?i)untitled|microsoft word|\.(docx?|pdf|indd|tex|odt)\b|^\W*$")
_DAMAGED = "it is a PDF file that is damaged; save or copy it again"
_LOCKED = "it is encrypted; save it without a password"


def read(raw: bytes, limits: Limits) -> Parsed:
    """Sections by page.

    Raises:
        Unreadable: encrypted, cut short, damaged, or pictures of text only.
    """
    if _END not in raw[-_TAIL:]:
        raise Unreadable("it is a PDF file that is cut short; copy it again")
    # Its warnings quote what it could not read.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        with apply_configuration(**_BOUNDS):
            return _read(raw, limits)
    except (FileNotDecryptedError, DependencyError) as locked:
        raise Unreadable(_LOCKED) from locked
    except LimitReachedError as large:
        raise Unreadable(_TOO_DRAWN) from large
    except PyPdfError as damaged:
        raise Unreadable(_DAMAGED) from damaged


def _read(raw: bytes, limits: Limits) -> Parsed:
    reader = PdfReader(io.BytesIO(raw))
    count = len(reader.pages)
    if count > limits.pages:
        raise Unreadable(f"it has more than {limits.pages:,} pages")
    drawing = _Drawing(limits)
    pages = [drawing.lines_of(page) for page in reader.pages]
    if not any(pages):
        raise Unreadable("its pages are pictures without text; run text recognition on it first")
    blocks = list(blocks_of(without_running_lines(pages)))
    outline = Outline(limits)
    _write(blocks, outline)
    return Parsed(
        title=_title(reader, blocks), language=_language(reader), sections=outline.sections()
    )


def _write(blocks: Sequence[Block], outline: Outline) -> None:
    lines = [line.text for block in blocks for line in block.lines]
    page = max(map(width, lines), default=0)
    keep = hyphenated(lines)
    for block in blocks:
        if block.page != outline.page:
            outline.turn_to(block.page)
        text = rejoin([line.text for line in block.lines], page, keep)
        if block.level:
            outline.head(block.level, text)
        else:
            outline.prose(text)


class _Drawing:
    """Follows the drawing of pages and keeps the lines of text, within a budget for all."""

    def __init__(self, limits: Limits) -> None:
        self._operations = _MOST_OPERATIONS
        self._bytes = _MOST_BYTES
        self._limits = limits
        self._characters = limits.characters
        self._lines: list[Line] = []
        self._pieces: list[tuple[str, float, float, bool]] = []

    def lines_of(self, page: Any) -> list[Line]:
        """The page's lines of text, in the order in which they are drawn."""
        self._lines, self._pieces = [], []
        contents = page.get_contents()
        self._bytes -= 0 if contents is None else len(contents.get_data())
        if self._bytes < 0:
            raise Unreadable(_TOO_DRAWN)
        page.extract_text(visitor_operand_before=self._count, visitor_text=self._hear)
        self._end_line()
        return self._lines

    def _count(self, operator: bytes, *_: Any) -> None:
        check_wanted()
        self._operations -= _FORM_COST if operator == b"Do" else 1
        if self._operations < 0:
            raise Unreadable(_TOO_DRAWN)

    def _hear(self, text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        self._characters -= len(text)
        if self._characters < 0:
            raise Unreadable(f"it has more than {self._limits.characters:,} characters of text")
        height = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3] + tm[2] * cm[1]) or 1.0
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        for number, part in enumerate(text.split("\n")):
            if number:
                self._end_line()
            if part.strip():
                self._pieces.append((part, float(size) * scale, float(height), bold))
            elif part and self._pieces:
                self._pieces.append((" ", self._pieces[-1][1], self._pieces[-1][2], bold))

    def _end_line(self) -> None:
        if not self._pieces:
            return
        text = "".join(part for part, *_ in self._pieces)
        weights = [(len(part), size) for part, size, *_ in self._pieces]
        self._lines.append(
            Line(
                text=text.strip(),
                size=max(weights)[1],
                height=self._pieces[0][2],
                bold=all(bold for part, _, _, bold in self._pieces if part.strip()),
            )
        )
        self._pieces = []


def _title(reader: PdfReader, blocks: Sequence[Block]) -> str:
    """What its properties say, unless a program wrote that; else its only outermost heading."""
    try:
        stated = str(reader.metadata.title or "") if reader.metadata else ""
    except (PyPdfError, KeyError, TypeError, ValueError, AttributeError):
        stated = ""
    if stated and not _POOR_TITLE.search(stated):
        return stated
    outermost = [block for block in blocks if block.level == 1]
    title = " ".join(line.text for line in outermost[0].lines) if len(outermost) == 1 else ""
    return "" if title[:1].isdigit() else title  # the first of numbered headings is no title


def _language(reader: PdfReader) -> str:
    try:
        return str(reader.root_object.get("/Lang") or "")
    except (PyPdfError, KeyError, TypeError, AttributeError):
        return ""
