"""Answers while they are written: streams, their end, and what a restart finds."""

import pytest

from channels.contract import Receipt
from channels.slack.growth import markdown
from core.domain.errors import DeliveryUnknown
from tests.channels.slack.payloads import DM, ROOM, TS, USER
from tests.channels.slack.stage import Stage, new_turn, shows
from tests.fakes.slack import Fault, Refuse, SlowDown, TakeAndBreak, TakeInSilence

TEXT = (
    "The warranty lasts **two years** [1]. It begins on the day of the purchase.\n\n"
    "1. Keep the receipt.\n2. Call us.\n\n"
    "```text\ncode: 42\n```\n\n"
    "| Part | Years |\n|---|---|\n| Case | 2 |\n\n"
    "Ask <!channel> or <@U1> for more."
)


def fails(stage: Stage, method: str, *faults: Fault | None) -> None:
    left = list(faults)

    def script(asked, body):
        return left.pop(0) if asked == method and left else None

    stage.slack.faults = script


async def test_a_stream_becomes_the_stored_message_and_nothing_is_posted(stage: Stage) -> None:
    place, turn = await stage.asked_in_room(), new_turn()

    await shows(stage, place, turn, TEXT)
    before = stage.shown(ROOM)[0].markdown
    receipt = await stage.deliver(await stage.answered(place, TEXT, turn))

    (shown,) = stage.shown(ROOM)
    assert receipt == Receipt(native_ids=(shown.ts,))
    assert len(before) > len(TEXT) / 2
    assert shown.markdown == markdown(TEXT)
    assert "<!" not in shown.markdown
    assert shown.buttons == ["feedback", "person"]
    assert not shown.streaming
    assert "chat.postMessage" not in stage.slack.methods()
    assert "chat.update" not in stage.slack.methods()
    assert stage.slack.bodies("chat.startStream")[0]["recipient_user_id"] == USER
    assert await stage.open_stream(place) is None


