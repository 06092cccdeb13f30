"""Learning, judging, the artefact and the report, on a small language of our own."""

import io
from dataclasses import replace

import numpy as np
import pytest

from core.nlu.intents.artefact import ArtefactRefused, pack, unpack
from core.nlu.intents.head import Guess, IntentHead
from core.nlu.intents.kernel import Matrix
from core.nlu.intents.learn import Held, learn
from core.nlu.intents.report import auroc, calibration_error, figures, report_on, sentences

DIMS = 16
INTENTS = ("billing", "delivery", "opening", "password", "repair", "returns")


def direction(word: str) -> Matrix:
    """A meaning: the same word always has the same one."""
    seed = int.from_bytes(word.encode()[:7], "big")
    return np.random.default_rng(seed).normal(size=DIMS).astype(np.float32)


def spoken(intent: str, number: int) -> tuple[str, Matrix]:
    """A message of this intent, with a meaning near the intent's."""
    meaning = direction(intent) + 0.25 * direction(f"{number}{intent}")
    return f"{intent} question {number}", meaning / np.linalg.norm(meaning)


def examples(names: tuple[str, ...], each: int = 8) -> tuple[list[str], list[str], Matrix]:
    pairs = [(spoken(name, number), name) for name in names for number in range(each)]
    return (
        [text for (text, _), _ in pairs],
        [name for _, name in pairs],
        np.stack([vector for (_, vector), _ in pairs]),
    )


@pytest.fixture(scope="module")
def learned() -> tuple[IntentHead, Held]:
    return learn(*examples(INTENTS), "test/1")


def judged(head: IntentHead, intent: str, number: int = 99) -> Guess:
    text, vector = spoken(intent, number)
    (guess,) = head.judge([text], vector[None])
    return guess


@pytest.mark.parametrize("intent", INTENTS)
def test_a_message_like_the_examples_gets_their_intent(
    learned: tuple[IntentHead, Held], intent: str
) -> None:
    guess = judged(learned[0], intent)

    assert guess.intent == guess.ranked[0][0] == intent
    assert guess.confidence == guess.ranked[0][1] > 0.8
    assert guess.outside < learned[0].scales[0].threshold


@pytest.mark.parametrize("other", ["weather", "football", "poetry", "physics"])
def test_a_message_like_none_of_them_is_forced_into_no_intent(
    learned: tuple[IntentHead, Held], other: str
) -> None:
    guess = judged(learned[0], other)

    assert guess.intent == ""
    assert guess.outside >= learned[0].scales[0].threshold
    assert guess.ranked  # what it was nearest to is still told


def test_an_empty_message_has_no_intent(learned: tuple[IntentHead, Held]) -> None:
    (guess,) = learned[0].judge([""], np.zeros((1, DIMS), np.float32))

    assert guess.intent == ""


def test_messages_judged_together_are_judged_as_alone(learned: tuple[IntentHead, Held]) -> None:
    pairs = [spoken(name, 50) for name in (*INTENTS, "weather")]

    together = learned[0].judge([text for text, _ in pairs], np.stack([v for _, v in pairs]))

    assert learned[0].judge([], np.empty((0, DIMS), np.float32)) == ()
    for (text, vector), guess in zip(pairs, together, strict=True):
        (alone,) = learned[0].judge([text], vector[None])
        assert alone.intent == guess.intent
        assert alone.confidence == pytest.approx(guess.confidence, abs=1e-4)


def test_chances_are_chances(learned: tuple[IntentHead, Held]) -> None:
    guess = replace(judged(learned[0], "billing"))
    (whole,) = learned[0].judge(*_one("billing"), most=len(INTENTS))

    assert sum(chance for _, chance in whole.ranked) == pytest.approx(1, abs=1e-4)
    assert 0 <= guess.outside <= 1


def _one(intent: str) -> tuple[list[str], Matrix]:
    text, vector = spoken(intent, 99)
    return [text], vector[None]


def test_the_same_examples_give_the_same_head(learned: tuple[IntentHead, Held]) -> None:
    again, _ = learn(*examples(INTENTS), "test/1")

    assert pack(again) == pack(learned[0])


