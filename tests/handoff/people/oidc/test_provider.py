"""What an issuer is asked, how often, and what it may not answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic import SecretStr
from yarl import URL

from core.clock import new_secret
from handoff.people.oidc import flow
from handoff.people.oidc.calls import Calls
from handoff.people.oidc.provider import Provider
from handoff.people.oidc.refused import EntryRefused, Why
from handoff.people.roles import Role
from handoff.settings import Issuer
from tests.fakes.clock import FakeClock
from tests.fakes.issuer import FakeIssuer
from tests.fakes.website import ScriptedResolver

BACK = "http://127.0.0.1/back"


@pytest.fixture
async def fake() -> AsyncIterator[FakeIssuer]:
    async with FakeIssuer(algorithm="ES256").open() as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def provider_of(fake: FakeIssuer, clock: FakeClock, *, secret: str = "") -> Provider:
    issuer = Issuer(
        name="acme",
        issuer=fake.url,
        client_id=fake.client_id,
        client_secret=SecretStr(secret or fake.client_secret),
        default_role=Role.AGENT,
    )
    return Provider(issuer, clock, Calls(within_s=5))


async def exchange(provider: Provider, code: str = "none") -> EntryRefused:
    begun = flow.begun(provider.issuer, BACK, FakeClock().now(), new_secret)
    with pytest.raises(EntryRefused) as caught:
        await provider.tokens(code, begun)
    return caught.value


async def test_the_keys_are_asked_for_once_by_many_at_once(fake, clock) -> None:
    provider, token = provider_of(fake, clock), fake.signed({})

    await asyncio.gather(*(provider.key(token) for _ in range(20)))

    assert fake.asked == {"configuration": 1, "jwks": 1}


async def test_a_new_key_is_found_and_the_old_one_is_worth_nothing_any_more(fake, clock) -> None:
    provider, old = provider_of(fake, clock), fake.signed({})
    await provider.key(old)
    fake.rotate()
    clock.passed_s += 31

    found = await provider.key(fake.signed({}))

    assert found.kid == fake.keys[0].kid
    with pytest.raises(EntryRefused, match="trusted"):
        await provider.key(old)


async def test_tokens_with_keys_that_nobody_knows_do_not_make_us_ask_all_the_time(
    fake, clock
) -> None:
    provider = provider_of(fake, clock)
    await provider.key(fake.signed({}))
    strange = FakeIssuer(algorithm="ES256")
    strange.rotate()

    for _ in range(100):
        with pytest.raises(EntryRefused):
            await provider.key(strange.signed({}))
        clock.passed_s += 1

    assert fake.asked["jwks"] == 1 + 100 // 30
    await provider.key(fake.signed({}))


async def test_what_an_issuer_says_holds_for_an_hour(fake, clock) -> None:
    provider = provider_of(fake, clock)
    for passed in (0, 3_599, 3_601):
        clock.passed_s = passed
        await provider.configuration()

    assert fake.asked["configuration"] == 2


async def test_an_issuer_that_fails_is_left_alone_for_a_moment(fake, clock) -> None:
    provider = provider_of(fake, clock)
    fake.status = 503
    for _ in range(5):
        with pytest.raises(EntryRefused) as caught:
            await provider.configuration()
        assert caught.value.why is Why.UNAVAILABLE
    assert fake.asked["configuration"] == 1

    fake.status = 200
    clock.passed_s += 6

    assert (await provider.configuration()).issuer == fake.url


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "http://192.168.0.1/jwks"},
        {"jwks_uri": "https://169.254.169.254/latest/meta-data"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://jane:secret@evil.example/"},
        {"userinfo_endpoint": "http://evil.example/"},
    ],
)
async def test_a_configuration_that_leads_elsewhere_is_not_used(fake, clock, says) -> None:
    fake.says = says

    with pytest.raises(EntryRefused) as caught:
        await provider_of(fake, clock).configuration()

    assert caught.value.why is Why.UNAVAILABLE


async def test_a_redirect_is_not_followed(clock) -> None:
    class Moved(FakeIssuer):
        async def _configuration(self, request):
            if "again" not in request.query:
                raise web.HTTPFound(f"{request.path}?again")
            return await super()._configuration(request)

    async with Moved(algorithm="ES256").open() as moved:
        with pytest.raises(EntryRefused) as caught:
            await provider_of(moved, clock).configuration()

    assert caught.value.detail == "the issuer answers 302"


async def test_an_answer_without_an_end_is_not_read(fake, clock) -> None:
    fake.says = {"padding": "x" * 600_000}

    with pytest.raises(EntryRefused):
        await provider_of(fake, clock).configuration()


@pytest.mark.parametrize(
    ("address", "asked"), [("127.0.0.1", 1), ("169.254.169.254", 0), ("::ffff:169.254.1.1", 0)]
)
async def test_a_name_that_leads_to_the_machines_credentials_is_not_called(
    fake, clock, address: str, asked: int
) -> None:
    """A private address may be called, for an operator named the issuer; link-local ones not."""
    calls = Calls(within_s=5, resolver=ScriptedResolver({"id.example": [address]}))
    there = URL(fake.url).with_host("id.example") / ".well-known/openid-configuration"

    try:
        found = await calls.json(str(there))
    except EntryRefused:
        found = None

    assert (found is not None, fake.asked["configuration"]) == (bool(asked), asked)


async def test_an_issuer_that_nobody_reaches(clock) -> None:
    away = FakeIssuer(algorithm="ES256", url="http://127.0.0.1:1")

    with pytest.raises(EntryRefused) as caught:
        await provider_of(away, clock).configuration()

    assert (caught.value.why, caught.value.detail) == (
        Why.UNAVAILABLE,
        "the issuer cannot be reached",
    )


@pytest.mark.parametrize("methods", [["client_secret_basic"], ["client_secret_post"], None])
async def test_the_secret_goes_where_the_issuer_wants_it(fake, clock, methods) -> None:
    fake.says = {"token_endpoint_auth_methods_supported": methods}

    assert (await exchange(provider_of(fake, clock))).detail == "the issuer refuses the code"
    wrong = provider_of(fake, clock, secret="wrong")
    assert (await exchange(wrong)).detail == "the issuer refuses client_id or client_secret"


async def test_an_issuer_that_hangs_is_not_waited_for(fake, clock) -> None:
    gone = asyncio.Event()

    class Hanging(FakeIssuer):
        async def _configuration(self, request):
            await gone.wait()
            return await super()._configuration(request)

    async with Hanging(algorithm="ES256").open() as hanging:
        provider = Provider(provider_of(hanging, clock).issuer, clock, Calls(within_s=0.05))
        with pytest.raises(EntryRefused) as caught:
            await provider.configuration()
        gone.set()

    assert caught.value.detail == "the issuer does not answer in time"
