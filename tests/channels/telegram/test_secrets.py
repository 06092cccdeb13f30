"""Tokens and customers' words stay out of every log line, whoever writes it."""

import io
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
import structlog

from core.domain.errors import SwitchboardError
from core.domain.ids import TurnId
from core.telemetry import logs
from tests.channels.telegram.account import SECRET, TOKEN
from tests.channels.telegram.kit import Kit
from tests.channels.telegram.test_poll import all_stored, polling
from tests.fakes.telegram_faults import How

WORDS = "Schokoladenkuchen"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, at the level that says most."""
    said, before = io.StringIO(), logging.getLogger().handlers[:]
    logs.configure("json", "debug", said)
    logging.getLogger().setLevel(logging.DEBUG)
    yield said
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(logging.WARNING)


async def test_no_line_tells_a_token_a_secret_or_a_word(kit: Kit, lines: io.StringIO) -> None:
    sent = await kit.answered(await kit.asks(WORDS), WORDS)
    raised, turn = [], TurnId(uuid4())
    for how in How:
        kit.telegram.fails("sendMessageDraft", how)
        await kit.channel.show(await kit.place(), turn, WORDS)
        kit.telegram.faults.clear()
        kit.telegram.fails("sendMessage", how)
        try:
            await kit.delivered(sent)
        except SwitchboardError as failed:
            raised.append(f"{failed} {failed.__cause__!r}")
        kit.clock.passed_s += 100
    kit.telegram.fails("getUpdates", How.BROKEN)
    kit.ann.says(WORDS * 2)
    async with polling(kit):
        await all_stored(kit, 2)
    await kit.take()(kit.account, WORDS.encode())

    told = lines.getvalue() + "".join(raised)
    assert "telegram not polled" in told
    assert "telegram update left out" in told
    assert len(raised) == len(How)
    for secret in (TOKEN, TOKEN.partition(":")[2], SECRET, WORDS):
        assert secret not in told
