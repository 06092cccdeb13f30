"""Classifiers from the settings."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from core.domain.errors import SettingsInvalid, SetupError
from core.nlu.emotion.feels import ShippedFeelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.judge import EmotionJudge
from core.nlu.emotion.lexicon import Lexicon
from core.settings import ClassifierSettings
from deploy import doctor
from deploy.classifiers import feelings_by
from deploy.settings import load
from tests.fakes.classifier import FakeClassifier


@pytest.mark.parametrize("place", ["intent_model", "emotion_model"])
@pytest.mark.parametrize(
    ("model", "mistake"),
    [
        ({"type": "tei", "url": "h:3000"}, "must begin with http"),
        ({"type": "endpoint", "url": "http://me:hunter2@h"}, "holds no password"),
        ({"type": "transformers", "url": "http://h"}, "needs the path"),
        (
            {"type": "grpc", "url": "http://h"},
            "input should be 'tei', 'endpoint' or 'transformers'",
        ),
        ({"type": "tei", "url": "http://h", "lables": {}}, "there is no such setting"),
        ({"type": "tei", "url": "http://h", "within_s": 0}, "greater than or equal to 0.01"),
    ],
)
def test_a_mistake_in_a_classifier_is_told_without_its_key(
    place: str, model: dict[str, object], mistake: str
) -> None:
    with pytest.raises(SettingsInvalid) as told:
        load(core={place: model | {"api_key": "hunter2"}})

    assert f"core.{place}" in str(told.value)
    assert mistake in str(told.value)
    assert "hunter2" not in str(told.value)


def test_classifiers_come_from_a_file_and_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load().core.intent_model is None
    file = tmp_path / "models.toml"
    file.write_text(
        '[core.intent_model]\ntype = "tei"\nurl = "http://a"\n'
        'labels = { L1 = "refund", L0 = "" }\n'
    )
    first = load(file).core.intent_model
    monkeypatch.setenv(
        "SWITCHBOARD_CORE__EMOTION_MODEL", '{"type": "endpoint", "url": "http://b/m"}'
    )
    monkeypatch.setenv("SWITCHBOARD_CORE__INTENT_MODEL", "null")
    second = load(file).core

    assert first is not None
    assert first.labels == {"L1": "refund", "L0": ""}
    assert second.emotion_model is not None
    assert (second.emotion_model.type, second.intent_model) == ("endpoint", None)


@pytest.mark.skipif(find_spec("torch") is not None, reason="the extra `models` is installed")
async def test_a_classifier_in_this_process_says_what_it_needs() -> None:
    settings = load(core={"emotion_model": {"type": "transformers", "path": "models/mine"}}).core
    shipped = ShippedFeelings(EmotionJudge(EmotionHead.load(), Lexicon.chinese()), fits=True)

    with pytest.raises(SetupError, match="extra `models`"):
        async with feelings_by(settings.emotion_model, shipped):
            pass


async def test_the_doctor_holds_the_labels_of_a_classifier_against_the_settings() -> None:
    fake = FakeClassifier({}, {"L0": 0.0, "L1": 0.0}, key="secret")
    async with fake.serve():
        said = {"type": "tei", "url": fake.url, "api_key": "secret"}

        def model(**rest: object) -> ClassifierSettings:
            found = load(core={"intent_model": said | rest}).core.intent_model
            assert found is not None
            return found

        well = await doctor._classifier("intent_model", model(labels={"L1": "refund"}))
        odd = await doctor._classifier("intent_model", model(labels={"L1": "a", "L2": "b"}))
        ill = await doctor._classifier("intent_model", model(api_key="other"))

    assert (well.state, well.what) == ("ok", "tells 2 labels")
    assert (odd.state, odd.what) == ("warning", "it does not have the labels L2")
    assert ill.state == "wrong"
    assert "refused our key" in ill.what
