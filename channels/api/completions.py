"""/v1: the whole bot behind the chat completions of OpenAI's API, so that its clients can ask.

Only the last user message is asked. Where it belongs:

- `metadata.conversation` goes on in that conversation.
- Else, a request whose earlier messages are the history of one of our conversations, word for
  word, goes on in it: clients that send their whole history each time have follow-ups.
- Else a conversation is begun. Earlier messages that the bot has no record of are not replayed
  into it: they were said to somebody else.

`user` names who asks, `customer` says more of them; `metadata.tenant` names the tenant.
`temperature` is taken and has no effect on extraction; other parameters are ignored. `usage` is an
estimate, for no tokenizer was involved.
"""

from contextlib import aclosing
from dataclasses import dataclass

from aiohttp import web

from channels.api.answering import AnswerLate, Asking, KeyUsedBefore, Question
from channels.api.bodies import answer_text, sources
from channels.api.completion_bodies import (
    MODEL,
    AnswerMessage,
    ChatMessage,
    Choice,
    Chunk,
    ChunkChoice,
    ChunkDelta,
    Completion,
    CompletionRequest,
    Grounds,
    Model,
    Models,
    Usage,
)
from channels.api.customers import asker
from channels.api.events import MEDIA, EventStream
from channels.api.guard import Guard
from channels.api.history import estimated_tokens, mark, split, text_of
from channels.api.routes import KEY_HEADERS, key_of, refusal
from channels.contract import checked_text, tenant_named
from channels.parts import GatewayParts
from channels.ports import Thread
from core.domain.conversation import Conversation
from core.domain.errors import ConversationNotFound
from core.domain.events import Delta
from core.domain.ids import ConversationId, TenantId, TurnId
from core.domain.turns import TurnView
from core.http.json import Problem, Refused, answer, body_of
from core.http.openapi import JSON, Answer, Operation, describes
from core.telemetry import traces


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request, understood."""

    question: Question
    place: Conversation
    request: CompletionRequest
    history: tuple[ChatMessage, ...]
    """All that was said, with the question."""


class CompletionRoutes:
    """The handlers of /v1."""

    def __init__(self, parts: GatewayParts, asking: Asking, guard: Guard) -> None:
        self._parts = parts
        self._asking = asking
        self._guard = guard

    @describes(
        Operation(
            summary="Ask as an OpenAI client does",
            tag="openai",
            description=__doc__ or "",
            body=CompletionRequest,
            headers=KEY_HEADERS,
            answers={
                200: Answer(
                    says="The completion; with `stream`, its chunks as events.",
                    media={JSON: Completion, MEDIA: None},
                )
            },
            fails=(400, 403, 404, 409, 413, 415, 422, 429, 503, 504),
        )
    )
    async def post_completions(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/chat/completions."""
        self._guard.admit(request)
        asked = await self._understood(request, await body_of(request, CompletionRequest))
        if asked.request.stream:
            return await self._stream(request, asked)
        try:
            turn = await self._asking.answer(asked.question, asked.place)
        except (AnswerLate, KeyUsedBefore) as failure:
            raise refusal(failure) from None
        await self._keep(asked, turn)
        content = answer_text(turn.said)
        return answer(
            Completion(
                id=_name(turn),
                created=self._now(),
                choices=[Choice(message=AnswerMessage(content=content))],
                usage=_usage(asked, content),
                switchboard=_grounds(turn),
            )
        )

    @describes(
        Operation(
            summary="List the models",
            tag="openai",
            answers={200: Answer(says="There is one.", media={JSON: Models})},
        )
    )
    async def get_models(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/models."""
        return answer(Models(data=[Model()]))

    async def _understood(self, request: web.Request, asked: CompletionRequest) -> _Asked:
        if asked.model != MODEL:
            raise Refused(404, "model_not_found", f"The only model here is {MODEL}.")
        found = split(asked.messages)
        if found is None:
            raise Refused(422, "invalid", "The messages contain none of a user.")
        before, text = found
        metadata = asked.metadata
        tenant = tenant_named(
            (metadata and metadata.tenant) or self._parts.settings.default_tenant
        )
        wanted = metadata.conversation if metadata else None
        asks = await asker(request, tenant, asked.customer or asked.user, self._parts)
        known = mark(before, asks.id or "")
        question = Question(
            tenant=tenant,
            asker=asks,
            text=checked_text(text),
            conversation=ConversationId(wanted) if wanted else await self._thread(tenant, known),
            key=key_of(request.headers),
            traceparent=request.headers.get(traces.HEADER, ""),
            languages=request.headers.get("Accept-Language", ""),
        )
        return _Asked(
            question=question,
            place=await self._asking.place(question),
            request=asked,
            history=(*before, ChatMessage(role="user", content=text)),
        )

    async def _thread(self, tenant: TenantId, history: bytes | None) -> ConversationId | None:
        """The conversation with this history, unless it has gone on since."""
        if history is None:
            return None
        thread = await self._parts.threads.find(tenant, history)
        if thread is None:
            return None
        try:
            found = await self._asking.existing(tenant, thread.conversation)
        except ConversationNotFound:
            return None
        return found.id if found.seq == thread.seq else None

    async def _keep(self, asked: _Asked, turn: TurnView) -> None:
        if not turn.said:
            return
        reply = ChatMessage(role="assistant", content=answer_text(turn.said))
        history = mark((*asked.history, reply), asked.question.asker.id or "")
        if history is not None:
            thread = Thread(conversation=turn.conversation, seq=turn.said[-1].seq)
            await self._parts.threads.keep(asked.question.tenant, history, thread)

    async def _stream(self, request: web.Request, asked: _Asked) -> web.StreamResponse:
        chunks = _Chunks(
            EventStream(request), name=f"chatcmpl-{self._parts.clock.new_id()}", at=self._now()
        )
        try:
            async with aclosing(self._asking.follow(asked.question, asked.place)) as events:
                async for event in events:
                    if isinstance(event, Delta):
                        await chunks.show(event)
                        continue
                    await self._keep(asked, event)
                    await chunks.finish(event)
        except (AnswerLate, KeyUsedBefore) as failure:
            told = refusal(failure)
            if not chunks.stream.begun:
                raise told from None
            await chunks.stream.send(Problem(error=told.detail))
        else:
            options = asked.request.stream_options
            if options is not None and options.include_usage:
                await chunks.count(_usage(asked, chunks.shown))
        await chunks.stream.send_raw(b"data: [DONE]\n\n")
        return await chunks.stream.end()

    def _now(self) -> int:
        return int(self._parts.clock.now().timestamp())


class _Chunks:
    """An answer as a stream of chunks."""

    def __init__(self, stream: EventStream, *, name: str, at: int) -> None:
        self.stream = stream
        self.shown = ""
        self._turn: TurnId | None = None
        self._name = name
        self._at = at

    async def show(self, delta: Delta) -> None:
        """A piece, if it is of the turn that the first one was of.

        What was sent cannot be taken back: an answer that is begun anew comes whole in the end.
        """
        self._turn = self._turn or delta.turn
        if delta.turn == self._turn:
            await self.add(delta.text)

    async def add(self, piece: str) -> None:
        """More text."""
        if not self.stream.begun:
            await self._send(ChunkDelta(role="assistant", content=""))
        if piece:
            self.shown += piece
            await self._send(ChunkDelta(content=piece))

    async def finish(self, turn: TurnView) -> None:
        """The rest of the text, and what it rests on.

        Deltas may be lost, the stored answer may not: when what was shown is not its beginning,
        the whole of it follows.
        """
        whole = answer_text(turn.said)
        cut = whole[len(self.shown) :] if whole.startswith(self.shown) else f"\n\n{whole}"
        await self.add(cut)
        last = ChunkChoice(delta=ChunkDelta(), finish_reason="stop")
        await self.stream.send(self._chunk(choices=[last], switchboard=_grounds(turn)))

    async def count(self, usage: Usage) -> None:
        """The chunk with the usage."""
        await self.stream.send(self._chunk(choices=[], usage=usage))

    async def _send(self, delta: ChunkDelta) -> None:
        await self.stream.send(self._chunk(choices=[ChunkChoice(delta=delta)]))

    def _chunk(
        self,
        *,
        choices: list[ChunkChoice],
        usage: Usage | None = None,
        switchboard: Grounds | None = None,
    ) -> Chunk:
        return Chunk(
            id=self._name,
            object="chat.completion.chunk",
            created=self._at,
            model=MODEL,
            choices=choices,
            usage=usage,
            switchboard=switchboard,
        )


def _name(turn: TurnView) -> str:
    return f"chatcmpl-{turn.id}"


def _grounds(turn: TurnView) -> Grounds:
    return Grounds(
        conversation=turn.conversation,
        turn=turn.id,
        decision=turn.decision,
        confidence=turn.confidence,
        sources=[body for message in turn.said for body in sources(message.sources)],
    )


def _usage(asked: _Asked, content: str) -> Usage:
    prompt = sum(estimated_tokens(text_of(message)) for message in asked.request.messages)
    completion = estimated_tokens(content)
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
    )
