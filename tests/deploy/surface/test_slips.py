"""What an agent did not mean for the customer does not reach the customer."""

import pytest

from handoff.people.roles import Role
from tests.deploy.surface.kit import ANN, BO, EVE, HOLD_S, SETUP, Team


async def test_a_reply_of_the_owner_reaches_the_customer_once_its_time_is_over(team: Team) -> None:
    handoff = await team.taken()

    await team.writes(ANN, "Your parcel is on its way.")
    before = await team.customer_reads(handoff.conversation)
    await team.wait()

    assert before == []
    assert await team.customer_reads(handoff.conversation) == ["Your parcel is on its way."]
    assert [one.words for one in team.notices()] == ["*Sent to the customer.*"]


@pytest.mark.parametrize(
    "text", ["// rude again", " //rude", "／／ rude", "_// rude_", "&gt; // x"]
)
async def test_words_behind_the_note_mark_never_go_out(team: Team, text: str) -> None:
    handoff = await team.taken()

    await team.writes(ANN, text)
    await team.wait()
    await team.wait(600)

    assert await team.customer_reads(handoff.conversation) == []
    assert len(await team.notes(handoff.conversation)) == 1


async def test_an_undone_reply_never_goes_out(team: Team) -> None:
    handoff = await team.taken()

    await team.writes(ANN, "Oops")
    await team.tell(team.slack.desk.presses(ANN, "undo", team.notices()[0]))
    await team.wait()
    await team.wait(600)

    assert await team.customer_reads(handoff.conversation) == []
    assert "Undone" in team.notices()[0].words


async def test_an_undo_that_nobody_has_looked_at_yet_counts(team: Team) -> None:
    """The desk is slow, the press was in time."""
    handoff = await team.taken()

    await team.writes(ANN, "Oops")
    await team.hears(team.slack.desk.presses(ANN, "undo", team.notices()[0]))
    team.stage.clock.passed_s += HOLD_S
    await team.due.turn()

    assert await team.customer_reads(handoff.conversation) == []


async def test_whoever_sees_a_slip_can_undo_it_account_or_not(team: Team) -> None:
    handoff = await team.taken()

    await team.writes(ANN, "Oops")
    await team.tell(team.slack.desk.presses(EVE, "undo", team.notices()[0]))
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == []


async def test_an_undo_that_comes_too_late_is_told(team: Team) -> None:
    handoff = await team.taken()
    await team.writes(ANN, "Oops")
    button = team.slack.desk.presses(ANN, "undo", team.notices()[0])

    await team.wait()
    await team.tell(button)

    assert await team.customer_reads(handoff.conversation) == ["Oops"]
    assert "too late" in team.slack.desk.told(ANN)[-1]


async def test_an_edit_within_the_time_is_what_goes_out(team: Team) -> None:
    handoff = await team.taken()

    written = await team.writes(ANN, "Tomorow")
    await team.tell(team.slack.desk.edits(written, "Tomorrow"))
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == ["Tomorrow"]


async def test_an_edit_into_a_note_within_the_time_keeps_it_here(team: Team) -> None:
    handoff = await team.taken()

    written = await team.writes(ANN, "He is rude")
    await team.tell(team.slack.desk.edits(written, "// He is rude"))
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == []


async def test_an_edit_that_is_heard_before_its_message_counts(team: Team) -> None:
    handoff = await team.taken()
    written = team.slack.desk.writes(ANN, "Tomorow", team.card())

    await team.tell(team.slack.desk.edits(written, "Tomorrow"))
    await team.tell(written)
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == ["Tomorrow"]


async def test_an_edit_after_the_time_changes_the_message_and_can_be_undone(
    team: Team,
) -> None:
    handoff = await team.taken()
    written = await team.writes(ANN, "Monday")
    await team.wait()

    await team.tell(team.slack.desk.edits(written, "Tuesday"))
    held = await team.customer_reads(handoff.conversation)
    await team.wait()
    await team.tell(team.slack.desk.edits(written, "Friday"))
    await team.tell(team.slack.desk.presses(ANN, "undo", team.notices()[-1]))
    await team.wait()

    assert held == ["Monday"]
    assert await team.customer_reads(handoff.conversation) == ["Tuesday"]
    assert "take their place" in team.slack.desk.told(ANN)[-1]
    assert await team.revisions() == [("Monday", False)]
    out = await team.stage.rows(
        "SELECT lane, headers->>'seq' AS seq, headers ? 'revision' AS changes FROM outbox"
        " WHERE topic = 'outbound' AND conversation = $1 ORDER BY id DESC LIMIT 2",
        handoff.conversation,
    )
    (change, message) = out
    assert (change["changes"], message["changes"]) == (True, False)
    assert (change["lane"], change["seq"]) == (message["lane"], message["seq"])


