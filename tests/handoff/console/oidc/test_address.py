"""Where an issuer is told to send browsers back to."""

from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from tests.handoff.console.oidc.issuing import HERE, come, go, settings_of, step


async def test_a_code_of_another_issuer_is_never_sent_to_this_one(browser, issuer, other) -> None:
    """Mix-up, where neither of them says who answers."""
    issuer.names_itself = other.names_itself = False
    jane = browser()
    query = (await go(jane, "other")).query

    assert await come(jane, URL(f"{HERE}/acme/callback").with_query(query)) == "mistrusted"
    assert (issuer.asked["token"], other.asked["token"]) == (0, 0)


async def test_browsers_come_back_to_where_the_service_is_reached(
    company, issuer, browser
) -> None:
    app = web.Application()
    company.add_to(app, settings_of(issuer), public_url="https://bot.example/")

    async with TestServer(app) as server:
        there = URL(await step(browser(), server.make_url(f"{HERE}/acme/begin")))

    assert there.query["redirect_uri"] == f"https://bot.example{HERE}/acme/callback"
