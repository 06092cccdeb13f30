"""What can be shown of an answer before it is whole."""

from uuid import uuid4

import pytest

from channels.markdown.units import utf16
from channels.slack.growth import Growing, markdown, more, rest, settled
from core.domain.ids import TurnId
from tests.channels.markdown.corpus import documents


def grown(text: str, steps: int) -> Growing:
    growing = Growing(TurnId(uuid4()), is_open=True)
    for number in range(1, steps + 1):
        cut, added = more(growing, text[: len(text) * number // steps])
        growing.cut, growing.shown = cut, growing.shown + added
    return growing


def test_hardly_any_answer_needs_an_edit_at_its_end() -> None:
    """These are hard to render; each of them that does not continue is edited in the end."""
    some = [text for text in documents(130).values() if utf16(markdown(text)) <= 12_000]

    continued = 0
    for text in some:
        growing = grown(text, 20)
        left = rest(growing, text)
        assert left is None or growing.shown + left == markdown(text)
        continued += left is not None

    assert continued / len(some) > 0.9


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("One sentence. Ano", "One sentence. "),
        ("It costs 3.5", "It costs "),
        ("请稍候。正在", "请稍候。"),
        ("It is **very imp", ""),
        ("Yes. It is **very imp", "Yes."),
        ("See [the page](https://a", ""),
        ("Do this:\n\n1. ", "Do this:\n"),
        ("Code:\n\n```py\nprint(1)\n", "Code:\n"),
        ("Sizes:\n\n| a | b |\n|--", "Sizes:\n"),
        ("Done.\n\n```\nx\n```\n\nAnd", "Done.\n\n```\nx\n```\n"),
        ("", ""),
    ],
)
def test_what_may_still_change_is_held_back(text: str, seen: str) -> None:
    assert text[: settled(text)].strip() == seen.strip()


def test_an_answer_that_changed_in_the_middle_is_not_continued() -> None:
    growing = grown("The first sentence. The second sentence. ", 5)

    assert rest(growing, "Another sentence. The second sentence.") is None


def test_what_slack_would_obey_is_only_words() -> None:
    shown = grown("Hello <!channel> and <@U1> and <!here>. ", 4).shown

    assert "<" not in shown
    assert "!channel" in shown
