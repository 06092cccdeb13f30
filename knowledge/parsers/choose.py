"""Chooses the parser for a file by its name and its content, and runs it."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import assert_never

from core.domain.errors import DocumentRefused
from knowledge.documents import Document, Section
from knowledge.parsers.decode import decode
from knowledge.parsers.kinds import Kind, kind_of_content, kind_of_name
from knowledge.parsers.limits import LIMITS, Limits, Unreadable
from knowledge.parsers.normalise import squeeze
from knowledge.parsers.outline import Parsed

_LONGEST_TITLE = 200
_DAMAGED = "it is damaged, or not what its name says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a file besides its name: what a server said about it."""

    kind: Kind | None = None
    charset: str = ""


def parse(
    name: str, raw: bytes, uri: str, told: Told | None = None, limits: Limits = LIMITS
) -> Document:
    """Read one file of any supported kind.

    It blocks for as long as the parsing takes, which `limits` bound: call it in a thread.

    Args:
        name: File name, for the choice of the parser, the title and the refusal's sentence.
        raw: The whole file.
        uri: What the document will be known by.
        told: The kind and encoding a server stated; the name decides without it.
        limits: What is refused for its size.

    Raises:
        DocumentRefused: the file cannot be read, for a reason in one sentence. Nothing else.
    """
    try:
        parsed = _parsed(name, raw, told or Told(), limits)
    except Unreadable as why:
        raise DocumentRefused(name, str(why)) from why
    except Exception as damaged:  # foreign parsers fail on hostile bytes in ways of their own
        raise DocumentRefused(name, _DAMAGED) from damaged
    title = _shortened(squeeze(parsed.title)) or _stem(name)
    return Document(
        uri=uri,
        title=title,
        language=_primary(parsed.language),
        sections=tuple(_below(title, section) for section in parsed.sections),
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _parsed(name: str, raw: bytes, told: Told, limits: Limits) -> Parsed:
    if len(raw) > limits.raw_bytes:
        raise Unreadable(too_large(len(raw), limits))
    if not raw.strip():
        raise Unreadable("it is empty")
    kind = _settle(name, raw, told)
    if kind is Kind.PDF or kind is Kind.DOCX:
        parsed = _read_binary(kind, raw, limits)
    else:
        text = decode(raw, told.charset or _declared(kind, raw))
        if len(text) > limits.characters:
            raise Unreadable(f"it has more than {limits.characters:,} characters")
        parsed = _read_text(kind, text, limits)
    if not parsed.sections:
        raise Unreadable("there is no text in it")
    return parsed


def too_large(size: int, limits: Limits) -> str:
    """The sentence for a file above the limit; sizes in megabytes of 10^6 bytes."""
    allowed = limits.raw_bytes / 1e6
    return f"it has {size / 1e6:,.1f} MB, more than the {allowed:,.0f} MB that are read"


def _settle(name: str, raw: bytes, told: Told) -> Kind:
    content = kind_of_content(raw)
    if content is not None:
        return content
    claimed = told.kind or kind_of_name(name)
    if claimed is None:
        raise Unreadable("files of this kind are not read")
    if claimed is Kind.PDF or claimed is Kind.DOCX:
        raise Unreadable(f"it is named as {claimed.value}, but its content is not")
    return claimed


def _declared(kind: Kind, raw: bytes) -> str:
    if kind is not Kind.HTML:
        return ""
    from knowledge.parsers import html

    return html.declared_charset(raw)


def _read_binary(kind: Kind, raw: bytes, limits: Limits) -> Parsed:
    """Imports where needed: these two parsers take longer to load than the rest together."""
    if kind is Kind.PDF:
        from knowledge.parsers import pdf

        return pdf.read(raw, limits)
    from knowledge.parsers import docx

    return docx.read(raw, limits)


def _read_text(kind: Kind, text: str, limits: Limits) -> Parsed:
    from knowledge.parsers import csv, html, json, markdown
    from knowledge.parsers import text as plain

    match kind:
        case Kind.MARKDOWN:
            return markdown.read(text, limits)
        case Kind.HTML:
            return html.read(text, limits)
        case Kind.CSV:
            return csv.read(text, limits)
        case Kind.JSON:
            return json.read(text, limits)
        case Kind.JSON_LINES:
            return json.read_lines(text, limits)
        case Kind.TEXT | Kind.PDF | Kind.DOCX:
            return plain.read(text, limits)
        case _:
            assert_never(kind)


def _below(title: str, section: Section) -> Section:
    """The title stands in the document; it is not repeated above each of its sections."""
    if section.heading and section.heading[0].casefold() == title.casefold():
        return replace(section, heading=section.heading[1:])
    return section


def _stem(name: str) -> str:
    stem = squeeze(PurePosixPath(name).stem.replace("-", " ").replace("_", " "))
    if stem.casefold() == "faq":
        return "FAQ"
    return _shortened(stem[:1].upper() + stem[1:]) or "Untitled"


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 3].rstrip() + "..."


def _primary(language: str) -> str:
    tag = language.strip().replace("_", "-").partition("-")[0].lower()
    return tag if tag.isascii() and tag.isalpha() and len(tag) in {2, 3} else ""
