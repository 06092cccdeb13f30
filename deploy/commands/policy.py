"""`switchboard policy`: the rules of what the bot does by itself."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.commands import options

if TYPE_CHECKING:
    from core.domain.understanding import Judged


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
@options.as_json
def explain(  # noqa: PLR0913, PLR0917 - one for each option
    text: str,
    file: Path | None,
    before: tuple[str, ...],
    answer: str,
    confidence: float | None,
    unknowns: int,
    offers: int,
    attributes: tuple[str, ...],
    at: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Show which rule fires for a message, and every condition with its value."""
    from core.clock import SystemClock
    from core.nlu.frustration import level, repeats, signs
    from core.policy.explain import lines, plain
    from core.policy.judge import judge
    from core.policy.load import SHIPPED, read
    from core.policy.situation import Situation

    policy = read(file or SHIPPED)
    language, intent = _heard(text)
    said = (*before, text)
    heard = [signs(one, {}, said[:number]) for number, one in enumerate(said)]
    situation = Situation(
        text=text,
        intent=intent,
        language=language.label,
        frustration=level(heard),
        repeats=repeats(text, before),
        confidence=confidence,
        unknowns=unknowns,
        offers=offers,
        open=policy.open_at(at or SystemClock().now()),
        attributes=dict(map(_pair, attributes)),
        answer=answer,
    )
    judgement = judge(policy, situation)
    if as_json:
        click.echo(json.dumps(plain(judgement), ensure_ascii=False, indent=2))
        return
    for line in lines(judgement):
        click.echo(line)


def _heard(text: str) -> "tuple[Judged, Judged]":
    """Language and intent, judged as in a turn that stands alone."""
    from core.nlu.language import LanguageJudge
    from core.nlu.smalltalk import SmallTalk

    heard = SmallTalk.load().judge(text)
    return LanguageJudge().judge(text, "", heard.languages), heard.intent


def _pair(attribute: str) -> tuple[str, str]:
    name, sign, value = attribute.partition("=")
    if not sign or not name.strip():
        raise click.BadParameter("an attribute is NAME=VALUE", param_hint="--attribute")
    return name.strip(), value.strip()
