from collections.abc import Iterator

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from channels.markdown.inlines import words_of
from channels.markdown.parse import literal, parse
from channels.markdown.plain import to_plain
from channels.markdown.slack import MarkdownRuler, SectionRuler, markdown_tree, mrkdwn_tree
from channels.markdown.split import Ruler, Size, split
from channels.markdown.telegram import TelegramRuler, telegram_tree
from channels.markdown.tree import Code, Document, Listing, Paragraph, Table
from tests.channels.markdown import words
from tests.channels.markdown.corpus import CHINESE, FAMILY, HINDI, THAI


class PlainRuler(Ruler):
    def __init__(self, longest: int) -> None:
        self._longest = longest

    @property
    def limits(self) -> Size:
        return (self._longest,)

    def measure(self, document: Document) -> Size:
        return (len(to_plain(document)),)


WORDS = st.sampled_from(
    ["order", "the", "**refund**", "*in*", "`code`", "[docs](https://a.example/x)", "[1]", "。",
     "退款政策", "مرحبا", "שלום", THAI, "👍🏽", FAMILY, "🇩🇪", "<!channel>", "<@U1>", "@durov",
     "<b>",
     "~~old~~", "_", "*", "`", "|", "\\", "javascript:x", "superlongword" * 9]
)  # fmt: skip
LINES = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)
BLOCKS = st.one_of(
    LINES,
    LINES.map(lambda line: f"## {line}"),
    LINES.map(lambda line: f"> {line}"),
    st.lists(LINES, min_size=1, max_size=5).map(lambda lines: "- " + "\n- ".join(lines)),
    st.lists(LINES, min_size=1, max_size=5).map(lambda lines: "1. " + "\n2. ".join(lines)),
    LINES.map(lambda line: f"```python\n{line.replace('`', '')}\n```"),
)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=8).map("\n\n".join)
CLUSTERS = st.sampled_from(
    [FAMILY, "👍🏽", "🇩🇪", "🇫🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "❤️‍🔥", "é",
     "क्ष", "स्त्री", "한", "กำ", "ש", "مر", "订", "a"]
)  # fmt: skip


@given(TEXTS, st.integers(80, 600))
def test_segments_have_every_word_in_order_and_keep_the_limit(text: str, longest: int) -> None:
    segments = split(parse(text), PlainRuler(longest))

    assert all(len(to_plain(segment)) <= longest for segment in segments)
    assert _letters(segments) == _letters([parse(text)])


@given(TEXTS)
def test_segments_keep_the_limits_of_every_platform(text: str) -> None:
    document = parse(text)
    shown: list[tuple[Document, Ruler]] = [
        (telegram_tree(document), TelegramRuler(max_text=400, max_entities=12)),
        (markdown_tree(document), MarkdownRuler(600)),
        (mrkdwn_tree(document), SectionRuler(600)),
    ]

    for tree, ruler in shown:
        for segment in split(tree, ruler):
            assert all(
                have <= may for have, may in zip(ruler.measure(segment), ruler.limits, strict=True)
            )


@given(st.lists(CLUSTERS, min_size=1, max_size=300).map("".join), st.integers(80, 200))
def test_what_a_reader_sees_as_one_character_is_never_cut(text: str, longest: int) -> None:
    segments = split(literal(text), PlainRuler(longest))

    assert [cluster for segment in segments for cluster in _clusters(segment)] == (
        regex.findall(r"\X", text)
    )


@pytest.mark.parametrize("text", [CHINESE * 20, THAI * 30, HINDI * 40, FAMILY * 200])
def test_a_text_without_spaces_fills_its_segments(text: str) -> None:
    segments = split(literal(text), PlainRuler(300))

    assert all(len(to_plain(segment)) > 100 for segment in segments[:-1])


def test_code_that_goes_on_is_code_of_the_same_language_again() -> None:
    lines = [f"line_{number} = {number}" for number in range(200)]

    segments = split(parse("```python\n" + "\n".join(lines) + "\n```"), PlainRuler(500))

    codes = [block for segment in segments for block in segment if isinstance(block, Code)]
    assert len(codes) == len(segments) > 5
    assert {code.language for code in codes} == {"python"}
    assert "\n".join(code.text for code in codes).split("\n") == lines


def test_a_table_that_goes_on_says_its_head_again() -> None:
    rows = "".join(f"| {number} | word{number} |\n" for number in range(300))

    segments = split(markdown_tree(parse(f"| n | word |\n|--|--|\n{rows}")), MarkdownRuler())

    tables = [block for segment in segments for block in segment if isinstance(block, Table)]
    assert len(tables) == len(segments) > 2
    assert {tuple(map(words_of, table.head)) for table in tables} == {("n", "word")}
    assert [words_of(row[0]) for table in tables for row in table.rows] == [
        str(number) for number in range(300)
    ]


def test_a_numbered_list_that_goes_on_counts_on() -> None:
    items = "".join(f"{number}. Step {number} of many\n" for number in range(1, 60))

    segments = split(parse(items), PlainRuler(200))

    starts = [
        block.start for segment in segments for block in segment if isinstance(block, Listing)
    ]
    counts = [len(block.items) for (block,) in segments if isinstance(block, Listing)]
    assert starts == [1 + sum(counts[:at]) for at in range(len(segments))]


def test_a_heading_is_not_left_at_the_end_of_a_segment() -> None:
    text = "\n\n".join(f"## Part {part}\n\n{'Some words of it. ' * 6}" for part in range(20))

    segments = split(parse(text), PlainRuler(300))

    assert all(isinstance(segment[-1], Paragraph) for segment in segments)


def test_a_text_is_cut_between_sentences_while_there_are_any() -> None:
    segments = split(parse("This is a sentence of some words. " * 60), PlainRuler(300))

    assert all(to_plain(segment).endswith("words.") for segment in segments)


def test_a_limit_that_nothing_keeps_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        split(parse("word " * 9), PlainRuler(0))


def _letters(documents: tuple[Document, ...] | list[Document]) -> str:
    """Bullets, numbers and signs of quotes aside, for they are not the writer's."""
    return "".join(
        word
        for document in documents
        for word in words.of(to_plain(document))
        if not word.isdigit()
    )


def _clusters(segment: Document) -> Iterator[str]:
    yield from regex.findall(r"\X", to_plain(segment))
