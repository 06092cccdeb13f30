"""Whoever comes back from an issuer in vain too often has to wait."""

from tests.handoff.console.oidc.issuing import HERE, come, go


async def test_who_comes_back_with_nothing_too_often_has_to_wait(browser, issuer) -> None:
    jane, guesser = browser(), browser()
    back = await go(jane)

    for _ in range(25):
        assert await come(guesser, f"{HERE}/acme/callback?state=x&code=y") == "late"

    async with guesser.get(f"{HERE}/acme/callback?state=x&code=y") as response:
        assert (response.status, (await response.json())["error"]["code"]) == (429, "slow_down")
        assert 0 < int(response.headers["Retry-After"]) <= 60
    async with jane.get(back) as response:
        assert response.status == 429
    assert issuer.asked["token"] == 0