async def test_an_answer_that_was_changed_at_its_end_is_edited_in_its_place(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()

    await shows(stage, place, turn, TEXT)
    await stage.deliver(await stage.answered(place, "It lasts three years.", turn))

    (shown,) = stage.shown()
    assert shown.words == "It lasts three years."
    assert shown.buttons == ["feedback", "person"]


async def test_a_stream_goes_on_in_another_before_slack_closes_it(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    text = "\n\n".join(f"This is paragraph {n} of the answer." for n in range(40))

    await shows(stage, place, turn, text, step=3)
    open_ids = await stage.open_stream(place)
    receipt = await stage.deliver(await stage.answered(place, text, turn))

    shown = stage.shown()
    assert stage.clock.monotonic() > 400
    assert len(shown) == 3
    assert open_ids == receipt.native_ids == tuple(one.ts for one in shown)
    assert all(one.markdown.startswith("This is paragraph") for one in shown)
    assert all(one.markdown.endswith("of the answer.") for one in shown)
    assert "\n\n".join(one.markdown for one in shown) == markdown(text)
    assert [one.buttons for one in shown] == [[], [], ["feedback", "person"]]
    assert "chat.update" not in stage.slack.methods()


async def test_an_answer_whose_stream_slack_closed_is_whole(stage: Stage) -> None:
    """The writer falls silent for six minutes in the middle."""
    place, turn = await stage.asked(), new_turn()
    half = TEXT.index("1. Keep")

    await shows(stage, place, turn, TEXT[:half])
    stage.clock.passed_s += 360
    await shows(stage, place, turn, TEXT)
    await stage.deliver(await stage.answered(place, TEXT, turn))

    words = "".join(one.words for one in stage.shown())
    assert words.replace("\n", "") == markdown(TEXT).replace("\n", "")
    assert stage.shown()[-1].buttons == ["feedback", "person"]


async def test_a_stream_that_slack_closed_before_the_last_words_is_edited(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()

    await shows(stage, place, turn, TEXT)
    stage.clock.passed_s += 360
    await stage.deliver(await stage.answered(place, TEXT, turn))

    (shown,) = stage.shown()
    assert shown.words == markdown(TEXT)
    assert shown.edits == 1


async def test_a_stream_that_the_customer_stopped_is_continued_by_nobody(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    await shows(stage, place, turn, TEXT[:60])
    (shown,) = stage.shown()
    shown.streaming, shown.stopped_by_user = False, True

    await shows(stage, place, turn, TEXT)
    appended = len(stage.slack.bodies("chat.appendStream"))
    await shows(stage, place, turn, TEXT + " And more. And more.")
    await stage.deliver(await stage.answered(place, TEXT, turn))

    assert len(stage.slack.bodies("chat.appendStream")) == appended
    assert [one.words for one in stage.shown()] == [markdown(TEXT)]


async def test_a_restart_finishes_the_stream_by_an_edit(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    await shows(stage, place, turn, TEXT[:60])
    stage.restart()

    receipt = await stage.deliver(await stage.answered(place, TEXT, turn))

    (shown,) = stage.shown()
    assert receipt == Receipt(native_ids=(shown.ts,))
    assert shown.words == markdown(TEXT)
    assert "chat.postMessage" not in stage.slack.methods()


async def test_a_restart_makes_one_message_of_two_streams(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    text = "\n\n".join(f"This is paragraph {n} of the answer." for n in range(25))
    await shows(stage, place, turn, text, step=3)
    between = len(stage.shown())
    stage.restart()

    await stage.deliver(await stage.answered(place, text, turn))

    (shown,) = stage.shown()
    assert between == 2
    assert shown.words == markdown(text)


async def test_a_turn_that_is_taken_again_goes_on_in_the_same_message(stage: Stage) -> None:
    place = await stage.asked()
    await shows(stage, place, new_turn(), TEXT[:60])
    stage.restart()
    again = new_turn()

    await shows(stage, place, again, TEXT)
    (between,) = stage.shown()
    grown = len(between.words)
    await stage.deliver(await stage.answered(place, TEXT, again))

    (shown,) = stage.shown()
    assert grown > 100
    assert shown.words == markdown(TEXT)


@pytest.mark.parametrize("fault", [TakeAndBreak(), TakeInSilence()], ids=str)
async def test_a_stream_that_may_have_begun_is_looked_for(stage: Stage, fault: Fault) -> None:
    place, turn = await stage.asked(), new_turn()
    fails(stage, "chat.startStream", fault)
    await shows(stage, place, turn, TEXT[:60], step=60)
    stage.restart()

    await stage.deliver(await stage.answered(place, TEXT, turn))

    (shown,) = stage.shown()
    assert shown.words == markdown(TEXT)


async def test_words_that_may_have_been_appended_are_not_doubled(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    fails(stage, "chat.appendStream", TakeAndBreak())

    await shows(stage, place, turn, TEXT)
    await stage.deliver(await stage.answered(place, TEXT, turn))

    (shown,) = stage.shown()
    assert shown.words == markdown(TEXT)


async def test_last_words_that_may_have_been_taken_are_not_doubled(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    await shows(stage, place, turn, TEXT)
    sent = await stage.answered(place, TEXT, turn)
    fails(stage, "chat.stopStream", TakeAndBreak())
    with pytest.raises(DeliveryUnknown):
        await stage.deliver(sent)
    assert stage.channel.reconcile is not None

    found = await stage.channel.reconcile(sent, Receipt())
    assert found is not None
    await stage.deliver(sent, found)

    (shown,) = stage.shown()
    assert found == Receipt(native_ids=(shown.ts,))
    assert shown.markdown == markdown(TEXT)
    assert await stage.open_stream(place) is None


@pytest.mark.parametrize("error", ["unknown_method", "feature_not_enabled"])
async def test_a_workspace_without_streams_sees_an_edited_message(
    stage: Stage, error: str
) -> None:
    place, turn = await stage.asked(), new_turn()
    fails(stage, "chat.startStream", Refuse(error=error))

    await shows(stage, place, turn, TEXT)
    (shown,) = stage.shown()
    edits = shown.edits
    await stage.deliver(await stage.answered(place, TEXT, turn))
    await shows(stage, place, new_turn(), TEXT)

    assert edits > 2
    assert stage.shown()[0].words == markdown(TEXT)
    assert len(stage.slack.bodies("chat.startStream")) == 1


async def test_over_the_budget_of_streams_answers_are_edited(stage: Stage) -> None:
    place = await stage.asked()
    for _ in range(18):
        await stage.channel.show(place, new_turn(), "One sentence. Another.")
        await stage.streams.end(place.tenant, place.conversation)

    await stage.channel.show(place, new_turn(), "One sentence. Another.")

    assert len(stage.slack.bodies("chat.startStream")) == 18
    assert len(stage.slack.bodies("chat.postMessage")) == 1


async def test_a_refusal_for_now_is_waited_for_and_what_grew_comes_with_the_next(
    stage: Stage,
) -> None:
    place, turn = await stage.asked(), new_turn()
    fails(stage, "chat.appendStream", SlowDown(retry_after="20"))

    await shows(stage, place, turn, "One sentence. Another one. A third. A fourth. ", step=14)
    stage.clock.passed_s += 20
    await stage.channel.show(place, turn, "One sentence. Another one. A third. A fourth. End.")

    assert len(stage.slack.bodies("chat.appendStream")) == 2
    assert stage.shown()[0].markdown == "One sentence. Another one. A third. A fourth."


async def test_an_answer_that_never_comes_is_taken_away(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    await stage.channel.busy(place)
    await shows(stage, place, turn, TEXT)

    await stage.channel.idle(place, turn)

    assert stage.shown() == []
    assert await stage.open_stream(place) is None
    assert stage.slack.state.statuses[-1] == (TS, "")


async def test_the_status_line_is_refreshed_and_always_ends(stage: Stage) -> None:
    place = await stage.asked()

    for _ in range(40):
        await stage.channel.busy(place)
        stage.clock.passed_s += 4
    await stage.deliver(await stage.answered(place, TEXT))
    await stage.channel.idle(place, None)
    await stage.channel.idle(place, None)

    words = [status for _, status in stage.slack.state.statuses]
    assert words == ["is looking for the answer…"] * 3 + [""]


async def test_nothing_that_slack_does_is_raised_while_an_answer_is_shown(stage: Stage) -> None:
    place, turn = await stage.asked(), new_turn()
    stage.slack.faults = lambda method, body: Refuse(error="account_inactive")

    await stage.channel.busy(place)
    await shows(stage, place, turn, TEXT)
    await stage.channel.idle(place, turn)

    assert stage.slack.state.in_thread(DM, TS) == []
