"""Documents as plain values, to be compared in one look."""

from knowledge.documents import Document, Pair, Prose, Table
from knowledge.parsers.choose import parse


def read(name: str, content: str | bytes) -> Document:
    raw = content.encode() if isinstance(content, str) else content
    return parse(name, raw, name)


def outline(document: Document) -> list[tuple[str, object]]:
    """Heading path and body of each section."""
    return [(" > ".join(section.heading), _plain(section.body)) for section in document.sections]


def _plain(body: Prose | Table | Pair) -> object:
    match body:
        case Prose(text):
            return text
        case Table(rows):
            return rows
        case Pair(question, answer):
            return question, answer
