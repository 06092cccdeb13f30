from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.domain.conversation import Bot, Conversation, Owner, Queue, TurnContext
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Author, Channel, Message
from core.domain.understanding import UNJUDGED, Understanding
from core.nlu.language import LanguageJudge
from core.nlu.phrases import load_phrases
from core.nlu.smalltalk import SmallTalk
from core.nlu.understand import Judges, TurnUnderstander

PHRASES = load_phrases("Fellmarten", "Marten")
RULES = Judges(language=LanguageJudge(), small_talk=SmallTalk.load())
UNDERSTANDER = TurnUnderstander(RULES, PHRASES)
ID = ConversationId(UUID(int=1))


def _message(seq: int, text: str, author: Author = Author.CUSTOMER) -> Message:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Message(conversation=ID, seq=seq, author=author, text=text, at=at)


def a_context(
    *texts: str, bot_said: str = "", owner: Owner | None = None, language: str = ""
) -> TurnContext:
    """A conversation in which these texts wait, after something the bot said."""
    history = (_message(1, "hm"), _message(2, bot_said, Author.BOT)) if bot_said else ()
    return TurnContext(
        conversation=Conversation(
            id=ID,
            tenant=TenantId("acme"),
            channel=Channel.WEB,
            customer=CustomerId("c"),
            owner=owner or Bot(),
            epoch=0,
            seq=len(history) + len(texts),
            covered=len(history),
            language=language,
        ),
        history=history,
        waiting=tuple(_message(len(history) + 1 + n, text) for n, text in enumerate(texts)),
    )


async def _understood(context: TurnContext) -> Understanding:
    return await UNDERSTANDER.understand(context)


@pytest.mark.slow
async def test_a_burst_is_understood_as_one() -> None:
    understood = await _understood(a_context("hello", "where is my parcel?"))

    assert understood.intent.label == "question"
    assert understood.language.label == "en"
    assert understood.emotion == UNJUDGED


async def test_small_talk_in_a_language_tells_the_language() -> None:
    understood = await _understood(a_context("danke"))

    assert (understood.intent.label, understood.language.label) == ("thanks", "de")


@pytest.mark.parametrize("text", ["yes", "Yes, please!", "ok", "sure, thanks"])
async def test_yes_to_the_offer_of_a_person_asks_for_one(text: str) -> None:
    declined = PHRASES.say("decline", "en", looked_for="kites")

    understood = await _understood(a_context(text, bot_said=declined))

    assert understood.intent.label == "person"


async def test_yes_to_anything_else_is_an_acknowledgement() -> None:
    understood = await _understood(a_context("yes", bot_said="It takes 3 days. [1]"))

    assert understood.intent.label == "acknowledgement"


async def test_another_question_after_the_offer_is_a_question() -> None:
    declined = PHRASES.say("decline_plain", "en")

    understood = await _understood(a_context("yes and is it free?", bot_said=declined))

    assert understood.intent.label == "question"


@pytest.mark.parametrize("text", ["never mind", "it's solved, thanks", "算了", "back to the bot"])
async def test_letting_go_while_waiting_takes_back_the_wish(text: str) -> None:
    understood = await _understood(a_context(text, owner=Queue()))

    assert understood.intent.label == "cancel_person"


async def test_never_mind_to_the_bot_is_an_acknowledgement() -> None:
    understood = await _understood(a_context("never mind"))

    assert understood.intent.label == "acknowledgement"


async def test_what_is_asked_beside_not_wanting_a_person_is_a_question() -> None:
    text = "I don't want to talk to a human, just tell me the price"

    understood = await _understood(a_context(text))

    assert understood.intent.label == "question"
