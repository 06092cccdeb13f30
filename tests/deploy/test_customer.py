"""`switchboard customer`: what is remembered, kept and forgotten, on a real database."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from core.domain.memory import Fact, Kind
from core.postgres.customers import PostgresCustomers
from core.postgres.database import Database
from deploy.cli import main
from tests.builders import TENANT
from tests.core.postgres.remembering import ORDER, Kit

LEEDS = Fact(kind=Kind.STATED, text="I live in Leeds.", seq=3)


class Call:
    """Calls the commands in this process."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["customer", *words])

    def prepare(self) -> str:
        """A conversation of web:visitor with a memory and a fact; returns its id."""

        async def run() -> str:
            async with await Database.connect(self.dsn, tenant_size=2, service_size=2) as pools:
                kit = Kit(pools)
                await kit.open()
                await kit.say("My order is A-1234.")
                await kit.remember(2, ORDER)
                async with pools.as_service() as connection:
                    await connection.execute("UPDATE consents SET at = '2026-05-01'")
                await kit.say("I live in Leeds.")
                await PostgresCustomers(pools).keep(TENANT, kit.id, [LEEDS])
                return str(kit.id)

        return asyncio.run(run())


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dsn: str) -> Call:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return Call(dsn)


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.strip()


def test_a_customer_is_shown_recalled_forgotten_and_erased(call: Call) -> None:
    assert said(call("keep", "30")) == "facts are kept for 30 days"
    assert said(call("consent", "web:visitor")) == "the consent is recorded"
    conversation = call.prepare()

    found = json.loads(said(call("show", "web:visitor", "--json")))
    (talk,), (fact,) = found["conversations"], found["facts"]
    assert (talk["conversation"], talk["messages"], talk["remembered"]) == (conversation, 4, 2)
    assert (fact["fact"], fact["message"], fact["kind"]) == ("I live in Leeds.", 3, "stated")
    assert "I live in Leeds." in said(call("show", "web:visitor"))
    assert "- (1) My order is A-1234." in said(call("recall", conversation))

    assert said(call("forget", conversation)) == "it is forgotten"
    assert said(call("recall", conversation)) == "nothing is remembered of it"
    assert json.loads(said(call("recall", conversation, "--json"))) == []
    assert said(call("forget", "web:visitor")) == "1 conversations are forgotten"
    assert said(call("forget", "web:visitor", "--erase")) == "1 conversations are erased"
    assert said(call("forget", conversation)) == "there is no such conversation"
    assert "there is no conversation of theirs" in said(call("show", "web:visitor"))


def test_a_consent_is_withdrawn_and_a_tenant_stops_keeping(call: Call) -> None:
    said(call("keep", "30"))
    said(call("consent", "web:visitor"))
    call.prepare()

    assert said(call("consent", "web:visitor", "--withdraw")) == "the consent is withdrawn"
    assert json.loads(said(call("show", "web:visitor", "--json")))["facts"] == []
    assert said(call("keep", "0")) == "no facts are kept"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("show", "visitor"), 2, "a customer is CHANNEL:ID"),
        (("show", "fax:visitor"), 2, "a customer is CHANNEL:ID"),
        (("forget", str(uuid4()), "--erase"), 2, "--erase is for all conversations"),
        (("show", "web:x", "--tenant", "nobody"), 1, "tenant"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(
    call: Call, words: tuple[str, ...], code: int, sentence: str
) -> None:
    done = call(*words)

    assert (done.exit_code, sentence in done.output) == (code, True), done.output


def test_attributes_are_noted_shown_taken_back_and_forgotten(call: Call) -> None:
    assert said(call("set", "web:person-42", "plan=gold", "seats=5")) == "2 attributes are known"
    assert said(call("set", "web:person-42", "seats=")) == "1 attribute is known"

    (known,) = json.loads(said(call("show", "web:person-42", "--json")))["known"]
    assert known == {"what": "attributes.plan", "value": "gold"}
    said(call("forget", "web:person-42", "--erase"))
    assert "nobody knows who they are" in said(call("show", "web:person-42"))


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("gold", "an attribute is NAME=VALUE"),
        ("2nd=x", "An attribute's name begins with a letter"),
        (f"plan={'x' * 201}", "The attribute plan has more than 200 characters."),
    ],
)
def test_what_is_no_attribute_is_wrong_usage(call: Call, word: str, sentence: str) -> None:
    done = call("set", "web:person-42", word)

    assert done.exit_code == 2
    assert sentence in done.output
