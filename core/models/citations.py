"""Keeps of a model's answer what the passages carry, and names them as sources."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.domain.answers import Passage, Source
from core.nlu.words import telling_terms, terms

_CITATION = re.compile(r"\s*[\[【]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]】]")
_SENTENCE = re.compile(
    r"""\S.*? (?: [.!?。！？]+ ["'”’)]* (?: \s* [\[【] \s* \d [\d\s,，、]* [\]】] )*
                 (?= \s | $ | (?<=[。！？\]】]) )
               | $ )""",
    re.VERBOSE,
)
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """An answer of which every sentence cites what carries it."""

    text: str
    sources: tuple[Source, ...]


def ground(text: str, passages: Sequence[Passage], question: str) -> Grounded | None:
    """The sentences that cite a passage which can carry them; the others are left out.

    A citation covers the sentences before it on its line. A sentence is carried when the cited
    passages have its numbers (or the question has them) and, in the same script, at least one
    of its telling words. Citations are numbered anew, by first use.

    Returns:
        None when no sentence is left.
    """
    shelf = _Shelf(passages=passages)
    lines = [_line(line, shelf, question) for line in text.splitlines()]
    kept = "\n".join(line for line in lines if line is not None).strip()
    if not shelf.used:
        return None
    return Grounded(text=re.sub(r"\n{3,}", "\n\n", kept), sources=shelf.sources())


@dataclass(slots=True)
class _Shelf:
    """The passages, and what was said on the ground of each."""

    passages: Sequence[Passage]
    used: dict[int, list[str]] = field(default_factory=dict)

    def cite(self, numbers: Sequence[int], sentence: str) -> str:
        """The new numbers, in brackets."""
        for number in numbers:
            self.used.setdefault(number, []).append(sentence)
        order = list(self.used)
        return "".join(f"[{order.index(number) + 1}]" for number in numbers)

    def sources(self) -> tuple[Source, ...]:
        return tuple(
            _source(self.passages[n - 1], " ".join(said)) for n, said in self.used.items()
        )


def _line(line: str, shelf: _Shelf, question: str) -> str | None:
    """The line with what is carried; None when it said something and nothing of it is."""
    if not line.strip():
        return ""
    mark = _LIST_MARK.match(line)
    kept: list[str] = []
    for sentences, numbers in _cited(line[mark.end() :] if mark else line, len(shelf.passages)):
        cited = [shelf.passages[number - 1] for number in numbers]
        carried = [s for s in sentences if _is_carried(s, cited, question)]
        if carried:
            said = " ".join(carried)
            kept.append(f"{said} {shelf.cite(numbers, said)}")
    return (mark.group() if mark else "") + " ".join(kept) if kept else None


def _cited(line: str, passages: int) -> Iterator[tuple[list[str], list[int]]]:
    """Sentences with the numbers that cover them; what no number covers is left out."""
    waiting: list[str] = []
    for match in _SENTENCE.finditer(line):
        sentence = match.group()
        found = [
            int(n) for group in _CITATION.findall(sentence) for n in re.findall(r"\d+", group)
        ]
        numbers = [n for n in dict.fromkeys(found) if 1 <= n <= passages]
        words = _CITATION.sub("", sentence).strip()
        if words:
            waiting.append(words)
        if numbers and waiting:
            yield waiting, numbers
            waiting = []
        elif found:
            waiting = []  # it cites what there is not


def _is_carried(sentence: str, cited: Sequence[Passage], question: str) -> bool:
    ground = "\n".join(f"{' '.join(p.heading)}\n{p.title}\n{p.text}" for p in cited)
    known = set(_NUMBER.findall(ground)) | set(_NUMBER.findall(question))
    if not set(_NUMBER.findall(sentence)) <= known:
        return False
    if bool(_HAN.search(sentence)) != bool(_HAN.search(ground)):
        return True  # translated: its words cannot be compared
    return not set(telling_terms(sentence)).isdisjoint(terms(ground))


def _source(passage: Passage, said: str) -> Source:
    wanted = set(telling_terms(said))
    quote = max(
        (sentence.text for sentence in passage.sentences),
        key=lambda text: len(wanted.intersection(terms(text))),
        default=passage.text,
    )
    return Source(title=passage.title, uri=passage.uri, quote=quote, score=passage.score)
