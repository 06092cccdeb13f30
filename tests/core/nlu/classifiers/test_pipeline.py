"""A real classifier of the transformers library, tiny, in the place of the emotion head."""

import shutil
from pathlib import Path

import pytest

from core.domain.errors import ModelUnavailable, SetupError
from core.nlu.emotion.feels import ShippedFeelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.judge import EmotionJudge, Spoken
from core.nlu.emotion.lexicon import Lexicon
from deploy.classifiers import feelings_by
from deploy.settings import load
from tests import extras

extras.models()

pytestmark = pytest.mark.models


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.core.nlu.classifiers import tiny

    made = tmp_path_factory.mktemp("classifier")
    tiny.make(made)
    return made


async def test_a_model_in_this_process_tells_feelings(folder: Path) -> None:
    model = {"type": "transformers", "path": str(folder), "languages": ["en"], "within_s": 30}
    settings = load(core={"emotion_model": model}).core.emotion_model
    judge = EmotionJudge(EmotionHead.load(), Lexicon.chinese())
    spoken = [Spoken("red", "en"), Spoken("blue", "en"), Spoken("我很生气", "zh")]
    async with feelings_by(settings, ShippedFeelings(judge, fits=True)) as feels:
        red, blue, chinese = await feels.feel(spoken, None)

    assert red is not None
    assert blue is not None
    assert (red.judged.label, blue.judged.label) == ("anger", "joy")
    assert red.judged.confidence > 0.8
    assert sum(red.chances) == pytest.approx(1, abs=1e-5)
    assert chinese == judge.feel(spoken[2:])[0]


async def test_several_labels_may_hold_and_long_texts_are_cut(folder: Path) -> None:
    from core.nlu.classifiers.pipeline import PipelineClassifier

    async with PipelineClassifier.opened(str(folder), several=True) as classifier:
        (scores,) = await classifier.classify(["blue " * 50])
        assert await classifier.classify([]) == ()

    assert set(scores) == {"annoyance", "love", "neutral"}
    assert sum(scores.values()) != pytest.approx(1, abs=1e-3)


async def test_a_model_whose_tokenizer_knows_no_limit_is_held_to_its_places(
    folder: Path, tmp_path: Path
) -> None:
    from transformers import PreTrainedTokenizerFast

    from core.nlu.classifiers.pipeline import PipelineClassifier

    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.model_max_length = int(1e30)
    tokenizer.save_pretrained(tmp_path)
    async with PipelineClassifier.opened(str(tmp_path), several=False) as classifier:
        (scores,) = await classifier.classify(["blue " * 50])
        assert sum(scores.values()) == pytest.approx(1, abs=1e-5)

        classifier._pipeline.tokenizer.model_max_length = 100
        with pytest.raises(ModelUnavailable, match="failed"):
            await classifier.classify(["blue " * 50])


async def test_a_model_without_a_trained_head_is_refused(folder: Path, tmp_path: Path) -> None:
    from transformers import BertForMaskedLM, PreTrainedTokenizerFast

    from core.nlu.classifiers.pipeline import PipelineClassifier

    BertForMaskedLM.from_pretrained(folder).save_pretrained(tmp_path)
    PreTrainedTokenizerFast.from_pretrained(folder).save_pretrained(tmp_path)
    with pytest.raises(SetupError, match="lacks weights"):
        async with PipelineClassifier.opened(str(tmp_path), several=False):
            pass
    with pytest.raises(SetupError, match="nothing is fetched"):
        async with PipelineClassifier.opened("nobody/such-model", several=False):
            pass
