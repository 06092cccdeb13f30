import asyncio

from channels.limits import Rate
from channels.pacing import Limit, Pacer, Priority
from tests.fakes.clock import FakeClock


def chat(name: str) -> Limit:
    return Limit(kind="chat", key=name, rate=Rate(per_second=1, burst=1))


OVERALL = Limit(kind="overall", key="bot", rate=Rate(per_second=10, burst=10))


class Queue:
    """Calls, and the order in which they were let through, with the time of each."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.waits: list[tuple[str, Priority]] = []
        self.pacer = Pacer(
            self.clock,
            self.clock.sleep,
            lambda kind, priority: self.waits.append((kind, priority)),
        )
        self.passed: list[tuple[str, float]] = []

    async def call(self, name: str, priority: Priority, *limits: Limit) -> None:
        await self.pacer.turn(limits, priority)
        self.passed.append((name, self.clock.monotonic()))

    @property
    def order(self) -> str:
        return "".join(name for name, _ in self.passed)


async def test_the_more_urgent_call_goes_first_and_equals_in_their_order() -> None:
    queue = Queue()
    await queue.call("0", Priority.DELTA, chat("a"))

    await asyncio.gather(
        queue.call("d", Priority.DELTA, chat("a")),
        queue.call("w", Priority.FIRST_WORDS, chat("a")),
        queue.call("h", Priority.HANDOFF, chat("a")),
        queue.call("1", Priority.FINAL, chat("a")),
        queue.call("2", Priority.FINAL, chat("a")),
    )

    assert queue.order == "012hwd"
    assert [at for _, at in queue.passed] == [0, 1, 2, 3, 4, 5]


async def test_a_refusal_closes_its_own_key_alone() -> None:
    queue = Queue()
    queue.pacer.pause(chat("a"), 30)

    await asyncio.gather(
        queue.call("a", Priority.FINAL, chat("a"), OVERALL),
        queue.call("b", Priority.DELTA, chat("b"), OVERALL),
    )

    assert queue.passed == [("b", 0), ("a", 30)]
    assert queue.waits == [("chat", Priority.FINAL)]


async def test_what_need_not_be_said_now_is_not_waited_for() -> None:
    queue = Queue()

    assert queue.pacer.free([chat("a"), OVERALL], Priority.DELTA)
    assert not queue.pacer.free([chat("a"), OVERALL], Priority.DELTA)
    assert queue.pacer.open_in([chat("a"), OVERALL]) == 1
    assert queue.pacer.open_in([OVERALL]) == 0


async def test_a_call_that_fails_to_get_one_key_takes_none_of_the_others() -> None:
    queue = Queue()
    queue.pacer.free([chat("a")], Priority.FINAL)
    for _ in range(20):
        assert not queue.pacer.free([chat("a"), OVERALL], Priority.FINAL)

    assert all(queue.pacer.free([OVERALL], Priority.DELTA) for _ in range(10))


async def test_a_call_that_is_given_up_holds_nobody_back() -> None:
    queue = Queue()
    queue.pacer.pause(chat("a"), 10)
    waiting = asyncio.create_task(queue.call("x", Priority.FINAL, chat("a")))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    await queue.call("y", Priority.DELTA, chat("a"))

    assert queue.passed == [("y", 10)]


async def test_keys_that_are_as_good_as_new_are_forgotten() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, clock.sleep, max_keys=2)
    for name in ("a", "b"):
        pacer.free([chat(name)], Priority.FINAL)
    clock.passed_s = 5
    pacer.pause(chat("b"), 5)

    pacer.free([chat("c")], Priority.FINAL)

    assert pacer.open_in([chat("b")]) == 5
