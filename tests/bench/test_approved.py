"""The thresholds that ship, on a part of the public set, where it lies beside the checkout."""

import random
from collections import defaultdict
from pathlib import Path

import pytest

from core.answers.approved import Verdict
from deploy.intents import MessageVectors
from knowledge.embedders.minilm import MiniLmEmbedder
from tests.bench.alike import embedded, outcome, rows_of, shelf_of
from tests.bench.approved import traps

DATA = Path(__file__).parents[3] / "shared" / "data" / "banking77"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.models,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"Banking77 is not in {DATA}"),
]
INTENTS, WORDINGS, ASKED = 40, 4, 500


async def test_what_wins_is_right_in_19_of_20_cases_and_no_trap_is_sprung(tmp_path: Path) -> None:
    draw = random.Random(7)
    by_label = defaultdict(list)
    for text, label in rows_of(DATA / "train.csv"):
        by_label[label].append((text, label))
    chosen = draw.sample(sorted(by_label), INTENTS)
    wordings = [row for label in chosen for row in draw.sample(by_label[label], WORDINGS)]
    asked = draw.sample(rows_of(DATA / "test.csv"), ASKED)
    async with await MiniLmEmbedder.open(tmp_path) as model:
        embeds = MessageVectors(model)
        shelf = shelf_of(await embedded(wordings, embeds))
        said = await embedded(asked, embeds)
        sprung = await traps(said[:200], embeds)

    won = [(outcome(shelf, one), one.label) for one in said]
    right = [answer == label for (verdict, answer), label in won if verdict is Verdict.WINS]
    assert len(right) >= 15
    assert sum(right) / len(right) >= 0.95
    assert [share for name, share in sprung.items() if name.endswith("sprung")] == [0] * 8
