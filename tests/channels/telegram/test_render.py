import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.render import render
from core.domain.answers import Source
from core.domain.messages import Author, Message
from tests.builders import a_message
from tests.channels.markdown import telegram_html
from tests.channels.markdown.corpus import made


def a_said(text: str, *sources: Source) -> Message:
    return dataclasses.replace(a_message(text, author=Author.BOT), sources=sources)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** *b* ~~c~~ `<d>`", "<b>a</b> <i>b</i> <s>c</s> <code>&lt;d&gt;</code>"),
        ("```python\n1 < 2\n```", '<pre><code class="language-python">1 &lt; 2</code></pre>'),
        ("# a", "<b>a</b>"),
        ("> a\n> > b", "<blockquote>a\n\nb</blockquote>"),
        ("- a\n  1. b", "• a\n   1. b"),
        ("[a](https://b.example/?c&d)", '<a href="https://b.example/?c&amp;d">a</a>'),
        ("[a](mailto:b@c.example)", "a (b@c.example)"),
        ("@durov", "@\u2060durov"),
        ("<b>x</b> <script>", "&lt;b&gt;x&lt;/b&gt; &lt;script&gt;"),
        ("| a | b |\n|--|--|\n| 1 | 2 |", "<pre>a | b\n--+--\n1 | 2</pre>"),
    ],
)
def test_an_answer_is_said_in_telegrams_html(text: str, html: str) -> None:
    (segment,) = render(a_said(text))

    assert segment.html == html


def test_the_sources_stand_at_the_end() -> None:
    source = Source(title="Prices", uri="https://h.example", quote="", score=1.0)

    (segment,) = render(a_said("Three. [1]", source))

    assert segment.html == 'Three. [1]\n\n[1] <a href="https://h.example">Prices</a>'


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060"])
def test_what_nobody_can_see_is_not_sent(text: str) -> None:
    assert render(a_said(text)) == ()


@given(st.integers(0, 10**6).map(made))
def test_any_answer_is_read_by_telegram_within_its_limits(text: str) -> None:
    for segment in render(a_said(text)):
        visible, entities = telegram_html.read(segment.html)

        assert visible == segment.text
        assert telegram_html.units(visible) <= 4096
        assert len(entities) <= 100
