"""How right approved and cached answers are: `python -m tests.bench.approved`.

Approved answers: Banking77's intents are the answers, some of the train split's questions their
wordings, and the test split's questions what customers ask; with 8, 25 and 57 of the 77 intents
approved, so that most questions, or some, have no approved answer at all. Whatever is said to a
question of another intent counts as wrong. Cached answers: the test split's questions one after
the other in five orders, each looked up among those before it, and wrong where the intents
differ. That is harsher than life: Banking77 gives some questions two labels (`How to verify my
identity`), so the questions behind wrong hits are written out to be read.

Traps are questions of the test split twice, the second time with another number, name, or a
denial; a trap is sprung where the answer to the one is given to the other. Chinese: the questions
of cmrc2018, all different, among each other, and with another manner of asking. Questions of
anthropic_docs and the first ones of mtrag are all different, too.

Thresholds were chosen on Banking77's train split alone.
"""

import argparse
import asyncio
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.answers.approved import Verdict
from core.answers.shelf import Shelf
from core.nlu.embeds import Embeds
from deploy.intents import MessageVectors
from knowledge.embedders.minilm import MiniLmEmbedder
from tests.bench.alike import THRESHOLDS, Said, embedded, look_up, outcome, rows_of, shelf_of
from tests.bench.kept import KeptEmbedder

_ROOT = Path(__file__).parents[2]
_SIZES = (8, 25, 57)
_WORDINGS = (1, 3, 8)
_DRAWS = 4
_ORDERS = 5
_MANNERS = ("请问{}", "你好，{}", "我想知道{}", "麻烦问一下{}")


def approved(train: Sequence[Said], test: Sequence[Said]) -> dict[str, float]:
    """Precision and share of what is said, by the size of the catalogue."""
    by_label = defaultdict(list)
    for said in train:
        by_label[said.label].append(said)
    figures: dict[str, float] = {}
    totals = np.zeros(5)
    for size in _SIZES:
        for wordings in _WORDINGS:
            counts = np.zeros(5)
            for seed in range(_DRAWS):
                draw = random.Random(seed)
                chosen = draw.sample(sorted(by_label), size)
                rows = [one for label in chosen for one in draw.sample(by_label[label], wordings)]
                asked = draw.sample([*test], 1_000)
                counts += _counts(shelf_of(rows), asked, frozenset(chosen))
            figures |= _shares(counts, f"{size}x{wordings}_")
            totals += counts
    return figures | _shares(totals, "all_")


def _counts(shelf: Shelf, asked: Sequence[Said], chosen: frozenset[str]) -> np.ndarray[Any, Any]:
    """Won, of them right, near or won, of them right, questions that have an answer."""
    counts = np.zeros(5)
    for said in asked:
        verdict, label = outcome(shelf, said)
        right = label == said.label
        counts[4] += said.label in chosen
        if verdict is Verdict.WINS:
            counts[:2] += (1, right)
        if verdict is not Verdict.FAR:
            counts[2:4] += (1, right)
    return counts


def _shares(counts: np.ndarray[Any, Any], name: str) -> dict[str, float]:
    won, won_right, near, near_right, has = counts.tolist()
    return {
        f"{name}wins_precision": won_right / max(won, 1),
        f"{name}wins_recall": won_right / has,
        f"{name}near_precision": near_right / max(near, 1),
        f"{name}near_recall": near_right / has,
    }


def cached(test: Sequence[Said]) -> tuple[dict[str, float], list[str]]:
    """Shares of questions that hit, and of hits with another label; and those pairs."""
    hits = wrong = 0
    pairs = set()
    for seed in range(_ORDERS):
        order = [*test]
        random.Random(seed).shuffle(order)
        cosines = np.stack([one.vector for one in order]) @ np.stack([o.vector for o in order]).T
        for place, said in enumerate(order):
            if (
                not place
                or (found := look_up(said, order[:place], cosines[place, :place])) is None
            ):
                continue
            hits += 1
            if found.label != said.label:
                wrong += 1
                pairs.add(" | ".join(sorted((said.text, found.text))))
    asked = _ORDERS * len(test)
    shares = {"hit_share": hits / asked, "hits_of_another_label": wrong / hits, "hits": hits}
    return shares, sorted(pairs)


def trapped(text: str) -> list[tuple[str, str, str]]:
    """Kinds of traps, and two questions for each, which have different answers."""
    plain = text.rstrip("?. ")
    made = [
        ("number", f"{plain} within 30 days?", f"{plain} within 60 days?"),
        ("amount", f"{plain} above 500 euros?", f"{plain} above 1,500 euros?"),
        ("name", f"{plain} in Norway?", f"{plain} in Canada?"),
    ]
    for positive, negative in (
        ("can I ", "can't I "), ("do I ", "do I not "), ("I can ", "I cannot "),
        ("is ", "is not "), ("should I ", "should I not "), ("will ", "will not "),
    ):  # fmt: skip
        if f" {positive}" in f" {text}":
            made.append(("denial", text, text.replace(positive, negative, 1)))
            break
    return made


