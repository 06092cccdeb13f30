"""Shows an answer while it is written: Slack's own streams, or a message that is edited.

Sources: https://docs.slack.dev/reference/methods/chat.startStream and its neighbours. Slack closes
a stream some five minutes after its start, so another one goes on before that.
"""

from collections import OrderedDict

from channels.markdown.units import utf16
from channels.showing import Streams
from channels.slack.calls import Call, Calls
from channels.slack.failures import SlackRefused
from channels.slack.growth import LONGEST, Growing, markdown, more, paragraph_end
from channels.slack.strays import strays
from channels.slack.threads import Json, Thread, part_mark
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown, RetryableError
from core.domain.ids import ConversationId, TurnId
from core.ports import Clock

OLD_S, TOO_OLD_S = 200.0, 235.0
"""From when on a stream is ended at the end of a paragraph; and wherever it is."""
CLOSED = "message_not_in_streaming_state"
_STREAM_S, _EDIT_S = 0.7, 1.5
"""Between two steps of one answer."""
_MOST = 10_000
_NO_STREAMS = frozenset({"unknown_method", "feature_not_enabled", "method_deprecated"})
"""A workspace that has none."""
_NOT_HERE = _NO_STREAMS | {
    "channel_type_not_supported",
    "missing_recipient_team_id",
    "missing_recipient_user_id",
}


class Streaming:
    """The answers that grow, by conversation."""

    def __init__(self, streams: Streams, calls: Calls, clock: Clock) -> None:
        self._streams = streams
        self._calls = calls
        self._clock = clock
        self._growing: OrderedDict[ConversationId, Growing] = OrderedDict()
        self._without: set[str] = set()

    async def show(self, thread: Thread, turn: TurnId, text: str) -> None:
        """Show more of the answer if that is possible now; what Slack refuses ends it."""
        growing = await self._of(thread, turn)
        changed = not text.startswith(growing.raw[: growing.cut])
        if growing.ended or changed or self._clock.monotonic() < growing.not_before:
            return
        try:
            await self._grow(thread, growing, text)
        except (RetryableError, DeliveryRefused) as failed:
            self._heed(growing, failed)
        growing.raw = text

    def grows(self, conversation: ConversationId) -> bool:
        """Whether its answer can be seen growing."""
        found = self._growing.get(conversation)
        return found is not None and bool(found.ids)

    def taken(self, conversation: ConversationId, turn: TurnId | None) -> Growing | None:
        """What grew for the turn, to be finished by somebody else from now on."""
        found = self._growing.get(conversation)
        if found is None or found.turn != turn:
            return None
        return self._growing.pop(conversation)

    def forget(self, conversation: ConversationId) -> None:
        """Nothing grows there any more."""
        self._growing.pop(conversation, None)

    async def _of(self, thread: Thread, turn: TurnId) -> Growing:
        conversation = thread.place.conversation
        found = self._growing.get(conversation)
        if found is None or found.turn != turn:
            found = self._growing[conversation] = await self._resumed(thread, turn)
        self._growing.move_to_end(conversation)
        if len(self._growing) > _MOST:
            self._growing.popitem(last=False)
        return found

    async def _resumed(self, thread: Thread, turn: TurnId) -> Growing:
        """A new one, or what a process that is gone has left, to be edited."""
        place = thread.place
        left = await self._streams.of(place.tenant, place.conversation)
        if left is None:
            return Growing(turn)
        ids = [*left.native_ids, *(await strays(thread, left.native_ids) if left.unknown else ())]
        if ids:
            await stopped(thread, ids[-1])
        one = len(ids) == 1
        return Growing(turn, ids, is_open=one, streams=not ids, ended=len(ids) > 1, exact=False)

    async def _grow(self, thread: Thread, growing: Growing, text: str) -> None:
        if growing.is_open and growing.streams:
            await self._roll(thread, growing, text)
        cut, added = more(growing, text)
        if not added:
            return
        growing.not_before = self._clock.monotonic() + (_STREAM_S if growing.streams else _EDIT_S)
        if await self._say(thread, growing, added):
            growing.cut, growing.shown = cut, growing.shown + added

    async def _say(self, thread: Thread, growing: Growing, added: str) -> bool:
        """Whether it is shown now."""
        if not growing.is_open:
            return await self._begin(thread, growing, added)
        ts = growing.ids[-1]
        if growing.streams:
            call = thread.appending(ts, added)
        else:
            call = thread.redrafting(ts, growing.shown + added)
        return await thread.now(call) is not None

    async def _begin(self, thread: Thread, growing: Growing, added: str) -> bool:
        growing.streams = growing.streams and thread.account.name not in self._without
        call = thread.starting(added)
        if not growing.streams or not self._calls.may(thread.account, call):
            growing.streams = False
            call = thread.drafting(added, part_mark(growing.turn))
            if not self._calls.may(thread.account, call):
                return False
        try:
            await self._start(thread, growing, call)
        except SlackRefused as refused:
            if refused.code not in _NOT_HERE or not growing.streams:
                raise
            if refused.code in _NO_STREAMS:
                self._without.add(thread.account.name)
            growing.streams = False
            return await self._begin(thread, growing, added)
        return True

    async def _start(self, thread: Thread, growing: Growing, call: Call) -> None:
        """Begin a native message, noted before and after."""
        place = thread.place
        await self._streams.begin(place.tenant, place.conversation, growing.turn)
        try:
            answer = await self._calls.at_once(thread.account, call)
        except (DeliveryDelayed, DeliveryRefused):  # nothing was begun
            await self._note(thread, growing)
            raise
        growing.ids.append(str(answer.get("ts", "")))
        growing.is_open, growing.begun_at = True, self._clock.monotonic()
        await self._note(thread, growing)

    async def _note(self, thread: Thread, growing: Growing) -> None:
        place = thread.place
        if growing.ids:
            await self._streams.note(place.tenant, place.conversation, growing.ids)
        else:
            await self._streams.end(place.tenant, place.conversation)

    async def _roll(self, thread: Thread, growing: Growing, text: str) -> None:
        """End a stream that is old or long, at a paragraph if it can wait for one."""
        age = self._clock.monotonic() - growing.begun_at
        long = utf16(growing.shown) > LONGEST
        if age < OLD_S and not long:
            return
        end = paragraph_end(text, growing.cut)
        last: Json = {"metadata": part_mark(growing.turn)}
        if end is not None and end > growing.cut:
            whole = markdown(text[growing.start : end])
            if whole.startswith(growing.shown) and len(whole) > len(growing.shown):
                last = {**last, "markdown_text": whole[len(growing.shown) :]}
            else:
                end = growing.cut
        if end is None:
            if age < TOO_OLD_S and not long:
                return
            end = growing.cut
        await thread.stop(growing.ids[-1], last)
        growing.is_open, growing.shown = False, ""
        growing.start = growing.cut = end

    def _heed(self, growing: Growing, failed: Exception) -> None:
        match failed:
            case DeliveryDelayed(retry_after_s=seconds):
                growing.not_before = self._clock.monotonic() + seconds
            case SlackRefused(code=code) if code == CLOSED:
                growing.is_open, growing.shown, growing.start = False, "", growing.cut
            case DeliveryUnknown():
                growing.ended, growing.exact = True, False
            case _:
                growing.ended = True


async def stopped(thread: Thread, ts: str) -> None:
    """End a stream, if it is one that is open."""
    try:
        await thread.stop(ts, {})
    except SlackRefused:
        return