async def test_a_deletion_within_the_time_keeps_it_here_and_a_later_one_withdraws_it(
    team: Team,
) -> None:
    handoff = await team.taken()

    first = await team.writes(ANN, "Oops")
    await team.tell(team.slack.desk.deletes(first))
    await team.wait()
    second = await team.writes(ANN, "Hello")
    await team.wait()
    deleted = team.slack.desk.deletes(second)
    await team.tell(deleted)
    await team.tell(deleted)
    held = await team.customer_reads(handoff.conversation)
    await team.wait()

    assert held == ["Hello"]
    assert await team.customer_reads(handoff.conversation) == [""]
    assert "is withdrawn there" in team.slack.desk.told(ANN)[-1]
    assert await team.revisions() == [("Hello", True)]


async def test_a_withdrawal_can_be_undone(team: Team) -> None:
    handoff = await team.taken()
    written = await team.writes(ANN, "Hello")
    await team.wait()

    await team.tell(team.slack.desk.deletes(written))
    await team.tell(team.slack.desk.presses(ANN, "undo", team.notices()[-1]))
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == ["Hello"]


async def test_an_edit_after_the_talk_changes_nothing_and_its_author_is_told(team: Team) -> None:
    handoff = await team.taken()
    written = await team.writes(ANN, "Monday")
    await team.wait()
    await team.tell(team.slack.desk.presses(ANN, "return", team.card()))

    await team.tell(team.slack.desk.edits(written, "Tuesday"))
    await team.wait()

    assert (await team.customer_reads(handoff.conversation))[0] == "Monday"
    assert team.slack.desk.told(ANN)[-1].startswith("Not sent.")


async def test_words_of_whoever_does_not_own_it_do_not_go_out_and_they_are_told_who_does(
    team: Team,
) -> None:
    handoff = await team.taken(ANN)

    await team.writes(BO, "I think it is lost")
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == []
    assert team.slack.desk.told(BO) == ["Not sent. Ann has this conversation."]
    assert team.slack.desk.told(ANN) == []


async def test_words_before_anybody_took_it_do_not_go_out(team: Team) -> None:
    handoff = await team.asked()

    await team.writes(ANN, "Hello?")
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == []
    assert "Press Take first" in team.slack.desk.told(ANN)[0]


async def test_somebody_without_an_account_is_told_how_to_get_one_and_does_nothing(
    team: Team,
) -> None:
    handoff = await team.asked()

    await team.tell(team.slack.desk.presses(EVE, "take", team.card()))
    await team.writes(EVE, "Hello")
    await team.wait()

    now = await team.stage.handoffs.get(handoff.tenant, handoff.id)
    assert now.version == handoff.version
    assert await team.customer_reads(handoff.conversation) == []
    assert all("switchboard desk link add T0001:U0EVE" in one for one in team.slack.desk.told(EVE))


async def test_words_in_the_thread_of_a_closed_handoff_do_not_go_out(team: Team) -> None:
    handoff = await team.taken()
    await team.tell(team.slack.desk.presses(ANN, "close", team.card()))

    await team.writes(ANN, "One more thing")
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == []
    assert "over" in team.slack.desk.told(ANN)[-1]


async def test_who_closes_right_after_writing_is_read_first(team: Team) -> None:
    handoff = await team.taken()

    await team.writes(ANN, "All done, goodbye")
    await team.tell(team.slack.desk.presses(ANN, "close", team.card()))
    await team.wait()
    await team.serve()

    assert await team.customer_reads(handoff.conversation) == ["All done, goodbye"]
    assert "Closed" in team.card().words
    assert team.card().buttons == []


async def test_words_of_whoever_works_here_no_more_do_not_go_out(team: Team) -> None:
    handoff = await team.taken()
    await team.writes(ANN, "Hello")

    await team.people.change(SETUP, team.accounts[BO].id, role=Role.ADMIN, disabled=None)
    await team.people.change(SETUP, team.accounts[ANN].id, role=None, disabled=True)
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == []
    assert "no account any more" in team.notices()[0].words


async def test_a_file_is_said_not_to_go_out(team: Team) -> None:
    handoff = await team.taken()

    await team.writes(ANN, "See here", files=[{"id": "F1"}])
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == ["See here"]
    assert "Files are not sent" in team.slack.desk.told(ANN)[0]


async def test_each_reply_has_its_own_time(team: Team) -> None:
    handoff = await team.taken()
    await team.writes(ANN, "First")
    team.stage.clock.passed_s += 3
    await team.writes(ANN, "Second")

    await team.wait(2)
    before = await team.customer_reads(handoff.conversation)
    await team.tell(team.slack.desk.presses(ANN, "undo", team.notices()[1]))
    await team.wait()

    assert before == ["First"]
    assert await team.customer_reads(handoff.conversation) == ["First"]


async def test_a_note_that_loses_its_mark_stays_one_and_its_author_is_told(team: Team) -> None:
    handoff = await team.taken()

    written = await team.writes(ANN, "// Hello")
    await team.tell(team.slack.desk.edits(written, "Hello"))
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == []
    assert "a note stays one" in team.slack.desk.told(ANN)[0]
