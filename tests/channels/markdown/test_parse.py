import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from channels.markdown.inlines import words_of
from channels.markdown.parse import parse
from channels.markdown.plain import to_plain
from channels.markdown.reshape import inlines_of
from channels.markdown.tree import Citation, Code, Document, Paragraph, Text
from tests.channels.markdown import words

HOSTILE: dict[str, str] = {
    "open brackets": "[",
    "open images": "![",
    "open labels": "[a",
    "open links": "[a](",
    "links in links": "[![a](b) ",
    "open angles": "<a ",
    "quotes": "> ",
    "quotes in lists": "> - ",
    "bullets": "- ",
    "numbers": "1. ",
    "stars": "*a ",
    "stars at lines": "_a*",
    "strikes": "~~a ",
    "ticks": "`a``",
    "backslashes": "\\",
    "references": "&",
    "signs of all kinds": "*[`~~![",
    "isolates": "\u2067",
}
CLOSED: dict[str, tuple[str, str]] = {
    "brackets": ("[", "]"),
    "links": ("[", "](https://a.example)"),
    "images": ("![", "](https://a.example)"),
    "strong": ("**a ", " b**"),
    "emphasis": ("*a ", " b*"),
}


@pytest.mark.slow
@pytest.mark.parametrize("length", [1_000, 4_000, 100_000])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_of_signs_is_read_however_long_it_is(name: str, length: int) -> None:
    text = HOSTILE[name] * (length // len(HOSTILE[name]))

    assert words.of(to_plain(parse(f"{text}end")))[-1].endswith("end")


@pytest.mark.parametrize("name", CLOSED)
def test_what_is_nested_too_deeply_to_be_read_is_words(name: str) -> None:
    opening, closing = CLOSED[name]

    said = to_plain(parse(f"{opening * 2_000}deepest{closing * 2_000}"))

    assert words.of(said).count("deepest") == 1
    assert words.of(said).count("b") == closing.count("b") * 2_000


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_signs_are_twice_the_work(name: str) -> None:
    half = HOSTILE[name] * (900 // len(HOSTILE[name]))

    work, twice = _calls(lambda: parse(half)), _calls(lambda: parse(half * 2))

    assert twice < 2.5 * work + 1_000


def test_a_text_can_be_read_where_others_already_wait_for_it() -> None:
    def deeper(levels: int) -> Document:
        return parse("![" * 500 + "> " * 58) if levels == 0 else deeper(levels - 1)

    assert deeper(300)


@pytest.mark.parametrize("levels", [28, 29, 30, 31, 60, 200])
def test_a_list_keeps_its_words_whatever_its_depth(levels: int) -> None:
    text = "\n".join(f"{'  ' * level}- w{level}" for level in range(levels))

    assert words.of(to_plain(parse(text))) == [f"w{level}" for level in range(levels)]


def test_a_citation_is_known_outside_of_code_and_links_only() -> None:
    (inside,) = inlines_of(parse("a [1] `[2]` [[3]](https://a.example)"))

    assert [one.number for one in inside if isinstance(one, Citation)] == [1]
    assert words_of(inside) == "a [1] [2] [3]"


@pytest.mark.parametrize(
    ("info", "language", "shown"),
    [
        ("python", "python", "x"),
        ("c++", "c++", "x"),
        ("not a language", "", "not a language\nx"),
        ("<b>", "", "<b>\nx"),
        ("", "", "x"),
    ],
)
def test_words_behind_a_fence_that_name_no_language_are_shown(info, language, shown) -> None:
    assert parse(f"```{info}\nx\n```") == (Code(shown, language),)


@pytest.mark.parametrize(
    ("href", "read"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("HTTPS://a.example", "HTTPS://a.example"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("https://a.example/|b", "https://a.example/%7Cb"),
        ("slack://user?id=U1", ""),
        ("//evil.example", ""),
        ("/console", ""),
        ("tg://user?id=1", ""),
        ("https://a.example/" + "x" * 2_000, ""),
    ],
)
def test_a_link_leads_to_an_absolute_address_or_nowhere(href: str, read: str) -> None:
    assert parse(f"[a](<{href}>)") == (Paragraph((Text("a", href=read),)),)


def _calls(work: Callable[[], object]) -> int:
    """How many functions are called, which is the same on every machine."""
    with _counting() as count:
        work()
    return count[0]


@contextmanager
def _counting() -> Iterator[list[int]]:
    count = [0]

    def counted(frame: object, event: str, argument: object) -> None:
        count[0] += event in {"call", "c_call"}

    usual = sys.getprofile()
    sys.setprofile(counted)
    yield count
    sys.setprofile(usual)