def test_one_intent_cannot_be_learned() -> None:
    with pytest.raises(ValueError, match="two intents"):
        learn(*examples(INTENTS[:1]), "test/1")


def test_two_intents_are_told_apart_though_nothing_strange_was_learned() -> None:
    head, held = learn(*examples(INTENTS[:2]), "test/1")

    assert judged(head, "delivery").ranked[0][0] == "delivery"
    assert judged(head, "weather").intent == ""
    assert figures(report_on(held))["out_of_scope"]["auroc"] is None
    assert any("too few intents" in line for line in sentences(figures(report_on(held))))


def test_the_digest_follows_the_examples_and_not_their_order() -> None:
    texts, labels, vectors = examples(INTENTS[:3])
    heads = [
        learn(texts, labels, vectors, "test/1")[0],
        learn(texts[::-1], labels[::-1], vectors[::-1], "test/1")[0],
        learn([*texts[:-1], "changed"], labels, vectors, "test/1")[0],
    ]

    assert heads[0].trained_on == heads[1].trained_on != heads[2].trained_on


def test_an_artefact_gives_back_a_head_that_judges_alike(
    learned: tuple[IntentHead, Held],
) -> None:
    head, _ = learned
    restored = unpack(pack(head))

    assert (restored.labels, restored.scales) == (head.labels, head.scales)
    assert (restored.trained_on, restored.embedder) == (head.trained_on, "test/1")
    for intent in (*INTENTS, "weather"):
        before, after = judged(head, intent), judged(restored, intent)
        assert before.intent == after.intent
        assert before.confidence == pytest.approx(after.confidence, abs=0.02)


def test_what_is_no_artefact_is_refused_whatever_it_is(learned: tuple[IntentHead, Held]) -> None:
    content = pack(learned[0])
    pickled = io.BytesIO()
    np.savez(pickled, header=np.array([{"a": 1}], object), allow_pickle=True)
    wrongs = [b"", b"PK", b"x" * 100, content[: len(content) // 2], pickled.getvalue()]

    for wrong in wrongs:
        with pytest.raises(ArtefactRefused):
            unpack(wrong)


def test_an_artefact_whose_parts_do_not_fit_is_refused(learned: tuple[IntentHead, Held]) -> None:
    head = learned[0]

    for wrong in (
        replace(head, weights=head.weights[:-1]),
        replace(head, labels=head.labels[1:]),
        replace(head, scales=(head.scales[0], replace(head.scales[1], outside=(0.0,)))),
    ):
        with pytest.raises(ArtefactRefused):
            unpack(pack(wrong))


def test_the_report_counts_every_example_once_and_names_what_is_confused() -> None:
    held = Held(
        labels=("a", "b"),
        truth=np.array([0, 0, 1, 1]),
        chances=np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.1, 0.9]], np.float32),
        inside=np.array([0.1, 0.6]),
        outside=np.array([0.5, 0.9]),
        lost=np.array([False, True]),
        told=np.array([True, True]),
    )

    found = figures(report_on(held))

    assert (found["examples"], found["accuracy"]) == (4, 0.75)
    assert found["out_of_scope"] == {"auroc": 0.75, "recognised": 1.0, "in_scope_rejected": 0.5}
    assert found["intents"][0] | {"precision": 0} == {
        "name": "a", "examples": 2, "recall": 0.5, "precision": 0, "taken_for": {"b": 1}
    }  # fmt: skip
    assert found["intents"][1]["precision"] == pytest.approx(2 / 3)
    assert "a: 50% of 2; taken for b (1)" in sentences(found)


def test_auroc_and_calibration_error_are_what_they_are_by_hand() -> None:
    assert auroc(np.array([3.0, 1.0]), np.array([2.0, 1.0])) == 0.625
    assert calibration_error(np.array([0.8] * 10), np.array([True] * 8 + [False] * 2), 1) == (
        pytest.approx(0)
    )
    assert calibration_error(np.array([1.0] * 4), np.array([False] * 4), 2) == 1
