"""What the settings say to a question, from approved or from kept answers, without a database."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np

from core.answers.approved import Thresholds, Verdict, compare
from core.answers.cache import LOOKED_AT, Likeness, choose
from core.answers.ports import Kept, Pair, Shelved, Vector, Wording
from core.answers.shelf import Question, Shelf
from core.domain.answers import Draft
from core.domain.understanding import UNJUDGED
from core.nlu.embeds import Embeds
from core.settings import CoreSettings
from tests.builders import NOON

_SETTINGS = CoreSettings()
THRESHOLDS = Thresholds(wins=_SETTINGS.approved_wins, near=_SETTINGS.approved_near)
_LIKENESS = Likeness(takes=_SETTINGS.cache_takes, weighs=_SETTINGS.cache_weighs)
_DRAFT = Draft(text="", sources=(), written_by="", prompt_version="")


@dataclass(frozen=True, slots=True)
class Said:
    """A question with its label and vector."""

    text: str
    label: str
    vector: Vector


def rows_of(file: Path) -> list[tuple[str, str]]:
    """The texts of a file of Banking77, each with its label."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [(row["text"], row["category"]) for row in csv.DictReader(lines)]


async def embedded(rows: Iterable[tuple[str, str]], embeds: Embeds) -> list[Said]:
    """Texts with labels, embedded."""
    known = [*rows]
    vectors = await embeds.embed([text for text, _ in known])
    return [Said(*row, vector) for row, vector in zip(known, vectors, strict=True)]


def shelf_of(wordings: Sequence[Said]) -> Shelf:
    """A pair per label."""
    own = defaultdict(list)
    for said in wordings:
        own[said.label].append(said)
    return Shelf(
        1,
        [
            Shelved(
                Pair(
                    id=UUID(int=number),
                    questions=tuple(said.text for said in group),
                    answer=label,
                    approved_by="",
                    approved_at=NOON,
                ),
                tuple(Wording(said.text, said.vector) for said in group),
            )
            for number, (label, group) in enumerate(own.items())
        ],
    )


def outcome(shelf: Shelf, said: Said) -> tuple[Verdict, str]:
    """What comes of a question, and the label of what is nearest without differing."""
    asked = Question(said.text, said.vector, UNJUDGED, NOON)
    for one in compare(shelf, asked, THRESHOLDS, follows=False):
        if one.verdict is not Verdict.DIFFERS:
            return one.verdict, one.answer
    return Verdict.FAR, ""


def look_up(said: Said, before: Sequence[Said], cosines: Vector) -> Said | None:
    """The kept question whose answer is said."""
    nearest = np.argsort(-cosines)[:LOOKED_AT].tolist()
    near = [
        Kept(UUID(int=row), before[row].text, float(cosines[row]), _DRAFT)
        for row in nearest
        if cosines[row] >= _LIKENESS.weighs
    ]
    found = choose(said.text, near, _LIKENESS)
    return before[found.id.int] if found else None
