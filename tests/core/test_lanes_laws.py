"""The laws of lanes, for any interleaving."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from core.lanes import Bounds, Lanes, Watermark
from tests.fakes.lanes import NOON, ZERO, Gate, a_record, finish_all, turns


@given(order=st.permutations(range(0, 30, 3)))
def test_a_watermark_is_the_lowest_unfinished_offset(order: Sequence[int]) -> None:
    mark = Watermark()
    for offset in range(0, 30, 3):
        mark.begin(offset, NOON)

    left = set(order)
    for offset in order:
        mark.finish(offset)
        left.discard(offset)
        below = [o for o in range(0, 30, 3) if o < min(left, default=99)]
        assert mark.position == (below[-1] + 1 if below else None)
        assert mark.unfinished == len(left)
        assert mark.ahead == 10 - len(left) - len(below)


@given(
    keys=st.lists(st.integers(0, 5), min_size=1, max_size=40),
    picks=st.lists(st.integers(0, 50), max_size=80),
    at_once=st.integers(1, 4),
)
def test_each_key_keeps_its_order_and_never_runs_twice_at_once(
    keys: list[int], picks: list[int], at_once: int
) -> None:
    async def run() -> None:
        gate = Gate()
        lanes = Lanes(gate.handle, Bounds(at_once=at_once))
        submitted = [a_record(str(key), offset * 2) for offset, key in enumerate(keys)]
        for record, pick in zip(submitted, picks + [0] * len(keys), strict=False):
            lanes.submit(record)
            await turns(3)
            gate.finish(pick)
        await turns()
        unfinished = [r.offset for r in submitted if r not in gate.done]
        position = lanes.moved().get(ZERO, 0)
        assert position <= min(unfinished, default=99)
        for pick in picks[len(keys) :]:
            gate.finish(pick)
            await turns(2)
        await finish_all(gate, lanes)

        assert gate.most <= at_once
        for key in set(keys):
            own = [r.offset for r in gate.done if r.key == str(key).encode()]
            assert own == [r.offset for r in submitted if r.key == str(key).encode()]
        assert lanes.moved() == {ZERO: submitted[-1].offset + 1}
        assert lanes.keys == 0

    asyncio.run(run())
