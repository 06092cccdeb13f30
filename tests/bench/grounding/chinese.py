"""Chinese sentences with the paragraph that they stand in, and what spoils them.

Only reported on: nothing was learned from Chinese, and the embedder that ships does not know it.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tests.bench.answers import chinese, sentences_of
from tests.bench.grounding.cases import Said
from tests.core.models.findings import a_passage

_SHORTEST, _LONGEST = 12, 120
_DENIED = (("是", "不是"), ("可以", "不可以"), ("有", "没有"), ("能", "不能"), ("位于", "不位于"))
_NUMBER = re.compile(r"\d+")


def supported(folder: Path) -> Iterator[Said]:
    """A sentence of each paragraph as it stands, and without its first clause."""
    seen: set[str] = set()
    for origin, one in enumerate(chinese(folder)):
        text = one.texts[0][1]
        if one.tuning or text in seen:
            continue
        seen.add(text)
        sentences = [s for s in sentences_of(text) if s.strip()]
        fitting = [s for s in sentences if _SHORTEST <= len(s) <= _LONGEST]
        if not fitting:
            continue
        said = Said(
            set="cmrc2018",
            tuning=False,
            question=one.question,
            cited=(a_passage(*sentences, glue=""),),
            sentence=fitting[len(fitting) // 2],
            kind="verbatim",
            origin=origin,
        )
        yield said
        _, comma, rest = said.sentence.partition("，")
        if comma and len(rest) >= _SHORTEST:
            yield replace(said, sentence=rest, kind="otherwise")


def plant(said: list[Said], seed: int = 7) -> Iterator[Said]:
    """Numbers changed, sentences denied, and those of the next paragraph."""
    chance = random.Random(seed)
    for one, other in pairwise(s for s in said if s.kind == "verbatim"):
        yield replace(one, sentence=other.sentence, kind="of another passage")
        if found := _NUMBER.search(one.sentence):
            number = str(int(found.group()) + chance.choice((1, 3, 10)))
            changed = one.sentence[: found.start()] + number + one.sentence[found.end() :]
            yield replace(one, sentence=changed, kind="number changed")
        for word, denial in _DENIED:
            if word in one.sentence and denial not in one.sentence:
                changed = one.sentence.replace(word, denial, 1)
                yield replace(one, sentence=changed, kind="denied")
                break
