"""The description of the API is whole, and the server keeps to it."""

import asyncio
import sys

import pytest

from core.http.openapi import operation_of
from tests.channels.kit import Service

pytestmark = pytest.mark.slow  # many connections: not for make quick


async def test_every_route_is_described(service: Service, http) -> None:
    async with http.get("/api/openapi.json") as response:
        document = await response.json()

    assert document["openapi"] == "3.1.0"
    for route in service.app.router.routes():
        if route.method != "HEAD":
            assert operation_of(route.handler) is not None, route
            assert route.method.lower() in document["paths"][route.resource.canonical]


async def test_operations_have_names_of_their_own(http) -> None:
    async with http.get("/api/openapi.json") as response:
        document = await response.json()

    names = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names))


async def test_every_reference_leads_somewhere(http) -> None:
    async with http.get("/api/openapi.json") as response:
        text, document = await response.text(), await response.json()

    known = document["components"]["schemas"]
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(known)
    assert {"ChatRequest", "ChatAnswer", "Problem"} <= wanted


@pytest.mark.slow
async def test_the_server_keeps_to_its_description(service: Service) -> None:
    """Checked by schemathesis with generated requests, good and bad."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{service.url}/api/openapi.json",
        "--max-examples", "15", "--seed", "1", "--no-color", "--exclude-path", "/ws",
        "--exclude-path", "/api/v1/files",  # a form in an order, which no schema can ask for
        "--phases", "examples,coverage,fuzzing",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()

    assert process.returncode == 0, output.decode()[-8000:]
