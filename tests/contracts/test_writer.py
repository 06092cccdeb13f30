"""What every Writer does: pieces, then one draft whose sources carry it, or nothing."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing

import pytest

from core.domain.answers import NOTHING_FOUND, Draft, Findings
from core.models.extractive import ExtractiveWriter
from core.models.prompt import Prompt
from core.models.tgi import TgiModel
from core.models.writing import ModelWriter, Style
from core.ports import Writer
from tests.builders import a_context, a_passage, an_understanding, findings
from tests.fakes.faults import a_writer
from tests.fakes.tgi import Answer, FakeTgi

BACKENDS = ["extractive", "model", "models", "no model left"]
FACT = "Delivery to Canada takes 5 to 8 working days."
FOUND = findings(a_passage(FACT), a_passage("Returns are free within 30 days."))


@pytest.fixture(params=BACKENDS)
async def writer(request: pytest.FixtureRequest) -> AsyncIterator[Writer]:
    async with AsyncExitStack() as closing:
        if request.param == "extractive":
            yield ExtractiveWriter()
            return
        if request.param == "no model left":
            broken = a_writer("tgi", "not there", with_backup=False)
            yield (await closing.enter_async_context(broken))[0]
            return
        if request.param == "models":
            one_broken = a_writer("tgi", "not there", with_backup=True)
            yield (await closing.enter_async_context(one_broken))[0]
            return
        fake = FakeTgi(answers=(Answer(text=f"{FACT} [1]"),) * 3)
        await closing.enter_async_context(fake.serve())
        model = await closing.enter_async_context(TgiModel.connect(fake.url))
        yield ModelWriter(model, Style(prompt=Prompt.load("answer"), company="Acme"))


async def written(writer: Writer, found: Findings) -> list[str | Draft]:
    context = a_context("How long does delivery to Canada take?")
    async with aclosing(writer.write(context, an_understanding(), found)) as pieces:
        return [piece async for piece in pieces]


async def test_the_draft_comes_once_and_last(writer: Writer) -> None:
    pieces = await written(writer, FOUND)

    assert [isinstance(piece, Draft) for piece in pieces] == [False] * (len(pieces) - 1) + [True]


async def test_the_pieces_are_the_draft_s_text(writer: Writer) -> None:
    *pieces, draft = await written(writer, FOUND)

    assert isinstance(draft, Draft)
    assert "".join(str(piece) for piece in pieces).strip() == draft.text


async def test_every_citation_has_a_source_that_says_it(writer: Writer) -> None:
    draft = (await written(writer, FOUND))[-1]

    assert isinstance(draft, Draft)
    assert FACT in draft.text
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", draft.text)}
    assert cited == set(range(1, len(draft.sources) + 1))
    assert all(
        any(source.quote in passage.text for passage in FOUND.passages) for source in draft.sources
    )


async def test_nothing_found_is_nothing_written(writer: Writer) -> None:
    assert await written(writer, NOTHING_FOUND) == []


async def test_writing_can_be_broken_off(writer: Writer) -> None:
    context = a_context("How long does delivery to Canada take?")

    async with aclosing(writer.write(context, an_understanding(), FOUND)) as pieces:
        async for _ in pieces:
            break

    assert len(await written(writer, FOUND)) >= 2
