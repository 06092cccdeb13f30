"""Brokers behind TLS and a password, as production has them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import SetupError
from core.kafka.brokers import Brokers
from core.kafka.event_log import KafkaEventLog
from core.kafka.topics import Layout
from tests.brokers.cluster import Cluster, free_ports
from tests.contracts.logs import TOPIC, records, take, values

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
LAYOUT = Layout(replication=1)
STORE = "changeit"
_LOCKED = """
listeners=CLIENTS://127.0.0.1:{{port}},BROKERS://127.0.0.1:{{between}},\
CONTROLLER://127.0.0.1:{{control}},LOCKED://127.0.0.1:{locked}
advertised.listeners=CLIENTS://127.0.0.1:{{advertised}},BROKERS://127.0.0.1:{{between}},\
LOCKED://127.0.0.1:{locked}
listener.security.protocol.map=CLIENTS:PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT,\
LOCKED:SASL_SSL
sasl.enabled.mechanisms=PLAIN
listener.name.locked.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.\
PlainLoginModule required user_switchboard="right";
ssl.keystore.type=PKCS12
ssl.keystore.location={keystore}
ssl.keystore.password={store}
"""


@pytest.fixture
async def locked(brokers_folder: Path) -> AsyncIterator[Brokers]:
    """A broker's locked door."""
    keystore, certificate = brokers_folder / "keys.p12", brokers_folder / "ca.pem"
    named = ("-alias", "broker", "-keystore", str(keystore), "-storepass", STORE)
    await keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=broker", *named, *_FOR_LOOPBACK)
    await keytool("-exportcert", "-rfc", "-file", str(certificate), *named)
    (port,) = free_ports(1)
    settings = _LOCKED.format(locked=port, keystore=keystore, store=STORE)
    async with Cluster.start(brokers_folder, settings=settings):
        yield Brokers(
            bootstrap=f"127.0.0.1:{port}",
            security="SASL_SSL",
            username="switchboard",
            password="right",
            ca_file=str(certificate),
        )


_FOR_LOOPBACK = ("-ext", "san=ip:127.0.0.1", "-ext", "bc=ca:true")


async def keytool(*words: str) -> None:
    made = await asyncio.create_subprocess_exec(
        "keytool", *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    assert await made.wait() == 0


async def test_the_right_password_over_tls_opens_the_log(locked: Brokers) -> None:
    log = await KafkaEventLog.open(locked, LAYOUT, topics=[TOPIC])
    member = await log.join("core", [TOPIC])

    await log.append(records("1"))

    assert values(await take(member, 1)) == ["1"]
    await log.close()


async def test_a_wrong_password_is_refused_in_a_sentence_without_it(locked: Brokers) -> None:
    with pytest.raises(SetupError, match="the brokers refuse us") as refused:
        await KafkaEventLog.open(replace(locked, password="wrong"), LAYOUT)

    assert "wrong" not in str(refused.value)


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(locked: Brokers) -> None:
    with pytest.raises(SetupError, match="the brokers cannot be trusted"):
        await KafkaEventLog.open(replace(locked, ca_file=""), LAYOUT)


async def test_certificates_that_cannot_be_read_are_named() -> None:
    nowhere = Brokers(bootstrap="127.0.0.1:1", security="SSL", ca_file="nowhere.pem")

    with pytest.raises(SetupError, match=r"nowhere\.pem: no certificates can be read"):
        await KafkaEventLog.open(nowhere, LAYOUT)
