"""A handoff has one thread, with all that agents need, and is theirs to work with."""

import re
from datetime import timedelta

from core.domain.customers import Profile
from handoff.life import Active, Returned, WrappedUp
from handoff.moves import Admit, Offer
from tests.builders import TENANT
from tests.deploy.surface.kit import ANN, BO, TEAM_CHANNEL, Team


async def test_a_handoff_opens_a_thread_that_says_why_and_how_to_answer(team: Team) -> None:
    await team.asked()

    assert len(team.slack.desk.cards(TEAM_CHANNEL)) == 1
    card = team.card()
    assert "A customer waits for a person" in card.words
    assert "Why: asked for a person" in card.words
    assert "My parcel is lost" in card.words
    hint = card.blocks[-2]["elements"][0]["text"]
    assert "Begin with // for a private note" in hint
    assert "5 s" in hint
    assert card.buttons == ["desk:take", "desk:note", "desk:ticket"]


async def test_what_is_said_is_seen_in_the_thread_once_and_as_words_only(team: Team) -> None:
    handoff = await team.taken()
    await team.stage.customer_says(handoff.conversation, "<!channel> *look* <https://x.example>")
    await team.serve()
    await team.writes(ANN, "I do")
    await team.wait()
    await team.serve()

    words = [one.words for one in team.thread() if one not in team.notices()]
    assert words == [
        "Customer: My parcel is lost",
        "Customer: <!channel> *look* <https://x.example>",
    ]
    kinds = {
        block["text"]["type"] for one in team.thread() for block in one.blocks if "text" in block
    }
    assert kinds == {"plain_text", "mrkdwn"}
    assert not any("<!" in one.text for one in team.thread())


async def test_take_return_and_close_move_the_handoff_and_the_card(team: Team) -> None:
    handoff = await team.taken(ANN)
    taken = await team.stage.handoffs.get(TENANT, handoff.id)
    shown = team.card().words

    await team.tell(team.slack.desk.presses(ANN, "return", team.card()))
    returned = await team.stage.handoffs.get(TENANT, handoff.id)

    assert taken.state == Active(team.accounts[ANN].id)
    assert "Ann has this conversation" in shown
    assert returned.state == Returned(team.accounts[ANN].id)
    assert "Ann gave it back to the bot" in team.card().words
    assert team.card().buttons == []


async def test_only_the_owner_can_close(team: Team) -> None:
    handoff = await team.taken(ANN)

    await team.tell(team.slack.desk.presses(BO, "close", team.card()))
    before = await team.stage.handoffs.get(TENANT, handoff.id)
    await team.tell(team.slack.desk.presses(ANN, "close", team.card()))
    after = await team.stage.handoffs.get(TENANT, handoff.id)

    assert isinstance(before.state, Active)
    assert isinstance(after.state, WrappedUp)
    assert team.slack.desk.told(BO) == ["Another agent has it."]


async def test_a_note_is_written_in_a_form_and_no_customer_reads_it(team: Team) -> None:
    handoff = await team.asked()

    await team.tell(team.slack.desk.presses(ANN, "note", team.card()))
    filled = team.slack.desk.fills(ANN, "Called twice last week")
    await team.tell(filled)
    await team.tell(filled)

    assert await team.notes(handoff.conversation) == ["Called twice last week"]
    assert await team.customer_reads(handoff.conversation) == []


async def test_a_ticket_is_opened_once_whoever_presses_again(team: Team) -> None:
    await team.asked()

    await team.tell(team.slack.desk.presses(ANN, "ticket", team.card()))
    await team.tell(team.slack.desk.presses(BO, "ticket", team.card()))

    rows = await team.stage.rows("SELECT number, title FROM tickets")
    assert [row["title"] for row in rows] == ["My parcel is lost"]
    told = [*team.slack.desk.told(ANN), *team.slack.desk.told(BO)]
    assert told == [f"Ticket #{rows[0]['number']} is open."] * 2


async def test_each_team_has_its_own_place_and_the_rest_the_common_one(team: Team) -> None:
    team.slack.state.channels["C0BILL"] = []
    await team.threads.place(TENANT, "billing", "acme/C0BILL")

    await team.asked("1", team="billing")
    await team.asked("2", team="other")

    assert "Team: billing" in team.slack.desk.cards("C0BILL")[0].words
    assert ["Team: other" in one.words for one in team.slack.desk.cards(TEAM_CHANNEL)] == [True]


