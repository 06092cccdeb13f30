"""The judge catches each kind of fault: one is planted at a time."""

from dataclasses import replace

import pytest

from tests.chaos.history import Posted, Said, Shown, Taken, Talk, Turn
from tests.chaos.verdict import KINDS, judge, report


def a_talk() -> Talk:
    transcript = [
        Shown(1, "customer", "one", None),
        Shown(2, "bot", "answer one", "t1"),
        Shown(3, "customer", "two", None),
        Shown(4, "customer", "three", None),
        Shown(5, "bot", "answer both", "t2"),
    ]
    return Talk(
        "c",
        said=[Said("1", "one", 1), Said("2", "two", 3), Said("3", "three", 4)],
        shown=list(transcript),
        transcript=transcript,
        turns=[Turn("t1", (1,), 1, 0, True), Turn("t2", (3, 4), 1, 0, True)],
    )


def a_pushed_talk() -> Talk:
    talk = a_talk()
    talk.pushed = True
    talk.shown = []
    talk.posted = [Posted(2, "answer one"), Posted(5, "answer both")]
    return talk


def lose(talk: Talk) -> None:
    talk.said.append(Said("4", "four", 6))


def double(talk: Talk) -> None:
    talk.transcript.append(Shown(6, "customer", "two", None))
    talk.turns.append(Turn("t3", (6,), 0, 0, True))


def reorder(talk: Talk) -> None:
    talk.said[1], talk.said[2] = talk.said[2], talk.said[1]


def skip(talk: Talk) -> None:
    talk.transcript[4] = replace(talk.transcript[4], seq=6)
    talk.shown[4] = talk.transcript[4]


def change(talk: Talk) -> None:
    talk.shown[1] = replace(talk.shown[1], text="something else")


def leave(talk: Talk) -> None:
    talk.turns[1] = replace(talk.turns[1], covers=(3,))


def answer_again(talk: Talk) -> None:
    talk.turns.append(Turn("t3", (1,), 0, 0, True))


def say_twice(talk: Talk) -> None:
    talk.transcript.append(Shown(6, "bot", "answer one", "t1"))


def speak_late(talk: Talk) -> None:
    talk.turns[1] = replace(talk.turns[1], sent=False)


def speak_over_an_agent(talk: Talk) -> None:
    talk.taken = [Taken(after=3, until=5)]


def deliver_nothing(talk: Talk) -> None:
    del talk.posted[1]


def deliver_again(talk: Talk) -> None:
    talk.posted.insert(1, talk.posted[0])


def deliver_once_more_than_unknown(talk: Talk) -> None:
    talk.unknown[2] = 1
    talk.posted[:0] = [talk.posted[0]] * 2


def deliver_late(talk: Talk) -> None:
    talk.posted.reverse()


def deliver_other_words(talk: Talk) -> None:
    talk.posted[1] = Posted(5, "something else")


def deliver_what_nobody_said(talk: Talk) -> None:
    talk.posted.insert(1, Posted(4, "three"))


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (lose, "lost"),
        (double, "doubled"),
        (reorder, "reordered"),
        (skip, "gap"),
        (change, "changed"),
        (leave, "unanswered"),
        (answer_again, "answered_twice"),
        (say_twice, "answered_twice"),
        (speak_late, "bot_after_handover"),
        (speak_over_an_agent, "bot_after_handover"),
        (deliver_nothing, "undelivered"),
        (deliver_again, "delivered_twice"),
        (deliver_once_more_than_unknown, "delivered_twice"),
        (deliver_late, "delivered_late"),
        (deliver_other_words, "changed"),
        (deliver_what_nobody_said, "changed"),
    ],
)
def test_a_planted_fault_is_found_and_named(plant, kind) -> None:
    talk = a_pushed_talk() if plant.__name__.startswith("deliver") else a_talk()

    plant(talk)

    assert {fault.kind for fault in judge([talk])} == {kind}


def test_every_kind_of_fault_has_been_planted() -> None:
    planted = test_a_planted_fault_is_found_and_named.pytestmark[0].args[1]

    assert {kind for _, kind in planted} == set(KINDS)


def test_a_sound_history_has_no_fault() -> None:
    talk = a_talk()

    faults = judge([talk])

    assert faults == []
    assert report([talk], faults)["verdict"] == "held"


def test_a_sound_history_of_a_pushed_channel_has_no_fault() -> None:
    assert judge([a_pushed_talk()]) == []


def test_a_message_may_stand_there_twice_where_the_ledger_did_not_know() -> None:
    talk = a_pushed_talk()
    talk.unknown[2] = 1

    deliver_again(talk)

    assert judge([talk]) == []
    verdict = report([talk], [])
    assert (verdict["unknown_sends"], verdict["shown_again_after_unknown"]) == (1, 1)


def test_an_agent_s_time_ends_where_it_was_given_back() -> None:
    talk = a_talk()

    talk.taken = [Taken(after=2, until=4)]

    assert judge([talk]) == []
