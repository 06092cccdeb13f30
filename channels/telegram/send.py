"""Telegram as a channel that is pushed: brings stored messages out, and shows them growing."""

from channels.contract import Capabilities, Delivers, Note, Receipt, Reconcile
from channels.outgoing import Outgoing
from channels.places import Place
from channels.showing import Shows
from channels.telegram.buttons import below
from channels.telegram.chat import Chat, Content
from channels.telegram.render import TelegramSegment, render
from channels.telegram.show import Growing, Parts, replied
from channels.telegram.words import words_in
from core.domain.events import MessageSent
from core.domain.ids import TurnId

CAPABILITIES = Capabilities(max_text=4096, streams=True, edits=True, buttons=True, threads=True)


class TelegramChannel(Delivers, Shows):
    """All accounts of Telegram."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._growing = Growing(parts)

    @property
    def reconcile(self) -> Reconcile | None:
        """None: Telegram has no way for a bot to read back what it sent."""
        return None

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        outgoing = await self._parts.outgoings.of(sent)
        place, message = outgoing.place, outgoing.message
        chat = Chat(
            self._parts.bots.of(outgoing.account), self._parts.pacer, self._parts.places, place
        )
        segments = render(outgoing.beside_files)
        contents = [_content(outgoing, segments, number) for number in range(len(segments))]
        standing = await self._standing(outgoing)
        ids = before.native_ids
        for number in range(len(ids), len(contents)):
            there = standing[number] if number < len(standing) else None
            ids = (*ids, await _bring(chat, contents[number], there))
            if number + 1 < len(contents) or standing or outgoing.files:
                # with a growing message the last one, too: only then may that be forgotten
                await note(Receipt(native_ids=ids))
        if standing and contents:
            await self._parts.streams.end(place.tenant, place.conversation)
        if message.turn is not None:
            self._growing.forget(place.conversation)
        return await self._with_files(chat, outgoing, Receipt(native_ids=ids), note)

    async def _with_files(
        self, chat: Chat, outgoing: Outgoing, before: Receipt, note: Note
    ) -> Receipt:
        """What stands there with the files, each a message of its own behind the words."""
        ids, files = before.native_ids, outgoing.files
        words = len(render(outgoing.beside_files))
        for number in range(len(ids) - words, len(files)):
            data = await self._parts.outgoings.data_of(outgoing, files[number])
            ids = (*ids, await chat.post_file(files[number].name, data))
            if number + 1 < len(files):
                await note(Receipt(native_ids=ids))
        return Receipt(native_ids=ids)

    async def revise(self, sent: MessageSent, before: Receipt) -> Receipt:
        outgoing = await self._parts.outgoings.of(sent)
        parts, place = self._parts, outgoing.place
        chat = Chat(parts.bots.of(outgoing.account), parts.pacer, parts.places, place)
        segments = render(outgoing.message) if outgoing.message.text else ()
        ids: tuple[str, ...] = ()
        for number in range(len(segments)):
            there = before.native_ids[number] if number < len(before.native_ids) else None
            ids = (*ids, await _bring(chat, _content(outgoing, segments, number), there))
        for native in before.native_ids[len(segments) :]:
            await chat.withdraw(native, words_in(place.language).withdrawn)
        return Receipt(native_ids=ids)

    async def busy(self, place: Place) -> None:
        await self._growing.busy(place)

    async def show(self, place: Place, turn: TurnId, text: str) -> None:
        await self._growing.show(place, turn, text)

    async def idle(self, place: Place, turn: TurnId | None) -> None:
        await self._growing.idle(place, turn)

    async def _standing(self, outgoing: Outgoing) -> tuple[str, ...]:
        """Native messages that show the answer already, and are to become it."""
        if outgoing.message.turn is None:
            return ()
        place = outgoing.place
        stream = await self._parts.streams.of(place.tenant, place.conversation)
        return stream.native_ids if stream is not None else ()


async def _bring(chat: Chat, content: Content, there: str | None) -> str:
    if there is not None and await chat.edit(there, content):
        return there
    return await chat.post(content)


def _content(outgoing: Outgoing, segments: tuple[TelegramSegment, ...], number: int) -> Content:
    """The first answers the customer's message, the last can be judged."""
    segment, message = segments[number], outgoing.message
    is_last = number + 1 == len(segments)
    return Content(
        text=segment.text,
        html=segment.html,
        buttons=below(message, words_in(outgoing.place.language)) if is_last else None,
        reply_to=replied(outgoing.place) if number == 0 else None,
    )