async def test_without_a_place_there_is_no_thread(team: Team) -> None:
    await team.threads.displace(TENANT, "")

    await team.asked()

    assert team.slack.desk.cards(TEAM_CHANNEL) == []
    assert "chat.postMessage" not in team.slack.methods()


async def test_a_second_handoff_of_a_conversation_has_a_thread_of_its_own(team: Team) -> None:
    handoff = await team.taken()
    await team.tell(team.slack.desk.presses(ANN, "close", team.card()))
    await team.stage.customer_says(handoff.conversation, "It came broken")

    await team.asked()

    first, second = team.slack.desk.cards(TEAM_CHANNEL)
    assert "Closed by Ann" in first.words
    assert "A customer waits" in second.words
    assert "It came broken" in team.thread(1)[0].words


async def test_a_thread_that_is_over_asks_nothing_of_anybody(team: Team) -> None:
    await team.taken()
    await team.tell(team.slack.desk.presses(ANN, "close", team.card()))
    await team.serve(5)

    looked = [await team.parts.serving.turn() for _ in range(3)]

    assert looked == [0, 0, 0]


async def test_an_agent_is_there_for_some_time_after_what_they_did_last(team: Team) -> None:
    await team.taken()
    agent = team.accounts[ANN].id

    seen = []
    for _ in range(3):
        await team.wait(900)
        (row,) = await team.stage.rows("SELECT seen_at FROM handoff_agents WHERE id = $1", agent)
        seen.append((team.stage.clock.now() - row["seen_at"]).total_seconds() < 60)

    assert seen == [True, False, False]


async def test_somebody_who_was_linked_acts_as_who_they_are(team: Team) -> None:
    team.slack.desk.people[ANN]["profile"]["email"] = "ann@elsewhere.example"
    await team.threads.link(TENANT, f"T0001:{ANN}", team.accounts[ANN].id)

    handoff = await team.taken(ANN)

    assert handoff.state == Active(team.accounts[ANN].id)


async def test_nobody_vouches_for_the_address_of_a_guest(team: Team) -> None:
    team.slack.desk.people[ANN]["is_restricted"] = True

    handoff = await team.taken(ANN)

    assert not isinstance(handoff.state, Active)


async def test_a_desk_thread_is_never_a_customers_conversation(team: Team) -> None:
    await team.taken()

    await team.writes(ANN, f"<@{team.slack.state.bot}> what is the warranty?")
    await team.writes(BO, "No idea")

    rows = await team.stage.rows("SELECT count(*) AS n FROM conversations WHERE channel = 'slack'")
    assert rows[0]["n"] == 0


async def test_the_same_person_elsewhere_in_the_channel_is_a_customer_as_ever(team: Team) -> None:
    await team.asked()
    written = team.slack.desk.writes(ANN, f"<@{team.slack.state.bot}> warranty?", team.card())
    event = written["event"]
    del event["thread_ts"]

    await team.tell(written)

    rows = await team.stage.rows("SELECT count(*) AS n FROM conversations WHERE channel = 'slack'")
    assert rows[0]["n"] == 1


async def test_no_words_of_anybody_are_in_the_marks_that_other_apps_can_read(team: Team) -> None:
    await team.taken()
    await team.writes(ANN, "Hello")

    marks = [
        body["metadata"]["event_payload"]["message"]
        for body in team.slack.bodies("chat.postMessage")
    ]

    assert len(marks) == 3
    assert all(
        re.fullmatch(r"(handoff|said|reply):[0-9a-f-]{36}(:\d+-\d+)?", one) for one in marks
    )


async def test_the_card_says_who_is_asked(team: Team) -> None:
    handoff = await team.asked()
    await team.stage.an_agent(team.accounts[BO].id, "Bo")
    until = team.stage.clock.now() + timedelta(minutes=1)
    await team.stage.handoffs.move(TENANT, handoff.id, Admit(position=None))
    await team.stage.handoffs.move(
        TENANT, handoff.id, Offer(agent=team.accounts[BO].id, until=until)
    )

    await team.tell(team.slack.desk.presses(ANN, "take", team.card()))

    assert "A customer waits; Bo is asked" in team.card().words
    assert team.slack.desk.told(ANN) == ["It is on offer to another agent."]


async def test_a_customer_whose_name_is_known_has_it_in_card_and_thread(team: Team) -> None:
    await team.stage.knows(Profile(name="Ada", email="ada@example.com"))
    await team.taken()

    assert "Customer: Ada" in team.card().words
    assert [one.words for one in team.thread()] == ["Ada (customer): My parcel is lost"]
