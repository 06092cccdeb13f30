"""`switchboard up` as an operator meets it, from its first start to its restart."""

import signal
from pathlib import Path

import pytest

from tests.deploy.everything import said_by, up

pytestmark = [pytest.mark.slow, pytest.mark.models]
ENV = {
    # whether three sentences are ground enough is not the question here
    "SWITCHBOARD_CORE__DECLINE_BELOW": "0",
    "SWITCHBOARD_DEPLOY__LOG_LEVEL": "debug",
}


@pytest.fixture
def folder(server_folder: Path) -> Path:
    documents = server_folder / "documents"
    documents.mkdir()
    (documents / "delivery.md").write_text(
        "# Delivery\n\nParcels to Canada take five working days.\n\n"
        "# Returns\n\nA used tent can be sent back within 30 days.\n"
    )
    (documents / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    return server_folder


async def test_an_answer_is_cited_and_still_there_after_a_restart(folder: Path) -> None:
    knowledge = ("--knowledge", str(folder / "documents"))
    async with up(folder, *knowledge, env=ENV) as first:
        answer = await first.ask("How long do parcels to Canada take?")
        ended = await first.end(signal.SIGTERM)

    async with up(folder, *knowledge, env=ENV) as second:
        path = f"/api/v1/conversations/{answer['conversation']}/messages"
        stored = await second.get(path)
        ended_again = await second.end(signal.SIGINT)

    assert (ended, ended_again) == (0, 0), first.printed + second.printed
    assert answer["decision"] == "reply", answer
    assert answer["sources"][0]["quote"] == "Parcels to Canada take five working days."
    assert [message["text"] for message in stored["messages"]] == [
        "How long do parcels to Canada take?",
        answer["answer"],
    ]
    assert '"turn stored"' in first.printed
    assert "Canada" not in first.printed + second.printed
    assert "broken.pdf: " in first.printed
    assert "1 added" in first.printed
    assert not (folder / "data" / "postgres" / "postmaster.pid").exists()


async def test_other_commands_work_beside_it(folder: Path) -> None:
    data_dir = ("--data-dir", str(folder / "data"))
    async with up(folder, "--knowledge", str(folder / "documents"), env=ENV) as service:
        (folder / "more.md").write_text("# Points\n\nA review earns fifty points.\n")

        added = await said_by("knowledge", "add", str(folder / "more.md"), *data_dir)
        again = await said_by("up", *data_dir, "--port", "0")
        port = service.url.rsplit(":", 1)[1]
        taken = await said_by("up", "--data-dir", str(folder / "other"), "--port", port)
        answer = await service.ask("How many points does a review earn?")

        assert await service.end(signal.SIGTERM) == 0
    assert added[0] == 0, added[1]
    assert again[0] == 1
    assert "is already served by another `switchboard up` (process" in again[1]
    assert taken[0] == 1
    assert f":{port} cannot be served" in taken[1]
    assert not (folder / "other" / "postgres").exists()
    assert answer["decision"] == "reply", answer
    assert "fifty points" in answer["answer"]
