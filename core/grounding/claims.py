"""Takes an answer apart into sentences with their citations, and puts it together again."""

import re
from collections.abc import Callable, Iterator, Sequence
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
_WHOLE = re.compile(r"(?s).*(?:[.!?。！？]+[\"'”’)]*(?:\s*[\[【]\s*\d[\d\s,，、]*[\]】])*|\n)")
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of an answer."""

    text: str
    """Without citations."""
    cites: tuple[int, ...]
    """Numbers of passages that are there, from 1; empty where it cites none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an answer."""

    mark: str
    """Of a list, with its space."""
    claims: tuple[Claim, ...]
    """Neighbours with the same citations share them: those stand behind the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is left of an answer."""

    text: str
    """Every sentence cites; empty when none is left."""
    cited: tuple[Passage, ...]
    sources: tuple[Source, ...]
    """The cited passages as they are shown."""


def read(text: str, passages: int) -> tuple[Line, ...]:
    """The lines of an answer. A citation covers the sentences before it on its line."""
    return tuple(_line(line, passages) for line in text.splitlines())


def whole(text: str) -> str:
    """The text up to the end of its last sentence: of one that broke off, what was finished."""
    found = _WHOLE.match(text)
    return found.group().rstrip() if found else ""


def compose(
    lines: Sequence[Line], passages: Sequence[Passage], holds: Callable[[Claim], bool]
) -> Kept:
    """The claims that hold, citations numbered anew by first use."""
    shelf = _Shelf(passages=passages)
    kept = "\n".join(
        line for line in [shelf.put(line, holds) for line in lines] if line is not None
    )
    return Kept(
        text=re.sub(r"\n{3,}", "\n\n", kept.strip()) if shelf.used else "",
        cited=tuple(passages[number - 1] for number in shelf.used),
        sources=shelf.sources(),
    )


@dataclass(slots=True)
class _Shelf:
    """The passages, and what was said on the ground of each."""

    passages: Sequence[Passage]
    used: dict[int, list[str]] = field(default_factory=dict)

    def put(self, line: Line, holds: Callable[[Claim], bool]) -> str | None:
        """The line with what holds; None when it said something and nothing of it does."""
        if not line.claims:
            return "" if not line.mark else None
        groups: list[tuple[tuple[int, ...], list[str]]] = []
        for claim in line.claims:
            if claim.cites and holds(claim):
                if not groups or groups[-1][0] != claim.cites:
                    groups.append((claim.cites, []))
                groups[-1][1].append(claim.text)
        kept = [f"{' '.join(said)} {self._cite(cites, said)}" for cites, said in groups]
        return line.mark + " ".join(kept) if kept else None

    def _cite(self, numbers: Sequence[int], said: Sequence[str]) -> str:
        """The new numbers, in brackets."""
        for number in numbers:
            self.used.setdefault(number, []).extend(said)
        order = list(self.used)
        return "".join(f"[{order.index(number) + 1}]" for number in numbers)

    def sources(self) -> tuple[Source, ...]:
        return tuple(
            _source(self.passages[n - 1], " ".join(said)) for n, said in self.used.items()
        )


def _line(line: str, passages: int) -> Line:
    mark = _LIST_MARK.match(line)
    rest = line[mark.end() :] if mark else line
    return Line(mark=mark.group() if mark else "", claims=tuple(_claims(rest, passages)))


def _claims(line: str, passages: int) -> Iterator[Claim]:
    waiting: list[str] = []
    for match in _SENTENCE.finditer(line):
        sentence = match.group()
        found = [
            int(n) for group in _CITATION.findall(sentence) for n in re.findall(r"\d+", group)
        ]
        if words := _CITATION.sub("", sentence).strip():
            waiting.append(words)
        if found:
            cites = tuple(n for n in dict.fromkeys(found) if 1 <= n <= passages)
            yield from (Claim(text=text, cites=cites) for text in waiting)
            waiting = []
    yield from (Claim(text=text, cites=()) for text in waiting)


def _source(passage: Passage, said: str) -> Source:
    wanted = set(telling_terms(said))
    quote = max(
        (sentence.text for sentence in passage.sentences),
        key=lambda text: len(wanted.intersection(terms(text))),
        default=passage.text,
    )
    return Source(title=passage.title, uri=passage.uri, quote=quote, score=passage.score)
