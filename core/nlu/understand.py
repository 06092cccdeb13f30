"""Fills the Understander port: rules first, then judges that learned from examples.

A wish for a person and small talk are heard by rules, which never miss them for a low score. What
else is said is held against the tenant's intents, and every word against the customer's feelings.
All of it costs one run of the embedding model, which search uses again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.actions import ANSWER, Action
from core.domain.conversation import Bot, Queue, TurnContext
from core.domain.messages import Author
from core.domain.phrases import Phrases
from core.domain.understanding import UNJUDGED, Intent, Judged, Understanding
from core.nlu.embeds import Embeds, with_earlier
from core.nlu.emotion.feelings import Feelings
from core.nlu.emotion.judge import Spoken
from core.nlu.frustration import Signs, follow, signs
from core.nlu.language import LanguageJudge
from core.nlu.ports import Feels, JudgesIntents, Meant, Vectors
from core.nlu.smalltalk import SmallTalk
from core.ports import Understander

_ACT_FROM = 0.5
"""So sure must be whoever does more about an intent than to search the documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """Who judges what; without the learned ones, rules alone do."""

    language: LanguageJudge
    small_talk: SmallTalk
    embeds: Embeds | None = None
    intents: JudgesIntents | None = None
    feels: Feels | None = None


class TurnUnderstander(Understander):
    """Language, intent, emotion and frustration of a turn.

    What the conversation is about to hear counts: `yes` after the offer of a person asks for
    one, and `never mind` while waiting for one lets go of it.
    """

    def __init__(self, judges: Judges, phrases: Phrases) -> None:
        self._judges = judges
        self._phrases = phrases

    async def understand(self, context: TurnContext) -> Understanding:
        text = context.question
        heard = self._judges.small_talk.judge(text)
        spoken_before = context.conversation.language
        language = self._judges.language.judge(text, spoken_before, heard.languages)
        intent = self._in_context(context, text, heard.intent)
        vectors = await self._vectors(text, context.questions_before)
        feelings = await self._feelings(text, language.label, vectors)
        found = _signs(context, feelings)
        meant: Meant | None = None
        if intent.label == Intent.QUESTION:
            meant = await self._meant(context, language.label, vectors)
        return Understanding(
            language=language,
            intent=_intent(meant) or intent,
            emotion=feelings.judged if feelings else UNJUDGED,
            frustration=follow(context.conversation.mood.frustration, found),
            repeats=found.repeats,
            ranked=_ranked(meant),
            does=_action(meant),
        )

    async def _vectors(self, text: str, before: Sequence[str]) -> Vectors | None:
        """The row of the text; what search will ask of its conversation is computed with it."""
        if self._judges.embeds is None or not text.strip():
            return None
        texts = [text, with_earlier(text, before)] if before else [text]
        return (await self._judges.embeds.embed(texts))[:1]

    async def _feelings(
        self, text: str, language: str, vectors: Vectors | None
    ) -> Feelings | None:
        if self._judges.feels is None or not text.strip():
            return None
        return (await self._judges.feels.feel([Spoken(text, language)], vectors))[0]

    async def _meant(
        self, context: TurnContext, language: str, vectors: Vectors | None
    ) -> Meant | None:
        if self._judges.intents is None or not context.question.strip():
            return None
        tenant = context.conversation.tenant
        return (await self._judges.intents.guess(tenant, [context.question], [language], vectors))[
            0
        ]

    def _in_context(self, context: TurnContext, text: str, intent: Judged) -> Judged:
        if _was_offered_person(context, self._phrases) and self._judges.small_talk.agrees(text):
            return Judged(Intent.PERSON, 0.95)
        match context.conversation.owner:
            case Queue() if self._judges.small_talk.drops(text):
                return Judged(Intent.CANCEL_PERSON, 0.9)
            case Bot() if intent.label == Intent.CANCEL_PERSON:
                # Nobody waits for a person, so what else is said decides.
                rest = self._judges.small_talk.without_wishes(text)
                return self._judges.small_talk.judge(rest).intent if rest else intent
            case _:
                return intent


def _signs(context: TurnContext, feelings: Feelings | None) -> Signs:
    """What the words give away, held against what was said before."""
    earlier = [m.at for m in context.history if m.author is Author.CUSTOMER]
    rested = context.waiting[0].at - earlier[-1] if earlier else None
    return signs(
        context.question,
        feelings,
        context.questions_before,
        max(rested.total_seconds(), 0.0) / 60 if rested else 0.0,
        unanswered=context.conversation.mood.unknowns > 0,
    )


def _intent(meant: Meant | None) -> Judged | None:
    if meant is None or not meant.guess.intent:
        return None
    return Judged(meant.guess.intent, meant.guess.confidence)


def _ranked(meant: Meant | None) -> tuple[Judged, ...]:
    return tuple(Judged(*one) for one in meant.guess.ranked) if meant else ()


def _action(meant: Meant | None) -> Action:
    if meant is None or not meant.guess.intent or meant.guess.confidence < _ACT_FROM:
        return ANSWER
    return meant.action


def _was_offered_person(context: TurnContext, phrases: Phrases) -> bool:
    """Whether the bot spoke last and offered a person."""
    last = context.history[-1] if context.history else None
    return last is not None and last.author is Author.BOT and phrases.offers_person(last.text)
