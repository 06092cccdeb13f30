"""Follow-ups that a model rewrites: only where nothing is added that was not said."""

import pytest

from core.domain.errors import ModelUnavailable
from core.domain.memory import Fact, Kind, Memory
from core.memory.rephrase import ModelRephraser, leans_back
from core.memory.summarise import Asking
from core.models.catalogue import Prompts
from core.models.prompt import Prompt
from tests.builders import a_context
from tests.core.memory.talks import BOT, CUSTOMER, a_talk_of
from tests.fakes.models import ScriptedModel

ASKING = Asking(prompts=Prompts.only(Prompt.load("rephrase")), turn_s=3)
BEFORE = (
    (CUSTOMER, "How do I return a lamp that I bought in Leeds?"),
    (BOT, "Print a label and bring the lamp to a shop within 30 days."),
)


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("How long does it take?", True),
        ("And in Norway?", True),
        ("Why?", True),
        ("那要多久呢？", True),
        ("Which opening hours does the shop in Leeds have on Sunday?", False),
        ("", False),
        ("it " * 200, False),
    ],
)
def test_what_leans_on_the_talk(question: str, leans: bool) -> None:
    assert leans_back(a_talk_of(*BEFORE, (CUSTOMER, question))) is leans


def test_nothing_leans_on_what_was_not_said() -> None:
    assert not leans_back(a_context("How long does it take?"))


async def rephrased(*said: str | Exception, question: str = "How long does it take?"):
    model = ScriptedModel("scripted", (said,))
    memory = Memory(facts=(Fact(kind=Kind.NAME, text="I am Petra.", seq=1),), upto=0)
    context = a_talk_of(*BEFORE, (CUSTOMER, question), memory=memory)
    return await ModelRephraser(model, ASKING).rephrase(context), model


async def test_the_model_reads_talk_and_memory_and_its_question_is_taken() -> None:
    question, model = await rephrased('"How long does the return of a lamp take?"\n')

    assert question == "How long does the return of a lamp take?"
    words = model.prompts[0][-1].text
    assert "I am Petra." in words
    assert "Assistant: Print a label" in words
    assert words.count("How long does it take?") == 1


@pytest.mark.parametrize(
    "said",
    [
        ModelUnavailable(),
        "",
        "how long does it take?",
        "How long does the return of 2 lamps take?",
        "How long does a return to Amsterdam take?",
        "x" * 400,
    ],
    ids=["away", "nothing", "the same", "a number", "a name", "long"],
)
async def test_what_is_no_better_is_not_taken(said) -> None:
    question, _ = await rephrased(said)

    assert question is None


async def test_a_question_that_stands_by_itself_costs_nothing() -> None:
    alone = "Which opening hours does the shop in Leeds have on Sunday?"

    question, model = await rephrased("Another?", question=alone)

    assert question is None
    assert model.prompts == []
