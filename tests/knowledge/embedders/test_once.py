"""A question's vector is computed once on its way through a turn."""

from collections.abc import Sequence

import numpy as np

from knowledge.embedders.once import OncePerQuestion
from knowledge.ports import Vectors
from tests.fakes.embedding import WordEmbedder


class Counting(WordEmbedder):
    """Notes every text that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.ran.extend(texts)
        return await super().embed(texts)


async def test_a_question_that_was_embedded_is_not_embedded_again() -> None:
    inner = Counting()
    once = OncePerQuestion(inner)

    first = await once.embed(["where is it", "hello\nwhere is it"])
    again = await once.embed(["where is it"])

    assert inner.ran == ["where is it", "hello\nwhere is it"]
    assert np.array_equal(first[:1], again)


async def test_vectors_come_in_the_order_of_the_texts_whichever_were_known() -> None:
    once, plain = OncePerQuestion(Counting()), WordEmbedder()
    await once.embed(["b"])

    assert np.array_equal(await once.embed(["a", "b", "a"]), await plain.embed(["a", "b", "a"]))


async def test_only_so_many_are_kept() -> None:
    inner = Counting()
    once = OncePerQuestion(inner, kept=2)

    for text in ("a", "b", "a", "c", "a", "b"):
        await once.embed([text])

    assert inner.ran == ["a", "b", "c", "b"]


async def test_documents_are_not_kept() -> None:
    inner = Counting()
    once = OncePerQuestion(inner)
    pages = [f"page {n}" for n in range(5)]

    await once.embed(pages)
    await once.embed(["page 1"])

    assert inner.ran == [*pages, "page 1"]
