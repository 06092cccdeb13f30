"""What every connector does, on the wire of each tracker, whatever goes wrong there."""

import asyncio
import sys
import time

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.sealing import Seal, new_key
from handoff.connectors.kinds import connector
from handoff.tickets.ticket import State
from tests.builders import TENANT
from tests.fakes.trackers import FakeIssue, Fault
from tests.handoff.connectors.kit import Desk
from tests.handoff.tickets.kit import ANN, SUMMARY, a_comment, a_ticket


def the_one(desk: Desk) -> FakeIssue:
    (issue,) = desk.tracker.issues.values()
    return issue


async def test_a_ticket_is_told_once_with_all_that_it_says(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()

    await desk.do()
    await desk.do(after_s=1000)

    issue, place = the_one(desk), await desk.place(ticket)
    assert issue.title == "The kettle leaks"
    assert SUMMARY in issue.text
    assert "- I descaled it." in issue.text
    assert str(issue.id) in place.label
    assert (place.trouble, place.waiting) == ("", False)


async def test_comments_closing_and_reopening_arrive(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()
    await desk.do()

    await desk.tickets.comment(ANN, ticket.id, a_comment("A new lid was sent."))
    await desk.tickets.move(ANN, ticket.id, State.SOLVED)
    await desk.do()
    closed = desk.tracker.is_done(the_one(desk))
    await desk.tickets.move(ANN, ticket.id, State.OPEN)
    await desk.do()

    (said,) = the_one(desk).comments
    assert "A new lid was sent." in str(said["body"])
    assert (closed, desk.tracker.is_done(the_one(desk))) == (True, False)


async def test_a_state_that_is_asked_for_is_told_in_the_chat_once(desk: Desk) -> None:
    await desk.connect()
    talk = await desk.stage.a_conversation()
    ticket = await desk.opened(talk.id)
    await desk.do()

    desk.tracker.set_state(the_one(desk), done=True)
    await desk.do(after_s=301)
    await desk.do(after_s=301)

    assert (await desk.tickets.get(TENANT, ticket.id)).state in {State.SOLVED, State.CLOSED}
    (told,) = await desk.heard(talk.id)
    assert "solved" in told or "closed" in told


async def test_a_call_of_the_tracker_s_is_in_the_chat_within_seconds(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    configured = await desk.connect()
    talk = await desk.stage.a_conversation()
    await desk.opened(talk.id)
    await desk.do()
    async with TestClient(TestServer(desk.app())) as client:
        running = asyncio.create_task(desk.work.run())
        desk.tracker.set_state(the_one(desk), done=True)
        headers, body = desk.tracker.hook(the_one(desk))

        start = time.perf_counter()
        response = await client.post(configured.hook_path, data=body, headers=headers)
        async with asyncio.timeout(30):
            while not await desk.heard(talk.id):
                await asyncio.sleep(0.01)
        spent = time.perf_counter() - start
        desk.work.stop()
        await running

    assert response.status == 204
    assert spent < 5
    with capsys.disabled():
        print(f"\n{configured.mapped.kind}: a state was in the chat after {spent:.3f} s")


async def test_a_call_that_is_not_signed_changes_nothing(desk: Desk) -> None:
    configured = await desk.connect()
    ticket = await desk.opened()
    await desk.do()
    desk.tracker.set_state(the_one(desk), done=True)
    headers, body = desk.tracker.hook(the_one(desk))

    async with TestClient(TestServer(desk.app())) as client:
        forged = await client.post(configured.hook_path, data=body + b" ", headers=headers)
        bare = await client.post(configured.hook_path, data=body)
        unknown = await client.post(f"/connectors/{ticket.id}/hook", data=body, headers=headers)
    await desk.do()

    assert (forged.status, bare.status, unknown.status) == (401, 401, 404)
    assert (await desk.tickets.get(TENANT, ticket.id)).state is State.NEW


@pytest.mark.parametrize(
    "fault",
    [Fault(done=True, drops=True), Fault(done=True, status=500), Fault(done=True, status=504),
     Fault(drops=True), Fault(status=503, headers={"Retry-After": "30"})],
    ids=["dropped-after", "500-after", "504-after", "dropped-before", "503-before"],
)  # fmt: skip
async def test_what_may_have_been_taken_is_looked_for_before_it_is_sent_again(
    desk: Desk, fault: Fault
) -> None:
    await desk.connect()
    await desk.opened()
    desk.tracker.faults = [fault]
    desk.tracker.hidden = 1  # the first search comes too early for its index

    for _ in range(6):
        await desk.do(after_s=15)

    assert len(desk.tracker.issues) == 1


async def test_a_comment_whose_fate_was_unknown_is_there_once(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()
    await desk.do()
    desk.tracker.faults = [Fault(done=True, drops=True)]

    await desk.tickets.comment(ANN, ticket.id, a_comment())
    for _ in range(4):
        await desk.do(after_s=15)

    assert len(the_one(desk).comments) == 1


async def test_an_outage_delays_and_loses_nothing(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()
    desk.tracker.down = True

    for _ in range(10):
        await desk.do(after_s=60)
    trouble, tries = (await desk.place(ticket)).trouble, len(desk.tracker.asked)
    desk.tracker.down = False
    for _ in range(4):
        await desk.do(after_s=300)

    assert trouble
    assert tries < 40
    assert len(desk.tracker.issues) == 1
    assert not (await desk.place(ticket)).waiting


async def test_a_tracker_that_wants_rest_gets_it_from_every_process(desk: Desk) -> None:
    await desk.connect()
    for name in "abc":
        await desk.tickets.open(ANN, a_ticket(origin=name))
    desk.tracker.faults = [Fault(status=429, headers={"Retry-After": "70"})] * 3

    await desk.do()
    before = len(desk.tracker.asked)
    await desk.do(after_s=69)
    await desk.another_process().turn()
    resting = len(desk.tracker.asked)
    await desk.do(after_s=2)

    assert before == resting
    assert len(desk.tracker.issues) == 3


async def test_five_hundred_duplicates_at_once_are_one_ticket_there(desk: Desk) -> None:
    await desk.connect()
    workers = [desk.another_process() for _ in range(4)]

    opened = await asyncio.gather(
        *(desk.tickets.open(ANN, a_ticket(told=True)) for _ in range(500)),
    )
    await asyncio.gather(*(worker.turn() for worker in workers for _ in range(5)))
    await desk.do()

    assert len({one.id for one in opened}) == 1
    assert len(desk.tracker.issues) == 1


async def test_five_hundred_calls_at_once_are_told_once(desk: Desk) -> None:
    configured = await desk.connect()
    talk = await desk.stage.a_conversation()
    await desk.opened(talk.id)
    await desk.do()
    desk.tracker.set_state(the_one(desk), done=True)
    headers, body = desk.tracker.hook(the_one(desk))

    async with TestClient(TestServer(desk.app())) as client:
        answers = await asyncio.gather(
            *(client.post(configured.hook_path, data=body, headers=headers) for _ in range(500))
        )
        await desk.do()

    assert {one.status for one in answers} == {204}
    assert len(await desk.heard(talk.id)) == 1


async def test_a_restart_between_telling_and_noting_makes_no_second_one(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()
    desk.tracker.hold = asyncio.Event()
    first = asyncio.create_task(desk.work.turn())
    await desk.tracker.taken.wait()

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    desk.tracker.hold.set()
    desk.work = desk.another_process()
    await desk.do(after_s=121)
    await desk.do(after_s=30)

    assert len(desk.tracker.issues) == 1
    assert not (await desk.place(ticket)).waiting


async def test_a_process_that_is_killed_in_between_makes_no_second_one(
    desk: Desk, dsn: str
) -> None:
    key = new_key()
    desk.connectors = desk.connectors_with(Seal([key]))
    desk.work = desk.another_process()
    await desk.connect()
    ticket = await desk.opened()
    desk.tracker.hold = asyncio.Event()

    doomed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.handoff.connectors.doomed", dsn, key
    )
    async with asyncio.timeout(60):
        await desk.tracker.taken.wait()
    doomed.kill()
    await doomed.wait()
    desk.tracker.hold.set()
    await desk.do(after_s=121)
    await desk.do(after_s=30)

    assert len(desk.tracker.issues) == 1
    assert not (await desk.place(ticket)).waiting


async def test_a_refusal_is_told_to_operators_and_tried_again_later(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()
    desk.tracker.faults = [Fault(status=422)]

    await desk.do()
    trouble = (await desk.place(ticket)).trouble
    early = len(desk.tracker.issues)
    await desk.do(after_s=901)

    assert "422" in trouble
    assert (early, len(desk.tracker.issues)) == (0, 1)


async def test_check_asks_who_we_are_and_finds_no_fault(desk: Desk) -> None:
    configured = await desk.connect()

    findings = await connector(configured, desk.caller).check()

    assert findings
    assert [one.what for one in findings if not one.good] == []


async def test_secrets_lie_encrypted(desk: Desk) -> None:
    configured = await desk.connect()

    (row,) = await desk.stage.rows("SELECT sealed, source FROM connectors")

    assert configured.secrets.token.encode() not in row["sealed"]
    assert configured.secrets.token not in row["source"] + repr(configured)
