"""What is left of a sentence of Markdown."""

import pytest

from core.memory.plain import plain


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("- Send it back", "Send it back"),
        ("1. Send it back", "Send it back"),
        ("## Returns", "Returns"),
        ("> quoted", "quoted"),
        ("**Free** of *charge*, `now`", "Free of charge, now"),
        ("See [the page](https://acme.example/a_b).", "See the page."),
        ("max_tokens is 3 * 4 * 5", "max_tokens is 3 * 4 * 5"),
        ("order #48213", "order #48213"),
        ("-5 degrees", "-5 degrees"),
        ("", ""),
    ],
)
def test_marks_go_and_words_stay(marked: str, words: str) -> None:
    assert plain(marked) == words
