import pytest

from channels.contract import Receipt
from channels.outgoing import CustomerGone
from channels.pacing import Priority
from channels.slack.calls import Call, limits
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.events import MessageSent
from tests.channels.agents import picture, says_with_files
from tests.channels.slack.payloads import DM, TS
from tests.channels.slack.stage import Stage
from tests.fakes.slack import Fail, Fault, Refuse, SlowDown, TakeAndBreak, TakeInSilence

ANSWER = "It lasts **two years** [1]."


def first(stage: Stage, method: str, *faults: Fault) -> None:
    """These faults befall the first calls of the method."""
    left = list(faults)

    def script(asked, body):
        return left.pop(0) if asked == method and left else None

    stage.slack.faults = script


async def test_an_answer_stands_once_in_its_thread_with_sources_and_buttons(stage: Stage) -> None:
    sent = await stage.answered(await stage.asked(), ANSWER)

    receipt = await stage.deliver(sent)
    again = await stage.deliver(sent, receipt)

    (shown,) = stage.shown()
    assert again == receipt == Receipt(native_ids=(shown.ts,))
    assert shown.words == "It lasts **two years** [1]."
    assert shown.buttons == ["feedback", "person"]
    assert [block["type"] for block in shown.blocks] == [
        "markdown",
        "context",
        "context_actions",
        "actions",
    ]
    assert shown.metadata == {
        "event_type": "bot_answer",
        "event_payload": {"message": f"{sent.conversation}:{sent.seq}:0"},
    }


async def test_a_long_answer_is_several_messages_each_noted_before_the_next(stage: Stage) -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 300 for n in range(20))
    sent = await stage.answered(await stage.asked(), text)

    receipt = await stage.deliver(sent)

    shown = stage.shown()
    assert len(shown) == 3
    assert receipt.native_ids == tuple(one.ts for one in shown)
    assert stage.noted == [Receipt(native_ids=receipt.native_ids[:n]) for n in (1, 2)]
    assert [one.buttons for one in shown] == [[], [], ["feedback", "person"]]


async def test_a_sending_that_broke_off_goes_on_with_the_next_segment(stage: Stage) -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 300 for n in range(20))
    sent = await stage.answered(await stage.asked(), text)
    seen = 0

    def second(method, body):
        nonlocal seen
        seen += method == "chat.postMessage"
        return Refuse(error="service_unavailable") if seen == 2 else None

    stage.slack.faults = second
    with pytest.raises(DeliveryDelayed):
        await stage.deliver(sent)
    await stage.deliver(sent, stage.noted[-1])

    assert len(stage.shown()) == 3
    assert len({one.words for one in stage.shown()}) == 3


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (Refuse(error="channel_not_found"), CustomerGone),
        (Refuse(error="is_archived"), CustomerGone),
        (Refuse(error="account_inactive"), CustomerGone),
        (Refuse(error="token_revoked"), CustomerGone),
        (Refuse(error="msg_too_long"), DeliveryRefused),
        (Refuse(error="What is this?"), DeliveryRefused),
        (Refuse(error="ratelimited"), DeliveryDelayed),
        (Refuse(error="service_unavailable"), DeliveryDelayed),
        (Refuse(error="internal_error"), DeliveryUnknown),
        (SlowDown(), DeliveryDelayed),
        (SlowDown(retry_after="soon"), DeliveryDelayed),
        (Fail(), DeliveryUnknown),
        (Fail(status=502), DeliveryUnknown),
        (Fail(status=403), DeliveryRefused),
        (Fail(status=200), DeliveryUnknown),
        (TakeAndBreak(), DeliveryUnknown),
        (TakeInSilence(), DeliveryUnknown),
    ],
    ids=str,
)
async def test_what_slack_answers_says_what_became_of_the_sending(
    stage: Stage, fault: Fault, raised: type[Exception]
) -> None:
    sent = await stage.answered(await stage.asked(), ANSWER)
    first(stage, "chat.postMessage", fault)

    with pytest.raises(raised) as failed:
        await stage.deliver(sent)

    assert type(failed.value) is raised or raised is DeliveryRefused
    assert "warranty" not in str(failed.value)
    assert "What" not in str(failed.value)
    done = isinstance(fault, TakeAndBreak | TakeInSilence)
    assert len(stage.shown()) == done


async def test_a_slack_that_cannot_be_reached_was_sent_nothing(stage: Stage) -> None:
    sent = await stage.answered(await stage.asked(), ANSWER)
    moved = {**stage.account.options, "api_url": "http://127.0.0.1:1/api/"}
    await stage.kit.keep(
        type(stage.account)(
            tenant=stage.account.tenant,
            channel=stage.account.channel,
            name=stage.account.name,
            native=stage.account.native,
            secrets=stage.account.secrets,
            options=moved,
        )
    )

    with pytest.raises(DeliveryDelayed):
        await stage.deliver(sent)


async def test_a_refusal_of_one_channel_does_not_hold_another(stage: Stage) -> None:
    direct = await stage.answered(await stage.asked(), ANSWER)
    room = await stage.answered(await stage.asked_in_room(), ANSWER)
    first(stage, "chat.postMessage", SlowDown(retry_after="30"))

    with pytest.raises(DeliveryDelayed) as told:
        await stage.deliver(direct)
    await stage.deliver(room)
    with pytest.raises(DeliveryDelayed):
        await stage.deliver(direct)
    asked = len(stage.slack.bodies("chat.postMessage"))
    stage.clock.passed_s += 30
    await stage.deliver(direct)

    assert told.value.retry_after_s == 30
    assert asked == 2, "a closed channel was asked again"
    assert len(stage.shown()) == 1


