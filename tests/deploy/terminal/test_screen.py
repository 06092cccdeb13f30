"""The screen: an answer is shown once, however it came; documents do not command the terminal."""

import io
from uuid import UUID, uuid4

from channels.web.protocol import DeltaFrame, MessageFrame, SourceFrame
from deploy.terminal.screen import Screen
from tests.fakes.chat_service import NOON


def a_message(text: str, turn: UUID | None, *sources: SourceFrame) -> MessageFrame:
    return MessageFrame(
        seq=2, author="bot", text=text, html="", at=NOON, sources=sources, turn=turn
    )


def test_deltas_and_their_message_are_one_answer() -> None:
    out, turn = io.StringIO(), uuid4()
    screen = Screen(out)

    screen.delta(DeltaFrame(turn=turn, text="It takes "))
    screen.message(a_message("It takes five days. [1]", turn))

    assert out.getvalue() == "bot  It takes five days. [1]\n"


def test_a_message_that_differs_from_its_deltas_is_shown_whole() -> None:
    out, turn = io.StringIO(), uuid4()
    screen = Screen(out)

    screen.delta(DeltaFrame(turn=turn, text="It takes "))
    screen.message(a_message("I do not know.", turn))

    assert out.getvalue() == "bot  It takes \nbot  I do not know.\n"


def test_sources_stand_below_the_answer() -> None:
    out = io.StringIO()
    source = SourceFrame(title="Delivery", uri="help/delivery.md", quote="Five\ndays.", score=1)

    Screen(out).message(a_message("Five days. [1]", uuid4(), source))

    assert out.getvalue().splitlines()[1] == "     [1] Delivery (help/delivery.md): “Five days.”"


def test_a_text_cannot_command_the_terminal() -> None:
    out, turn = io.StringIO(), uuid4()
    source = SourceFrame(title="\x1b[2J", uri="u", quote="\x07", score=1)

    Screen(out).delta(DeltaFrame(turn=turn, text="\x1b]0;owned\x07"))
    Screen(out).message(a_message("\x1b[31m", uuid4(), source))

    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()
