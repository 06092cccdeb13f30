"""A customer's reply goes all the way to each tracker, and its echo goes nowhere."""

from aiohttp.test_utils import TestClient, TestServer

from handoff.tickets.replies import TicketReplies
from handoff.tickets.ticket import State
from tests.builders import TENANT
from tests.handoff.connectors.kit import Desk
from tests.handoff.tickets.test_replies import ASKS

WORDS = "No, the lid still leaks."


async def test_a_reply_opens_the_issue_there_and_its_echo_is_not_told(desk: Desk) -> None:
    configured = await desk.connect()
    talk = (await desk.stage.a_conversation()).id
    ticket = await desk.opened(talk)
    await desk.do()
    (issue,) = desk.tracker.issues.values()
    desk.tracker.set_state(issue, done=True)
    await desk.do(after_s=301)
    late = desk.tracker.hook(issue)
    await desk.stage.customer_says(talk, WORDS)
    context = await desk.stage.conversations.load(TENANT, talk, 20)

    desk.stage.clock.passed_s += 2
    replies = TicketReplies(desk.tickets, desk.stage.practices, desk.stage.clock)
    assert await replies.heard(context, ASKS)
    assert await replies.heard(context, ASKS)
    await desk.do()
    said = await desk.heard(talk)
    async with TestClient(TestServer(desk.app())) as client:
        for headers, body in (late, desk.tracker.hook(issue)):
            await client.post(configured.hook_path, data=body, headers=headers)
    await desk.do()
    await desk.do(after_s=301)

    assert not desk.tracker.is_done(issue)
    assert [WORDS in str(one["body"]) for one in issue.comments] == [True]
    assert (await desk.tickets.get(TENANT, ticket.id)).state is State.OPEN
    assert await desk.heard(talk) == said
    assert said[-1] == "Your request 1 is open again."
