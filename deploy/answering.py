"""Puts approved and kept answers before the writer of all others."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from core.answers.cache import Caching, CachingWriter, Edition, Likeness
from core.answers.ports import AnswerCache
from core.answers.say import ApprovedFirst
from core.domain.conversation import TurnContext
from core.domain.understanding import Intent
from core.models.experiments import assigned
from core.nlu.embeds import Embeds
from core.nlu.smalltalk import SmallTalk
from core.ports import Writer
from core.settings import CoreSettings
from core.telemetry.answers import AnswerCacheMetrics
from deploy.models import experiments_of, name_of, prompts_of


def caching(core: CoreSettings, small_talk: SmallTalk, registry: CollectorRegistry) -> Caching:
    """What the cache goes by; made once per registry.

    Raises:
        SettingsInvalid: prompts or experiments have mistakes.
    """
    return Caching(
        likeness=Likeness(takes=core.cache_takes, weighs=core.cache_weighs),
        edition=edition(core),
        says=lambda text: small_talk.judge(text).intent.label == Intent.QUESTION,
        count=AnswerCacheMetrics(registry).looked,
    )


def edition(core: CoreSettings) -> Edition:
    """What tells answers apart that were written otherwise: company, models, prompt, variant.

    The prompt counts by its words, for its version may have been left as it was.

    Raises:
        SettingsInvalid: prompts or experiments have mistakes.
    """
    known, experiments = prompts_of(core), experiments_of(core)
    prompts = {"": known.prompts("answer")} | {
        experiment.label(variant): known.prompts(variant.prompt)
        for experiment in experiments
        for variant in experiment.variants
    }
    fixed = (core.company, *(f"{name_of(one)} {one.model} {one.url}" for one in core.models))

    def of(context: TurnContext, language: str) -> str:
        tenant = context.conversation.tenant
        label = assigned(experiments, tenant, context.conversation.id)
        prompt = prompts[label].of(tenant, language)
        return "\x1f".join((label, str(prompt), *fixed))

    return of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """What is needed to say again what was written before."""

    cache: AnswerCache
    embeds: Embeds
    caching: Caching


def before_all(writer: Writer, reuse: Reuse | None) -> Writer:
    """Approved answers that win, then kept ones where they are wanted, then the writer."""
    if reuse is not None:
        writer = CachingWriter(writer, reuse.cache, reuse.embeds, reuse.caching)
    return ApprovedFirst(writer)