async def test_one_channel_is_posted_to_once_a_second(stage: Stage) -> None:
    call = Call(method="chat.postMessage", body={"channel": DM}, priority=Priority.FINAL)

    assert stage.pacer.free(limits(stage.account, call), Priority.FINAL)
    assert stage.pacer.open_in(limits(stage.account, call)) == 1


@pytest.mark.parametrize("fault", [TakeAndBreak(), TakeInSilence(), Fail()], ids=str)
async def test_an_unknown_sending_is_found_or_known_to_be_absent(
    stage: Stage, fault: Fault
) -> None:
    sent = await stage.answered(await stage.asked(), ANSWER)
    first(stage, "chat.postMessage", fault)
    with pytest.raises(DeliveryUnknown):
        await stage.deliver(sent)
    stage.restart()
    assert stage.channel.reconcile is not None

    found = await stage.channel.reconcile(sent, Receipt())
    await stage.deliver(sent, found or Receipt())

    (shown,) = stage.shown()
    assert found == (None if isinstance(fault, Fail) else Receipt(native_ids=(shown.ts,)))


async def test_what_slack_shows_late_is_waited_for(stage: Stage) -> None:
    sent = await stage.answered(await stage.asked(), ANSWER)
    receipt = await stage.deliver(sent)
    stage.slack.state.hidden.update(receipt.native_ids)
    asked = 0

    def shows_at_last(method, body):
        nonlocal asked
        asked += method == "conversations.replies"
        if asked == 3:
            stage.slack.state.hidden.clear()

    stage.slack.faults = shows_at_last
    assert stage.channel.reconcile is not None

    assert await stage.channel.reconcile(sent, Receipt()) == receipt


async def test_who_cannot_be_asked_now_is_asked_again_and_who_never_tells_says_so(
    stage: Stage,
) -> None:
    sent = await stage.answered(await stage.asked(), ANSWER)
    assert stage.channel.reconcile is not None

    for fault, raised in (
        (Fail(), DeliveryDelayed),
        (SlowDown(), DeliveryDelayed),
        (Refuse(error="missing_scope"), DeliveryRefused),
    ):
        first(stage, "conversations.replies", fault)
        stage.clock.passed_s += 60
        with pytest.raises(raised):
            await stage.channel.reconcile(sent, Receipt())


async def test_a_workspace_without_markdown_blocks_gets_sections(stage: Stage) -> None:
    sent = await stage.answered(await stage.asked(), ANSWER)

    def no_markdown(method, body):
        blocks = body.get("blocks") or []
        plain = all(block["type"] != "markdown" for block in blocks)
        return None if plain else Refuse(error="invalid_blocks")

    stage.slack.faults = no_markdown
    await stage.deliver(sent)

    (shown,) = stage.shown()
    assert shown.blocks[0]["type"] == "section"
    assert "*two years*" in shown.words


async def test_strangers_see_no_sources(stage: Stage) -> None:
    place = await stage.asked()
    route = {**place.route, "external": "yes"}
    await stage.kit.places.note(place.tenant, place.conversation, route, "")
    sent = await stage.answered(place, ANSWER)

    await stage.deliver(sent)

    (shown,) = stage.shown()
    assert "context" not in [block["type"] for block in shown.blocks]
    assert shown.thread_ts == TS


async def with_files(stage: Stage, words: str, *names: str) -> MessageSent:
    talk = (await stage.asked()).conversation
    return await says_with_files(stage.kit.database, stage.files, talk, words, *names)


async def test_an_agents_files_come_behind_their_words(stage: Stage) -> None:
    sent = await with_files(stage, "Here.", "label.png", "invoice.png")

    receipt = await stage.deliver(sent)

    (said,) = stage.shown()
    assert said.words == "Here."
    names = ("label.png", "invoice.png")
    assert stage.slack.state.files == [(DM, TS, name, picture(name)) for name in names]
    assert receipt.native_ids == (said.ts, "F0", "F1")
    assert [len(one.native_ids) for one in stage.noted] == [1, 2]


async def test_files_that_stand_there_are_not_sent_again(stage: Stage) -> None:
    sent = await with_files(stage, "", "label.png", "invoice.png")
    first_receipt = await stage.deliver(sent)

    again = await stage.deliver(sent, first_receipt)
    await stage.deliver(sent, Receipt(native_ids=first_receipt.native_ids[:1]))

    assert again == first_receipt
    names = [name for _, _, name, _ in stage.slack.state.files]
    assert names == ["label.png", "invoice.png", "invoice.png"]
    assert stage.shown() == []


async def test_an_app_that_may_not_send_files_is_refused_for_all_to_see(stage: Stage) -> None:
    sent = await with_files(stage, "Here.", "label.png")
    first(stage, "files.getUploadURLExternal", Refuse(error="missing_scope"))

    with pytest.raises(DeliveryRefused):
        await stage.deliver(sent)

    assert [one.words for one in stage.shown()] == ["Here."]
    assert stage.noted[-1].native_ids == (stage.shown()[0].ts,)
