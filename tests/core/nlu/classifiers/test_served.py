"""Classifiers behind HTTP, each over its own wire, and what is done when they are away."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    SwitchboardError,
)
from core.models.streaming import Deadlines, pool
from core.nlu.classifiers.guarded import Guarded
from core.nlu.classifiers.served import ServedAt, ServedClassifier
from tests.fakes.classifier import FakeClassifier

LOGITS = {"I hate this": {"anger": 2.0, "joy": -2.0}, "I love this": {"anger": -3.0, "joy": 3.0}}
CALM = {"anger": 0.0, "joy": 0.0}
WIRES = ("tei", "endpoint")


def a_fake(**rest: object) -> FakeClassifier:
    return FakeClassifier(LOGITS, CALM, **rest)  # type: ignore[arg-type]


@asynccontextmanager
async def over(
    speaks: str, fake: FakeClassifier, *, several: bool = False
) -> AsyncIterator[ServedClassifier]:
    async with fake.serve(), pool(Deadlines(), {}) as session:
        at = ServedAt(speaks=speaks, url=fake.address(speaks), several=several)  # type: ignore[arg-type]
        yield ServedClassifier(at, session)


@pytest.mark.parametrize("speaks", WIRES)
@pytest.mark.parametrize("texts", [["I hate this"], ["I hate this", "I love this"], ["a"] * 3])
async def test_every_text_gets_scores_of_its_own(speaks: str, texts: list[str]) -> None:
    async with over(speaks, a_fake()) as classifier:
        found = await classifier.classify(texts)

    assert len(found) == len(texts)
    for text, scores in zip(texts, found, strict=True):
        logits = LOGITS.get(text, CALM)
        assert sum(scores.values()) == pytest.approx(1)
        assert (scores["anger"] > scores["joy"]) == (logits["anger"] > logits["joy"])


@pytest.mark.parametrize("speaks", WIRES)
async def test_several_labels_have_chances_of_their_own(speaks: str) -> None:
    async with over(speaks, a_fake(), several=True) as classifier:
        (scores,) = await classifier.classify(["how odd"])
        (hate,) = await classifier.classify(["I hate this"])

    assert scores == {"anger": 0.5, "joy": 0.5}
    assert hate["anger"] == pytest.approx(0.8808, abs=1e-4)


async def test_long_texts_are_cut_by_the_server() -> None:
    fake = a_fake()
    async with over("tei", fake) as classifier:
        await classifier.classify(["a"])
    async with over("endpoint", fake) as classifier:
        await classifier.classify(["a"])

    assert fake.asked[0]["truncate"] is True
    assert fake.asked[1]["parameters"]["truncation"] is True


async def test_no_texts_are_not_sent() -> None:
    fake = a_fake()
    async with over("tei", fake) as classifier:
        assert await classifier.classify([]) == ()

    assert fake.asked == []


def error(message: str, kind: str) -> bytes:
    return json.dumps({"error": message, "error_type": kind}).encode()


@pytest.mark.parametrize("speaks", WIRES)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 401}, ModelNotServed),
        ({"status": 404}, ModelNotServed),
        ({"status": 429, "body": error("Model is overloaded", "overloaded")}, ModelBusy),
        ({"status": 503}, ModelBusy),
        ({"status": 424, "body": error("Inference failed: SESAME", "backend")}, ModelUnavailable),
        ({"status": 422, "body": error("SESAME", "tokenizer")}, PromptRefused),
        ({"status": 502, "body": b"<html>SESAME"}, ModelUnavailable),
        ({"body": b"<html>SESAME"}, ModelUnavailable),
        ({"body": b'{"label": "SESAME", "score": 1}'}, ModelUnavailable),
        ({"body": b"[]"}, ModelUnavailable),
        ({"body": b"[[]]"}, ModelUnavailable),
    ],
)
async def test_a_fault_is_an_error_of_ours(
    speaks: str, fault: dict[str, object], expected: type[SwitchboardError]
) -> None:
    async with over(speaks, a_fake(**fault)) as classifier:
        with pytest.raises(expected) as raised:
            await classifier.classify(["SESAME"])

    assert type(raised.value) is expected
    assert "SESAME" not in str(raised.value)


BOTH = b'{"label": "x", "score": 0.9}, {"label": "y", "score": 0.1}'


@pytest.mark.parametrize(
    ("texts", "body", "expected"),
    [
        (["a"], b"[%b]" % BOTH, [{"x": 0.9, "y": 0.1}]),
        (["a", "b"], b"[%b]" % BOTH, [{"x": 0.9}, {"y": 0.1}]),
        (["a"], b'[[{"label": "x", "score": 1.5}]]', [{"x": 1.0}]),
        (["a"], b'[[{"label": "x", "score": -1}]]', [{"x": 0.0}]),
    ],
    ids=["one text without a list", "the best label of each", "above all", "below all"],
)
async def test_endpoints_may_answer_otherwise(
    texts: list[str], body: bytes, expected: list[dict[str, float]]
) -> None:
    async with over("endpoint", a_fake(body=body)) as classifier:
        assert list(await classifier.classify(texts)) == expected


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    fake = a_fake()
    async with over("tei", fake) as classifier:
        pass
    async with pool(Deadlines(), {}) as session:
        classifier = ServedClassifier(ServedAt(speaks="tei", url=fake.url), session)
        with pytest.raises(ModelUnavailable):
            await classifier.classify(["a"])


async def test_a_slow_server_is_left_alone_after_some_tries() -> None:
    fake = a_fake(waits=asyncio.Event())
    async with over("tei", fake) as classifier:
        guarded = Guarded(classifier, "intent_model", within_s=0.02)
        for _ in range(8):
            with pytest.raises(ModelUnavailable):
                await guarded.classify(["a"])

    assert len(fake.asked) == 5


async def test_a_server_that_wants_another_key_is_asked_once() -> None:
    fake = a_fake(key="secret")
    async with over("tei", fake) as classifier:
        guarded = Guarded(classifier, "intent_model", within_s=5)
        for _ in range(3):
            with pytest.raises(ModelUnavailable):
                await guarded.classify(["a"])

    assert len(fake.asked) == 1


async def test_texts_that_are_refused_say_nothing_of_the_server() -> None:
    fake = a_fake(status=422)
    async with over("tei", fake) as classifier:
        guarded = Guarded(classifier, "intent_model", within_s=5)
        for _ in range(8):
            with pytest.raises(PromptRefused):
                await guarded.classify(["a"])
        fake.status = 200

        assert (await guarded.classify(["a"]))[0]
