"""`switchboard channel`: accounts from the first token on, against platforms on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.sealing import new_key
from deploy.cli import main
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import TOKEN, FakeTelegram

pytestmark = pytest.mark.slow

PUBLIC = "https://chat.example"


class Call:
    """Calls commands beside the platforms' loop; the token is their standard input."""

    async def __call__(self, *words: str, token: str = "") -> Result:
        def invoke() -> Result:
            return CliRunner().invoke(main, words, input=token + "\n")

        return await asyncio.to_thread(invoke)


@pytest.fixture
def call(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", json.dumps([new_key()]))
    monkeypatch.chdir(tmp_path)
    return Call()


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram.start() as fake:
        fake.bot()
        yield fake


def bot(fake: FakeTelegram, *more: str) -> tuple[str, ...]:
    return ("channel", "add", "telegram", "shop", "--api-url", fake.url, *more)


async def test_a_bot_is_added_listed_checked_and_forgotten(call: Call, telegram) -> None:
    added = await call(*bot(telegram, "--polling"), token=TOKEN)
    assert (added.exit_code, added.output) == (0, "telegram shop is there: shop_bot\n")

    listed = json.loads((await call("channel", "list", "--json")).output)
    assert listed == [
        {
            "channel": "telegram",
            "name": "shop",
            "tenant": "default",
            "native": "42",
            "as": "shop_bot",
            "mode": "polling",
        }
    ]
    checked = await call("channel", "check", "shop", "--json")
    assert checked.exit_code == 0, checked.output
    assert {row["state"] for row in json.loads(checked.output)} <= {"ok", "warn"}
    assert "token" in {row["check"] for row in json.loads(checked.stdout)}

    assert (await call("channel", "remove", "telegram", "shop")).exit_code == 0
    assert json.loads((await call("channel", "list", "--json")).output) == []


async def test_a_webhook_is_set_with_a_secret_that_nobody_chose(
    call: Call, telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__PUBLIC_URL", PUBLIC)
    for _ in range(2):
        assert (await call(*bot(telegram), token=TOKEN)).exit_code == 0

    hooks = telegram.called("setWebhook")
    assert [hook["url"] for hook in hooks] == [f"{PUBLIC}/telegram/shop"] * 2
    assert len({hook["secret_token"] for hook in hooks}) == 2
    assert all(len(hook["secret_token"]) >= 32 for hook in hooks)


@pytest.mark.parametrize(
    ("more", "token", "says"),
    [
        ((), TOKEN, "public https address"),
        (("--polling",), "42:wrong", "knows no bot by this token"),
        (("--polling", "--tenant", "nobody"), TOKEN, "no such tenant"),
    ],
)
async def test_what_cannot_work_is_one_sentence_and_nothing_is_kept(
    call: Call, telegram, more: tuple[str, ...], token: str, says: str
) -> None:
    refused = await call(*bot(telegram, *more), token=token)

    assert refused.exit_code == 1
    assert says in refused.output
    assert len(refused.output.strip().splitlines()) == 1
    assert token not in refused.output
    assert json.loads((await call("channel", "list", "--json")).output) == []


async def test_a_command_without_a_token_is_wrong_usage(call: Call, telegram) -> None:
    refused = await call(*bot(telegram, "--polling"))

    assert refused.exit_code == 2
    assert "a token is needed" in refused.output


async def test_a_bot_that_was_called_off_is_said_to_be_wrong(call: Call, telegram) -> None:
    await call(*bot(telegram, "--polling"), token=TOKEN)
    del telegram.bots[TOKEN]

    checked = await call("channel", "check")

    assert checked.exit_code == 1
    assert "telegram shop: see above" in checked.output
    assert TOKEN not in checked.output


async def test_a_workspace_is_added_by_what_slack_says_of_its_token(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeSlack.start() as slack:
        monkeypatch.setenv("SWITCHBOARD_CHANNELS__SLACK_API_URL", slack.api_url)
        added = await call("channel", "add", "slack", "acme", token=slack.token)
        assert added.exit_code == 0, added.output
        (row,) = json.loads((await call("channel", "list", "--json")).output)
        assert (row["native"], row["as"]) == ("T0001", "U0BOT")

        refused = await call("channel", "add", "slack", "other", token="xoxb-wrong")
        assert refused.exit_code == 1
        assert "Slack refuses the token (invalid_auth)" in refused.output
        checked = await call("channel", "check", "--json")
        states = {row["check"]: row["state"] for row in json.loads(checked.stdout)}
        assert states["scopes"] == "wrong"


async def test_the_manifest_and_an_invitation_can_be_printed(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = await call("channel", "invite")
    assert without.exit_code == 1
    assert "slack_client_id" in without.output

    monkeypatch.setenv("SWITCHBOARD_CHANNELS__PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SLACK_CLIENT_SECRET", "s" * 32)
    manifest = json.loads((await call("channel", "manifest")).output)
    invitation = (await call("channel", "invite", "--tenant", "default")).output

    events = manifest["settings"]["event_subscriptions"]
    assert events["request_url"] == f"{PUBLIC}/slack/events"
    assert invitation.startswith(f"{PUBLIC}/slack/install?invitation=")


async def test_without_a_key_no_account_is_kept(
    call: Call, telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SWITCHBOARD_CHANNELS__SECRET_KEYS")

    refused = await call(*bot(telegram, "--polling"), token=TOKEN)

    assert refused.exit_code == 1
    assert "switchboard config key" in refused.output
