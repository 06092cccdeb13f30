"""Builders of documents: each names only what matters to the test."""

import hashlib

from knowledge.documents import Document, Pair, Prose, Section, Table


def a_document(
    uri: str = "help/returns.md",
    text: str = "Jackets can be returned within thirty days.",
    *,
    title: str = "",
    language: str = "en",
) -> Document:
    return of_sections(uri, Section(heading=(), body=Prose(text)), title=title, language=language)


def of_sections(uri: str, *sections: Section, title: str = "", language: str = "en") -> Document:
    return Document(
        uri=uri,
        title=title or uri,
        language=language,
        sections=sections,
        digest=hashlib.sha256(repr((title, sections)).encode()).hexdigest(),
    )


def a_pair(question: str, answer: str) -> Section:
    return Section(heading=(), body=Pair(question, answer))


def a_table(*rows: tuple[str, ...]) -> Section:
    return Section(heading=(), body=Table(rows))
