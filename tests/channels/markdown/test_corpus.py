"""Every document of a corpus, in every channel: valid by an independent judge, no word lost."""

import dataclasses
import re
from collections.abc import Callable

import nh3
import pytest
from slack_sdk.models.blocks import Block

from channels.markdown.html import to_html
from channels.markdown.parse import parse
from channels.markdown.plain import to_plain
from channels.slack import render as slack
from channels.telegram import render as telegram
from core.domain.answers import Source
from core.domain.messages import Author, Message
from tests.builders import a_message
from tests.channels.markdown import telegram_html, words
from tests.channels.markdown.corpus import documents

DOCUMENTS = documents(600)
SOURCES = (
    Source(title="Handbook <b>", uri="https://h.example/a|b>c", quote="", score=1.0),
    Source(title="Prices\n<!channel>", uri="file:///prices.md", quote="", score=0.5),
    Source(title="Handbook <b>", uri="https://h.example/a|b>c", quote="", score=0.4),
)
UNPARTED = (DOCUMENTS["thai"],)
"""Of words with no sign between them, which may be cut anywhere but within a letter."""
NESTED_IN_A_WORD = (DOCUMENTS["made from 472"],)
"""Of marks within marks in one word, which no Markdown says: signs show, no letter is lost."""
SLACK_TOKEN = re.compile(r"<(?:[@#]|!(?:here|channel|everyone|subteam|date))|<https?:[^>]*\|")


def a_said(text: str) -> Message:
    return dataclasses.replace(a_message(text, author=Author.BOT), sources=SOURCES)


def failing(check: Callable[[str], str]) -> dict[str, str]:
    """What is wrong, by the document's name."""
    return {name: wrong for name, text in DOCUMENTS.items() if (wrong := check(text))}


def missing_words(text: str, shown: list[str]) -> str:
    """Why some words are lost, out of order, or too many; empty when they are not.

    Tables that become lists repeat their heads, those with too many empty cells are words; a word
    that fits nowhere is shown in pieces.
    """
    said = words.of_markdown(text)
    if words.has_table(text):
        readings = (said, words.of_markdown_without_tables(text))
        lost = [words.lost("".join(reading), "".join(shown)) for reading in readings]
        return f"lost {lost}" if all(lost) else ""
    if max(map(len, said), default=0) > 300 or text in UNPARTED:
        lost_letters = words.missing(list("".join(said)), list("".join(shown)))
        return f"lost letters {lost_letters}" if lost_letters else ""
    absent = words.missing(said, shown)
    more = [word for word in words.lost(shown, said) if not word.isdigit()]
    return f"lost {absent}, added {more}" if absent or more else ""


def missing_letters(text: str, shown: list[str]) -> str:
    """The same for a form whose reader cannot tell signs within words from letters' neighbours."""
    said = words.of_markdown(text)
    if words.has_table(text):
        return missing_words(text, shown)
    lost = words.missing("".join(said), "".join(shown))
    more = [one for one in words.lost("".join(shown), "".join(said)) if not one.isdigit()]
    return f"lost letters {lost}, added {more}" if lost or more else ""


def test_the_corpus_has_more_than_five_hundred_documents() -> None:
    assert len(DOCUMENTS) >= 600
    assert len(set(DOCUMENTS.values())) > 550


@pytest.mark.slow
def test_pages_get_clean_html_with_every_word() -> None:
    def check(text: str) -> str:
        shown = to_html(Author.BOT, text)
        safe = nh3.clean(
            shown, link_rel=None, attributes={"a": {"href", "rel", "target"}, "ol": {"start"}}
        )
        if safe.replace("&nbsp;", "\xa0") != shown.replace("&nbsp;", "\xa0"):
            return f"not clean: {shown[:200]}"
        return missing_words(text, words.of_html(shown))

    assert failing(check) == {}


@pytest.mark.slow
def test_slack_gets_markdown_that_says_every_word_and_calls_nobody() -> None:
    def check(text: str) -> str:
        segments = slack.render(a_said(text))
        for segment in segments:
            if tokens := SLACK_TOKEN.findall(segment.markdown + segment.text):
                return f"calls {tokens}"
            if wrong := refused_by_slack(segment):
                return wrong
        shown = [word for each in segments for word in words.of_markdown(each.markdown)]
        missing = missing_letters if text in NESTED_IN_A_WORD else missing_words
        return missing(text, shown)

    assert failing(check) == {}


@pytest.mark.slow
def test_slack_gets_sections_that_say_every_word_and_call_nobody() -> None:
    def check(text: str) -> str:
        shown: list[str] = []
        for segment in slack.render_sections(a_said(text)):
            if wrong := refused_by_slack(segment):
                return wrong
            for section in segment.body:
                said = section["text"]["text"]
                if wrong := unescaped(said):
                    return wrong
                shown += words.of_mrkdwn(said)
        return missing_letters(text, shown)

    assert failing(check) == {}


@pytest.mark.slow
def test_telegram_gets_html_that_it_reads_with_every_word() -> None:
    def check(text: str) -> str:
        message = dataclasses.replace(a_said(text), sources=())
        shown: list[str] = []
        for segment in telegram.render(message):
            try:
                visible, entities = telegram_html.read(segment.html)
            except telegram_html.Malformed as wrong:
                return f"{wrong} in {segment.html[:300]}"
            if telegram_html.units(visible) > 4096 or len(entities) > 100 or not visible.strip():
                return f"{telegram_html.units(visible)} units, {len(entities)} entities"
            if visible != segment.text:
                return "says something else without marks"
            if re.search(
                r"(?<![\w@])@\w",
                re.sub("<(code|pre|a)\\b.*?</\\1>", "", segment.html, flags=re.DOTALL),
            ):
                return "calls somebody"
            shown += words.of(visible)
        return missing_words(text, shown)

    assert failing(check) == {}


@pytest.mark.slow
def test_plain_text_has_every_word_and_commands_no_terminal() -> None:
    def check(text: str) -> str:
        shown = to_plain(parse(text))
        if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown):
            return "commands a terminal"
        addresses = re.sub(r" \(https?://[^()\s]*\)", "", shown)
        return missing_words(text, words.of(addresses))

    assert failing(check) == {}


def refused_by_slack(segment: slack.SlackSegment) -> str:
    """Why slack_sdk's models, or what they do not count, refuse the message."""
    if len(segment.blocks) > 49:
        return f"{len(segment.blocks)} blocks leave no room for buttons"
    for block in segment.blocks:
        model = Block.parse(dict(block))
        if model is None:
            return f"no block {block['type']}"
        model.to_dict()
    if len(segment.text) > 4000 or unescaped(segment.text):
        return f"notice of {len(segment.text)}"
    return ""


def unescaped(text: str) -> str:
    """Why a text is not mrkdwn; empty when it is."""
    left = re.sub(r"<(https?:[^|<>]+|mailto:[^|<>]+|tel:[^|<>]+)\|[^<>]+>", "", text)
    if re.search("[<]|>(?! |\n|$)", re.sub("^>( .*)?$", "", left, flags=re.MULTILINE)):
        return f"unescaped sign in {left[:300]}"
    return ""
