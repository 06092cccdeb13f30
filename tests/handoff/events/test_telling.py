"""Another desk hears of every handoff: each event once in effect, and in order."""

import asyncio
import sys

from structlog.testing import capture_logs

from core.sealing import Seal, new_key
from handoff.connectors.calling import Caller
from handoff.events.telling import backoff_s
from handoff.life import Wants
from handoff.moves import Claim, ToTeam
from tests.builders import TENANT
from tests.fakes.other_desk import HANGS_UP, SECRET, FakeOtherDesk
from tests.fakes.website import ScriptedResolver
from tests.handoff.cast import ANN, BO
from tests.handoff.events.kit import PACE, Told, endpoints_of


async def test_a_handoff_is_told_from_its_request_to_its_end(told: Told) -> None:
    await told.connect()
    wants = Wants(reason="billing", team="money", language="en", priority=2)
    request = await told.stage.a_request(wants=wants)

    await told.closed(request)
    await told.tell()

    assert told.desk.types == ["requested", "accepted", "completed"]
    requested, accepted, completed = told.desk.events
    assert [event["handoff"]["version"] for event in told.desk.events] == [0, 1, 2]
    assert {event["handoff"]["id"] for event in told.desk.events} == {str(request.id)}
    assert {event["tenant"] for event in told.desk.events} == {TENANT}
    assert requested["conversation"]["id"] == str(request.conversation)
    wanted = {"reason": "billing", "team": "money", "language": "en", "priority": 2, "epoch": 1}
    assert wanted.items() <= requested["handoff"].items()
    assert (requested["agent"], accepted["agent"]["id"]) == (None, str(ANN))
    assert requested["briefing"]["summary"] == []
    assert (accepted["handoff"]["epoch"], accepted["briefing"]) == (2, None)
    assert (completed["cause"], completed["agent"]["id"]) == ("closed", str(ANN))
    assert (await told.progress()).waiting == 0


async def test_a_request_comes_with_the_briefing_that_an_agent_reads(told: Told) -> None:
    await told.connect()
    opened = await told.stage.a_conversation()
    await told.stage.customer_says(opened.id, "My kettle leaks at the lid.")
    await told.stage.a_request()

    await told.tell()

    (requested,) = told.desk.events
    assert requested["briefing"]["summary"] == ["My kettle leaks at the lid."]


async def test_what_is_passed_on_is_requested_again_and_accepted_by_another(told: Told) -> None:
    await told.connect()
    request = await told.stage.a_request()
    taken = await told.stage.handoffs.apply(request, Claim(agent=ANN, name="Ann"))
    await told.stage.handoffs.apply(taken, ToTeam(agent=ANN, name="Ann", team="money"))
    await told.stage.handoffs.move(TENANT, request.id, Claim(agent=BO, name="Bo"))

    await told.tell()

    assert told.desk.types == ["requested", "accepted", "requested", "accepted"]
    assert [event["cause"] for event in told.desk.events] == ["", "", "passed_on", ""]
    assert told.desk.events[2]["handoff"]["team"] == "money"
    assert told.desk.events[3]["agent"]["id"] == str(BO)


async def test_what_fails_holds_up_its_own_handoff_and_no_other(told: Told) -> None:
    await told.connect()
    first = await told.closed(await told.stage.a_request("1"))
    told.desk.statuses = [500]
    await told.tell()
    second = await told.closed(await told.stage.a_request("2", customer="other"))
    await told.tell()
    early = [event["handoff"]["id"] for event in told.desk.events]

    await told.tell(after_s=5)

    assert early == [str(second.id)] * 3
    late = [event for event in told.desk.events if event["handoff"]["id"] == str(first.id)]
    assert [event["handoff"]["version"] for event in late] == [0, 1, 2]
    assert len({event["id"] for event in told.desk.events}) == 6


async def test_a_call_that_was_taken_and_never_answered_comes_again_word_by_word(
    told: Told,
) -> None:
    await told.connect()
    told.desk.statuses = [HANGS_UP]
    opened = await told.stage.a_conversation()
    await told.stage.customer_says(opened.id, "It leaks.")
    await told.stage.a_request()

    await told.tell()
    await told.stage.customer_says(opened.id, "Are you there?")
    trouble = (await told.progress()).trouble
    await told.tell(after_s=5)

    assert trouble == "It was asked and did not say whether it has done it."
    assert len(told.desk.calls) == 2
    assert told.desk.calls[0] == told.desk.calls[1]
    assert told.desk.types == ["requested"]
    assert (await told.progress()).waiting == 0


async def test_two_that_tell_at_once_tell_each_event_once_and_in_order(told: Told) -> None:
    await told.connect()
    requests = [await told.stage.a_request(str(n), customer=f"c{n}") for n in range(12)]
    for request in requests:
        await told.closed(request)
    other = told.another_process()

    while sum(await asyncio.gather(told.telling.turn(), other.turn())):
        pass

    assert len(told.desk.calls) == len(told.desk.events) == 36
    for request in requests:
        own = [one for one in told.desk.events if one["handoff"]["id"] == str(request.id)]
        assert [one["handoff"]["version"] for one in own] == [0, 1, 2]


