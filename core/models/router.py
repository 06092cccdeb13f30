"""Asks the model that can answer now, another one when it cannot, and none after a visible word.

The only loop of retries on the way to a model: adapters try once.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from core.clock import chance as any_chance
from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
    SwitchboardError,
)
from core.models.counting import fits, largest, length
from core.models.ports import Count, Finished, LanguageModel, Sampling, Talk
from core.models.targets import Chance, Now, Observer, Role, Seat, Target, in_order, kind_of

_FIRST_SHARE = 0.4
"""Of the turn's remaining time: so long may one target take for its first word."""
_SHORTER = 0.6
"""Of a prompt that a server found too long, though it seemed to fit: the next one's length."""
_AT_ONCE_S = 1.0
"""What fails sooner may be tried once more: a connection that was just closed, a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What holds for all targets; the time, chance and who hears are named for tests."""

    observer: Observer
    turn_s: float = 45
    chance: Chance = any_chance
    now: Now | None = None
    """For breakers and rests; None is the event loop's time."""


@dataclass(slots=True)
class _Turn:
    """What became of the attempts of one turn so far."""

    talk: Talk
    sampling: Sampling
    until: float
    errors: list[SwitchboardError] = field(default_factory=list)
    too_long: list[int] = field(default_factory=list)
    """What the targets read at most for which the prompt was too long."""
    again: Seat | None = None
    """Who was full, or failed at once."""

    def verdict(self) -> SwitchboardError:
        """What is said when nobody has answered."""
        if self.too_long:
            return PromptTooLong(max(self.too_long))
        if self.errors:
            return self.errors[-1]
        return ModelUnavailable("no model may be asked just now")


class Router(LanguageModel):
    """Several models as one. Must be made in the event loop that uses it."""

    def __init__(self, targets: Sequence[Target], policy: Policy) -> None:
        now = policy.now or asyncio.get_running_loop().time
        self._policy = policy
        self._roles: tuple[Role, ...] = tuple(Role)
        self._waits_for = frozenset(Role)
        self.seats = tuple(Seat(target, policy.chance, now) for target in targets)

    def view(self, *, only: Collection[str] = (), without: Collection[str] = ()) -> "Router":
        """Some of the targets, by name; their rooms and breakers are shared. Empty means all."""
        return self._over(
            seat
            for seat in self.seats
            if seat.target.name not in without and (not only or seat.target.name in only)
        )

    def beside(self) -> "Router":
        """For short work beside answers: light ones first, and no waiting for room of others."""
        beside = self._over(self.seats)
        beside._roles = (Role.LIGHT, Role.MAIN, Role.BACKUP)
        beside._waits_for = frozenset({Role.LIGHT})
        return beside

    def _over(self, seats: Iterable[Seat]) -> "Router":
        router = Router((), self._policy)
        router.seats = tuple(seats)
        return router

    @property
    def name(self) -> str:
        return self.seats[0].target.model.name

    @property
    def guides(self) -> bool:
        return all(seat.target.model.guides for seat in self.seats)

    @property
    def count(self) -> Count:
        return largest(seat.target.model.count for seat in self.seats)

    @property
    def at_once(self) -> int | None:
        return None

    def room(self, sampling: Sampling) -> int:
        """What the widest window of the first role takes; narrower ones ask for less."""
        first = min((seat.target.role for seat in self.seats), key=self._roles.index)
        return max(
            seat.target.model.room(sampling) for seat in self.seats if seat.target.role is first
        )

    async def stream(self, talk: Talk, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        loop = asyncio.get_running_loop()
        until = sampling.until or loop.time() + self._policy.turn_s
        turn = _Turn(talk=talk, sampling=sampling, until=until)
        for seat in self._candidates(turn):
            visible, begun = False, loop.time()
            try:
                async with aclosing(self._said(seat, turn)) as pieces:
                    async for piece in pieces:
                        visible = True
                        yield piece
            except SwitchboardError as error:
                self._policy.observer.failed(seat.target.name, kind_of(error))
                if visible:
                    seat.rest()  # the turn is taken again, and should find another one
                    raise ModelUnavailable("the model broke off in mid-answer") from error
                _note(turn, seat, error, loop.time() - begun)
            else:
                return
        raise turn.verdict()

    def _candidates(self, turn: _Turn) -> Iterator[Seat]:
        """Who is asked, one after another; each is looked at when its turn comes."""
        loop = asyncio.get_running_loop()
        for seat in in_order(self.seats, self._policy.chance, self._roles):
            if not seat.is_fit or loop.time() >= turn.until:
                continue
            model = seat.target.model
            if not fits(turn.talk, model.count, room := model.room(turn.sampling)):
                turn.too_long.append(room)
            elif not seat.is_full:
                yield seat
            elif seat.target.role in self._waits_for:
                turn.again = turn.again or seat
            else:
                turn.errors.append(ModelBusy())
        if turn.again and turn.again.is_fit and loop.time() < turn.until:
            yield turn.again

    async def _said(self, seat: Seat, turn: _Turn) -> AsyncGenerator[str | Finished, None]:
        """One attempt; the place is free again before the last piece is told."""
        loop, target, observer = asyncio.get_running_loop(), seat.target, self._policy.observer
        until = loop.time() + _FIRST_SHARE * (turn.until - loop.time())
        async with seat.taken(until):
            observer.attempted(target.name)
            begun, first = loop.time(), True
            async with aclosing(target.model.stream(turn.talk, turn.sampling)) as pieces:
                while not isinstance(piece := await _next(pieces, until), Finished):
                    if first:
                        observer.began(target.name, loop.time() - begun)
                        first, until = False, turn.until
                    yield piece
        observer.wrote(target.name, piece.tokens)
        by = piece.written_by or target.model.name
        yield replace(piece, written_by=by, role=target.role.value)


async def _next(pieces: AsyncGenerator[str | Finished, None], until: float) -> str | Finished:
    try:
        async with asyncio.timeout_at(until):
            return await anext(pieces)
    except TimeoutError as late:
        raise ModelUnavailable("the model took too long") from late
    except StopAsyncIteration as ended:
        raise ModelUnavailable("the model ended without an end") from ended


def _note(turn: _Turn, seat: Seat, error: SwitchboardError, took_s: float) -> None:
    """Keep what an attempt that showed nothing came to.

    Raises:
        PromptRefused: any other model would refuse the prompt, too.
    """
    match error:
        case PromptTooLong():
            shorter = int(_SHORTER * length(turn.talk, seat.target.model.count))
            most = min(seat.target.model.room(turn.sampling), shorter)
            turn.too_long.append(error.most_tokens or most)
        case PromptRefused():
            raise error
        case _:
            turn.errors.append(error)
            if took_s < _AT_ONCE_S and not isinstance(error, ModelBusy | ModelNotServed):
                turn.again = turn.again or seat
