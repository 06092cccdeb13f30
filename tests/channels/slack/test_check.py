from dataclasses import replace
from datetime import timedelta

from channels.checking import State
from channels.slack.app import SlackApp
from channels.slack.check import check
from channels.slack.manifest import scopes
from core.clock import SystemClock
from tests.channels.slack.stage import Stage
from tests.fakes.slack import Fail


class Fast(SystemClock):
    """A clock that is ahead."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self):
        return super().now() + timedelta(seconds=self._seconds)


async def looked(stage: Stage, account=None, ahead: float = 0, **app: str) -> dict[str, State]:
    credentials = SlackApp(api_url=stage.slack.api_url, **app)
    found = await check(account or stage.account, credentials, stage.session, Fast(ahead))
    for one in found:
        assert one.text.endswith(".")
        assert one.text.count(". ") == 0
        assert "xoxb" not in one.text
        assert "xapp" not in one.text
    return {one.check: one.state for one in found}


async def test_an_account_that_works_is_said_to(stage: Stage) -> None:
    stage.slack.scopes = ",".join(scopes())

    assert await looked(stage, app_token="xapp-1") == {
        "token": State.OK,
        "scopes": State.OK,
        "clock": State.OK,
        "socket mode": State.OK,
    }
    assert (await looked(stage, signing_secret="s"))["events"] is State.OK


async def test_a_scope_that_is_missing_is_named(stage: Stage) -> None:
    stage.slack.scopes = "chat:write"
    app = SlackApp(api_url=stage.slack.api_url)

    found = await check(stage.account, app, stage.session, SystemClock())

    (said,) = [one for one in found if one.check == "scopes"]
    assert said.state is State.WRONG
    assert "im:history" in said.text
    assert "chat:write" not in said.text


async def test_a_clock_that_is_off_is_told_before_it_hurts(stage: Stage) -> None:
    stage.slack.scopes = ",".join(scopes())

    assert (await looked(stage, ahead=120))["clock"] is State.WARN
    assert (await looked(stage, ahead=400))["clock"] is State.WRONG


async def test_what_is_wrong_with_a_token_is_told(stage: Stage) -> None:
    wrong = replace(stage.account, secrets={"bot_token": "xoxb-wrong"})
    foreign = replace(stage.account, native="T9")
    unnamed = replace(stage.account, options={**stage.account.options, "bot_user": ""})

    assert (await looked(stage, wrong))["token"] is State.WRONG
    assert (await looked(stage, foreign))["token"] is State.WRONG
    assert (await looked(stage, unnamed))["token"] is State.WARN
    assert (await looked(stage, app_token="xapp-wrong"))["socket mode"] is State.WRONG
    assert (await looked(stage))["events"] is State.WRONG


async def test_a_slack_in_trouble_is_no_traceback(stage: Stage) -> None:
    stage.slack.faults = lambda method, body: Fail()
    away = replace(stage.account, options={"api_url": "http://127.0.0.1:1/"})

    assert State.WRONG in (await looked(stage, app_token="xapp-1")).values()
    assert await looked(stage, away) == {"reachable": State.WRONG}
