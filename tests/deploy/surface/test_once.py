"""Whatever is retried, lost or restarted: one thread, and each reply reaches the customer once."""

from tests.deploy.surface.kit import ANN, TEAM_CHANNEL, Team
from tests.fakes.slack import Refuse, SlowDown, TakeAndBreak


async def test_an_event_that_is_told_four_times_is_one_reply(team: Team) -> None:
    handoff = await team.taken()
    written = team.slack.desk.writes(ANN, "Hello", team.card())

    for _ in range(4):
        await team.tell(written)
    await team.wait()
    await team.tell(written)
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == ["Hello"]
    assert len(team.notices()) == 1


async def test_a_restart_between_hold_and_sending_sends_once(team: Team) -> None:
    handoff = await team.taken()
    await team.writes(ANN, "Hello")

    team.restart()
    await team.wait()
    team.restart()
    await team.wait(120)

    assert await team.customer_reads(handoff.conversation) == ["Hello"]


async def test_a_process_that_died_while_sending_sends_once(team: Team) -> None:
    handoff = await team.taken()
    await team.writes(ANN, "Hello")
    team.stage.clock.passed_s += 5
    (job,) = await team.stage.jobs.claim(1, 60, ["desk_reply"])
    await team.parts.handlers["desk_reply"](job)  # and it dies before it says so

    team.restart()
    await team.wait(61)

    assert await team.customer_reads(handoff.conversation) == ["Hello"]
    assert [one.words for one in team.notices()] == ["*Sent to the customer.*"]


async def test_replies_go_out_in_the_order_in_which_they_were_written(team: Team) -> None:
    handoff = await team.taken()

    for number in range(5):
        await team.hears(team.slack.desk.writes(ANN, f"{number}", team.card()))
    await team.serve()
    await team.wait(30)

    assert await team.customer_reads(handoff.conversation) == ["0", "1", "2", "3", "4"]


async def test_a_card_whose_posting_was_not_confirmed_is_found_again(team: Team) -> None:
    broken = iter([TakeAndBreak()])
    team.slack.faults = lambda method, body: (
        next(broken, None) if method == "chat.postMessage" else None
    )

    await team.asked()
    team.restart()
    for _ in range(3):
        await team.wait(2)

    assert len(team.slack.desk.cards(TEAM_CHANNEL)) == 1
    assert [one.words for one in team.thread()] == ["Customer: My parcel is lost"]


async def test_words_and_notices_whose_posting_was_not_confirmed_stand_there_once(
    team: Team,
) -> None:
    handoff = await team.taken()
    breaks = iter([TakeAndBreak(), None, TakeAndBreak()])
    team.slack.faults = lambda method, body: (
        next(breaks, None) if method == "chat.postMessage" else None
    )

    await team.stage.customer_says(handoff.conversation, "Well?")
    await team.serve()
    await team.wait(3)
    await team.writes(ANN, "Hello")
    for _ in range(4):
        await team.wait(3)

    assert await team.customer_reads(handoff.conversation) == ["Hello"]
    said = [one.words for one in team.thread()]
    assert said.count("Customer: Well?") == 1
    assert len(team.notices()) == 1


async def test_what_slack_has_no_room_for_or_refuses_is_there_later(team: Team) -> None:
    failing = iter([SlowDown(retry_after="7"), Refuse(error="invalid_blocks")])
    team.slack.faults = lambda method, body: (
        next(failing, None) if method == "chat.postMessage" else None
    )

    await team.asked()
    before = len(team.slack.desk.cards(TEAM_CHANNEL))
    for _ in range(3):
        await team.wait(61)

    assert before == 0
    assert len(team.slack.desk.cards(TEAM_CHANNEL)) == 1
