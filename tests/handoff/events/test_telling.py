"""Another desk hears of every handoff: each event once in effect, and in order."""


from tests.handoff.events.kit import Told


async def test_a_handoff_is_told_from_its_request_to_its_end(told: Told) -> None:
    await told.connect()
    request = await told.stage.a_request()

    await told.closed(request)
    await told.tell()

    assert told.desk.types == ["requested", "accepted", "completed"]
    requested, accepted, completed = told.desk.events
    assert [e["handoff"]["version"] for e in told.desk.events] == [0, 1, 2]
    assert {e["handoff"]["id"] for e in told.desk.events} == {str(request.id)}
    assert {e["conversation"]["id"] for e in told.desk.events} == {str(request.conversation)}
    assert requested["briefing"]["summary"] == []
    assert requested["handoff"]["reason"] == "asked for a person"
    assert (accepted["agent"]["id"], accepted["briefing"]) == (completed["agent"]["id"], None)
    assert completed["cause"] == "closed"
    assert (await told.progress()).waiting == 0
