"""The doctor looks at the brokers, too, where there are any."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from core.kafka.brokers import Brokers
from core.kafka.topics import Layout, ensure
from deploy.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.kafka]
Found = Callable[[], dict[str, dict[str, str]]]


@pytest.fixture
def prefix() -> str:
    return f"{uuid4().hex[:8]}."


@pytest.fixture
def examined(
    dsn: str, kafka: str, prefix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Found:
    """What the doctor finds, by check."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__KAFKA_PREFIX", prefix)
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__KAFKA_REPLICATION", "1")
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__DATA_DIR", str(tmp_path))

    def examine() -> dict[str, dict[str, str]]:
        done = CliRunner().invoke(main, ["doctor", "--json"])
        return {row["check"]: row for row in json.loads(done.stdout)}

    return examine


def test_topics_that_are_not_there_yet_are_no_mistake(examined: Found, prefix: str) -> None:
    found = examined()

    assert found["brokers"]["state"] == "ok"
    assert found["topics"]["state"] == "warning"
    assert f"{prefix}inbound, {prefix}outbound" in found["topics"]["what"]
    assert "starts" in found["topics"]["what"]


def test_one_copy_of_each_record_is_a_warning(examined: Found) -> None:
    assert examined()["replication"]["state"] == "warning"


def test_topics_as_the_settings_say_are_well(examined: Found, kafka: str, prefix: str) -> None:
    make(kafka, Layout(prefix=prefix, replication=1))

    assert examined()["topics"]["state"] == "ok"


def test_a_topic_that_is_otherwise_is_named(examined: Found, kafka: str, prefix: str) -> None:
    make(kafka, Layout(prefix=prefix, replication=1, partitions=3))

    topics = examined()["topics"]

    assert topics["state"] == "wrong"
    assert f"topic {prefix}inbound has 3 partitions" in topics["what"]


def test_brokers_that_do_not_answer_are_named(
    examined: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")

    found = examined()

    assert found["brokers"]["state"] == "wrong"
    assert "127.0.0.1:1" in found["brokers"]["what"]
    assert "topics" not in found


def make(kafka: str, layout: Layout) -> None:
    asyncio.run(ensure(Brokers(bootstrap=kafka), layout))
