from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from core.domain.answers import Draft
from core.domain.ids import CustomerId
from core.domain.messages import Channel
from core.models.prompt import BUILT_IN
from core.nlu.smalltalk import SmallTalk
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.settings import CoreSettings, ModelTarget
from deploy.answering import Reuse, before_all, caching, edition
from deploy.answers import answer_cache
from deploy.intents import MessageVectors
from tests.builders import TENANT, a_context, a_draft, a_passage, an_understanding, findings
from tests.fakes.clock import FakeClock
from tests.fakes.embedding import WordEmbedder
from tests.fakes.walk import ScriptedWriter

A_MODEL = ModelTarget(type="tgi", url="http://127.0.0.1:9", name="main")
EXPERIMENT = """
[shorter.variants.control]
[shorter.variants.short]
temperature = 0.1
"""


def test_conversations_outside_of_experiments_share_their_answers() -> None:
    of = edition(CoreSettings(models=(A_MODEL,)))

    assert of(a_context(), "en") == of(a_context(), "en")


@pytest.mark.parametrize(
    "changed",
    [CoreSettings(), CoreSettings(models=(A_MODEL,), company="Acme")],
    ids=["models", "company"],
)
def test_other_models_or_another_company_write_otherwise(changed: CoreSettings) -> None:
    context = a_context()

    assert edition(changed)(context, "en") != edition(CoreSettings(models=(A_MODEL,)))(
        context, "en"
    )


def test_another_prompt_writes_otherwise_for_its_language_alone(tmp_path: Path) -> None:
    shipped = (BUILT_IN / "answer.txt").read_text(encoding="utf-8")
    words = "version: ours-1\n" + shipped.split("\n", 1)[1]
    (tmp_path / "answer.de.txt").write_text(words, encoding="utf-8")
    context, plain = a_context(), edition(CoreSettings())

    of = edition(CoreSettings(prompts=str(tmp_path)))

    assert of(context, "en") == plain(context, "en")
    assert of(context, "de") != plain(context, "de")


def test_each_variant_of_an_experiment_has_its_own_answers(tmp_path: Path) -> None:
    file = tmp_path / "experiments.toml"
    file.write_text(EXPERIMENT, encoding="utf-8")

    of = edition(CoreSettings(models=(A_MODEL,), experiments=str(file)))

    assert len({of(a_context(), "en") for _ in range(40)}) == 2


async def test_what_was_written_is_said_again_where_that_is_wanted(database: Database) -> None:
    clock, registry, core = FakeClock(), CollectorRegistry(), CoreSettings()
    reuse = Reuse(
        cache=answer_cache(database, clock, core, "words/1"),
        embeds=MessageVectors(WordEmbedder()),
        caching=caching(core, SmallTalk.load(), registry),
    )
    conversations = PostgresConversations(database, clock, lambda *_: None, partitions=1)
    draft = replace(a_draft(), written_by="model", path="main")
    inner = ScriptedWriter("Parcels.", draft)

    async def path(reuse: Reuse | None, address: str) -> str:
        opened = await conversations.open(TENANT, Channel.WEB, CustomerId(address), address)
        context = replace(a_context("How long does delivery take?"), conversation=opened)
        writing = before_all(inner, reuse).write(
            context, an_understanding(), findings(a_passage())
        )
        async with aclosing(writing) as pieces:
            said = [piece async for piece in pieces]
        assert isinstance(said[-1], Draft)
        return said[-1].path

    paths = [await path(one, str(place)) for place, one in enumerate((None, reuse, reuse, None))]

    assert paths == ["main", "main", "cached", "main"]
    looks = registry.get_sample_value
    assert looks("switchboard_answer_cache_looks_total", {"result": "miss"}) == 1
    assert looks("switchboard_answer_cache_looks_total", {"result": "exact"}) == 1
