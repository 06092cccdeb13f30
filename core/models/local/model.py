"""A causal model in this process, as a language model."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Self

from core.domain.errors import ModelBusy, ModelUnavailable, PromptTooLong
from core.models.local.engine import Engine, Order
from core.models.local.telling import Telling
from core.models.ports import Count, Finished, LanguageModel, Sampling, Talk
from core.models.streaming import Deadlines

_MOST_INSIDE = 4
"""Answers being written and waiting; whoever comes then finds it busy."""


class LocalModel(LanguageModel):
    """Writes one answer after another, in a thread; a few more may wait."""

    def __init__(
        self,
        engine: Engine,
        thread: ThreadPoolExecutor,
        deadlines: Deadlines,
        max_prompt_tokens: int,
    ) -> None:
        """Take an engine; `opened` does this.

        Args:
            engine: The model.
            thread: Of one worker.
            deadlines: How long a token may take; `connect_s` is not used.
            max_prompt_tokens: What it reads at most, if its window is not narrower.
        """
        self._engine = engine
        self._thread = thread
        self._deadlines = deadlines
        self._max_prompt_tokens = max_prompt_tokens
        self._inside: set[_Writing] = set()

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, engine: Engine, deadlines: Deadlines, max_prompt_tokens: int
    ) -> AsyncIterator[Self]:
        """The model over an engine, with a thread until the end of the block."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="local-model")
        model = cls(engine, thread, deadlines, max_prompt_tokens)
        try:
            yield model
        finally:
            for writing in model._inside:
                writing.stop()
            await asyncio.to_thread(thread.shutdown, cancel_futures=True)

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def guides(self) -> bool:
        return False

    @property
    def count(self) -> Count:
        return self._engine.count

    @property
    def at_once(self) -> int | None:
        return 1

    def room(self, sampling: Sampling) -> int:
        return min(self._engine.window - self._longest(sampling), self._max_prompt_tokens)

    async def stream(self, talk: Talk, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        prompt = self._engine.encode(talk)
        if len(prompt) > (room := self.room(sampling)):
            raise PromptTooLong(room)
        if len(self._inside) >= _MOST_INSIDE:
            raise ModelBusy
        longest = self._longest(sampling)
        order = Order(prompt=prompt, longest=longest, temperature=sampling.temperature)
        telling, written, ended = Telling(self._engine.decode, sampling.stop), 0, False
        writing = _Writing(self._engine, order, self._thread)
        self._enter(writing)
        try:
            while not (ended or telling.stopped):
                token = await writing.next(self._deadlines, sampling.until)
                if token is None:
                    break
                written, ended = written + 1, token in self._engine.ends
                if not ended and (text := telling.take(token)):
                    yield text
            is_cut = not (ended or telling.stopped)
            if is_cut and written < longest:
                raise ModelUnavailable("the model in this process broke off its answer")
            if text := telling.rest():
                yield text
        finally:
            writing.stop()
        yield Finished(text=telling.text, tokens=written, cut=is_cut)

    def _longest(self, sampling: Sampling) -> int:
        """Tokens of an answer; half of a narrow window stays for the talk."""
        return min(sampling.max_tokens, self._engine.window // 2)

    def _enter(self, writing: "_Writing") -> None:
        """Count it until its thread is done with it, which may be after its turn has left."""
        loop = asyncio.get_running_loop()
        self._inside.add(writing)
        writing.future.add_done_callback(
            lambda _: loop.call_soon_threadsafe(self._inside.discard, writing)
        )


class _Writing:
    """One order on its way: tokens come out of a thread."""

    def __init__(self, engine: Engine, order: Order, thread: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._order = order
        self._loop = asyncio.get_running_loop()
        self._tokens: asyncio.Queue[int | None] = asyncio.Queue()
        self._begun = asyncio.Event()
        self._stopped = threading.Event()
        self._has_told = False
        self.future = thread.submit(self._write)
        self.future.add_done_callback(self._end)

    def stop(self) -> None:
        """End it, or give up its place in the line."""
        self._stopped.set()
        self.future.cancel()

    async def next(self, deadlines: Deadlines, until: float | None) -> int | None:
        """The next token; None at the end.

        Raises:
            ModelBusy: others were being written for all the time that there was.
            ModelUnavailable: it took too long, or failed.
        """
        latest = float("inf") if until is None else until
        try:
            async with asyncio.timeout_at(
                min(self._loop.time() + deadlines.first_token_s, latest)
            ):
                await self._begun.wait()
        except TimeoutError as others:
            raise ModelBusy from others
        limit_s = deadlines.between_tokens_s if self._has_told else deadlines.first_token_s
        try:
            async with asyncio.timeout_at(min(self._loop.time() + limit_s, latest)):
                token = await self._tokens.get()
        except TimeoutError as late:
            raise ModelUnavailable("the model in this process took too long") from late
        self._has_told = True
        if token is None and self.future.cancelled():
            raise ModelBusy
        if token is None and (broken := self.future.exception()):
            raise ModelUnavailable("the model in this process failed") from broken
        return token

    def _write(self) -> None:
        self._loop.call_soon_threadsafe(self._begun.set)
        self._engine.write(self._order, self._tell, self._stopped.is_set)

    def _end(self, _: object) -> None:
        self._loop.call_soon_threadsafe(self._begun.set)
        self._tell(None)

    def _tell(self, token: int | None) -> None:
        self._loop.call_soon_threadsafe(self._tokens.put_nowait, token)
