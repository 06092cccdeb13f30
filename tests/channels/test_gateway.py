"""The application as machines and operators see it."""

import asyncio
import logging

import pytest

from channels.gateway import GATEWAY
from tests.channels.kit import Service, serving

pytestmark = pytest.mark.slow  # many connections: not for make quick

PAGES = (
    "/",
    "/demo",
    "/demo/plain",
    "/demo/plain.js",
    "/demo/plain.css",
    "/home.css",
    "/favicon.ico",
)


async def test_it_says_that_it_is_alive_and_ready(http) -> None:
    for path, status in (("/healthz", "alive"), ("/readyz", "ready")):
        async with http.get(path) as response:
            assert (response.status, await response.json()) == (200, {"status": status})


async def test_it_is_not_ready_while_the_database_is_away(database) -> None:
    async def away() -> str | None:
        return "The database cannot be reached."

    async with serving(database, ready=away) as service, service.http() as http:
        ready, alive = await http.get("/readyz"), await http.get("/healthz")
        assert (ready.status, alive.status) == (503, 200)
        assert (await ready.json())["error"]["message"] == "The database cannot be reached."


async def test_it_is_not_ready_while_it_drains(service: Service, http) -> None:
    await service.app[GATEWAY].drain()
    await service.app[GATEWAY].drain()

    async with http.get("/readyz") as response:
        assert response.status == 503


async def test_metrics_count_by_route_and_hold_no_ids(http) -> None:
    async with http.post("/api/v1/chat", json={"query": "Where?"}) as response:
        conversation = (await response.json())["conversation"]
    async with http.get(f"/api/v1/conversations/{conversation}/messages"):
        pass
    async with http.get("/no/such/page"):
        pass

    async with http.get("/metrics") as response:
        text = await response.text()

    assert 'switchboard_messages_accepted_total{channel="api"} 1.0' in text
    route = 'route="/api/v1/conversations/{id}/messages"'
    assert f'switchboard_http_requests_total{{method="GET",{route},status="200"}} 1.0' in text
    assert 'route="unknown",status="404"' in text
    assert conversation not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/no/such/page", 404), ("PUT", "/api/v1/chat", 405), ("TRACE", "/demo", 405)],
)
async def test_what_is_not_there_is_told_in_json(http, method, path, status) -> None:
    async with http.request(method, path) as response:
        assert response.status == status
        assert (await response.json())["error"]["message"].endswith(".")
        assert status == 404 or response.headers["Allow"]


@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_guarded(http, path) -> None:
    async with http.get(path) as response:
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_page_has_nothing_inline_and_nothing_from_elsewhere(http) -> None:
    for path in ("/", "/demo", "/demo/plain"):
        async with http.get(path) as response:
            text = await response.text()
        assert " style=" not in text
        assert "<style" not in text
        assert "http://" not in text
        assert "https://" not in text


async def test_an_unexpected_failure_shows_and_logs_no_words(
    service: Service, http, caplog: pytest.LogCaptureFixture, capsys
) -> None:
    async with service.database.as_service() as connection:
        await connection.execute("DROP TABLE arrivals")

    async with http.post("/api/v1/chat", json={"query": "my secret question"}) as response:
        text = await response.text()

    assert response.status == 500
    assert "Something went wrong on our side" in text
    printed = "".join(capsys.readouterr())
    for told in (text, caplog.text, printed):
        assert "secret" not in told
        assert "Traceback" not in told
    assert "request failed" in caplog.text + printed


async def test_a_request_that_cannot_be_parsed_is_logged_without_its_words(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reader, writer = await asyncio.open_connection(*service.host.split(":"))
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Said: my \x00 secret\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert b" 400 " in answer.partition(b"\r\n")[0]
    assert "secret" not in caplog.text


async def test_the_longest_question_fits_into_an_address(http) -> None:
    async with http.get("/api/v1/chat", params={"query": "问" * 4000}) as response:
        assert response.status == 200
