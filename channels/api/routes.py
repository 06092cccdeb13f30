"""/api/v1: ask, rate, read a conversation."""

import re
from collections.abc import Mapping
from contextlib import aclosing

from aiohttp import web

from channels.api.answering import AnswerLate, Asking, KeyUsedBefore, Question
from channels.api.bodies import (
    ChatAnswer,
    ChatParameters,
    ChatRequest,
    ConversationPath,
    DeltaBody,
    FeedbackAnswer,
    FeedbackRequest,
    Messages,
    MessagesParameters,
    chat_answer,
    message_body,
)
from channels.api.customers import asker
from channels.api.events import MEDIA, EventStream
from channels.api.guard import Guard
from channels.contract import checked_text, printable, tenant_named
from channels.metrics import GatewayMetrics
from channels.parts import GatewayParts
from channels.ratings import Rating, Thumb
from core.domain.conversation import Conversation
from core.domain.events import Delta
from core.domain.ids import ConversationId, TenantId, TurnId
from core.http.json import Problem, Refused, answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from core.telemetry import traces

_PAGE = 200
_KEY = re.compile(r"[!-~]{1,200}")
KEY_HEADER = "Idempotency-Key"
KEY_HEADERS = {
    KEY_HEADER: "The same key with the same question is asked once, and answered each time."
}
_ANSWERS = {
    200: Answer(
        says="The answer; as events, `delta` while it is written, then one `message`.",
        media={JSON: ChatAnswer, MEDIA: None},
    )
}


def key_of(headers: Mapping[str, str]) -> str | None:
    """The request's idempotency key.

    Raises:
        Refused: not 1 to 200 printable ASCII characters.
    """
    key = headers.get(KEY_HEADER)
    if key is not None and not _KEY.fullmatch(key):
        sentence = f"{KEY_HEADER} must be 1 to 200 printable ASCII characters without spaces."
        raise Refused(422, "invalid", sentence)
    return key


def refusal(failure: AnswerLate | KeyUsedBefore) -> Refused:
    """How these two are told."""
    match failure:
        case AnswerLate():
            sentence = "The answer took too long; it can be read from the conversation later."
            return Refused(504, "timeout", sentence, conversation=str(failure.conversation))
        case KeyUsedBefore():
            sentence = f"This {KEY_HEADER} was used for another question."
            return Refused(409, "key_reused", sentence)


class ApiRoutes:
    """The handlers of /api/v1."""

    def __init__(
        self, parts: GatewayParts, metrics: GatewayMetrics, asking: Asking, guard: Guard
    ) -> None:
        self._parts = parts
        self._metrics = metrics
        self._asking = asking
        self._guard = guard

    @describes(
        Operation(
            summary="Ask a question",
            tag="chat",
            body=ChatRequest,
            headers=KEY_HEADERS,
            answers=_ANSWERS,
            fails=(400, 403, 404, 409, 413, 415, 422, 429, 503, 504),
        )
    )
    async def post_chat(self, request: web.Request) -> web.StreamResponse:
        """POST /api/v1/chat."""
        self._guard.admit(request)
        return await self._chat(request, await body_of(request, ChatRequest))

    @describes(
        Operation(
            summary="Ask a question by address",
            tag="chat",
            query=ChatParameters,
            headers=KEY_HEADERS,
            answers=_ANSWERS,
            fails=(404, 409, 422, 429, 503, 504),
        )
    )
    async def get_chat(self, request: web.Request) -> web.StreamResponse:
        """GET /api/v1/chat?query=..."""
        self._guard.admit(request)
        return await self._chat(request, parameters_of(request.query, ChatParameters))

    @describes(
        Operation(
            summary="Rate an answer",
            tag="feedback",
            description="Of two ratings of one turn the last one stands.",
            body=FeedbackRequest,
            answers={200: Answer(says="It is stored.", media={JSON: FeedbackAnswer})},
            fails=(400, 404, 413, 415, 422, 429, 503),
        )
    )
    async def post_feedback(self, request: web.Request) -> web.StreamResponse:
        """POST /api/v1/feedback."""
        self._guard.admit(request)
        said = await body_of(request, FeedbackRequest)
        rating = Rating(
            turn=TurnId(said.turn),
            thumb=Thumb(said.thumb),
            reason=_clean(said.reason),
            comment=_clean(said.comment),
            traceparent=request.headers.get(traces.HEADER, ""),
        )
        await self._parts.feedback.rate(self._tenant(said.tenant), rating)
        self._metrics.ratings.labels(said.thumb).inc()
        return answer(FeedbackAnswer(turn=said.turn, thumb=said.thumb))

    @describes(
        Operation(
            summary="Read a conversation",
            tag="chat",
            description="Messages with a greater `seq`, in order; for conversations begun here.",
            path=ConversationPath,
            query=MessagesParameters,
            answers={200: Answer(says="The messages.", media={JSON: Messages})},
            fails=(404, 422, 429, 503),
        )
    )
    async def get_messages(self, request: web.Request) -> web.StreamResponse:
        """GET /api/v1/conversations/{id}/messages."""
        self._guard.admit(request)
        path = parameters_of(request.match_info, ConversationPath)
        wanted = parameters_of(request.query, MessagesParameters)
        place = await self._asking.existing(self._tenant(wanted.tenant), ConversationId(path.id))
        page = await self._parts.transcript.since(place.tenant, place.id, wanted.since, _PAGE)
        return answer(
            Messages(
                conversation=place.id,
                messages=[message_body(message) for message in page],
                more=len(page) == _PAGE,
            )
        )

    def _tenant(self, named: str | None) -> TenantId:
        return tenant_named(named or self._parts.settings.default_tenant)

    async def _chat(
        self, request: web.Request, asked: ChatRequest | ChatParameters
    ) -> web.StreamResponse:
        tenant = self._tenant(asked.tenant)
        question = Question(
            tenant=tenant,
            asker=await asker(request, tenant, asked.customer, self._parts),
            text=checked_text(asked.query),
            conversation=ConversationId(asked.conversation) if asked.conversation else None,
            key=key_of(request.headers),
            traceparent=request.headers.get(traces.HEADER, ""),
            languages=request.headers.get("Accept-Language", ""),
        )
        place = await self._asking.place(question)
        if MEDIA in request.headers.get("Accept", ""):
            return await self._stream(request, question, place)
        try:
            return answer(chat_answer(await self._asking.answer(question, place)))
        except (AnswerLate, KeyUsedBefore) as failure:
            raise refusal(failure) from None

    async def _stream(
        self, request: web.Request, question: Question, place: Conversation
    ) -> web.StreamResponse:
        stream = EventStream(request)
        try:
            async with aclosing(self._asking.follow(question, place)) as events:
                async for event in events:
                    if isinstance(event, Delta):
                        piece = DeltaBody(turn=event.turn, text=event.text)
                        await stream.send(piece, event="delta")
                    else:
                        await stream.send(chat_answer(event), event="message")
        except (AnswerLate, KeyUsedBefore) as failure:
            told = refusal(failure)
            if not stream.begun:
                raise told from None
            await stream.send(Problem(error=told.detail), event="error")
        return await stream.end()


def _clean(text: str | None) -> str | None:
    return None if text is None else printable(text).strip() or None
