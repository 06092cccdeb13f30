"""A handoff moves if and only if its event is noted, whoever moves it."""

import pytest

from core.domain.errors import SetupError
from handoff.events.endpoint import checked
from handoff.leading import Route
from handoff.life import Move
from handoff.moves import Claim, Leave, NobodyFree, OutOfHours, Return, TakeBack, ToTeam
from handoff.people.account import Actor
from tests.builders import TENANT
from tests.fakes.other_desk import SECRET
from tests.handoff.cast import ANN
from tests.handoff.events.kit import Told
from tests.handoff.stage import OTHER


@pytest.mark.parametrize(
    ("move", "cause"),
    [
        (NobodyFree(), "nobody_free"),
        (OutOfHours(None), "out_of_hours"),
        (Leave(), "customer_left"),
        (TakeBack(), "taken_back"),
    ],
)
async def test_a_handoff_that_nobody_takes_has_failed(told: Told, move: Move, cause: str) -> None:
    await told.connect()
    request = await told.stage.a_request()

    await told.stage.handoffs.apply(request, move)
    await told.tell()

    assert told.desk.types == ["requested", "failed"]
    assert told.desk.events[1]["cause"] == cause
    assert told.desk.events[1]["handoff"]["ended_at"]


async def test_what_is_given_back_to_the_bot_is_completed(told: Told) -> None:
    await told.connect()
    request = await told.stage.a_request()
    taken = await told.stage.handoffs.apply(request, Claim(agent=ANN, name="Ann"))

    await told.stage.handoffs.apply(taken, Return(agent=ANN, name="Ann"))
    await told.tell()

    assert (told.desk.types[-1], told.desk.events[-1]["cause"]) == ("completed", "returned")


async def test_a_handoff_that_the_talk_went_on_without_has_failed(told: Told) -> None:
    await told.connect()
    request = await told.stage.a_request()
    await told.stage.rows("UPDATE conversations SET epoch = epoch + 1, owner = 'bot'")

    await told.stage.desks.look(TENANT, (await told.stage.practices.of(TENANT)).limits)
    await told.tell()

    assert told.desk.types == ["requested", "failed"]
    assert told.desk.events[1]["cause"] == "moved_on"
    assert told.desk.events[1]["handoff"]["id"] == str(request.id)


async def test_what_a_lead_gives_to_others_is_requested_again(told: Told) -> None:
    await told.connect()
    request = await told.stage.a_request()
    await told.stage.handoffs.apply(request, Claim(agent=ANN, name="Ann"))

    await told.stage.handoffs.move(TENANT, request.id, Route(team="money"))
    await told.tell()

    assert told.desk.types == ["requested", "accepted", "requested"]
    assert told.desk.events[-1]["cause"] == "passed_on"


async def test_what_the_bot_takes_back_says_so_whatever_moved_it_before(told: Told) -> None:
    await told.connect()
    request = await told.stage.a_request()
    taken = await told.stage.handoffs.apply(request, Claim(agent=ANN, name="Ann"))
    await told.stage.handoffs.apply(taken, ToTeam(agent=ANN, name="Ann", team="money"))

    await told.stage.rows(
        "UPDATE handoffs SET state = 'abandoned', version = version + 1, ended_at = now()"
    )
    await told.tell()

    assert told.desk.types == ["requested", "accepted", "requested", "failed"]
    assert told.desk.events[-1]["cause"] == "taken_back"


async def test_a_move_that_was_not_made_is_not_told(told: Told) -> None:
    await told.connect()
    request = await told.stage.a_request()
    await told.stage.handoffs.apply(request, Claim(agent=ANN, name="Ann"))

    late = await told.stage.handoffs.apply(request, Leave())
    await told.tell()

    assert late is None
    assert told.desk.types == ["requested", "accepted"]


async def test_who_is_erased_is_in_no_event_and_the_desk_hears_that_it_is_over(
    told: Told,
) -> None:
    await told.connect()
    told.desk.statuses = [500]
    opened = await told.stage.a_conversation(customer="cy@example.com")
    await told.stage.customer_says(opened.id, "It leaks.")
    await told.stage.a_request(customer="cy@example.com")
    await told.tell()
    before = told.desk.calls[0][1]

    await told.stage.rows("DELETE FROM conversations WHERE id = $1", opened.id)
    kept = await told.stage.rows("SELECT body, facts FROM handoff_events")
    await told.tell(after_s=5)

    assert b"cy@example.com" in before
    assert b"It leaks." in before
    assert {row["body"] for row in kept} == {None}
    assert "cy@example.com" not in repr(kept)
    assert told.desk.types == ["requested", "failed"]
    requested, failed = told.desk.events
    assert (requested["briefing"], failed["cause"]) == (None, "erased")
    assert {one["conversation"]["customer"] for one in told.desk.events} == {None}


async def test_an_endpoint_hears_of_its_own_tenant_only(told: Told) -> None:
    stranger = Actor(tenant=OTHER, name="operator", may=frozenset())
    await told.endpoints.keep(stranger, "there", told.desk.url, SECRET, private=True)

    await told.stage.a_request()
    await told.tell()

    assert told.desk.calls == []
    assert await told.endpoints.everyone(TENANT) == []


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://desk.example/events", False),
        ("http://desk.example/events", True),
        ("ftp://desk.example", True),
        ("https://ann:pw@desk.example", False),
        ("https://127.0.0.1/events", False),
        ("http://localhost:8080/events", False),
        ("https://10.0.0.7:8443/events", False),
        ("https://[::1]/events", False),
        ("https://169.254.169.254/latest", True),
        ("https://0x7f.1/", False),
        ("nonsense", False),
    ],
)
def test_an_address_that_is_not_safe_to_call_is_refused(url: str, private: bool) -> None:
    with pytest.raises(SetupError):
        checked(url, private=private)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://desk.example/events?a=b", False),
        ("http://127.0.0.1:9000/events", True),
        ("http://localhost/events", True),
        ("https://10.0.0.7/events", True),
    ],
)
def test_an_address_that_is_safe_is_taken(url: str, private: bool) -> None:
    assert checked(url, private=private) == url
