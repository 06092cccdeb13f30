"""The judge catches each kind of fault: one is planted at a time."""

from dataclasses import replace

import pytest

from tests.chaos.history import Said, Shown, Talk, Turn
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
    ],
)
def test_a_planted_fault_is_found_and_named(plant, kind) -> None:
    talk = a_talk()

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
