import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from channels.markdown.html import to_html
from core.domain.messages import Author


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Two days. [1]", "<p>Two days. [1]</p>"),
        ("One\ntwo\n\nthree & <b>", "<p>One<br>\ntwo</p>\n<p>three &amp; &lt;b&gt;</p>"),
        ("One\ntwo\n\nthree", "<p>One<br>two</p><p>three</p>"),
        ("**Two** days", "<p><strong>Two</strong> days</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        (
            "See [1]\n\n[1]: https://evil.example",
            "<p>See [1]</p><p>[1]: https://evil.example</p>",
        ),
        ("Fill in_the_form", "<p>Fill in_the_form</p>"),
    ],
)
def test_what_the_bot_writes_is_markdown(text, html) -> None:
    assert to_html(Author.BOT, text) == html


def test_links_lead_away_safely() -> None:
    assert to_html(Author.BOT, "[here](https://a.example/x?y=1&z)") == (
        '<p><a href="https://a.example/x?y=1&amp;z" target="_blank"'
        ' rel="noopener nofollow noreferrer">here</a></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<a href='javascript:alert(1)'>x</a>",
        "`<b>`\n\n    <i>",
        "[x](/console) [y](//evil.example) [z](>)",
    ],
)
@pytest.mark.parametrize("author", Author)
def test_nothing_in_a_message_runs_or_loads(author, text) -> None:
    assert_safe(to_html(author, text))


def test_a_customers_words_are_text() -> None:
    assert to_html(Author.CUSTOMER, "**a** <b>\nc") == "<p>**a** &lt;b&gt;<br>c</p>"


PIECES = st.sampled_from(
    ["<", ">", "&", '"', "'", "`", "*", "_", "[", "]", "(", ")", "!", "#", "\n", "\n\n", "    ",
     "|", "-", "~~", "\\", "javascript:", "https://a.example", "<script>", "<!--",
     "]]>", "[1]", "a", "文"]
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_is_safe(text: str) -> None:
    for author in (Author.BOT, Author.CUSTOMER):
        assert_safe(to_html(author, text))


def assert_safe(html: str) -> None:
    for node in LexborHTMLParser(f"<body>{html}</body>").body.traverse():
        assert node.tag not in {"script", "img", "iframe", "style", "object", "svg", "form"}
        assert not any(name.startswith("on") for name in node.attributes)
        if node.tag == "a":
            href = node.attributes.get("href") or "https:"
            assert href.startswith(("https:", "http:", "mailto:", "tel:"))
            assert "noopener" in node.attributes["rel"]
