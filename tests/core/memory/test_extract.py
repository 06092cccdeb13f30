"""Summaries by choosing sentences."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.memory import NO_MEMORY, Fact, Kind, Memory
from core.memory.extract import Extractive
from core.models.counting import tokens
from deploy.intents import MessageVectors
from tests.builders import a_conversation
from tests.core.memory.talks import AGENT, BOT, CUSTOMER, talk
from tests.fakes.embedding import WordEmbedder

HERS = a_conversation()
TALK = talk(
    (CUSTOMER, "Hello."),
    (CUSTOMER, "The coffee machine drips water under its tank whenever the pump is running."),
    (BOT, "Please close the water tank of the coffee machine firmly, and look for cracks."),
    (CUSTOMER, "The tank of the machine is closed and has no cracks, and still water drips."),
    (CUSTOMER, "By the way, your music is nice."),
    (AGENT, "Then the seal of the pump lets water through, and the machine needs repair."),
)


async def summary(memory: Memory = NO_MEMORY, messages=TALK, room: int = 60) -> str:
    said = await Extractive(tokens).summarise(memory, messages, HERS, room)
    assert said.by == "extract"
    return said.text


async def test_sentences_that_say_most_of_the_others_are_kept_with_their_speakers() -> None:
    best = "Customer: The coffee machine drips water under its tank whenever the pump is running."

    assert await summary(room=tokens(best) + 1) == best
    lines = (await summary(room=500)).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "Customer", "Assistant", "Customer", "Customer", "Agent",
    ]  # fmt: skip


async def test_what_was_kept_last_time_is_weighed_again_and_stays_in_front() -> None:
    first = await summary(messages=TALK[:3])

    both = await summary(Memory(version=1, upto=3, text=first), TALK[3:], room=200)

    assert both.startswith(first.splitlines()[0])
    assert "Agent: Then the seal" in both


async def test_what_a_model_wrote_last_time_gets_no_speaker() -> None:
    text = "The coffee machine of the customer drips water."

    assert (await summary(Memory(version=1, text=text), (), 100)) == text


async def test_what_stands_among_the_facts_is_not_said_twice() -> None:
    fact = Fact(kind=Kind.STATED, text=TALK[1].text, seq=2)

    assert TALK[1].text not in await summary(Memory(facts=(fact,)), room=500)


async def test_meanings_count_where_the_embedder_knows_the_language() -> None:
    embeds = MessageVectors(WordEmbedder())

    said = await Extractive(tokens, embeds).summarise(NO_MEMORY, TALK, HERS, 60)

    assert said.text.startswith("Customer: The coffee machine drips")


async def test_chinese_is_summarised_by_its_words() -> None:
    messages = talk(
        (CUSTOMER, "你好。咖啡机的水箱下面一直漏水，水泵一开就漏。"),
        (AGENT, "咖啡机漏水多半是水泵的密封圈坏了，需要维修。"),
    )
    embeds = MessageVectors(WordEmbedder())

    said = await Extractive(tokens, embeds).summarise(NO_MEMORY, messages, HERS, 200)

    assert said.text == (
        "客户：咖啡机的水箱下面一直漏水，水泵一开就漏。\n客服：咖啡机漏水多半是水泵的密封圈坏了，需要维修。"
    )


async def test_nothing_to_say_makes_no_text() -> None:
    assert await summary(messages=()) == ""
    assert await summary(messages=talk((CUSTOMER, "Hi."), (BOT, "Hello."))) == ""
    assert await summary(room=0) == ""


@given(st.lists(st.text("ab cde.水箱\n:", max_size=80), max_size=12), st.integers(0, 100))
async def test_a_summary_fits_and_says_only_what_was_said(said, room) -> None:
    messages = talk(*((CUSTOMER, text) for text in said))

    text = await summary(messages=messages, room=room)
    again = await summary(Memory(version=1, text=text), (), room)

    assert tokens(text) <= room
    assert again == text
    whole = " ".join(" ".join(said).split())
    for line in text.splitlines():
        assert line.split(":" if line.startswith("C") else "：", 1)[1].strip() in whole
