"""Fills the Understander port by rules: no model, no waiting, the same answer every time."""

from core.domain.conversation import Bot, Queue, TurnContext
from core.domain.messages import Author
from core.domain.phrases import Phrases
from core.domain.understanding import Intent, Judged, Understanding
from core.nlu.language import LanguageJudge
from core.nlu.smalltalk import SmallTalk
from core.ports import Understander


class RuleUnderstander(Understander):
    """Language and intent of a turn; emotion is left unjudged.

    What the conversation is about to hear counts: `yes` after the offer of a person asks for
    one, and `never mind` while waiting for one lets go of it.
    """

    def __init__(self, language: LanguageJudge, small_talk: SmallTalk, phrases: Phrases) -> None:
        self._language = language
        self._small_talk = small_talk
        self._phrases = phrases

    async def understand(self, context: TurnContext) -> Understanding:
        text = context.question
        heard = self._small_talk.judge(text)
        return Understanding(
            language=self._language.judge(text, context.conversation.language, heard.languages),
            intent=self._in_context(context, text, heard.intent),
        )

    def _in_context(self, context: TurnContext, text: str, intent: Judged) -> Judged:
        if _was_offered_person(context, self._phrases) and self._small_talk.agrees(text):
            return Judged(Intent.PERSON, 0.95)
        match context.conversation.owner:
            case Queue() if self._small_talk.drops(text):
                return Judged(Intent.CANCEL_PERSON, 0.9)
            case Bot() if intent.label == Intent.CANCEL_PERSON:
                # Nobody waits for a person, so what else is said decides.
                rest = self._small_talk.without_wishes(text)
                return self._small_talk.judge(rest).intent if rest else intent
            case _:
                return intent


def _was_offered_person(context: TurnContext, phrases: Phrases) -> bool:
    """Whether the bot spoke last and offered a person."""
    last = context.history[-1] if context.history else None
    return last is not None and last.author is Author.BOT and phrases.offers_person(last.text)
