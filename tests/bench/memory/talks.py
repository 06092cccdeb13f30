"""Conversations of 50 turns: real questions and answers, among which things are planted.

English ones run through whole conversations of mtrag, one after the other, with a question of
Banking77 every few turns that the bot declines; Chinese ones through questions of cmrc2018, each
answered by the sentence that answers it. Answers from documents carry a source, as they do in the
product. Conversation ids that begin with 0 to 7, train.csv and the first 200 paragraphs are for
tuning, the rest for reporting. Without the sets there is a dozen of questions of our own.
"""

import csv
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from core.domain.answers import Source
from core.domain.messages import Author, Message
from core.memory.sentences import sentences
from tests.bench.memory.planted import Planted, Split, planted
from tests.bench.sets import TUNING_CONVERSATIONS, TUNING_PARAGRAPHS
from tests.builders import NOON, a_message

TURNS = 50
_LAST_PLANT = 44
"""The turn before which all is planted, so that none is among the latest."""
_DECLINE_EVERY = 6
_DECLINED = "I am sorry, I do not know that. Would you like to talk to a person?"
Exchange = tuple[str, str, bool]
"""What a customer asks, what the bot answers, and whether from documents."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, and what was planted in it."""

    messages: tuple[Message, ...]
    planted: tuple[Planted, ...]


def compose(
    exchanges: Sequence[Exchange], chance: random.Random, split: Split, language: str = "en"
) -> Talk:
    """50 turns of these, planted at turns of chance; half of it behind a question that stands."""
    things = list(planted(chance, split, language))
    places = dict(zip(sorted(chance.sample(range(_LAST_PLANT), len(things))), things, strict=True))
    begin = chance.randrange(max(len(exchanges) - TURNS, 1))
    said: list[tuple[Author, str, bool]] = []
    for turn in range(TURNS):
        asked, answer, documented = exchanges[(begin + turn) % len(exchanges)]
        thing = places.get(turn)
        if thing is None:
            said += [(Author.CUSTOMER, asked, False), (Author.BOT, answer, documented)]
        elif thing.author is Author.CUSTOMER:
            text = f"{asked} {thing.text}" if chance.random() < 0.5 else thing.text
            said += [(Author.CUSTOMER, text, False), (Author.BOT, thing.reply, False)]
        else:
            said += [(Author.CUSTOMER, asked, False), (thing.author, thing.text, False)]
    return Talk(_messages(said), tuple(things))


def english(folder: Path, split: Split) -> list[Exchange]:
    """mtrag's conversations, with Banking77's questions in between."""
    lines = (folder / "mtrag" / "mtragun_reference.jsonl").read_text(encoding="utf-8")
    tasks = [json.loads(line) for line in lines.splitlines()]
    asked = iter(_banking(folder, split))
    found: list[Exchange] = []
    for task in tasks:
        if (task["conversation_id"][0] in TUNING_CONVERSATIONS) != (split == "tuning"):
            continue
        said = [turn["text"].strip() for turn in (*task["input"], task["targets"][0])]
        for question, answer in zip(said[::2], said[1::2], strict=True):
            if len(found) % _DECLINE_EVERY == _DECLINE_EVERY - 1:
                found.append((next(asked), _DECLINED, False))
            found.append((question, answer, True))
    return found


def chinese(folder: Path, split: Split) -> list[Exchange]:
    """cmrc2018's questions, each with the sentence that has the answer."""
    text = (folder / "cmrc2018" / "cmrc2018_dev.json").read_text(encoding="utf-8")
    paragraphs = [one for article in json.loads(text)["data"] for one in article["paragraphs"]]
    own = slice(TUNING_PARAGRAPHS) if split == "tuning" else slice(TUNING_PARAGRAPHS, None)
    return [
        (asked["question"], _around(paragraph["context"], asked["answers"][0]["text"]), True)
        for paragraph in paragraphs[own]
        for asked in paragraph["qas"]
    ]


def own() -> list[Exchange]:
    """Questions and answers of nobody's, for where the sets are not."""
    subjects = (
        "returns", "delivery", "gift cards", "repairs", "spare parts", "invoices", "discounts",
        "opening hours", "accounts", "assembly", "recycling", "insurance", "rentals",
    )  # fmt: skip
    return [
        (
            f"What do I have to know about {subject}?",
            f"About {subject} our pages say that most things are done online. Sign in, choose"
            f" {subject} in the menu, and follow what is shown there. Whoever has no account can"
            f" write to us, and gets an answer about {subject} after some working days."
            " Further conditions are in the document, together with examples of usual cases.",
            True,
        )
        for subject in subjects
    ]


def _banking(folder: Path, split: Split) -> Iterator[str]:
    name = "train.csv" if split == "tuning" else "test.csv"
    with (folder / "banking77" / name).open(encoding="utf-8", newline="") as file:
        texts = [row["text"].strip() for row in csv.DictReader(file)]
    random.Random(7).shuffle(texts)
    yield from texts


def _around(context: str, answer: str) -> str:
    return next((one for one in sentences(context) if answer in one), answer)


def _messages(said: Sequence[tuple[Author, str, bool]]) -> tuple[Message, ...]:
    source = Source(title="Guide", uri="guide.md", quote="", score=0.9)
    return tuple(
        replace(
            a_message(text, seq=seq, author=author),
            at=NOON + timedelta(minutes=seq),
            sources=(source,) if documented else (),
        )
        for seq, (author, text, documented) in enumerate(said, start=1)
    )
