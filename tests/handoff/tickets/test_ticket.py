"""How a ticket gets on, without a store."""

from hypothesis import given
from hypothesis import strategies as st

from handoff.errors import MoveRefused
from handoff.tickets.ticket import DONE, State, check_move, followed, is_reopened, told_of
from handoff.words import Words

_STATES = st.sampled_from(State)


def allowed(before: State, after: State) -> bool:
    try:
        check_move(before, after)
    except MoveRefused:
        return False
    return True


@given(st.lists(_STATES, max_size=30))
def test_any_sequence_of_moves_leaves_it_in_one_legal_state(wanted: list[State]) -> None:
    state, moved = State.NEW, False
    for each in wanted:
        if allowed(state, each):
            state, moved = each, True

    assert state is State.NEW or moved
    assert any(allowed(state, each) for each in State)


@given(_STATES)
def test_nothing_becomes_new_again_and_all_that_is_done_can_be_reopened(state: State) -> None:
    assert not allowed(state, State.NEW)
    assert not allowed(state, state)
    assert (state in DONE) == is_reopened(state, State.OPEN)


@given(_STATES, st.lists(_STATES, max_size=10))
def test_following_a_tracker_only_makes_moves_that_there_are(
    ours: State, theirs: list[State]
) -> None:
    for each in theirs:
        after = followed(ours, each)
        assert after is None or allowed(ours, after)
        ours = after or ours
        assert (ours in DONE) == (each in DONE)


@given(_STATES, _STATES)
def test_every_move_that_is_told_has_words_in_every_language(before: State, after: State) -> None:
    if not allowed(before, after):
        return
    words, line = Words.shipped(), told_of(7, before, after)

    if line is None:
        assert (before, after) == (State.SOLVED, State.CLOSED)
        return
    for language in ("en", "zh", "de", "fr", "es"):
        assert line.phrase in words.phrases[language]
        assert "7" in words.phrases[language][line.phrase].format(number=7)
