"""Faults that users report of other products, of agents' pages; see tests/reported.toml."""

from tests.handoff.console.house import House


async def test_a_reconnect_shows_every_conversation_that_changed(house: House) -> None:
    """However many changed while the page was away, and however long ago the first one did."""
    ann = await house.comes("Ann")
    async with ann.live() as live:
        state = await live.next()
    changed = {str((await house.waits(f"{number}")).conversation) for number in range(30)}

    async with ann.live(era=state["era"], since=state["seq"]) as again:
        first = await again.next()
        if first["type"] == "state":
            shown = {row["id"] for row in first["open"]}
        else:
            shown = set()
            while shown != changed:
                shown.add((await again.until("conversation"))["row"]["id"])

    assert shown == changed


async def test_a_page_of_another_process_is_shown_all_that_waits(house: House) -> None:
    """A reconnect may end at another process, which knows nothing of what the page has seen."""
    ann = await house.comes("Ann")
    waiting = {str((await house.waits(f"{number}")).conversation) for number in range(30)}

    async with ann.live(era="of another process", since=10_000) as live:
        state = await live.next()

    assert {row["id"] for row in state["open"]} == waiting
    assert state["counts"]["waiting"] == len(waiting)
