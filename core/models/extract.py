"""Selects the sentences of passages that answer a question, in the documents' own words.

Pure: the same question and findings give the same draft. Method: a sentence scores by its
nearness to the question, the weighed share of the question's terms in it, and the score of its
passage; the second one scores by what the first one leaves open, which holds the answer more often
than the second best alone.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from core.domain.answers import Draft, Findings, Passage, Source
from core.models.support import Line, asking, share_of
from core.models.wording import is_entry, plain, quote
from core.nlu.words import terms

WRITTEN_BY = "extract"
_PASSAGES = 5
_COVERED = 0.2
"""What a term is worth to the second sentence when the first one has it."""
_NEXT_BESIDE = 0.35
_NEXT_ELSEWHERE = 0.8
"""The share of the best line's support that a further one needs, in its passage and in others."""
_MOST = 3
_ENOUGH_WORDS = (0, 1_000, 45)
"""With one sentence, and with two: from how many terms on no further one is added."""
_SAME = 0.7
_ANNOUNCED = 4
"""How many entries are shown after `... the following:`."""
_LONGEST_CHARACTERS = 700
_LONGEST_PAIR = 1_200
_LEAST_OVERLAP = 0.06
_LEAST_SIMILARITY = 0.35

_LEANS_BACK = re.compile(
    r"""(?: its? | they | theirs? | them | this | that | these | those | s?he | his | her | such
          | both | otherwise | then | however | instead | also | therefore | as\ a\ result
          | in\ (?:this|that|these|those|such)\ cases? | if\ (?:so|not) | after\ that
          | for\ this | to\ do\ (?:so|this|that) )\b
      | [它这该其此他她那] | 因此 | 否则 | 但是 | 同时 | 另外""",
    re.IGNORECASE | re.VERBOSE,
)
"""Sentences that begin so are not understood without the one before."""


def extract(question: str, questions_before: Sequence[str], findings: Findings) -> Draft | None:
    """The answer in the documents' words: two sentences, seldom three, and what they lean on.

    Args:
        question: What is asked now.
        questions_before: The customer's earlier words, oldest first; the last count a little.
        findings: Passages with their sentences, best first.

    Returns:
        None when no sentence has ground enough to stand as an answer.
    """
    passages = findings.passages[:_PASSAGES]
    lines = [line for at, passage in enumerate(passages) for line in _lines(at, passage)]
    chosen = _choose(question, questions_before, lines, passages)
    return _draft(_whole(chosen, lines, passages), passages) if chosen else None


def supporting(
    question: str, questions_before: Sequence[str], findings: Findings
) -> tuple[str, ...]:
    """The sentences that the answer would be made of, best first; for measuring."""
    passages = findings.passages[:_PASSAGES]
    lines = [line for at, passage in enumerate(passages) for line in _lines(at, passage)]
    return tuple(line.text for line in _choose(question, questions_before, lines, passages))


def _lines(number: int, passage: Passage) -> list[Line]:
    context = frozenset(terms(" ".join((passage.title, *passage.heading, _asked(passage)))))
    return [
        Line(
            passage=number,
            at=at,
            text=sentence.text.strip(),
            terms=frozenset(terms(sentence.text)),
            context=context,
            near=max(sentence.similarity, 0.0),
        )
        for at, sentence in enumerate(passage.sentences)
        if sentence.text.strip()
    ]


def _asked(passage: Passage) -> str:
    """The question of a passage made of a question with its answer; empty for others."""
    if not passage.sentences:
        return ""
    before, found, _ = passage.text.partition(passage.sentences[0].text)
    return before.strip() if found and before.rstrip().endswith(("?", "？")) else ""


