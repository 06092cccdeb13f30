"""What a worker answers with: search, understanding, tools, writing, memory; and the walk."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.answers.say import ApprovedRetriever
from core.hooks.run import ConfiguredHooks
from core.memory.keeper import Keeper
from core.memory.ports import Rephrases
from core.models.extractive import ExtractiveWriter
from core.nlu.embeds import Embeds
from core.nlu.emotion.feels import ShippedFeelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.judge import EmotionJudge
from core.nlu.emotion.lexicon import Lexicon
from core.nlu.intents.tenants import TenantHeads
from core.nlu.language import LanguageJudge
from core.nlu.phrases import load_phrases
from core.nlu.ports import Feels, JudgesIntents
from core.nlu.smalltalk import SmallTalk
from core.nlu.understand import Judges, TurnUnderstander
from core.policy.load import SHIPPED, read
from core.ports import Hooks, Retriever, Tools, Writer
from core.postgres.intents import PostgresIntents
from core.turn.walk import Walk
from core.turn.weigh import Rules
from deploy.answering import Reuse, before_all, caching
from deploy.answers import answer_cache, approved_answers
from deploy.base import Base
from deploy.classifiers import feelings_by, intents_by
from deploy.desk import handing, requests
from deploy.hooks import hooks
from deploy.intents import MessageVectors, starter
from deploy.memory import keeper, rephraser
from deploy.models import models
from deploy.tools import tools
from handoff.contact import MailContacts
from knowledge.embedders.once import OncePerQuestion
from knowledge.ports import Embedder
from knowledge.search import HybridRetriever


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What the turns of one worker share; by default rules understand, and documents speak."""

    retriever: Retriever
    language: LanguageJudge = field(default_factory=LanguageJudge)
    writer: Writer = field(default_factory=ExtractiveWriter)
    embeds: Embeds | None = None
    intents: JudgesIntents | None = None
    feels: Feels | None = None
    rephrases: Rephrases | None = None
    hooks: Hooks = field(default_factory=ConfiguredHooks)
    tools: Tools | None = None
    keeper: Keeper | None = None
    """None remembers no more than the latest messages."""


@asynccontextmanager
async def mind(base: Base, embedder: Embedder) -> AsyncIterator[Mind]:
    """A worker's, until the end of the block; all of it shares each message's vector."""
    core, pools, clock = base.settings.core, base.database, base.clock
    registry, once = base.metrics.registry, OncePerQuestion(embedder)
    embeds, language = MessageVectors(once), LanguageJudge()
    async with AsyncExitStack() as closing:
        entered = closing.enter_async_context
        made = await entered(models(core, registry, embeds))
        heads = TenantHeads(PostgresIntents(pools), await starter(embeds), embeds.version)
        reuse = None
        if core.cache_answers:
            cache = answer_cache(pools, clock, core, embeds.version)
            reuse = Reuse(
                cache=cache, embeds=embeds, caching=caching(core, SmallTalk.load(), registry)
            )
        yield Mind(
            retriever=ApprovedRetriever(
                HybridRetriever(pools, once),
                approved_answers(pools, embeds, language, clock, core),
            ),
            language=language,
            writer=before_all(made.writer, reuse),
            embeds=embeds,
            intents=await entered(intents_by(core.intent_model, heads)),
            feels=await entered(feelings_by(core.emotion_model, _feelings(embeds.version))),
            rephrases=rephraser(core, made),
            hooks=hooks(core, registry),
            tools=await entered(tools(core, pools, clock, made.light, registry)),
            keeper=keeper(base, embeds, made),
        )


def _feelings(embedder: str) -> Feels:
    head = EmotionHead.load()
    return ShippedFeelings(EmotionJudge(head, Lexicon.chinese()), fits=head.fits(embedder))


def walk(base: Base, mind: Mind) -> Walk:
    """A turn's way."""
    core = base.settings.core
    phrases = load_phrases(core.company, core.bot, Path(core.phrases) if core.phrases else None)
    mind.language.warm()
    stores = handing(base)
    judges = Judges(
        language=mind.language,
        small_talk=SmallTalk.load(),
        embeds=mind.embeds,
        intents=mind.intents,
        feels=mind.feels,
    )
    return Walk(
        conversations=base.conversations,
        understander=TurnUnderstander(judges, phrases),
        retriever=mind.retriever,
        rephrases=mind.rephrases,
        writer=mind.writer,
        live=base.live,
        clock=base.clock,
        phrases=phrases,
        rules=Rules(
            decline_below=core.decline_below,
            history=core.history,
            policy=read(Path(core.policy) if core.policy else SHIPPED),
        ),
        hooks=mind.hooks,
        tools=mind.tools,
        contacts=MailContacts(stores.handoffs),
        requests=requests(base, stores.practices),
    )
