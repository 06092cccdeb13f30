"""Brings stored messages to Slack, and shows answers while they are written.

An answer that was shown becomes the stored message where it stands: its stream is ended with the
last words, or its messages are edited. What was not shown is posted.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from channels.contract import Capabilities, Delivers, Note, Receipt, Reconcile
from channels.markdown.slack import MAX_MARKDOWN
from channels.outgoing import Outgoing, Outgoings
from channels.places import Place
from channels.showing import Shows, Streams
from channels.slack.blocks import Block, below
from channels.slack.calls import Calls
from channels.slack.failures import SlackRefused
from channels.slack.growth import Growing, markdown, rest
from channels.slack.render import SlackSegment, render, render_sections
from channels.slack.status import StatusLine
from channels.slack.strays import Sleep, segments_of, strays
from channels.slack.streaming import CLOSED, Streaming, stopped
from channels.slack.threads import Json, Thread, answer_mark
from channels.slack.upload import upload
from core.domain.errors import DeliveryRefused, RetryableError
from core.domain.events import MessageSent
from core.domain.ids import TurnId
from core.ports import Clock

CAPABILITIES = Capabilities(
    max_text=MAX_MARKDOWN, streams=True, edits=True, buttons=True, threads=True
)
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format"})
_STREAMING = "streaming_state_conflict"


@dataclass(frozen=True, slots=True)
class _Answer:
    """A message on its way, rendered, in its thread."""

    out: Outgoing
    thread: Thread
    segments: tuple[SlackSegment, ...]

    @property
    def below(self) -> list[Block]:
        """What stands below the last segment."""
        message, place = self.out.message, self.out.place
        sources = () if self.thread.is_external else self.segments[-1].sources
        return [*sources, *below(message, place.language)]

    def mark(self, number: int) -> Json:
        message = self.out.message
        return answer_mark(message.conversation, message.seq, number)

    def body(self, number: int) -> Json:
        """All of one segment."""
        segment = self.segments[number]
        below = self.below if number == len(self.segments) - 1 else []
        blocks = [*segment.body, *below]
        return {"text": segment.text, "blocks": blocks, "metadata": self.mark(number)}


class SlackChannel(Delivers, Shows):
    """Slack, for the dispatcher and for whoever shows answers."""

    def __init__(
        self,
        outgoings: Outgoings,
        streams: Streams,
        calls: Calls,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._outgoings = outgoings
        self._streams = streams
        self._calls = calls
        self._sleep = sleep
        self._streaming = Streaming(streams, calls, clock)
        self._status = StatusLine(calls, clock)
        self._without_markdown: set[str] = set()

    # --- what is stored -----------------------------------------------------------------

    @property
    def reconcile(self) -> Reconcile | None:
        return self._reconcile

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        out = await self._outgoings.of(sent)
        thread = Thread(self._calls, out.account, out.place)
        answer = _Answer(out, thread, self._rendered(out))
        grown = self._streaming.taken(sent.conversation, out.message.turn)
        if len(before.native_ids) < len(answer.segments):
            before = await self._bring(answer, grown, before, note)
        if out.message.turn is not None:
            await self._streams.end(sent.tenant, sent.conversation)
        return await self._with_files(answer, before, note)

    async def _with_files(self, answer: _Answer, before: Receipt, note: Note) -> Receipt:
        """What stands there with the files, each a post of its own behind the words."""
        ids, files = before.native_ids, answer.out.files
        if files and ids and len(ids) == len(answer.segments):
            await note(Receipt(native_ids=ids))
        for number in range(len(ids) - len(answer.segments), len(files)):
            data = await self._outgoings.data_of(answer.out, files[number])
            ids = (*ids, await upload(answer.thread, files[number].name, data))
            if number + 1 < len(files):
                await note(Receipt(native_ids=ids))
        return Receipt(native_ids=ids)

    async def revise(self, sent: MessageSent, before: Receipt) -> Receipt:
        out = await self._outgoings.of(sent)
        thread = Thread(self._calls, out.account, out.place)
        answer = _Answer(out, thread, self._rendered(out) if out.message.text else ())
        ids: tuple[str, ...] = ()
        for number in range(len(answer.segments)):
            there = before.native_ids[number] if number < len(before.native_ids) else ""
            ids = (*ids, await _put(answer, number, there))
        for ts in before.native_ids[len(answer.segments) :]:
            await _withdrawn(thread, ts)
        return Receipt(native_ids=ids)

    async def _reconcile(self, sent: MessageSent, before: Receipt) -> Receipt | None:
        out = await self._outgoings.of(sent)
        thread = Thread(self._calls, out.account, out.place)
        return await segments_of(thread, out.message, before, self._sleep)

    def _rendered(self, out: Outgoing) -> tuple[SlackSegment, ...]:
        plain = out.account.name in self._without_markdown
        message = out.beside_files
        return render_sections(message) if plain else render(message)

    async def _bring(
        self, answer: _Answer, grown: Growing | None, before: Receipt, note: Note
    ) -> Receipt:
        shown = await self._shown(answer)
        try:
            # another process may have gone on with it since
            if grown is not None and grown.ids == shown and not before.native_ids:
                ended = await _ended(answer, grown)
                if ended:
                    return Receipt(native_ids=ended)
            return await _written(answer, shown, before, note)
        except SlackRefused as refused:
            name = answer.out.account.name
            if refused.code not in _BLOCKS or before.native_ids or name in self._without_markdown:
                raise
        self._without_markdown.add(name)
        again = _Answer(answer.out, answer.thread, self._rendered(answer.out))
        return await _written(again, shown, before, note)

    async def _shown(self, answer: _Answer) -> list[str]:
        """The messages in which the answer grew."""
        if answer.out.message.turn is None:
            return []
        place = answer.out.place
        stream = await self._streams.of(place.tenant, place.conversation)
        if stream is None:
            return []
        lost = await strays(answer.thread, stream.native_ids) if stream.unknown else ()
        return [*stream.native_ids, *lost]

    # --- what is written ----------------------------------------------------------------

    async def busy(self, place: Place) -> None:
        if self._streaming.grows(place.conversation):
            return
        try:
            await self._status.show(await self._thread(place))
        except (RetryableError, DeliveryRefused):
            return

    async def show(self, place: Place, turn: TurnId, text: str) -> None:
        try:
            await self._streaming.show(await self._thread(place), turn, text)
        except (RetryableError, DeliveryRefused):
            return

    async def idle(self, place: Place, turn: TurnId | None) -> None:
        self._streaming.forget(place.conversation)
        try:
            thread = await self._thread(place)
            await self._status.clear(thread)
            stream = await self._streams.of(place.tenant, place.conversation)
            if stream is None:
                return
            lost = await strays(thread, stream.native_ids) if stream.unknown else ()
            for ts in (*stream.native_ids, *lost):
                await _removed(thread, ts)
            await self._streams.end(place.tenant, place.conversation)
        except (RetryableError, DeliveryRefused):
            return  # what is noted is gone on with by the next answer

    async def _thread(self, place: Place) -> Thread:
        return Thread(self._calls, await self._outgoings.account(place), place)


async def _ended(answer: _Answer, grown: Growing) -> tuple[str, ...]:
    """End the stream with the last words; empty when it does not continue what is shown."""
    text = answer.out.message.text
    left = rest(grown, text)
    if left is None:
        return ()
    last = len(answer.segments) - 1
    body = {"blocks": answer.below, "metadata": answer.mark(last)}
    try:
        await answer.thread.stop(grown.ids[-1], {**body, "markdown_text": left} if left else body)
    except SlackRefused as refused:
        if refused.code != CLOSED:
            return ()
        words = {"type": "markdown", "text": markdown(text[grown.start :])}
        await answer.thread.update(
            grown.ids[-1],
            {**body, "text": answer.segments[-1].text, "blocks": [words, *answer.below]},
        )
    return tuple(grown.ids)


async def _written(answer: _Answer, shown: Sequence[str], before: Receipt, note: Note) -> Receipt:
    """Segment by segment: over what was shown, and behind that posted."""
    ids = before.native_ids
    for number in range(len(ids), len(answer.segments)):
        ts = shown[number] if number < len(shown) else ""
        ids = (*ids, await _put(answer, number, ts))
        if number + 1 < len(answer.segments):
            await note(Receipt(native_ids=ids))
    for ts in shown[len(answer.segments) :]:
        await _removed(answer.thread, ts)
    return Receipt(native_ids=ids)


async def _put(answer: _Answer, number: int, ts: str) -> str:
    """One segment, over a message that shows it already if there is one."""
    thread, body = answer.thread, answer.body(number)
    if not ts:
        return await thread.post(body)
    try:
        await thread.update(ts, body)
    except SlackRefused as refused:
        if refused.code in _GONE:
            return await thread.post(body)
        if refused.code != _STREAMING:
            raise
        await stopped(thread, ts)
        await thread.update(ts, body)
    return ts


async def _withdrawn(thread: Thread, ts: str) -> None:
    try:
        await thread.delete(ts)
    except SlackRefused as refused:
        if refused.code not in _GONE:
            raise


async def _removed(thread: Thread, ts: str) -> None:
    """Take a message away, if it is there."""
    await stopped(thread, ts)
    try:
        await thread.delete(ts)
    except SlackRefused:
        return
