from uuid import uuid4

import pytest

from channels.places import Place
from channels.postgres.places import PostgresPlaces
from channels.postgres.streams import PostgresStreams
from channels.showing import Stream
from core.clock import SystemClock
from core.domain.errors import ConversationNotFound
from core.domain.ids import ConversationId, CustomerId, TenantId, TurnId
from core.domain.messages import Channel
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from tests.builders import TENANT

OTHER = TenantId("other")


@pytest.fixture
async def conversation(database: Database) -> ConversationId:
    return await opened(database, "shop/7/0")


async def opened(database: Database, address: str) -> ConversationId:
    store = PostgresConversations(database, SystemClock(), lambda topic: None)
    found = await store.open(TENANT, Channel.TELEGRAM, CustomerId("ann"), address)
    return found.id


async def test_a_place_is_known_before_anything_is_noted_of_it(
    database: Database, conversation: ConversationId
) -> None:
    place = await PostgresPlaces(database).of(TENANT, conversation)

    assert place == Place(
        conversation=conversation,
        tenant=TENANT,
        channel=Channel.TELEGRAM,
        address="shop/7/0",
        customer=CustomerId("ann"),
    )
    assert (place.account, place.parts) == ("shop", ("7", "0"))
    assert await PostgresPlaces(database).at(TENANT, Channel.TELEGRAM, "shop/7/0") == place


async def test_the_latest_way_back_is_kept_and_the_language_once_known(
    database: Database, conversation: ConversationId
) -> None:
    places = PostgresPlaces(database)
    await places.note(TENANT, conversation, {"user": "1"}, "zh-hans")
    await places.note(TENANT, conversation, {"user": "2"}, "")

    place = await places.of(TENANT, conversation)

    assert (place.route, place.language) == ({"user": "2"}, "zh-hans")


async def test_who_writes_again_can_be_reached_again(
    database: Database, conversation: ConversationId
) -> None:
    places = PostgresPlaces(database)
    await places.reach(TENANT, Channel.TELEGRAM, "shop/7/0", reachable=False)
    assert not (await places.of(TENANT, conversation)).reachable

    await places.note(TENANT, conversation, {}, "")

    assert (await places.of(TENANT, conversation)).reachable


async def test_all_below_an_address_are_marked_and_no_neighbour(database: Database) -> None:
    places = PostgresPlaces(database)
    addresses = ["shop/7/0", "shop/7/5", "shop/77/0", "shopping/7/0"]
    talks = [await opened(database, address) for address in addresses]

    await places.reach(TENANT, Channel.TELEGRAM, "shop/7/", reachable=False)

    found = [(await places.of(TENANT, talk)).reachable for talk in talks]
    assert found == [False, False, True, True]


async def test_a_group_that_moved_keeps_its_conversations(
    database: Database, conversation: ConversationId
) -> None:
    places = PostgresPlaces(database)
    for _ in range(2):
        await places.move(TENANT, Channel.TELEGRAM, "shop/7/", "shop/-100/")

    assert await opened(database, "shop/-100/0") == conversation
    assert await places.at(TENANT, Channel.TELEGRAM, "shop/7/0") is None


async def test_a_move_to_where_somebody_writes_already_changes_nothing(
    database: Database, conversation: ConversationId
) -> None:
    there = await opened(database, "shop/-100/0")

    await PostgresPlaces(database).move(TENANT, Channel.TELEGRAM, "shop/7/", "shop/-100/")

    assert await opened(database, "shop/-100/0") == there
    assert await opened(database, "shop/7/0") == conversation


async def test_places_are_their_tenants(database: Database, conversation: ConversationId) -> None:
    places = PostgresPlaces(database)

    with pytest.raises(ConversationNotFound):
        await places.of(OTHER, conversation)
    await places.reach(OTHER, Channel.TELEGRAM, "shop/7/0", reachable=False)
    assert (await places.of(TENANT, conversation)).reachable


async def test_an_open_stream_is_found_by_the_turn_that_goes_on_with_it(
    database: Database, conversation: ConversationId
) -> None:
    streams, first, second = PostgresStreams(database), TurnId(uuid4()), TurnId(uuid4())
    assert await streams.of(TENANT, conversation) is None

    await streams.begin(TENANT, conversation, first)
    assert await streams.of(TENANT, conversation) == Stream(turn=first, unknown=True)
    await streams.note(TENANT, conversation, ["1"])
    await streams.begin(TENANT, conversation, second)

    found = await streams.of(TENANT, conversation)
    assert found == Stream(turn=second, native_ids=("1",), unknown=True)
    await streams.end(TENANT, conversation)
    assert await streams.of(TENANT, conversation) is None