def _choose(
    question: str, before: Sequence[str], lines: Sequence[Line], passages: Sequence[Passage]
) -> list[Line]:
    """The best line, and those that best add to it; empty where there is no ground."""
    if not lines:
        return []
    asked = asking(question, before, lines)
    wanted = asked.wanted

    def score(line: Line, worth: Mapping[str, float]) -> float:
        return asked.support(line, worth) + passages[line.passage].score

    best = max(lines, key=lambda line: score(line, wanted))
    if share_of(best, wanted, wanted) < _LEAST_OVERLAP and best.near < _LEAST_SIMILARITY:
        return []
    if _asked(passages[best.passage]):
        return [line for line in lines if line.passage == best.passage]
    chosen, covered = [best], set(best.terms)
    while len(chosen) < _MOST and _words(chosen) < _ENOUGH_WORDS[len(chosen)]:
        open_still = _open(wanted, covered)
        enough = asked.support(best, wanted)
        others = [
            line
            for line in lines
            if not any(_same(line, other) for other in chosen)
            and asked.support(line, wanted)
            >= enough * (_NEXT_BESIDE if line.passage == best.passage else _NEXT_ELSEWHERE)
        ]
        if not others:
            break
        following = max(others, key=lambda line: score(line, open_still))
        chosen.append(following)
        covered |= following.terms
    return chosen


def _open(wanted: Mapping[str, float], covered: Collection[str]) -> dict[str, float]:
    """What the terms are still worth when some have been covered."""
    return {term: worth * (_COVERED if term in covered else 1.0) for term, worth in wanted.items()}


def _words(lines: Sequence[Line]) -> int:
    return sum(len(terms(line.text)) for line in lines)


def _same(line: Line, other: Line) -> bool:
    """Whether two lines say the same, as far as their terms tell."""
    shared = len(line.terms & other.terms)
    return shared >= _SAME * min(len(line.terms), len(other.terms))


def _whole(
    chosen: Sequence[Line], lines: Sequence[Line], passages: Sequence[Passage]
) -> list[Line]:
    """The chosen lines with those they lean on, as far as the length allows."""
    bound = _LONGEST_PAIR if _asked(passages[chosen[0].passage]) else _LONGEST_CHARACTERS
    taken: dict[tuple[int, int], Line] = {}
    length = 0
    for line in chosen:
        for needed in (line, *_needed_by(line, lines)):
            place = (needed.passage, needed.at)
            if place not in taken and (not taken or length + len(needed.text) <= bound):
                taken[place] = needed
                length += len(needed.text)
    return list(taken.values())


def _needed_by(line: Line, lines: Sequence[Line]) -> list[Line]:
    """The line before one that leans on it; the lines after one that announces them."""
    beside = [other for other in lines if other.passage == line.passage]
    if line.text.endswith((":", "：")):
        return [other for other in beside if other.at > line.at][:_ANNOUNCED]
    if _LEANS_BACK.match(line.text):
        return [other for other in beside if other.at < line.at][-1:]
    return []


def _draft(chosen: Sequence[Line], passages: Sequence[Passage]) -> Draft:
    groups: dict[int, list[Line]] = {}
    for line in chosen:
        groups.setdefault(line.passage, []).append(line)
    sources, paragraphs = [], []
    for number, (at, group) in enumerate(groups.items(), start=1):
        group.sort(key=lambda line: line.at)
        paragraphs.append(f"{_paragraph(group)} [{number}]")
        passage = passages[at]
        sources.append(
            Source(
                title=passage.title,
                uri=passage.uri,
                quote=quote(passage.text, [line.text for line in group], _LONGEST_PAIR),
                score=passage.score,
            )
        )
    return Draft(
        text="\n\n".join(paragraphs),
        sources=tuple(sources),
        written_by=WRITTEN_BY,
        path=WRITTEN_BY,
        prompt_version="",
    )


def _paragraph(group: Sequence[Line]) -> str:
    """The lines as one paragraph; among several, entries of a list stand on lines of their own."""
    text = ""
    for line in group:
        shown = plain(line.text)
        if len(group) > 1 and is_entry(line.text):
            text += f"\n- {shown}"
        else:
            text += shown if not text or text[-1] in "。！？；" else f" {shown}"
    return text.lstrip()
