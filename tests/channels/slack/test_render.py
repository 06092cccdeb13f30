import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from channels.slack.render import render, render_sections
from core.domain.answers import Source
from core.domain.messages import Author, Message
from tests.builders import a_message
from tests.channels.markdown.corpus import made


def a_said(text: str, *sources: Source) -> Message:
    return dataclasses.replace(a_message(text, author=Author.BOT), sources=sources)


def a_source(title: str, uri: str) -> Source:
    return Source(title=title, uri=uri, quote="", score=1.0)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("`<!channel>`", "`<\u2060!channel>`"),
        ("```\n<@U1>\n```", "```\n<\u2060@U1>\n```"),
        ("<https://evil.example|https://bank.example>",
         "[https://evil.example|https://bank.example](https://evil.example%7Chttps://bank.example)"),
        ("[a](javascript:alert(1))", "[a\\](javascript:alert(1))"),
    ],
)  # fmt: skip
def test_nothing_in_an_answer_calls_anybody_or_hides_where_it_leads(text, markdown) -> None:
    (segment,) = render(a_said(text))

    assert "<!" not in segment.text
    assert segment.markdown == markdown


def test_the_sources_stand_below_the_last_part_and_once_each() -> None:
    prices = a_source("Prices <b>", "https://h.example/a|b")
    words = "word " * 6_000

    segments = render(a_said(f"{words}[1] [2]", prices, prices))

    assert [len(segment.sources) for segment in segments] == [0] * (len(segments) - 1) + [1]
    assert segments[-1].sources[0]["elements"] == [
        {"type": "mrkdwn", "text": "[1, 2] <https://h.example/a%7Cb|Prices &lt;b&gt;>"}
    ]


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060"])
def test_what_nobody_can_see_is_not_sent(text: str) -> None:
    assert render(a_said(text)) == render_sections(a_said(text)) == ()


def test_a_table_in_sections_is_lines_of_letters() -> None:
    (segment,) = render_sections(a_said("| a | b |\n|--|--|\n| 1 | 2 |"))

    assert segment.body[0]["text"]["text"] == "```\na | b\n--+--\n1 | 2\n```"


def test_a_customers_words_are_no_markdown() -> None:
    (segment,) = render_sections(a_message("**a** <b>"))

    assert segment.body[0]["text"]["text"] == "**a** &lt;b&gt;"


@given(st.integers(0, 10**6).map(made))
def test_any_answer_is_blocks_that_slack_takes(text: str) -> None:
    for segment in (*render(a_said(text)), *render_sections(a_said(text))):
        assert len(segment.blocks) <= 45
        assert len(segment.markdown.encode("utf-16-le")) <= 2 * 12_000
        assert len(segment.text) <= 4_000
        for block in segment.blocks:
            model = Block.parse(dict(block))
            assert model is not None
            assert model.to_dict()
