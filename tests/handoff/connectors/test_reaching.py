"""Where the answer is wanted, said after the ticket was opened, reaches each tracker."""

import pytest

from handoff.due import Due
from handoff.errors import TicketNotYet
from handoff.moves import NobodyFree
from handoff.postgres.handoffs import CONTACT
from handoff.postgres.jobs import Job
from handoff.tickets.reaching import ContactBringer
from tests.builders import TENANT
from tests.handoff.connectors.kit import Desk
from tests.handoff.tickets.kit import ANN, a_ticket


def bringing(desk: Desk) -> ContactBringer:
    return ContactBringer(desk.stage.handoffs, desk.tickets, desk.stage.clock)


@pytest.mark.parametrize("contact", ["ann@example.com", "+49 30 1234567"])
async def test_it_is_in_the_ticket_and_an_internal_comment_there(desk: Desk, contact: str) -> None:
    await desk.connect()
    handoff = await desk.stage.a_request()
    await desk.stage.handoffs.move(TENANT, handoff.id, NobodyFree())
    new = a_ticket(handoff.conversation, origin=f"handoff:{handoff.id}", told=True)
    ticket = await desk.tickets.open(ANN, new)
    await desk.do()

    await desk.stage.handoffs.choose(TENANT, handoff.id, contact)
    due = Due(desk.stage.jobs, {CONTACT: bringing(desk)})
    assert await due.turn() == 1
    heard = await desk.heard(handoff.conversation)
    await desk.do()
    await desk.do(after_s=400)

    after = await desk.tickets.get(TENANT, ticket.id)
    assert after.contact == contact
    assert (contact in after.says.emails) == ("@" in contact)
    (said,) = await desk.tickets.comments(TENANT, ticket.id)
    assert (contact in said.text, said.public) == (True, False)
    (issue,) = desk.tracker.issues.values()
    assert all(contact in str(one["body"]) for one in issue.comments)
    assert len(issue.comments) == (
        0 if desk.tracker.mapping().startswith('kind = "github"') else 1
    )
    assert await desk.heard(handoff.conversation) == heard


async def test_it_is_brought_once_and_waits_for_its_ticket(desk: Desk) -> None:
    handoff = await desk.stage.a_request()
    await desk.stage.handoffs.move(TENANT, handoff.id, NobodyFree())
    await desk.stage.handoffs.choose(TENANT, handoff.id, "ann@example.com")
    job = Job(
        id=1,
        tenant=TENANT,
        kind=CONTACT,
        key=str(handoff.id),
        payload={},
        tries=1,
        lease=handoff.id,
    )

    with pytest.raises(TicketNotYet):
        await bringing(desk)(job)
    new = a_ticket(handoff.conversation, origin=f"handoff:{handoff.id}", told=True)
    ticket = await desk.tickets.open(ANN, new)
    await bringing(desk)(job)
    await bringing(desk)(job)

    assert len(await desk.tickets.comments(TENANT, ticket.id)) == 1