async def test_a_process_that_is_killed_loses_no_event(told: Told, dsn: str) -> None:
    key = new_key()
    told.endpoints = endpoints_of(told.stage, Seal([key]))
    told.telling = told.another_process()
    await told.connect()
    opened = await told.stage.a_conversation()
    told.desk.taken = asyncio.Event()

    doomed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.handoff.events.doomed", dsn, key, str(opened.id)
    )
    async with asyncio.timeout(60):
        await told.desk.began.wait()
    doomed.kill()
    await doomed.wait()
    told.desk.taken.set()
    await told.tell()
    leased = len(told.desk.calls)
    await told.tell(after_s=61)

    assert leased == 1
    assert told.desk.calls[0] == told.desk.calls[1]
    assert told.desk.types == ["requested"]
    assert (await told.progress()).waiting == 0


async def test_a_desk_that_wants_to_be_left_alone_is(told: Told) -> None:
    await told.connect()
    told.desk.statuses, told.desk.headers = [429], {"Retry-After": "100"}
    await told.stage.a_request()

    await told.tell()
    await told.tell(after_s=99)
    early = len(told.desk.calls)
    await told.tell(after_s=1)

    assert early == 1
    assert told.desk.types == ["requested"]


async def test_what_is_never_taken_is_parked_and_told_again_when_somebody_says_so(
    told: Told,
) -> None:
    await told.connect()
    told.desk.statuses = [400] * PACE.tries
    await told.closed(await told.stage.a_request())

    for _ in range(PACE.tries + 2):
        await told.tell(after_s=3600)
    parked = await told.progress()
    again = await told.replay()
    await told.tell()

    assert (parked.parked, parked.waiting, "400" in parked.trouble) == (1, 3, True)
    assert again == 3
    assert told.desk.types == ["requested", "accepted", "completed"]


async def test_each_endpoint_hears_all_and_one_that_is_away_holds_up_no_other(told: Told) -> None:
    async with FakeOtherDesk().open() as other:
        await told.connect("here", other.url)
        await told.connect("there")
        told.desk.taken = asyncio.Event()
        await told.closed(await told.stage.a_request())

        turn = asyncio.create_task(told.telling.turn())
        await other.until("requested", "accepted", "completed")
        await told.desk.until("requested")
        told.desk.taken.set()
        await turn

        await told.tell(after_s=5)

    assert told.desk.types == other.types
    assert [one["id"] for one in told.desk.events] == [one["id"] for one in other.events]


async def test_a_desk_that_is_away_is_asked_by_one_event_until_it_is_back(told: Told) -> None:
    endpoint = await told.connect()
    for n in range(12):
        await told.stage.a_request(str(n), customer=f"c{n}")
    told.desk.statuses = [503] * 9

    await told.tell()
    first = len(told.desk.calls)
    await told.tell(after_s=11)
    probed = len(told.desk.calls) - first
    await told.tell(after_s=60)
    await told.tell(after_s=60)

    assert (first, probed) == (8, 1)
    assert len(told.desk.events) == 12
    assert (await told.progress()).waiting == 0
    assert endpoint.url == told.desk.url


async def test_a_desk_that_sends_us_elsewhere_is_not_followed(told: Told) -> None:
    await told.connect()
    async with FakeOtherDesk().open() as elsewhere:
        told.desk.statuses, told.desk.headers = [307], {"Location": elsewhere.url}
        await told.stage.a_request()

        await told.tell()

        assert elsewhere.calls == []
        assert "307" in (await told.progress()).trouble


async def test_a_name_that_leads_to_this_machine_is_not_called(told: Told) -> None:
    url = told.desk.url.replace("http://127.0.0.1", "https://desk.example")
    await told.connect(url=url, private=False)
    await told.stage.a_request()

    async with Caller(ScriptedResolver({"desk.example": ["127.0.0.1"]})) as told.caller:
        told.telling = told.another_process()
        await told.tell()

    assert told.desk.calls == []
    assert (await told.progress()).trouble == "its address is of a private network"


async def test_an_endpoint_that_was_removed_is_told_nothing(told: Told) -> None:
    await told.connect()
    await told.stage.a_request()

    await told.remove()
    await told.tell()

    assert told.desk.calls == []
    assert await told.stage.rows("SELECT FROM handoff_events") == []


async def test_neither_the_secret_nor_anybodys_words_are_logged(told: Told) -> None:
    endpoint = await told.connect()
    told.desk.statuses = [500] * PACE.tries
    opened = await told.stage.a_conversation()
    await told.stage.customer_says(opened.id, "MY OWN WORDS")
    await told.stage.a_request()

    with capture_logs() as logs:
        for _ in range(PACE.tries):
            await told.tell(after_s=3600)

    assert logs
    for secret in (SECRET, "MY OWN WORDS", endpoint.url):
        assert secret not in repr(logs)
        assert secret not in (await told.progress()).trouble
    assert SECRET not in repr(endpoint)
    (row,) = await told.stage.rows("SELECT sealed FROM event_endpoints")
    assert SECRET.encode() not in row["sealed"]


def test_pauses_double_up_to_an_hour_and_are_never_all_the_same() -> None:
    assert [backoff_s(tries, 1) for tries in (1, 2, 3, 11, 40)] == [5, 10, 20, 3600, 3600]
    assert backoff_s(3, 0) == 10
