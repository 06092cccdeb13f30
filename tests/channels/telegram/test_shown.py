"""What is shown of an answer that grows, and under which number."""

from uuid import UUID

from channels.telegram.show import draft_id, shown
from core.domain.ids import TurnId


def test_growing_words_call_nobody_and_stay_within_the_limit() -> None:
    assert "@bob" not in shown("Ask @bob")
    assert len(shown("😀" * 9000).encode("utf-16-le")) // 2 <= 4096
    assert shown("  \n ") == ""


def test_a_draft_s_number_is_its_turn_s_and_never_zero() -> None:
    assert draft_id(TurnId(UUID(int=0))) == 1
    assert draft_id(TurnId(UUID(int=2**128 - 1))) < 2**31
