"""Other people's clients see what our connectors wrote, and ours hear of what they did.

That holds the fakes to the real wire: a fake of ours that only our own connector understood would
prove nothing.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from jira import JIRA
from zammad_py import ZammadAPI

from handoff.connectors.calling import Caller
from handoff.tickets.ticket import State
from tests.builders import TENANT
from tests.fakes.trackers import TOKEN
from tests.handoff.connectors.kit import TRACKERS, Desk
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import ANN, a_comment


@pytest.fixture
async def desk(request: pytest.FixtureRequest, stage: Stage) -> AsyncIterator[Desk]:
    async with TRACKERS[request.param]().open() as tracker, Caller() as caller:
        yield Desk(stage, tracker, caller)


@pytest.mark.parametrize("desk", ["jira-server"], indirect=True)
async def test_jira_s_client(desk: Desk) -> None:
    await desk.connect()
    talk = await desk.stage.a_conversation()
    ticket = await desk.opened(talk.id)
    await desk.tickets.comment(ANN, ticket.id, a_comment("Which colour is it?"))
    await desk.do()

    def work() -> tuple[str, list[str]]:
        client = JIRA(desk.tracker.url, token_auth=TOKEN, get_server_info=False, max_retries=0)
        try:
            (number,) = desk.tracker.issues
            issue = client.issue(str(number))
            seen = issue.fields.status.name, [one.body for one in client.comments(issue)]
            client.add_comment(issue, "The lid is in stock again.")
            client.transition_issue(issue, "Done")
            assert client.issue(str(number)).fields.status.name == "Done"
            return seen
        finally:
            client.close()

    status, comments = await asyncio.to_thread(work)
    await desk.do(after_s=301)

    assert status == "To Do"
    assert [text.partition("\n")[0] for text in comments] == ["Which colour is it?"]
    assert (await desk.tickets.get(TENANT, ticket.id)).state is State.SOLVED
    heard = await desk.heard(talk.id)
    assert any("The lid is in stock again." in text for text in heard)


@pytest.mark.parametrize("desk", ["zammad"], indirect=True)
async def test_zammad_s_client(desk: Desk) -> None:
    await desk.connect()
    talk = await desk.stage.a_conversation()
    ticket = await desk.opened(talk.id)
    await desk.tickets.comment(ANN, ticket.id, a_comment("Which colour is it?"))
    await desk.do()

    def work() -> list[str]:
        client = ZammadAPI(url=f"{desk.tracker.url}/api/v1/", http_token=TOKEN)
        try:
            (number,) = desk.tracker.issues
            assert client.ticket.find(number)["id"] == number
            seen = [one["body"] for one in client.ticket.articles(number)]
            answer = {"ticket_id": number, "body": "It is in stock.", "internal": False}
            client.ticket_article.create(answer)
            assert client.ticket.update(number, {"state": "closed"})["id"] == number
            return seen
        finally:
            client.session.close()

    articles = await asyncio.to_thread(work)
    await desk.do(after_s=301)

    assert any("Which colour is it?" in text for text in articles)
    assert (await desk.tickets.get(TENANT, ticket.id)).state is State.CLOSED
    assert any("It is in stock." in text for text in await desk.heard(talk.id))