async def traps(test: Sequence[Said], embeds: Embeds) -> dict[str, float]:
    """Shares of traps that would be sprung by likeness alone, and are."""
    made = [trap for said in test[::10] for trap in trapped(said.text)]
    one = await embedded([(first, "one") for _, first, _ in made], embeds)
    other = await embedded([(second, "other") for _, _, second in made], embeds)
    counts: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for (kind, _, _), first, second in zip(made, one, other, strict=True):
        cosine = float(first.vector @ second.vector)
        kept = look_up(second, [first], np.array([cosine], np.float32))
        verdict, _ = outcome(shelf_of([first]), second)
        counts[kind].append((cosine >= THRESHOLDS.wins, verdict is Verdict.WINS, kept is not None))
    figures: dict[str, float] = {}
    for kind, told in counts.items():
        alike, won, hit = np.mean(told, axis=0).tolist()
        figures |= {
            f"{kind}_traps": len(told),
            f"{kind}_alike_enough": alike,
            f"{kind}_approved_sprung": won,
            f"{kind}_cache_sprung": hit,
        }
    return figures


def different(questions: Sequence[Said]) -> dict[str, float]:
    """Of questions that all have answers of their own: what would be said to another one."""
    won = hit = 0
    for place, said in enumerate(questions):
        others = [*questions[:place], *questions[place + 1 :]]
        rows = [replace(one, label=str(number)) for number, one in enumerate(others)]
        won += outcome(shelf_of(rows), said)[0] is Verdict.WINS
        cosines = np.array([said.vector @ one.vector for one in others], np.float32)
        hit += look_up(said, others, cosines) is not None
    return {"questions": len(questions), "approved_said": won, "cache_hits": hit}


def chinese(folder: Path) -> dict[str, float]:
    """Of different questions how many win, and of the same in other manners how many do."""
    stored = json.loads((folder / "cmrc2018_dev.json").read_text(encoding="utf-8"))
    texts = sorted({
        question["question"]
        for article in stored["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    })  # fmt: skip
    zeros = np.zeros(4, np.float32)
    known = [Said(text, text, zeros) for text in texts]
    shelf = shelf_of(known)
    absent = wrong = 0
    for number in range(0, len(known), 20):
        rest = [one for place, one in enumerate(known) if place % 20 != number // 20 % 20]
        without = shelf_of(rest)
        for said in known[number // 20 % 20 :: 20][:5]:
            absent += 1
            wrong += outcome(without, said)[0] is Verdict.WINS
    asked = [
        (Said(manner.format(said.text), said.text, zeros), said.text)
        for said in known[::20]
        for manner in _MANNERS
    ]
    right = sum(outcome(shelf, said) == (Verdict.WINS, text) for said, text in asked)
    return {
        "questions": len(known),
        "another_is_said": wrong / absent,
        "other_manner_wins": right / len(asked),
    }


def first_questions(folder: Path) -> list[str]:
    """Of each conversation of mtrag the first."""
    found = {}
    for line in (folder / "mtragun_reference.jsonl").read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        found[task["conversation_id"]] = task["input"][0]["text"]
    return sorted(set(found.values()))


async def bench(data: Path, out: Path) -> dict[str, Any]:
    """All figures."""
    async with await MiniLmEmbedder.open(out) as model:
        kept = KeptEmbedder(model, out)
        embeds = MessageVectors(kept)
        train = await embedded(rows_of(data / "banking77" / "train.csv"), embeds)
        test = await embedded(rows_of(data / "banking77" / "test.csv"), embeds)
        figures: dict[str, Any] = {"approved": approved(train, test)}
        figures["cached"], pairs = cached(test)
        figures["traps"] = await traps(test, embeds)
        docs = json.loads(
            (data / "anthropic_docs" / "docs_evaluation_dataset.json").read_text("utf-8")
        )
        for name, texts in (
            ("anthropic_docs", [one["question"] for one in docs]),
            ("mtrag", first_questions(data / "mtrag")),
        ):
            figures[name] = different(await embedded([(text, text) for text in texts], embeds))
        if kept.embedded:
            await asyncio.to_thread(kept.keep)
    figures["chinese"] = chinese(data / "cmrc2018")
    for name, own in figures.items():
        print(f"\n{name}")
        for figure, value in own.items():
            print(f"  {figure:32} {value:.4f}".rstrip("0").rstrip("."))
    print("\nhits of another label, to be read:", *pairs, sep="\n  ")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=_ROOT / "bench-out")
    asked = parser.parse_args()
    if not (asked.data / "banking77").is_dir():
        print(f"skipped: no banking77 in {asked.data}; say where it is with --data")
        return
    asked.out.mkdir(exist_ok=True)
    figures = asyncio.run(bench(asked.data, asked.out))
    (asked.out / "approved.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    print(f"\nwritten to {asked.out}: approved.json")


if __name__ == "__main__":
    main()
