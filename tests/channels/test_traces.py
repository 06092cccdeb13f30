"""A caller's trace goes with the question, whichever door it comes through."""

import msgspec
import pytest

from channels.web.protocol import AcceptedFrame, Say
from core.postgres.database import Database
from core.telemetry.traces import trace_of
from tests.channels.kit import Service, hello, receive, send

pytestmark = pytest.mark.slow  # many connections: not for make quick

HEADERS = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
CHAT = {"model": "switchboard", "messages": [{"role": "user", "content": "Where?"}]}


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/v1/chat", {"query": "Where?"}), ("/v1/chat/completions", CHAT)],
)
async def test_over_http(http, database: Database, path: str, body: dict) -> None:
    async with http.post(path, json=body, headers=HEADERS) as response:
        assert response.status == 200

    assert await arrived(database) == trace_of(HEADERS["traceparent"])


async def test_over_the_socket(service: Service, database: Database) -> None:
    async with service.socket(additional_headers=HEADERS) as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))
        await receive(socket, AcceptedFrame)

    assert await arrived(database) == trace_of(HEADERS["traceparent"])


async def arrived(database: Database) -> str:
    """The trace of the first record of the inbound topic."""
    async with database.as_service() as connection:
        value = await connection.fetchval("SELECT value FROM log_records WHERE topic = 'inbound'")
    return trace_of(msgspec.json.decode(value)["traceparent"])
