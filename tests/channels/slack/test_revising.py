"""What an agent changes or withdraws, changed and withdrawn in Slack."""

import pytest

from channels.contract import Receipt
from channels.outgoing import MessageWithdrawn
from tests.channels.revising import Said
from tests.channels.slack.stage import Stage

LONG = "\n\n".join(f"Paragraph {n}. " + "word " * 300 for n in range(20))


@pytest.fixture
def said(stage: Stage) -> Said:
    return Said(stage.kit.database, "slack")


async def test_other_words_stand_where_the_earlier_ones_did(stage: Stage, said: Said) -> None:
    sent = await said.says((await stage.asked()).conversation, "Monday")
    receipt = await stage.deliver(sent)
    changed = await said.reads_now(sent, "Tuesday")

    after = await stage.channel.revise(changed, receipt)
    again = await stage.channel.revise(changed, after)

    (shown,) = stage.shown()
    assert shown.words == "Tuesday"
    assert again == after == receipt == Receipt(native_ids=(shown.ts,))


async def test_a_withdrawn_message_is_gone_and_stays_so(stage: Stage, said: Said) -> None:
    sent = await said.says((await stage.asked()).conversation, "Oops")
    receipt = await stage.deliver(sent)
    withdrawn = await said.reads_now(sent, "")

    assert await stage.channel.revise(withdrawn, receipt) == Receipt()
    assert await stage.channel.revise(withdrawn, receipt) == Receipt()

    assert stage.shown() == []


async def test_a_message_may_become_shorter_and_longer(stage: Stage, said: Said) -> None:
    sent = await said.says((await stage.asked()).conversation, LONG)
    receipt = await stage.deliver(sent)

    shorter = await stage.channel.revise(await said.reads_now(sent, "Short."), receipt)
    assert [one.words for one in stage.shown()] == ["Short."]
    longer = await stage.channel.revise(await said.reads_now(sent, LONG), shorter)

    assert len(longer.native_ids) == len(stage.shown()) == 3


async def test_what_was_withdrawn_before_it_was_sent_is_not_sent(stage: Stage, said: Said) -> None:
    sent = await said.says((await stage.asked()).conversation, "Oops")
    await said.reads_now(sent, "")

    with pytest.raises(MessageWithdrawn):
        await stage.deliver(sent)

    assert stage.shown() == []
