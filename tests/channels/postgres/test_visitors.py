"""What the channels keep, and that one tenant does not see another's."""

from uuid import uuid4

import pytest

from channels.ports import Thread
from channels.postgres.threads import PostgresThreads
from core.domain.errors import TenantNotFound
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Channel
from tests.builders import TENANT
from tests.channels.kit import Service

OTHER = TenantId("other")


@pytest.fixture
async def other(service: Service) -> TenantId:
    async with service.database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    return OTHER


async def test_a_visitor_is_recognised_by_their_token(service: Service) -> None:
    visitor = await service.parts.visitors.welcome(TENANT, "token")

    assert await service.parts.visitors.recognise(TENANT, "token") == visitor
    assert await service.parts.visitors.recognise(TENANT, "tokem") is None


async def test_a_token_is_worth_nothing_at_another_tenant(service: Service, other) -> None:
    await service.parts.visitors.welcome(TENANT, "token")

    assert await service.parts.visitors.recognise(other, "token") is None


async def test_an_unknown_tenant_has_no_visitors(service: Service) -> None:
    with pytest.raises(TenantNotFound):
        await service.parts.visitors.welcome(TenantId("nobody"), "token")


async def test_row_level_security_hides_other_tenants_rows(service: Service, other) -> None:
    await service.parts.visitors.welcome(TENANT, "token")

    async with service.database.as_tenant(other) as connection:
        assert await connection.fetch("SELECT * FROM visitors") == []


async def test_of_two_conversations_with_one_history_the_last_one_stands(service: Service) -> None:
    threads = PostgresThreads(service.database)
    places = [
        await service.store.open(TENANT, Channel.API, CustomerId("api"), str(n)) for n in range(2)
    ]
    for seq, place in enumerate(places):
        await threads.keep(TENANT, b"digest", Thread(conversation=place.id, seq=seq))

    assert await threads.find(TENANT, b"digest") == Thread(conversation=places[1].id, seq=1)
    assert await threads.find(TENANT, b"other") is None


async def test_a_thread_of_no_conversation_cannot_be_kept(service: Service) -> None:
    thread = Thread(conversation=ConversationId(uuid4()), seq=1)

    with pytest.raises(Exception, match="threads_conversation"):
        await PostgresThreads(service.database).keep(TENANT, b"digest", thread)
