"""No log line holds a customer's words, an answer or a token, whatever fails."""

import asyncio
import logging
from dataclasses import replace

import aiohttp
import pytest
from structlog.testing import capture_logs

from channels.slack.socket_mode import SocketMode
from core.domain.errors import DeliveryRefused, RetryableError, StoreUnavailable
from tests.channels.slack.kit import APP, Kit
from tests.channels.slack.payloads import said
from tests.channels.slack.stage import Stage, new_turn
from tests.fakes.slack import Fail, FakeSlack, Refuse, SlowDown, TakeAndBreak

SECRET = "tangerine"


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


async def test_sending_is_silent(stage: Stage, everything: pytest.LogCaptureFixture) -> None:
    place, turn = await stage.asked(said(f"My secret is {SECRET}")), new_turn()
    text = f"Your secret is {SECRET}. It is kept."
    sent = await stage.answered(place, text, turn)
    raised: list[str] = []
    with capture_logs() as lines:
        for fault in (Refuse(error=SECRET.upper()), Fail(), SlowDown(), TakeAndBreak(), None):
            stage.slack.faults = lambda method, body, fault=fault: fault
            await stage.channel.show(place, turn, text)
            stage.clock.passed_s += 60
            try:
                await stage.deliver(sent)
            except (RetryableError, DeliveryRefused) as failed:
                raised.append(str(failed))

    assert len(raised) == 4
    for found in (everything.text, str(lines), str(raised)):
        assert SECRET not in found.lower()
        assert "xoxb-1" not in found


async def test_hearing_is_silent(kit: Kit, everything: pytest.LogCaptureFixture) -> None:
    async def breaks(account, happenings, traceparent="") -> None:
        if happenings[0].text.endswith("1"):
            raise StoreUnavailable
        raise ValueError(SECRET)

    with capture_logs() as lines:
        async with kit.serving(breaks) as slack:
            for n in range(3):
                await slack.event(said(f"{SECRET} {n}"))
            await slack.event(said(SECRET), **{"X-Slack-Signature": "v0=forged"})
        async with FakeSlack.start() as slack, aiohttp.ClientSession() as session:
            app = replace(APP, api_url=slack.api_url)
            mode = SocketMode(app, kit.taking(breaks), kit.clock, session)
            running = asyncio.create_task(mode.run())
            await slack.app.connected(2)
            for n in range(3):
                await slack.app.push(said(f"{SECRET} {n}"))
            await slack.app.acked(await slack.app.push({"type": "nothing"}))
            mode.stop()
            await running

    assert lines
    for found in (everything.text, str(lines)):
        assert SECRET not in found
        assert APP.app_token not in found
        assert APP.signing_secret not in found
