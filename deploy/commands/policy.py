"""`switchboard policy`: the rules of what the bot does by itself."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.commands import options

if TYPE_CHECKING:
    from core.nlu.emotion.feelings import Feelings
    from core.nlu.smalltalk import SmallTalk
    from core.policy.situation import Situation
    from deploy.settings import Settings


@click.group()
def command() -> None:
    """Check the rules of what the bot does by itself, and explain what they say of a message."""


_FILE = click.option(
    "--policy", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The policy.  [default: the one that ships]",
)  # fmt: skip


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Read a policy and name all of its mistakes."""
    from core.policy.load import read

    click.echo(f"{len(read(file).rules)} rules, no mistake")


@command.command()
@click.argument("text")
@_FILE
@click.option("--before", multiple=True, help="An earlier message of the customer, oldest first.")
@click.option("--answer", default="", help="What the bot would say.")
@click.option("--confidence", type=click.FloatRange(0, 1), help="In the passages found.")
@click.option("--unknowns", type=click.IntRange(0), default=0, help="Turns without an answer.")
@click.option("--offers", type=click.IntRange(0), default=0, help="Offers of a person before.")
@click.option("--attribute", "attributes", multiple=True, metavar="NAME=VALUE")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M%z"]), help="[default: now]")
@options.place
@options.as_json
def explain(  # noqa: PLR0913 - one for each option
    text: str,
    file: Path | None,
    config: Path | None,
    data_dir: str | None,
    *,
    at: datetime | None,
    as_json: bool,
    **told: Any,
) -> None:
    """Show which rule fires for a message, and every condition with its value."""
    from core.clock import SystemClock
    from core.policy.explain import lines, plain
    from core.policy.judge import judge
    from core.policy.load import SHIPPED, read
    from deploy.settings import load

    policy = read(file or SHIPPED)
    settings = load(config, deploy={"data_dir": data_dir})
    situation = asyncio.run(_situation(settings, text, **told))
    there = policy.open_at(at or SystemClock().now())
    judgement = judge(policy, replace(situation, open=there))
    if as_json:
        click.echo(json.dumps(plain(judgement), ensure_ascii=False, indent=2))
        return
    for line in lines(judgement):
        click.echo(line)


async def _situation(
    settings: "Settings", text: str, *, before: tuple[str, ...], attributes: tuple[str, ...],
    **told: Any,
) -> "Situation":  # fmt: skip
    """What the rules look at, with the conversation judged as a turn would judge it."""
    from core.domain.understanding import UNJUDGED
    from core.nlu.frustration import level, repeats, signs
    from core.nlu.smalltalk import SmallTalk
    from core.policy.situation import Situation

    known = _attributes(attributes)
    said = (*before, text)
    small_talk = SmallTalk.load()
    languages = _languages(said, small_talk)
    felt = await _felt(settings, said, languages)
    heard = [
        signs(
            one, felt[at], said[:at],
            # the newest of the unknowns is this turn's own: nothing was said after it
            unanswered=len(said) - at < told["unknowns"],
        )
        for at, one in enumerate(said)
    ]  # fmt: skip
    feelings = felt[-1]
    return Situation(
        text=text,
        intent=small_talk.judge(text).intent,
        language=languages[-1],
        emotion=feelings.judged if feelings else UNJUDGED,
        frustration=level(heard),
        repeats=repeats(text, before),
        attributes=known,
        **told,
    )


def _languages(said: Sequence[str], small_talk: "SmallTalk") -> list[str]:
    from core.nlu.language import LanguageJudge

    judge, found = LanguageJudge(), [""]
    for text in said:
        found.append(judge.judge(text, found[-1], small_talk.judge(text).languages).label)
    return found[1:]


async def _felt(
    settings: "Settings", said: Sequence[str], languages: Sequence[str]
) -> "Sequence[Feelings | None]":
    from core.nlu.emotion.head import EmotionHead
    from core.nlu.emotion.judge import EmotionJudge, Spoken
    from core.nlu.emotion.lexicon import Lexicon
    from deploy.reading import embedder_of

    head = EmotionHead.load()
    judge = EmotionJudge(head, Lexicon.chinese())
    spoken = [Spoken(text, language) for text, language in zip(said, languages, strict=True)]
    async with embedder_of(settings) as embedder:
        vectors = await embedder.embed(said) if head.fits(embedder.version) else None
    return judge.feel(spoken, vectors)


def _attributes(pairs: Sequence[str]) -> Mapping[str, str]:
    """As a customer may have them."""
    from core.domain.customers import attributes_of
    from core.domain.errors import ProfileRefused

    try:
        return attributes_of(dict(map(options.pair, pairs)))
    except ProfileRefused as refused:
        raise click.BadParameter(str(refused), param_hint="--attribute") from None
