"""A tree as plain text: for e-mail, for terminals, and where a platform refuses the rest."""

from channels.markdown.inlines import words_of
from channels.markdown.layout import lay_out, simple
from channels.markdown.links import spelled_out
from channels.markdown.tree import Code, Document, Inlines


def to_plain(document: Document) -> str:
    """The tree's words; an address stands behind the words that lead to it."""
    return lay_out(simple(document), _Plain())


class _Plain:
    """Words alone."""

    def words(self, inlines: Inlines) -> str:
        return words_of(spelled_out(inlines, schemes=()))

    def heading(self, inlines: Inlines) -> str:
        return self.words(inlines)

    def code(self, code: Code) -> str:
        return code.text

    def quote(self, text: str) -> str:
        return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
