"""Text is told as soon as it is sure, and is the same however it was cut into tokens."""

from hypothesis import example, given
from hypothesis import strategies as st

from core.models.local.telling import Telling


def told(text: bytes, *stops: str) -> tuple[list[str], Telling]:
    telling = Telling(lambda tokens: bytes(tokens).decode(errors="replace"), stops)
    pieces = []
    for token in text:
        pieces.append(telling.take(token))
        if telling.stopped:
            break
    return [*pieces, telling.rest()], telling


@given(st.text())
@example("三天。 ¡Olé! 🚲")
def test_what_is_told_is_the_text(text: str) -> None:
    pieces, telling = told(text.encode())

    assert "".join(pieces) == telling.text == text
    assert not telling.stopped


@given(st.text(alphabet="ab\n"), st.lists(st.text(alphabet="ab\n", min_size=1), max_size=4))
@example("aab", ["ab"])
def test_nothing_of_a_stop_word_or_after_it_is_told(text: str, stops: list[str]) -> None:
    pieces, telling = told(text.encode(), *stops)

    ended = min((text.index(stop) + len(stop) for stop in stops if stop in text), default=None)
    read = text[:ended]
    expected = read[: min((read.index(stop) for stop in stops if stop in read), default=None)]
    assert "".join(pieces) == telling.text == expected
    assert telling.stopped == (ended is not None)


def test_what_cannot_be_a_stop_word_is_told_at_once() -> None:
    pieces, _ = told(b"a\nCustard", "\nCustomer:")

    assert pieces == ["a", "", "", "", "", "", "\nCusta", "r", "d", ""]


def test_a_character_that_never_became_whole_is_left_out() -> None:
    _, telling = told("三天".encode()[:-1])

    assert telling.text == "三"


def test_an_empty_stop_word_stops_nothing() -> None:
    _, telling = told(b"abc", "")

    assert telling.text == "abc"
