"""The Slack that is played, held to what Slack's own libraries take for Slack."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websockets import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.client import WebClient

from channels.slack.blocks import buttons, reasons
from core.domain.errors import DeliveryDelayed
from core.domain.events import MessageSent
from core.domain.ids import TurnId
from tests.channels.slack.kit import APP, signed
from tests.channels.slack.payloads import BOT, DM, TEAM, TS, TURN, form_of, json_of, pressed, said
from tests.channels.slack.stage import Stage, new_turn
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_limits import SlackLimits


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack.start() as slack:
        slack.state.channels[DM] = []
        yield slack


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token="xoxb-1", base_url=slack.api_url, session=session)


async def test_the_sdk_streams_to_it(slack: FakeSlack, client: AsyncWebClient) -> None:
    stream = await client.chat_stream(
        channel=DM,
        thread_ts=TS,
        recipient_team_id=TEAM,
        recipient_user_id="U0001",
        buffer_size=64,
    )
    for _ in range(30):
        await stream.append(markdown_text="word ")
    await stream.stop()

    (shown,) = slack.state.in_thread(DM, TS)
    assert shown.markdown == "word " * 30
    assert not shown.streaming
    assert slack.methods()[0] == "chat.startStream"
    assert slack.methods()[-1] == "chat.stopStream"


async def test_the_sdk_sees_a_stream_that_slack_closed(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=DM, text="Hi")

    with pytest.raises(SlackApiError) as refused:
        await client.chat_appendStream(channel=DM, ts=posted["ts"], markdown_text="x")

    assert refused.value.response["error"] == "message_not_in_streaming_state"


async def test_forms_are_read_as_json_is(slack: FakeSlack) -> None:
    """The synchronous client sends forms, whose nested values are JSON."""
    sync = WebClient(token="xoxb-1", base_url=slack.api_url)
    body = {"channel": DM, "text": "Hi", "blocks": '[{"type": "divider"}]'}

    answer = await asyncio.to_thread(sync.api_call, "chat.postMessage", data=body)

    assert answer["ok"]
    assert slack.state.channels[DM][0].blocks == [{"type": "divider"}]


async def test_the_sdk_s_socket_hears_and_acknowledges(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(base_url=slack.api_url, session=session)
        socket = SocketModeClient(app_token="xapp-1", web_client=web)
        heard = []

        async def listen(who, request) -> None:
            heard.append(request.payload)
            await who.send_socket_mode_response(
                SocketModeResponse(envelope_id=request.envelope_id)
            )

        socket.socket_mode_request_listeners.append(listen)
        await socket.connect()
        await slack.app.acked(await slack.app.push(said("Hi")))
        socket.wss_uri = slack.url.replace("http", "ws") + "/link?ticket=used"
        with pytest.raises(Exception, match="403"):
            await socket.connect()
        await socket.close()

    assert heard == [said("Hi")]


async def test_bolt_takes_our_signed_requests_for_slack_s() -> None:
    async def authorize(enterprise_id, team_id, logger) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token="x", bot_user_id=BOT
        )

    app = AsyncApp(
        signing_secret=APP.signing_secret, authorize=authorize, process_before_response=True
    )
    heard: list[str] = []

    @app.event("message")
    async def message(event) -> None:
        heard.append(event["text"])

    @app.action("feedback")
    async def feedback(ack, action) -> None:
        heard.append(action["value"])
        await ack()

    async def status(body: bytes, headers: dict[str, str]) -> int:
        request = AsyncBoltRequest(body=body.decode(), headers=headers)
        return (await app.async_dispatch(request)).status

    event, click = json_of(said("Hi")), form_of(pressed("feedback", f"up:{TURN}"))
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    assert await status(event, signed(event)) == 200
    assert await status(click, signed(click) | form) == 200
    assert await status(event, signed(event, age_s=301)) == 401
    assert await status(event, signed(event, secret="another")) == 401
    assert heard == ["Hi", f"up:{TURN}"]


async def test_what_we_send_is_block_kit_to_the_sdk(stage: Stage) -> None:
    place = await stage.asked()
    text = "# Title\n\nSome **words** [1].\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    await stage.deliver(await stage.answered(place, text))
    (sent,) = stage.slack.bodies("chat.postMessage")
    turn = TurnId(UUID(TURN))

    for blocks in (sent["blocks"], buttons(turn, "zh"), reasons(turn, "en")):
        given = [dict(block) for block in blocks]
        parsed = Block.parse_all(given)
        assert [block.to_dict()["type"] for block in parsed] == [one["type"] for one in given]


async def test_paced_calls_are_never_refused_for_their_number(stage: Stage) -> None:
    stage.slack.allowances = SlackLimits(stage.clock.monotonic)
    place = await stage.asked()
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 300 for n in range(120))

    await stage.deliver(await stage.answered(place, text))

    posted = len(stage.shown())
    assert posted > 10
    assert len(stage.slack.bodies("chat.postMessage")) == posted
    assert stage.clock.passed_s >= posted - 1


async def test_thirty_answers_at_once_are_within_the_allowances(stage: Stage) -> None:
    stage.slack.allowances = SlackLimits(stage.clock.monotonic)
    text = " ".join(f"This is sentence {n}." for n in range(12))
    talks = []
    for n in range(30):
        asked = said("How long?", ts=f"{1780315300 + n}.000100")
        talks.append((await stage.asked(asked), new_turn()))

    for end in range(20, len(text), 20):
        stage.clock.passed_s += 1
        for place, turn in talks:
            await stage.channel.show(place, turn, text[:end])
    for place, turn in talks:
        await _delivered(stage, await stage.answered(place, text, turn))

    threads = [stage.slack.state.in_thread(DM, place.parts[1]) for place, _ in talks]
    assert [[one.words for one in thread] for thread in threads] == [[text]] * 30
    assert stage.slack.slowed == 0
    assert 10 < stage.slack.methods().count("chat.startStream") < 30


async def _delivered(stage: Stage, sent: MessageSent) -> None:
    """However often it is asked to come again."""
    while True:
        try:
            await stage.deliver(sent)
        except DeliveryDelayed as late:
            stage.clock.passed_s += late.retry_after_s
        else:
            return


async def test_who_is_over_an_allowance_is_told_how_long_to_wait(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.allowances = SlackLimits(lambda: 0.0)
    await client.chat_postMessage(channel=DM, text="1")

    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=DM, text="2")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
