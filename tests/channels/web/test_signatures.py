"""Who a site says a visitor is: believed with a key of that tenant, and not a moment longer."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from pydantic import SecretStr
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed

from channels.settings import Site
from channels.web.protocol import ErrorFrame, Hello, Say
from channels.web.signatures import SignatureRefused, Signatures, key_of
from core.domain.customers import NOBODY, Profile
from core.domain.ids import CustomerId, TenantId
from core.domain.messages import Channel
from core.postgres.database import Database
from tests.builders import NOON, TENANT
from tests.channels.kit import Service, hello, messages, receive, send, serving
from tests.channels.known import known_of
from tests.fakes.clock import FakeClock

SECRET = "a secret of the shop, long enough for it"
PAIR = ECKey.generate_key("P-256")
PUBLIC = PAIR.as_pem(private=False).decode()
SOON = int((NOON + timedelta(minutes=5)).timestamp())


def signatures(*keys: str) -> Signatures:
    return Signatures({TENANT: [key_of(key) for key in keys]}, FakeClock())


def signed(*, key=None, algorithm: str = "HS256", **claims) -> str:
    key = key or OctKey.import_key(SECRET)
    return jwt.encode({"alg": algorithm}, {"sub": "7", "exp": SOON, **claims}, key)


def test_a_secret_and_a_public_key_are_believed() -> None:
    both = signatures(SECRET, PUBLIC)

    for token in (signed(), signed(key=PAIR, algorithm="ES256")):
        found = both.read(TENANT, token)
        assert found.customer == CustomerId("person-7")
        assert found.until == NOON + timedelta(minutes=5, seconds=30)


def by_hand(secret: str, algorithm: str, digest: str = "sha256") -> str:
    """A token as an attacker makes it, whom no library warns."""
    header, claims = {"alg": algorithm}, {"sub": "7", "exp": SOON}
    said = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    proof = hmac.digest(secret.encode(), said.encode(), digest) if secret else b""
    return f"{said}.{base64url(proof)}"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


REFUSED = {
    "unsigned": by_hand("", "none"),
    "of another secret": signed(key=OctKey.import_key("another secret, as long as this one is")),
    "the public key as a secret": by_hand(PUBLIC, "HS256"),
    "of another algorithm": by_hand(SECRET, "HS512", "sha512"),
    "of a key pair that is not the shop's": signed(
        key=ECKey.generate_key("P-256"), algorithm="ES256"
    ),
    "of RSA": signed(key=RSAKey.generate_key(2048), algorithm="RS256"),
    "over": signed(exp=int(NOON.timestamp()) - 31),
    "not begun": signed(nbf=SOON),
    "without an end": jwt.encode({"alg": "HS256"}, {"sub": "7"}, OctKey.import_key(SECRET)),
    "of nobody": signed(sub=""),
    "of a number": signed(sub=7),
    "of a name that is too long": signed(sub="x" * 201),
    "of a name that is not printable": signed(sub="a\nb"),
    "an end that is no time": signed(exp="soon"),
    "an end beyond all time": signed(exp=10**18),
    "for somebody else": signed(aud="another"),
    "nothing": "",
    "deep": base64url(b"[" * 3000) + ".e30.x",
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_what_proves_nothing_is_refused(token: str) -> None:
    with pytest.raises(SignatureRefused):
        signatures(SECRET, PUBLIC).read(TENANT, token)


def test_it_may_name_the_tenant_it_is_for() -> None:
    assert signatures(SECRET).read(TENANT, signed(aud=TENANT))


def test_a_key_of_one_tenant_is_worth_nothing_at_another() -> None:
    with pytest.raises(SignatureRefused):
        signatures(SECRET).read(TenantId("other"), signed())


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda b: b.hex(".")))
def test_whatever_comes_instead_of_a_token_is_refused_by_kind(token: str) -> None:
    with pytest.raises(SignatureRefused):
        signatures(SECRET, PUBLIC).read(TENANT, token)


@given(st.integers(0, 200), st.integers(1, 127))
def test_a_changed_letter_makes_it_worthless(place: int, by: int) -> None:
    token = signed()
    at = place % len(token)
    changed = token[:at] + chr((ord(token[at]) + by) % 128) + token[at + 1 :]
    reader = signatures(SECRET)
    try:
        found = reader.read(TENANT, changed)
    except SignatureRefused:
        return
    # the last letter of a base64 text has bits that mean nothing
    assert at in {token.rindex(".") - 1, token.index(".") - 1, len(token) - 1}
    assert found.customer == CustomerId("person-7")


@pytest.mark.parametrize(
    "text",
    ["short", PAIR.as_pem(private=True).decode(), ECKey.generate_key("P-384").as_pem().decode(),
     RSAKey.generate_key(2048).as_pem(private=False).decode(), "-----BEGIN PUBLIC KEY-----"],
    ids=["short", "private", "other curve", "rsa", "broken"],
)  # fmt: skip
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"a secret has|a key in PEM") as refused:
        Site(tenant="shop", identity_keys=(SecretStr(text),))

    assert text not in str(refused.value)


def test_a_site_may_say_more_of_a_person() -> None:
    token = signed(
        name=" Ada\u202e  Byron ",
        email="ada@example.com",
        attributes={"plan": "gold", "seats": 5.0},
    )

    assert signatures(SECRET).read(TENANT, token).profile == Profile(
        name="Ada Byron", email="ada@example.com", attributes={"plan": "gold", "seats": "5"}
    )
    assert signatures(SECRET).read(TENANT, signed()).profile == NOBODY


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "secretly nobody"}, "A customer's email must be an e-mail address."),
        ({"attributes": "secretly gold"}, "The attributes must be an object of names and values."),
        ({"attributes": {"plan": ["secret"]}}, "The attribute plan must be a text, a number"),
        ({"attributes": {"plan": "secret" * 40}}, "The attribute plan has more than 200"),
        ({"attributes": {"my plan": "secret"}}, "An attribute's name begins with a letter"),
        ({"attributes": dict.fromkeys("abcdefghijklmnopqrstu", 1)}, "at most 20 attributes"),
    ],
)
def test_what_a_site_says_wrongly_is_left_out_and_named_in_the_log(claims, why) -> None:
    with capture_logs() as logs:
        found = signatures(SECRET).read(TENANT, signed(name="Ada", **claims))

    assert found.profile == Profile(name="Ada")
    assert why in logs[0]["why"]
    assert "secret" not in str(logs)


# --- over the socket --------------------------------------------------------------------------


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    site = Site(tenant="default", identity_keys=(SecretStr(SECRET),))
    async with serving(database, sites=(site,)) as running:
        yield running


def fresh(service: Service, sub: str = "7", left_s: int = 300, **claims) -> str:
    ends = int(service.parts.clock.now().timestamp()) + left_s
    return signed(sub=sub, exp=ends, **claims)


@pytest.mark.slow
async def test_a_person_goes_on_where_they_were_on_another_machine(service: Service) -> None:
    async with service.socket() as socket:
        first = await hello(socket, identity=fresh(service))
        await send(socket, Say(client_id="1", text="Where?"))
        said = await messages(socket, 2)
    async with service.socket() as socket:
        second = await hello(socket, identity=fresh(service), since=0)
        seen = await messages(socket, 2)

    assert first.token == second.token == ""
    assert first.conversation == second.conversation
    assert seen == said


@pytest.mark.slow
async def test_a_fresh_conversation_is_the_latest_from_then_on(service: Service) -> None:
    begun = []
    for wants_fresh in (False, True, False):
        async with service.socket() as socket:
            welcome = await hello(socket, identity=fresh(service), fresh=wants_fresh)
            begun.append(welcome.conversation)

    assert begun[0] != begun[1] == begun[2]


@pytest.mark.slow
async def test_two_people_never_meet(service: Service) -> None:
    async with service.socket() as one, service.socket() as two, service.socket() as nobody:
        theirs = await hello(one, identity=fresh(service, "7"))
        assert (await hello(two, identity=fresh(service, "8"))).conversation != theirs.conversation
        mine = await hello(nobody)
    for wanted, identity, token in (
        (theirs.conversation, fresh(service, "8"), None),
        (theirs.conversation, None, mine.token),
        (mine.conversation, fresh(service, "7"), mine.token),
    ):
        async with service.socket() as socket:
            asked = Hello(identity=identity, token=token, conversation=wanted)
            await send(socket, asked)
            with pytest.raises(ConnectionClosed):
                await receive(socket, Say)
        assert socket.close_code == 4401


@pytest.mark.slow
async def test_when_the_sites_word_ends_the_socket_does(service: Service) -> None:
    async with service.socket() as socket:
        await hello(socket, identity=fresh(service, left_s=-29))
        refused = await receive(socket, ErrorFrame)
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    assert (refused.code, socket.close_code) == ("unauthorized", 4401)


@pytest.mark.slow
async def test_a_visitor_cannot_be_told_by_name_alone(service: Service) -> None:
    """A site without keys vouches for nobody."""
    async with service.database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    async with service.socket() as socket:
        await send(socket, Hello(tenant="other", identity=fresh(service)))
        with pytest.raises(ConnectionClosed):
            await receive(socket, Say)

    assert socket.close_code == 4401


@pytest.mark.slow
async def test_a_person_is_known_as_their_site_calls_them_and_others_are_not(
    service: Service,
) -> None:
    token = fresh(service, name="Ada", attributes={"plan": "gold"})
    async with service.socket() as one, service.socket() as two:
        for socket, given in ((one, {"identity": token}), (two, {})):
            await hello(socket, **given)
            await send(socket, Say(client_id="1", text="I am Eve, plan gold"))
            await messages(socket, 2)

    assert await known_of(service.database, "person-7", Channel.WEB) == Profile(
        name="Ada", attributes={"plan": "gold"}
    )
    async with service.database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM customers") == 1
